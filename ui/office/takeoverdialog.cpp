// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/takeoverdialog.h"

#include "ui/common/announcer.h"

#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

QString refusal(const Error &error)
{
    if (error.state == u"router-alive" || error.state == u"majority-alive")
        return TakeoverDialog::tr("Enough PCs are on again: the office goes on by itself. Nothing "
                                  "was changed.");
    if (error.state == u"no-copy")
        return TakeoverDialog::tr("This PC does not have everything yet. Do it on another PC that "
                                  "has been in the office for longer.");
    if (error.state == u"no-recovery-key")
        return TakeoverDialog::tr("This PC does not hold the office's recovery key. Type the words "
                                  "of the recovery sheet, or do it on another PC of the office.");
    if (error.state == u"old-recovery-key")
        return TakeoverDialog::tr(
            "These are not the words of this office now: the sheet is another "
            "office's, or a PC was removed since it was printed. Nothing was "
            "changed.");
    return sentence(error);
}

} // namespace

TakeoverDialog::TakeoverDialog(const Context &context, const OfficeState &office, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_outcome(new Label(context.look, {13, QFont::DemiBold, Ink::Danger, false, true}, {}, this))
    , m_words(new QLineEdit(this))
    , m_go(new Button(context.look, Button::Kind::Primary, tr("Go on without them"), this))
    , m_cancel(new Button(context.look, Button::Kind::Plain, tr("Wait for them"), this))
{
    const QString missing = QLocale().createSeparatedList(office.quorum().missing);
    setWindowTitle(tr("Go on without PCs"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 18);
    column->setSpacing(12);
    const auto say = [&](const Label::Style &style, const QString &text) {
        column->addWidget(new Label(context.look, style, text, this));
    };
    say({17, QFont::DemiBold, Ink::Text, false, true}, tr("Go on without %1?").arg(missing));
    say({13, QFont::DemiBold, Ink::Text, false, true},
        tr("Only if they are broken or lost. If they are just switched off, switch them on: then "
           "nothing has to be done."));
    say({13, QFont::Normal, Ink::Text, false, true},
        tr("The office goes on with what this PC has. What was done on the missing PCs and had not "
           "come here yet is not lost: they bring it back when they are on again, and what could "
           "not be sent is shown to a person."));
    column->addWidget(m_outcome);
    m_outcome->hide();
    m_words->setPlaceholderText(tr("The 24 words of the recovery sheet"));
    m_words->setAccessibleName(m_words->placeholderText());
    column->addWidget(m_words);
    m_words->hide();
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(10);
    buttons->addStretch();
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_go);
    column->addLayout(buttons);
    setMinimumWidth(context.look.px(520));
    connect(m_go, &QPushButton::clicked, this, &TakeoverDialog::takeOver);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_cancel->setFocus();
}

void TakeoverDialog::takeOver()
{
    m_go->setEnabled(false);
    m_context.desk.takeover(m_context.caller, m_words->text().simplified(),
                            {this, [this](const Result<Done> &done) {
                                 if (!done)
                                     return onRefused(done.error());
                                 m_context.announcer.announce(tr("The office goes on"));
                                 accept();
                             }});
}

void TakeoverDialog::onRefused(const Error &error)
{
    m_outcome->setText(refusal(error));
    m_outcome->show();
    m_context.announcer.announce(m_outcome->text());
    m_go->setEnabled(true);
    if (error.state == u"no-recovery-key") {
        m_words->show();
        m_words->setFocus();
    }
    adjustSize();
}

} // namespace peerdesk::ui

#include "moc_takeoverdialog.cpp"
