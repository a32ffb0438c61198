// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/chatpage.h"

#include "ui/common/context.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

ChatPage::ChatPage(const Look &look, Workshop &workshop, QWidget *parent)
    : Page(look, tr("Add the chat to your web site"),
           tr("Visitors of your site write in a small window at its edge; here it is a "
              "conversation like any other."),
           parent)
    , m_workshop(workshop)
    , m_name(new QLineEdit(this))
{
    m_name->setMaxLength(100);
    m_name->setText(tr("Website"));
    addField(tr("Name of this channel"), m_name);
    m_destination = new DestinationFields(this);
    Button *back = addButton(Button::Kind::Plain, tr("Back"), Side::Leading);
    Button *create = addButton(Button::Kind::Primary, tr("Create the chat"));
    connect(back, &QPushButton::clicked, this, &ChatPage::backWanted);
    connect(create, &QPushButton::clicked, this, &ChatPage::make);
    connect(m_name, &QLineEdit::returnPressed, this, &ChatPage::make);
}

void ChatPage::make()
{
    if (m_name->text().trimmed().isEmpty()) {
        notice().say(NoticeBox::Tone::Danger, tr("The channel needs a name"));
        return m_name->setFocus();
    }
    setBusy(true);
    m_workshop.addChat(m_name->text().trimmed(), m_destination->destination(),
                       {this, [this](const Result<AccountId> &account) {
                            setBusy(false);
                            if (account)
                                return Q_EMIT added(*account);
                            notice().say(NoticeBox::Tone::Danger, tr("The chat was not created"),
                                         sentence(account.error()), account.error().detail);
                        }});
}

namespace {

/// Somebody elsewhere could reach it; whether it leads here nobody can know from here.
bool isPublic(const QUrl &server)
{
    const QString host = server.host();
    return server.scheme() == u"https" && !host.isEmpty() && host != u"localhost" &&
           host != u"::1" && !host.startsWith(u"127.");
}

} // namespace

SnippetPage::SnippetPage(const Look &look, Workshop &workshop, QWidget *parent)
    : Page(look, tr("The chat is ready"),
           tr("Put this line into the pages of your web site, just before </body>."), parent)
    , m_workshop(workshop)
    , m_server(new QLineEdit(this))
    , m_snippet(new QPlainTextEdit(this))
    , m_copy(new Button(look, Button::Kind::Primary, tr("Copy"), this))
{
    m_snippet->setReadOnly(true);
    m_snippet->setTabChangesFocus(true);
    m_snippet->setLayoutDirection(Qt::LeftToRight);
    m_snippet->setFixedHeight(look.px(84));
    addField(tr("Line for your web site"), m_snippet);
    column().addWidget(m_copy, 0, Qt::AlignLeading);
    m_warning =
        new Label(look, {12.5, QFont::Medium, Ink::Warning, false, true},
                  tr("Customers cannot reach it yet: this address works on this PC only. "
                     "It takes a public https address that leads to this PC, for example by "
                     "a reverse proxy; write it below. How: README, \u201cLet customers "
                     "reach the chat\u201d."),
                  this);
    column().addWidget(m_warning);
    m_server->setMaxLength(250);
    m_server->setLayoutDirection(Qt::LeftToRight);
    addField(tr("Address of this PC as your customers reach it"), m_server);
    auto *browser =
        new Button(look, Button::Kind::Plain, tr("Open the chat page in the browser"), this);
    auto *test = new Button(look, Button::Kind::Plain, tr("Send yourself a message"), this);
    auto *row = new FlowLayout(8);
    row->addWidget(test);
    row->addWidget(browser);
    column().addLayout(row);
    Button *back = addButton(Button::Kind::Primary, tr("Continue"));
    connect(back, &QPushButton::clicked, this, &SnippetPage::backWanted);
    connect(test, &QPushButton::clicked, this, &SnippetPage::testWanted);
    connect(browser, &QPushButton::clicked, this, &SnippetPage::openPage);
    connect(m_copy, &QPushButton::clicked, this, &SnippetPage::copy);
    connect(m_server, &QLineEdit::textChanged, this, &SnippetPage::refresh);
    setFirstField(m_copy);
}

void SnippetPage::setAccount(AccountId account)
{
    m_account = account;
    m_server->setText(m_workshop.address());
    m_copy->setText(tr("Copy"));
    if (m_workshop.address().isEmpty())
        notice().say(NoticeBox::Tone::Danger, tr("The chat cannot be reached now"),
                     tr("Peerdesk could not open its door on this PC. Put that right and start "
                        "Peerdesk again."),
                     m_workshop.doorTrouble());
    else
        notice().clear();
    refresh();
}

void SnippetPage::refresh()
{
    QString server = m_server->text().trimmed();
    while (server.endsWith(u'/'))
        server.chop(1);
    const bool leadsHere = isPublic(QUrl(server));
    setTitle(leadsHere                        ? tr("The chat is ready")
             : m_workshop.address().isEmpty() ? tr("The chat is set up")
                                              : tr("The chat works on this PC"),
             tr("Put this line into the pages of your web site, just before </body>."));
    m_warning->setVisible(!leadsHere);
    m_snippet->setPlainText(m_workshop.snippet(server, m_account));
    m_copy->setText(tr("Copy"));
}

void SnippetPage::copy()
{
    QGuiApplication::clipboard()->setText(snippet());
    m_copy->setText(tr("Copied"));
}

void SnippetPage::openPage()
{
    QUrl page(m_workshop.address() + u"/chat/"_s);
    page.setQuery(u"account="_s + m_account.toString());
    QDesktopServices::openUrl(page);
}

} // namespace peerdesk::ui

#include "moc_chatpage.cpp"
