// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include "core/base/json.h"

#include <QJsonArray>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <clocale>
#include <cstdio>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

namespace {

constexpr int Rounds = 60;

/// Words that fold, sort or print differently where a program follows its locale.
const std::array<const char16_t *, 10> Texts{u"Hello, is anybody there?",
                                             u"İstanbul'dan IĞDIR'a kargo, CANLI TEMSİLCİ lütfen",
                                             u"Straße, ſchön, GROẞ: Live AGENT bitte",
                                             u"Đơn hàng của tôi ở đâu? Gặp Nhân Viên",
                                             u"Zażółć gęślą jaźń 1.234,56 zł",
                                             u"オペレーターと話したい",
                                             u"١٢٣ ٤٥٦ order ab1234",
                                             u"e\u0301te\u0301 vs \u00e9t\u00e9",
                                             u"<b>html</b> {{ customer.name }}",
                                             u"ﬁne ΣΊΣΥΦΟΣ σίσυφος"};
const std::array<const char16_t *, 6> Names{u"Anna Łęcka",  u"İLKER IŞIK", u"Đặng Thị Ánh",
                                            u"Åsa Öberg-Ä", u"山田 太郎",  u"straSSE ẞ"};

Json flowDefinition()
{
    const auto state = [](const QString &name, const QString &type, const QJsonObject &properties,
                          const QJsonArray &transitions) {
        return QJsonObject{{u"name"_s, name},
                           {u"type"_s, type},
                           {u"properties"_s, properties},
                           {u"transitions"_s, transitions}};
    };
    const auto to = [](const QString &event, const QString &next) {
        return QJsonObject{{u"event"_s, event}, {u"next"_s, next}};
    };
    const QString body =
        u"{{customer.name | upcase}}, {{'2026-03-29T01:30:00Z' | date: '%A %d %B %Y %H:%M'}}: "
        "{{message.Body | downcase | size}} {{1234.5 | times: 3}}"_s;
    const QJsonObject match{
        {u"event"_s, u"match"_s},
        {u"next"_s, u"person"_s},
        {u"conditions"_s,
         QJsonArray{QJsonObject{{u"type"_s, u"matches_any_of"_s},
                                {u"value"_s, u"live agent, canlı temsilci, gặp nhân viên"_s}}}}};
    const QJsonArray states{
        state(u"Trigger"_s, u"trigger"_s, {}, {to(u"incomingMessage"_s, u"greet"_s)}),
        state(u"greet"_s, u"send-message"_s, {{u"body"_s, body}},
              {to(u"sent"_s, u"which"_s), to(u"failed"_s, u"person"_s)}),
        state(u"which"_s, u"split-based-on"_s, {{u"input"_s, u"{{message.Body}}"_s}},
              {match, to(u"noMatch"_s, u"ask"_s)}),
        state(u"ask"_s, u"send-and-wait-for-reply"_s,
              {{u"body"_s, u"And?"_s}, {u"timeout"_s, u"60"_s}},
              {to(u"incomingMessage"_s, u"person"_s), to(u"timeout"_s, u"person"_s),
               to(u"deliveryFailure"_s, u"person"_s)}),
        state(u"person"_s, u"send-to-router"_s,
              {{u"attributes"_s, QJsonObject{{u"language"_s, u"{{customer.language}}"_s},
                                             {u"name"_s, u"{{customer.name}}"_s}}}},
              {})};
    return json::canonical({{u"description"_s, u"for this test"_s},
                            {u"initial_state"_s, u"Trigger"_s},
                            {u"states"_s, states}});
}

/// One office from its founding on, always the same commands at the same moments.
class Rehearsal
{
public:
    explicit Rehearsal(World &world)
        : m_world(world)
        , m_office(world)
    {}

    void play()
    {
        m_office.found();
        hire();
        route();
        for (m_round = 0; m_round < Rounds; ++m_round) {
            *m_world.now = *m_world.now + Milliseconds(7'000 + 131 * m_round);
            tell("time", api::TimeReached{*m_world.now});
            write();
            work();
            deliver();
        }
    }
    SmallOffice &office() { return m_office; }
    int refused() const { return m_refused; }
    int accepted() const { return m_accepted; }

private:
    QByteArray name(const QByteArray &word)
    {
        return word + '/' + QByteArray::number(m_round) + '/' + QByteArray::number(m_step++);
    }
    /// What became of it; null if it was refused.
    std::optional<api::Outcome> tell(const QByteArray &word, const api::Command &command,
                                     const api::Caller &as = {})
    {
        const Decided decided = m_office.run(name(word), command, as);
        if (!decided) {
            ++m_refused;
            return std::nullopt;
        }
        ++m_accepted;
        return *decided;
    }

    void hire()
    {
        const std::array<const char *, 4> languages{"vi", "de", "tr", "pl"};
        for (size_t i = 0; i < languages.size(); ++i) {
            api::SaveAgent agent;
            agent.agent = {named<AgentId>(QByteArray("agent") + languages[i]),
                           QString::fromUtf16(Names[i]),
                           Role::Agent,
                           {},
                           {},
                           true};
            agent.tokenHash = QCryptographicHash::hash(languages[i], QCryptographicHash::Sha256);
            agent.attributes = json::canonical(
                {{u"languages"_s, QJsonArray{QString::fromLatin1(languages[i]), u"en"_s}},
                 {u"level"_s, int(i) + 3}});
            tell("agent", agent, m_office.boss());
        }
    }
    void route()
    {
        Queue queue;
        queue.friendlyName = u"Vietnamese"_s;
        queue.targetWorkers = u"languages HAS 'vi' OR level > 4"_s;
        const auto saved = tell("queue", api::SaveQueue{queue}, m_office.boss());
        QVERIFY(saved);
        const auto special = saved->as<QueueId>().toString();
        const auto everyone = derivedId<QueueId>(named("found"), "everyone").toString();
        const QJsonArray targets{
            QJsonObject{{u"queue"_s, special}, {u"timeout"_s, 20}, {u"priority"_s, 5}},
            QJsonObject{{u"queue"_s, everyone}, {u"order_by"_s, u"worker.level DESC"_s}}};
        const QJsonObject routing{
            {u"filters"_s,
             QJsonArray{QJsonObject{{u"filter_friendly_name"_s, u"named"_s},
                                    {u"expression"_s, u"name CONTAINS 'a' OR language == 'vi'"_s},
                                    {u"targets"_s, targets}}}},
            {u"default_filter"_s, QJsonObject{{u"queue"_s, everyone}}}};
        const auto workflow = m_office.core().view().warm().office.defaultWorkflow;
        const auto routed =
            tell("workflow",
                 api::SaveWorkflow{{workflow, u"Default"_s,
                                    json::canonical({{u"task_routing"_s, routing}}), std::nullopt}},
                 m_office.boss());
        QVERIFY(routed);
        Flow flow;
        flow.friendlyName = u"Rehearsal"_s;
        flow.definition = flowDefinition();
        const auto flowing = tell("flow", api::SaveFlow{flow}, m_office.boss());
        QVERIFY(flowing);
        ChannelAccount account = *m_office.core().view().get<ChannelAccount>(m_office.account());
        account.flow = flowing->as<FlowId>();
        QVERIFY(tell("account", api::SaveAccount{account}, m_office.boss()));
    }

    /// A page of two items, one of them delivered twice; customers come back on their threads.
    void write()
    {
        api::Ingest page{m_office.account(), {}, m_cursor, QByteArray::number(m_round + 1)};
        for (int i = 0; i < 2; ++i) {
            const int who = (m_round * 3 + i) % 11;
            InboundItem item = m_office.item(u"m%1.%2"_s.arg(m_round).arg(i),
                                             QString::fromUtf16(Texts[size_t(m_round + i) % 10]));
            item.thread = u"thread-%1"_s.arg(who);
            item.sender.value = item.sender.display = u"Customer-%1@Example.COM"_s.arg(who);
            item.senderName = QString::fromUtf16(Names[size_t(who) % 6]);
            item.language = QStringList{u"vi"_s, u"de"_s, u"tr"_s, u""_s}[who % 4];
            item.content.subject = u"Re: STRASSE İı %1"_s.arg(who);
            item.headers = json::canonical({{u"subject_key"_s, u"strasse i̇ı %1"_s.arg(who)}});
            page.items.push_back(item);
        }
        page.items.push_back(page.items.front());
        if (tell("page", page))
            m_cursor = page.cursorTo;
    }

    void work()
    {
        const auto set = m_office.core().view().warm().set;
        for (const auto &[id, worker] : set.workers) {
            if (!worker.available)
                tell("on", api::SetActivity{id, available(), false}, m_office.boss());
        }
        for (const auto &[id, reservation] : set.reservations) {
            const auto worker = set.workers.at(reservation.worker);
            const api::Caller self{worker.agent, {}, Role::Agent, worker.id, worker.friendlyName};
            if (reservation.status == ReservationStatus::Pending) {
                if (m_round % 5 == 4)
                    tell("no", rejection(id), self);
                else if (m_round % 7 != 6)
                    tell("yes", api::AcceptReservation{id}, self);
            } else if (m_round % 2) {
                answer(reservation.task, self);
                tell("done", api::CompleteTask{reservation.task, u"done"_s}, self);
            }
        }
    }
    static api::RejectReservation rejection(ReservationId id)
    {
        api::RejectReservation no;
        no.reservation = id;
        return no;
    }
    void answer(TaskId task, const api::Caller &self)
    {
        const auto found = m_office.core().view().get<Task>(task);
        api::SendMessage reply;
        reply.conversation = found ? found->conversation : ConversationId{};
        reply.content.text = u"Antwort %1"_s.arg(m_round);
        tell("reply", reply, self);
    }
    ActivityId available()
    {
        for (const auto &[id, activity] : m_office.core().view().warm().set.activities) {
            if (activity.available)
                return id;
        }
        return {};
    }

    /// What is due goes out; providers answer in every way there is.
    void deliver()
    {
        const auto account = *m_office.core().view().get<ChannelAccount>(m_office.account());
        const std::map<EffectId, Effect> effects = m_office.core().view().warm().effects;
        for (const auto &[id, effect] : effects) {
            tell("claim", api::ClaimEffect{id, m_world.node, account.fence});
            const std::array outcomes{EffectState::Succeeded, EffectState::Succeeded,
                                      EffectState::Ready, EffectState::Failed,
                                      EffectState::Uncertain};
            api::ReportEffect report{id, outcomes[size_t(m_step) % outcomes.size()], {}, {}, {},
                                     {}};
            report.attempt = effect.attempts + 1;
            report.providerId = u"p%1"_s.arg(m_step);
            report.retryAt = *m_world.now + Milliseconds(5'000);
            tell("report", report);
        }
    }

    World &m_world;
    SmallOffice m_office;
    QByteArray m_cursor;
    int m_round = 0;
    int m_step = 0;
    int m_accepted = 0;
    int m_refused = 0;
};

/// The digest, and a hash over every byte of the log: equal digests could hide unequal facts.
QByteArray rehearse(const QString &folder, World &world)
{
    world.folder = folder;
    Rehearsal rehearsal(world);
    rehearsal.play();
    QCryptographicHash log(QCryptographicHash::Sha256);
    for (const store::LogEntry &entry : *world.log)
        log.addData(entry.payload);
    return rehearsal.office().digest().toHex() + ' ' + log.result().toHex() + ' ' +
           QByteArray::number(qulonglong(world.log->size())) + ' ' +
           QByteArray::number(rehearsal.accepted()) + ' ' + QByteArray::number(rehearsal.refused());
}

} // namespace

/// One source for a decision (rule 3), one meaning of a fact (rule 9): the same commands at the
/// same moments give the same bytes whatever the machine's hash seed, zone and locale.
class TestSameDecisions : public QObject
{
    Q_OBJECT

private:
    static QByteArray elsewhere(const QStringList &environment)
    {
        const QTemporaryDir folder;
        QProcess child;
        const QStringList inherited =
            QProcess::systemEnvironment().filter(QRegularExpression(u"^(?!QT_HASH_SEED=)"_s));
        child.setEnvironment(inherited + environment + QStringList{u"LOCPATH="_s + locales()});
        child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        child.start(QCoreApplication::applicationFilePath(), {u"--rehearse"_s, folder.path()});
        return child.waitForFinished(100'000) ? child.readAllStandardOutput() : QByteArray();
    }

    /// Made here, whatever the machine has: Qt reads the names, the C library the files.
    static QString locales()
    {
        static const QTemporaryDir folder;
        return folder.path();
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const QString &name : {u"tr_TR"_s, u"de_DE"_s, u"ar_EG"_s}) {
            const QString target = locales() + u'/' + name + u".UTF-8"_s;
            // It warns of what the locale itself lacks; what it made counts.
            QProcess::execute(u"localedef"_s,
                              {u"--quiet"_s, u"-c"_s, u"-i"_s, name, u"-f"_s, u"UTF-8"_s, target});
            QVERIFY2(QFile::exists(target + u"/LC_NUMERIC"_s), qPrintable(target));
        }
    }
    void theRehearsalIsWorthComparing()
    {
        const QTemporaryDir folder;
        World world;
        world.folder = folder.path();
        Rehearsal rehearsal(world);
        rehearsal.play();
        const events::Batch last = *events::decodeBatch(world.log->back().payload);
        QVERIFY(!last.facts.empty());
        QVERIFY2(rehearsal.accepted() > 4 * Rounds,
                 qPrintable(QString::number(rehearsal.accepted())));
        std::set<size_t> kinds;
        for (const store::LogEntry &entry : *world.log) {
            const events::Batch batch = *events::decodeBatch(entry.payload);
            for (const events::Fact &fact : batch.facts)
                kinds.insert(fact.index());
        }
        QVERIFY2(kinds.size() >= 25, qPrintable(u"only %1 kinds of facts"_s.arg(kinds.size())));
    }

    void theSameCommandsGiveTheSameBytes_data()
    {
        QTest::addColumn<QStringList>("environment");
        // Without QT_HASH_SEED every process has a seed of its own; Qt 6 lets it be set to 0 alone.
        QTest::newRow("Kolkata, Turkish")
            << QStringList{u"TZ=Asia/Kolkata"_s, u"LC_ALL=tr_TR.UTF-8"_s, u"LANG=tr_TR.UTF-8"_s};
        QTest::newRow("St John's, German") << QStringList{
            u"TZ=America/St_Johns"_s, u"LC_ALL=de_DE.UTF-8"_s, u"LANG=de_DE.UTF-8"_s};
        QTest::newRow("Kiritimati, Arabic") << QStringList{
            u"TZ=Pacific/Kiritimati"_s, u"LC_ALL=ar_EG.UTF-8"_s, u"LANG=ar_EG.UTF-8"_s};
    }
    void theSameCommandsGiveTheSameBytes()
    {
        QFETCH(QStringList, environment);
        static const QByteArray reference =
            elsewhere({u"QT_HASH_SEED=0"_s, u"TZ=UTC"_s, u"LC_ALL=C"_s, u"LANG=C"_s});
        QCOMPARE(reference.count(' '), 4);
        QCOMPARE(elsewhere(environment), reference);
    }
};

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    if (arguments.value(1) == u"--rehearse"_s) {
        const QByteArray wanted = qgetenv("LC_ALL");
        if (wanted != std::setlocale(LC_NUMERIC, nullptr))
            qFatal("the C library does not know %s", wanted.constData());
        World world;
        std::printf("%s", rehearse(arguments.value(2), world).constData());
        return 0;
    }
    TestSameDecisions test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_samedecisions.moc"
