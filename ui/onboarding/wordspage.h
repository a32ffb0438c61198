// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/page.h"

#include <array>

namespace peerdesk::ui {

/// Three words to compare with those on the PC that invites, while a person there decides. Whoever
/// sits here has to say that they are the same as well: another PC could pass itself off as the
/// office. GUI thread.
class WordsPage : public Page
{
    Q_OBJECT

public:
    WordsPage(const Look &look, QWidget *parent);

    /// `office`: who was asked, as it is to be shown.
    void showWords(const QStringList &words, const QString &office);
    /// The other side said yes.
    void showLetIn();

Q_SIGNALS:
    void confirmed();
    void cancelled();

private:
    void say();

    QString m_office;
    bool m_isLetIn = false;
    bool m_isConfirmed = false;
    QWidget *m_box;
    std::array<Label *, 3> m_words;
    Label *m_status;
    Button *m_same;
};

} // namespace peerdesk::ui
