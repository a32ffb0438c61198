// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cards/cardlayout.h"
#include "ui/common/preferences.h"
#include "ui/common/widgets.h"
#include "ui/conversation/richdraft.h"

#include <QComboBox>
#include <QDialog>
#include <QPlainTextEdit>

class QVBoxLayout;

namespace peerdesk::ui {

/// A card as it will look, with the words above it. For the builder.
class CardPreview : public QWidget
{
    Q_OBJECT

public:
    CardPreview(const Look &look, QWidget *parent);
    void show(const QJsonObject &rich);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void measure();

    const Look &m_look;
    Block m_block;
    CardLayout m_layout;
};

/// M66 and M67: makes the rich part of a reply. It offers exactly what the channel's record allows
/// agents and says why not the rest; checks as one types; shows how it will look; keeps by name
/// what is used again. It gives back a value and sends nothing.
class RichBuilder : public QDialog
{
    Q_OBJECT

public:
    struct Input
    {
        const ChannelLimits &limits;
        QString words;    ///< of the reply
        QJsonObject rich; ///< to go on with; empty = a new one
    };

    RichBuilder(const Look &look, Preferences &preferences, const Input &input, QWidget *parent);

    QComboBox &kinds() { return *m_kinds; }
    QComboBox &library() { return *m_library; }
    QLineEdit &name() { return *m_name; }
    QPushButton &insertButton() { return *m_insert; }
    QPushButton &saveButton() { return *m_save; }
    QString problem() const { return m_problem->text(); }
    QString refused() const { return m_refused->text(); }
    /// Puts words into the input of this key, as a hand would.
    void fill(const QString &key, const QString &text);
    QString words() const { return m_words->toPlainText(); }

Q_SIGNALS:
    void inserted(const QJsonObject &rich, const QString &words);

private:
    void build(const Look &look);
    void showKind();
    void show(const QJsonObject &rich);
    void showLibrary();
    void check();
    void insert();
    void save();
    QString kind() const { return m_kinds->currentData().toString(); }
    RichParts parts() const;

    const Look &m_look;
    Preferences &m_preferences;
    RichOffer m_offer;
    QComboBox *m_kinds;
    QComboBox *m_library;
    QLineEdit *m_name;
    QPlainTextEdit *m_words;
    QVBoxLayout *m_form;
    std::map<QString, QWidget *> m_inputs;
    CardPreview *m_preview;
    Label *m_problem;
    Label *m_refused;
    Button *m_save;
    Button *m_insert;
};

} // namespace peerdesk::ui
