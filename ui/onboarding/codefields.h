// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"

#include <QLineEdit>

#include <array>

namespace peerdesk::ui {

/// Six fields for the six words of an invitation. Each is checked as it is typed and completed from
/// the list; a code that is pasted spreads over all six. GUI thread.
class CodeFields : public QWidget
{
    Q_OBJECT

public:
    static constexpr int Count = 6;

    CodeFields(const Look &look, const QStringList &words, QWidget *parent);

    /// The words with hyphens between; fewer while some are empty.
    QString code() const;
    void setCode(const QString &code);
    bool isComplete() const;
    /// The first field with a word that is none, or -1.
    int wrongField() const;
    /// What is wrong with it, for people; empty if nothing is.
    QString trouble() const;
    QLineEdit &field(int index) { return *m_fields[size_t(index)]; }

Q_SIGNALS:
    void changed();
    void edited(); ///< by hand
    /// What was pasted named the PC as well: HOST:PORT.
    void addressPasted(const QString &address);
    void finished(); ///< Return in the last field

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void onEdited(int index, const QString &text);
    void spread(int index, const QString &text);
    /// A whole word that is none, or a beginning that no word has.
    bool isWrong(int index) const;

    const QStringList m_words; ///< sorted
    std::array<QLineEdit *, Count> m_fields;
};

} // namespace peerdesk::ui
