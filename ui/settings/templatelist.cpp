// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/templatelist.h"

#include "ui/common/templatewords.h"

#include <QVBoxLayout>

namespace peerdesk::ui {

namespace {

constexpr int ListHeight = 110; // logical pixels; above, it scrolls

} // namespace

TemplateListing::TemplateListing(const Context &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_said(new Label(context.look, {13, QFont::Normal, Ink::Text2, false, true}, {}, this))
    , m_list(new QListWidget(this))
    , m_again(new Button(context.look, Button::Kind::Plain, tr("Ask again"), this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto *head = new QHBoxLayout;
    head->addWidget(
        new Label(context.look, {13.5, QFont::Medium, Ink::Text}, tr("Approved templates"), this),
        1);
    head->addWidget(m_again);
    column->addLayout(head);
    column->addWidget(m_said);
    column->addWidget(m_list);
    m_list->setAccessibleName(tr("Templates of this channel"));
    m_list->setWordWrap(true);
    m_list->setSelectionMode(QAbstractItemView::NoSelection);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setSpacing(context.look.px(3));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFixedHeight(context.look.px(ListHeight));
    connect(m_again, &QPushButton::clicked, this, &TemplateListing::ask);
    hide();
}

void TemplateListing::showAccount(AccountId account)
{
    setVisible(!account.isNull());
    if (m_account == account)
        return;
    m_account = account;
    if (!m_account.isNull())
        ask();
}

void TemplateListing::ask()
{
    m_list->clear();
    m_list->hide();
    m_again->setEnabled(false);
    m_said->setText(tr("Asking the provider\u2026"));
    m_context.desk.templates(
        m_account, {this, [this, account = m_account](const Result<TemplateList> &listed) {
                        onListed(account, listed);
                    }});
}

void TemplateListing::onListed(AccountId account, const Result<TemplateList> &listed)
{
    if (account != m_account)
        return; // another one is shown by now
    m_again->setEnabled(true);
    if (!listed)
        return m_said->setText(
            tr("The templates cannot be listed: %1").arg(templateTrouble(listed.error())));
    int usable = 0;
    for (const MessageTemplate &entry : listed->templates) {
        usable += entry.whyNot.isEmpty() ? 1 : 0;
        m_list->addItem(
            entry.whyNot.isEmpty()
                ? tr("%1: approved", "template").arg(templateTitle(entry))
                : tr("%1: %2", "template, why not").arg(templateTitle(entry), entry.whyNot));
    }
    m_list->setVisible(m_list->count() > 0);
    m_said->setText(m_list->count() == 0
                        ? tr("The provider lists none.")
                        : tr("%1 of %2 may be sent.").arg(usable).arg(m_list->count()));
}

} // namespace peerdesk::ui

#include "moc_templatelist.cpp"
