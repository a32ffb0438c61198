// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/channelassistant.h"

#include "ui/common/context.h"
#include "ui/common/paint.h"
#include "ui/onboarding/chatpage.h"
#include "ui/onboarding/mailpage.h"
#include "ui/onboarding/otherpage.h"

#include <QJsonObject>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

AccountId ChannelPlan::chat() const
{
    for (const ChannelAccount &account : accounts) {
        if (account.type == u"webchat")
            return account.id;
    }
    return {};
}

ChannelAssistant::ChannelAssistant(const AssistantParts &parts, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_pages(new QStackedWidget(this))
    , m_choice(buildChoice())
    , m_mail(new MailPage(parts.look, parts.workshop, this))
    , m_chat(new ChatPage(parts.look, parts.workshop, this))
    , m_snippet(new SnippetPage(parts.look, parts.workshop, this))
    , m_other(new OtherPage(parts, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_pages);
    for (Page *page : std::initializer_list<Page *>{m_choice, m_mail, m_chat, m_snippet, m_other})
        m_pages->addWidget(page);
    connectPages();
    readPlan();
}

Page *ChannelAssistant::buildChoice()
{
    auto *page =
        new Page(m_parts.look, tr("How do customers reach you?"),
                 tr("Connect what you have. More can follow at any time, from Settings."), this);
    const auto add = [&](Icon icon, const QString &title, const QString &text) {
        auto *card = new ChoiceCard(m_parts.look, icon, title, text, page);
        page->column().addWidget(card);
        return card;
    };
    m_connected = new Label(m_parts.look, {13, QFont::Medium, Ink::Success, false, true}, {}, page);
    page->column().addWidget(m_connected);
    m_connected->hide();
    ChoiceCard *mail = add(Icon::Mail, tr("E-mail"),
                           tr("You need the address and its password. Tested on the spot."));
    ChoiceCard *chat = add(Icon::Chat, tr("Chat on your web site"),
                           tr("You get one line to paste into your pages. No account needed."));
    ChoiceCard *other =
        add(Icon::Bubble, tr("Another channel"),
            tr("WhatsApp, SMS, Telegram, Messenger, Instagram, reviews and more. Each says what to "
               "click at its provider."));
    ChoiceCard *test = add(Icon::Plane, tr("Send yourself a message"),
                           tr("Play the customer in a small window and answer it here: an offer, "
                              "a reply, the end of a conversation."));
    connect(mail, &QPushButton::clicked, this, [this] {
        m_mail->restart();
        turnTo(m_mail);
    });
    connect(chat, &QPushButton::clicked, this, &ChannelAssistant::openChat);
    connect(other, &QPushButton::clicked, this, [this] {
        m_other->restart();
        turnTo(m_other);
    });
    connect(test, &QPushButton::clicked, this, &ChannelAssistant::startTest);
    m_finish = page->addButton(Button::Kind::Plain, tr("Skip for now"));
    connect(m_finish, &QPushButton::clicked, this, &ChannelAssistant::finished);
    page->setFirstField(mail);
    return page;
}

void ChannelAssistant::connectPages()
{
    connect(m_mail, &MailPage::backWanted, this, &ChannelAssistant::showChoice);
    connect(m_mail, &MailPage::added, this, &ChannelAssistant::showChoice);
    connect(m_other, &OtherPage::backWanted, this, &ChannelAssistant::showChoice);
    connect(m_chat, &ChatPage::backWanted, this, &ChannelAssistant::showChoice);
    connect(m_chat, &ChatPage::added, this, &ChannelAssistant::showSnippet);
    connect(m_snippet, &SnippetPage::backWanted, this, &ChannelAssistant::showChoice);
    connect(m_snippet, &SnippetPage::testWanted, this, &ChannelAssistant::startTest);
}

/// Three questions; the pages are filled when the last is answered.
void ChannelAssistant::readPlan()
{
    if (m_unread > 0)
        return;
    m_unread = 3;
    m_parts.desk.status({this, [this](const Result<api::OfficeStatus> &status) {
                             if (status) {
                                 m_plan.defaultFlow = status->office.defaultFlow;
                                 m_plan.accounts.clear();
                                 for (const api::AccountStatus &channel : status->channels)
                                     m_plan.accounts.push_back(channel.account);
                             }
                             onRead();
                         }});
    m_parts.desk.flows({this, [this](const Result<std::vector<Flow>> &flows) {
                            if (flows)
                                m_plan.flows = *flows;
                            onRead();
                        }});
    m_parts.desk.queues({this, [this](const Result<std::vector<Queue>> &queues) {
                             if (queues)
                                 m_plan.queues = *queues;
                             onRead();
                         }});
}

void ChannelAssistant::onRead()
{
    if (--m_unread > 0)
        return;
    m_mail->setPlan(m_plan);
    for (const QJsonValue type : m_parts.desk.channelTypes()) {
        if (type[u"type"_s] == u"email"_s)
            m_mail->setType(type.toObject());
    }
    m_chat->setPlan(m_plan);
    m_other->setPlan(m_plan);
    QStringList names;
    for (const ChannelAccount &account : m_plan.accounts)
        names += isolate(account.name);
    m_connected->setText(tr("Connected: %1").arg(names.join(tr(", "))));
    m_connected->setVisible(!names.isEmpty());
    m_finish->setText(names.isEmpty() ? tr("Skip for now") : tr("Finish"));
}

Page &ChannelAssistant::current() const
{
    return *static_cast<Page *>(m_pages->currentWidget());
}

void ChannelAssistant::turnTo(Page *page)
{
    m_pages->setCurrentWidget(page);
    page->begin();
}

void ChannelAssistant::showChoice()
{
    m_choice->notice().clear();
    readPlan();
    turnTo(m_choice);
}

void ChannelAssistant::showSnippet(AccountId account)
{
    readPlan();
    m_snippet->setAccount(account);
    turnTo(m_snippet);
}

void ChannelAssistant::openChat()
{
    const AccountId chat = m_plan.chat();
    chat.isNull() ? turnTo(m_chat) : showSnippet(chat);
}

/// Needs a web chat; without one it makes it, with the office's defaults.
void ChannelAssistant::startTest()
{
    const AccountId chat = m_plan.chat();
    if (!chat.isNull())
        return becomeAvailable(chat);
    if (m_plan.queues.empty())
        return refuse(rejected({}, {}));
    current().setBusy(true);
    m_parts.workshop.addChat(tr("Website"), {m_plan.firstChoice(), m_plan.queues.front().id},
                             {this, [this](const Result<AccountId> &account) {
                                  current().setBusy(false);
                                  if (!account)
                                      return refuse(account.error());
                                  readPlan();
                                  becomeAvailable(*account);
                              }});
}

/// Offers come to who is available.
void ChannelAssistant::becomeAvailable(AccountId chat)
{
    const auto set = [this, chat](const Result<std::vector<Activity>> &activities) {
        if (!activities)
            return refuse(activities.error());
        for (const Activity &activity : *activities) {
            if (!activity.available)
                continue;
            return m_parts.desk.submit(m_parts.caller, randomId<CommandId>(),
                                       api::SetActivity{m_parts.caller.worker, activity.id, false},
                                       {this, [this, chat](const Result<api::Outcome> &outcome) {
                                            outcome ? Q_EMIT testWanted(chat)
                                                    : refuse(outcome.error());
                                        }});
        }
        refuse(rejected({}, {}));
    };
    m_parts.desk.activities({this, set});
}

void ChannelAssistant::refuse(const Error &error)
{
    current().notice().say(NoticeBox::Tone::Danger, tr("The test chat could not be opened"),
                           sentence(error), error.detail);
}

} // namespace peerdesk::ui

#include "moc_channelassistant.cpp"
