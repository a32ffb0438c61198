// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/wordspage.h"

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

WordsPage::WordsPage(const Look &look, QWidget *parent)
    : Page(look, tr("Compare words on both screens"),
           tr("The PC that invites shows three words beside the name of this PC. Whoever sits "
              "there lets this PC in if they are the same as here."),
           parent)
    , m_box(new QWidget(this))
    , m_status(new Label(look, {13.5, QFont::Medium, Ink::Text, false, true}, {}, this))
{
    m_box->setLayoutDirection(Qt::LeftToRight); // as on the other screen, in every language
    auto *row = new QHBoxLayout(m_box);
    row->setContentsMargins(0, 8, 0, 8);
    row->setSpacing(look.px(24));
    for (Label *&word : m_words) {
        word = new Label(look, {26, QFont::Bold, Ink::Text}, {}, m_box);
        word->setTextInteractionFlags(Qt::TextSelectableByMouse);
        row->addWidget(word);
    }
    column().addWidget(m_box, 0, Qt::AlignLeading);
    column().addWidget(m_status);
    column().addWidget(
        new Label(look, {13, QFont::Normal, Ink::Text2, false, true},
                  tr("Other words there, or none? Choose Cancel: somebody may stand "
                     "between the two PCs. Nothing on this PC is changed until both agree."),
                  this));
    Button *cancel = addButton(Button::Kind::Plain, tr("Cancel"), Side::Leading);
    m_same = addButton(Button::Kind::Primary, tr("The same words are there"));
    connect(cancel, &QPushButton::clicked, this, &WordsPage::cancelled);
    connect(m_same, &QPushButton::clicked, this, [this] {
        m_isConfirmed = true;
        say();
        Q_EMIT confirmed();
    });
    setFirstField(cancel); // nobody says yes by a key that was meant for the page before
}

void WordsPage::showWords(const QStringList &words, const QString &office)
{
    for (size_t i = 0; i < m_words.size(); ++i)
        m_words[i]->setText(words.value(qsizetype(i)));
    m_box->setAccessibleName(tr("The words are %1").arg(words.join(u", "_s)));
    m_same->setAccessibleDescription(m_box->accessibleName());
    m_office = office;
    m_isLetIn = false;
    m_isConfirmed = false;
    say();
}

void WordsPage::showLetIn()
{
    m_isLetIn = true;
    say();
}

void WordsPage::say()
{
    m_same->setEnabled(!m_isConfirmed);
    const QString words = m_isConfirmed ? tr("You have compared the words. Waiting for approval at "
                                             "%1...")
                          : m_isLetIn   ? tr("%1 lets this PC in. Does its screen show the same "
                                               "words?")
                                        : tr("Waiting for approval at %1...");
    m_status->setText(words.arg(m_office));
}

} // namespace peerdesk::ui

#include "moc_wordspage.cpp"
