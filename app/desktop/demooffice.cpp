// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/demooffice.h"

#include "app/desktop/chatvisitor.h"
#include "core/secrets/password.h"

#include <array>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

namespace {

constexpr int EarlyCustomers = 2; ///< were served before anybody looks
constexpr Milliseconds Hurry{60}; ///< their thinking

/// Somebody who does not exist, and what he says: first, when the assistant has answered, and when
/// a person has; and what a colleague answers in his language.
struct Person
{
    const char16_t *name;
    const char16_t *email;
    const char16_t *language;
    const char16_t *question;
    const char16_t *wish;
    const char16_t *thanks;
    const char16_t *answer;
};

constexpr std::array<Person, 6> People{{
    {u"Aiko Tanaka", u"aiko@tanaka.example", u"ja", u"こんにちは。京都への配送は可能ですか。",
     u"担当者と話したいです。", u"ありがとうございます。助かりました。",
     u"お問い合わせありがとうございます。Minhです。ただいま確認しております。"},
    {u"Jonas Weber", u"jonas@weber.example", u"de",
     u"Guten Tag, auf meiner Rechnung 20417 steht die falsche Adresse.",
     u"Ich möchte mit einem Menschen sprechen.", u"Vielen Dank, das hilft mir.",
     u"Guten Tag, hier ist Minh. Ich sehe mir das gleich an."},
    {u"Mai Trần", u"mai@tran.example", u"vi", u"Xin chào, đơn hàng của tôi đang ở đâu?",
     u"Cho tôi gặp nhân viên.", u"Cảm ơn bạn nhiều.",
     u"Xin chào, mình là Minh. Mình đang kiểm tra ngay."},
    {u"Zofia Nowak", u"zofia@nowak.example", u"pl", u"Dzień dobry, chcę zwrócić buty.",
     u"Proszę połączyć mnie z konsultantem.", u"Dziękuję bardzo.",
     u"Dzień dobry, tu Minh. Już sprawdzam."},
    {u"Claire Dubois", u"claire@dubois.example", u"fr",
     u"Bonjour, le bon de réduction ne marche pas.", u"Je voudrais parler à un conseiller.",
     u"Merci beaucoup !", u"Bonjour, ici Minh. Je m’en occupe tout de suite."},
    {u"Daniel Okafor", u"daniel@okafor.example", u"en",
     u"Hello, can I change the delivery date of my order?", u"A live agent, please.",
     u"Perfect, thank you.", u"Hello, this is Minh. I am looking into it right now."},
}};

QString text(const char16_t *words)
{
    return QString::fromUtf16(words);
}

/// In the customer's language; English for whoever is not one of ours.
QString answerFor(const QString &customer)
{
    for (const Person &one : People) {
        if (text(one.name) == customer)
            return text(one.answer);
    }
    return text(People.back().answer);
}

} // namespace

DemoOffice::DemoOffice(LocalOffice &office, DemoPace pace, QObject *parent)
    : QObject(parent)
    , m_office(office)
    , m_pace(pace)
    , m_founder(std::make_unique<OfficeFounder>(office))
{
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &DemoOffice::comeIn);
}

template <typename T>
Completion<T> DemoOffice::then(std::function<void(const T &)> next)
{
    return {this, [this, next = std::move(next)](const Result<T> &result) {
                result ? next(*result) : fail(result.error());
            }};
}

void DemoOffice::fail(const Error &error)
{
    std::exchange(m_done, {}).answer(error);
}

void DemoOffice::start(Completion<api::Caller> done)
{
    m_done = std::move(done);
    ui::NewOffice office;
    office.name = u"Harbor Shop"_s;
    office.person = u"Linh"_s;
    office.place = ui::SecretsPlace::PassphraseFile;
    office.passphrase = QString::fromLatin1(secrets::randomToken()); // forgotten with the folder
    m_founder->found(
        office, then<Done>([this](const Done &) {
            m_workshop = std::make_unique<ChannelWorkshop>(m_office, m_founder->caller());
            addColleague(u"Minh"_s, [this] { addColleague(u"Sofia"_s, [this] { addChat(); }); });
        }));
}

void DemoOffice::addColleague(const QString &name, std::function<void()> next)
{
    Agent agent;
    agent.name = name;
    m_office.desk().submit(m_founder->caller(), randomId<CommandId>(),
                           api::SaveAgent{agent, {}, {}},
                           then<api::Outcome>([next = std::move(next)](const auto &) { next(); }));
}

void DemoOffice::addChat()
{
    const auto add = [this](const FlowId &flow, const QueueId &queue) {
        m_workshop->addChat(u"Website"_s, {flow, queue},
                            then<AccountId>([this](const AccountId &chat) {
                                m_chat = chat;
                                readColleagues();
                            }));
    };
    m_office.desk().status(then<api::OfficeStatus>([this, add](const api::OfficeStatus &status) {
        const FlowId flow = status.office.defaultFlow;
        m_office.desk().queues(
            then<std::vector<Queue>>([add, flow](const std::vector<Queue> &queues) {
                add(flow, queues.empty() ? QueueId{} : queues.front().id);
            }));
    }));
}

void DemoOffice::readColleagues()
{
    const auto pick = [this](const std::vector<Agent> &agents) {
        for (const Agent &agent : agents) {
            if (agent.name == u"Minh")
                m_colleague = {agent.id, {}, agent.role, agent.worker, agent.name};
        }
        makeAvailable(m_colleague, [this] { serveEarlyCustomers(); });
    };
    m_office.desk().agents(then<std::vector<Agent>>(pick));
}

/// So that the window is not empty: they come while only the colleague is there.
void DemoOffice::serveEarlyCustomers()
{
    connect(&m_office.desk(), &api::Desk::changed, this, &DemoOffice::onChanged);
    m_isEarly = true;
    for (int i = 0; i < EarlyCustomers; ++i)
        letOneIn();
    QTimer::singleShot(m_pace.patience, this, &DemoOffice::endEarlyHours);
}

void DemoOffice::endEarlyHours()
{
    if (!std::exchange(m_isEarly, false) || m_chat.isNull())
        return;
    makeAvailable(m_founder->caller(),
                  [this] { std::exchange(m_done, {}).answer(m_founder->caller()); });
}

void DemoOffice::makeAvailable(const api::Caller &caller, std::function<void()> next)
{
    const auto set = [this, caller, next](const std::vector<Activity> &activities) {
        ActivityId available;
        for (const Activity &activity : activities) {
            if (activity.available && available.isNull())
                available = activity.id;
        }
        m_office.desk().submit(caller, randomId<CommandId>(),
                               api::SetActivity{caller.worker, available, false},
                               then<api::Outcome>([next](const auto &) { next(); }));
    };
    m_office.desk().activities(then<std::vector<Activity>>(set));
}

void DemoOffice::letCustomersCome()
{
    m_next.start(m_pace.firstCustomer);
}

void DemoOffice::stop()
{
    m_next.stop();
    m_visitors.clear();
    m_chat = {};
}

Milliseconds DemoOffice::pause() const
{
    return m_isEarly ? std::min(m_pace.thinking, Hurry) : m_pace.thinking;
}

void DemoOffice::after(Milliseconds time, std::function<void()> act)
{
    QTimer::singleShot(time, this, [this, act = std::move(act)] {
        if (!m_chat.isNull())
            act();
    });
}

void DemoOffice::comeIn()
{
    letOneIn();
    if (m_come < m_pace.mostCustomers)
        m_next.start(m_come < int(People.size()) ? m_pace.nextCustomer : m_pace.laterCustomer);
}

void DemoOffice::letOneIn()
{
    const size_t person = size_t(m_come++) % People.size();
    const Person &who = People[person];
    m_visitors.push_back(std::make_unique<ChatVisitor>(
        m_office.address(), m_chat,
        ChatPerson{text(who.name), text(who.email), text(who.language)}));
    listen(*m_visitors.back(), person);
    m_visitors.back()->open();
}

/// A question; the wish for a person once the assistant has spoken; thanks once a person has.
void DemoOffice::listen(ui::Visitor &visitor, size_t person)
{
    connect(&visitor, &ui::Visitor::opened, this,
            [&visitor, person] { visitor.say(text(People[person].question)); });
    const auto stage = std::make_shared<int>(0);
    const auto say = [this, guard = QPointer(&visitor)](const char16_t *words) {
        after(pause(), [guard, words] {
            if (guard)
                guard->say(text(words));
        });
    };
    connect(&visitor, &ui::Visitor::heard, this,
            [this, stage, say, person](const QString &from, const QString &, const QString &) {
                if (from == u"bot" && *stage == 0) {
                    *stage = 1;
                    say(People[person].wish);
                } else if (from == u"agent" && *stage < 2) {
                    *stage = 2;
                    ++m_answered;
                    say(People[person].thanks);
                    Q_EMIT customerAnswered(text(People[person].name));
                }
            });
}

void DemoOffice::onChanged(const api::Changes &changes)
{
    if (changes.reservations.empty())
        return;
    const auto take = [this](const Result<std::vector<api::Offer>> &offers) {
        if (!offers)
            return; // the next change asks again
        for (const api::Offer &offer : *offers)
            takeOffer(offer);
    };
    m_office.desk().reservations(m_colleague.worker, ReservationStatus::Pending, {this, take});
}

void DemoOffice::takeOffer(const api::Offer &offer)
{
    if (!m_taken.insert(offer.reservation.id).second)
        return;
    after(pause(), [this, offer] {
        submit(api::AcceptReservation{offer.reservation.id},
               [this, offer] { after(pause(), [this, offer] { answerCustomer(offer); }); });
    });
}

void DemoOffice::answerCustomer(const api::Offer &offer)
{
    api::SendMessage reply;
    reply.conversation = offer.task.conversation;
    reply.content.text = answerFor(offer.customerName);
    submit(reply, [this, offer] { after(pause() * 4, [this, offer] { finish(offer.task.id); }); });
}

void DemoOffice::finish(TaskId task)
{
    submit(api::WrapUpTask{task}, [this, task] {
        after(pause(), [this, task] {
            submit(api::CompleteTask{task, {}}, [this] {
                if (++m_served == EarlyCustomers)
                    endEarlyHours();
            });
        });
    });
}

/// What the office refuses (an offer that has run out) the colleague lets be, as people do.
void DemoOffice::submit(const api::Command &command, std::function<void()> next)
{
    m_office.desk().submit(m_colleague, randomId<CommandId>(), command,
                           {this, [next = std::move(next)](const Result<api::Outcome> &outcome) {
                                if (outcome && next)
                                    next();
                            }});
}

} // namespace peerdesk::desktop

#include "moc_demooffice.cpp"
