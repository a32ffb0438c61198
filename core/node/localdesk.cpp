// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/localdesk.h"

#include "core/node/spans.h"

#include <atomic>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// Numbers are unique in the process, so that desks tell their answers from others'.
quint64 nextRequest()
{
    static std::atomic<quint64> last{0};
    return ++last;
}

} // namespace

LocalDesk::LocalDesk(ReadService &readers, ReadService &counters, OfficeService &office,
                     QObject *parent)
    : Desk(parent)
    , m_readers(readers)
    , m_counters(counters)
    , m_spans(&counters == &readers ? nullptr : std::make_shared<SpanCounts>())
    , m_office(office)
{
    connect(&readers, &Service::answered, this, &LocalDesk::onAnswered);
    if (&counters != &readers)
        connect(&counters, &Service::answered, this, &LocalDesk::onAnswered);
    connect(&office, &Service::answered, this, &LocalDesk::onAnswered);
    connect(&office, &OfficeService::changed, this, &Desk::changed);
    connect(&office, &OfficeService::presenceChanged, this, &Desk::presenceChanged);
    connect(&office, &OfficeService::statusChanged, this, &Desk::statusChanged);
}

void LocalDesk::onAnswered(const Answer &answer)
{
    const auto pending = m_pending.find(answer.request);
    if (pending == m_pending.end())
        return; // another desk's
    const auto handler = std::move(pending->second);
    m_pending.erase(pending);
    handler(answer.value);
}

template <typename T>
quint64 LocalDesk::expect(Completion<T> done)
{
    const quint64 request = nextRequest();
    // std::function wants copies; the completion is moved out once.
    auto shared = std::make_shared<Completion<T>>(std::move(done));
    m_pending[request] = [shared](const std::any &value) {
        shared->answer(std::any_cast<Result<T>>(value));
    };
    return request;
}

template <typename T, typename Read>
void LocalDesk::ask(ReadService &service, Completion<T> done, Read read)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&service, [readers = &service, request, read] {
        const Result<const store::OfficeReader *> office = readers->office();
        Result<T> result = office ? read(*readers, **office) : Result<T>(office.error());
        if (const std::optional<Error> trouble = office ? (*office)->takeTrouble() : std::nullopt)
            result = *trouble;
        Q_EMIT readers->answered({request, std::any(std::move(result))});
    });
}

template <typename Record>
void LocalDesk::findOne(const typename Record::Key &key, const QString &what,
                        Completion<Record> done)
{
    ask(std::move(done),
        [key, what](ReadService &, const store::OfficeReader &office) -> Result<Record> {
            const std::optional<Record> found = office.find<Record>(key);
            if (!found)
                return notFound(u"no such %1"_s.arg(what));
            return *found;
        });
}

template <typename Record>
void LocalDesk::findAll(Completion<std::vector<Record>> done)
{
    ask(std::move(done),
        [](ReadService &, const store::OfficeReader &office) -> Result<std::vector<Record>> {
            return office.all<Record>();
        });
}

void LocalDesk::submit(const api::Caller &caller, CommandId id, const api::Command &command,
                       Completion<api::Outcome> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_office, [office = &m_office, request, caller, id, command] {
        office->submit(request, caller, id, command);
    });
}

void LocalDesk::status(Completion<api::OfficeStatus> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_office,
                              [office = &m_office, request] { office->status(request); });
}

void LocalDesk::authenticate(const QByteArray &tokenHash, Completion<api::Caller> done)
{
    ask(std::move(done), [tokenHash](ReadService &readers, const store::OfficeReader &) {
        return readers.authenticate(tokenHash);
    });
}

void LocalDesk::agentByName(const QString &name, Completion<Agent> done)
{
    ask(std::move(done), [name](ReadService &, const store::OfficeReader &office) -> Result<Agent> {
        const auto agent = office.agentByName(name);
        if (!agent)
            return notFound(u"no such agent"_s);
        return *agent;
    });
}

void LocalDesk::agents(Completion<std::vector<Agent>> done)
{
    findAll(std::move(done));
}

void LocalDesk::conversations(const api::ConversationFilter &filter, const api::Page &page,
                              Completion<api::PageOf<Conversation>> done)
{
    ask(std::move(done), [filter, page](ReadService &readers, const store::OfficeReader &) {
        return readers.conversations(filter, page);
    });
}

void LocalDesk::conversation(ConversationId id, Completion<Conversation> done)
{
    ask(std::move(done), [id](ReadService &readers, const store::OfficeReader &) {
        return readers.conversation(id);
    });
}

void LocalDesk::messages(ConversationId id, const api::Page &page,
                         Completion<api::PageOf<Message>> done)
{
    ask(std::move(done),
        [id, page](ReadService &,
                   const store::OfficeReader &office) -> Result<api::PageOf<Message>> {
            if (!office.find<Conversation>(id))
                return notFound(u"no such conversation"_s);
            return office.messages(id, page);
        });
}

void LocalDesk::message(MessageId id, Completion<Message> done)
{
    findOne(id, u"message"_s, std::move(done));
}

void LocalDesk::trace(MessageId id, Completion<std::vector<api::TraceStep>> done)
{
    ask(std::move(done),
        [id](ReadService &readers, const store::OfficeReader &) { return readers.trace(id); });
}

void LocalDesk::customers(const QString &text, const api::Page &page,
                          Completion<api::PageOf<Customer>> done)
{
    ask(std::move(done), [text, page](ReadService &, const store::OfficeReader &office) {
        return office.customers(text, page);
    });
}

void LocalDesk::customer(CustomerId id, Completion<api::CustomerCard> done)
{
    ask(std::move(done),
        [id](ReadService &, const store::OfficeReader &office) { return office.card(id); });
}

void LocalDesk::tasks(const std::optional<TaskStatus> &status, const api::Page &page,
                      Completion<api::PageOf<Task>> done)
{
    ask(std::move(done), [status, page](ReadService &, const store::OfficeReader &office) {
        return office.tasks(status, page);
    });
}

void LocalDesk::task(TaskId id, Completion<Task> done)
{
    findOne(id, u"task"_s, std::move(done));
}

void LocalDesk::reservations(WorkerId worker, const std::optional<ReservationStatus> &status,
                             Completion<std::vector<api::Offer>> done)
{
    const Time now = m_office.now();
    ask(std::move(done), [worker, status, now](ReadService &readers, const store::OfficeReader &) {
        return readers.offers(worker, status, now);
    });
}

void LocalDesk::reservation(ReservationId id, Completion<api::Offer> done)
{
    const Time now = m_office.now();
    ask(std::move(done), [id, now](ReadService &readers, const store::OfficeReader &) {
        return readers.offer(id, now);
    });
}

void LocalDesk::workers(Completion<std::vector<Worker>> done)
{
    findAll(std::move(done));
}
void LocalDesk::activities(Completion<std::vector<Activity>> done)
{
    findAll(std::move(done));
}
void LocalDesk::taskChannels(Completion<std::vector<TaskChannel>> done)
{
    findAll(std::move(done));
}
void LocalDesk::queues(Completion<std::vector<Queue>> done)
{
    findAll(std::move(done));
}
void LocalDesk::workflows(Completion<std::vector<Workflow>> done)
{
    findAll(std::move(done));
}
void LocalDesk::flows(Completion<std::vector<Flow>> done)
{
    findAll(std::move(done));
}

void LocalDesk::webhooks(Completion<std::vector<Webhook>> done)
{
    findAll(std::move(done));
}

void LocalDesk::explainTask(TaskId id, Completion<QJsonObject> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(
        &m_office, [office = &m_office, request, id] { office->explainTask(request, id); });
}

void LocalDesk::statistics(const api::StatisticsQuery &query, Completion<QJsonObject> done)
{
    if (query.start.isSet() || query.end.isSet()) {
        return ask(m_counters, std::move(done),
                   [query, spans = m_spans](ReadService &, const store::OfficeReader &office) {
                       return spans ? spans->over(office, query) : statisticsOver(office, query);
                   });
    }
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(
        &m_office, [office = &m_office, request, query] { office->statistics(request, query); });
}

void LocalDesk::recordedDay(Time start, Time end, Completion<api::RecordedDay> done)
{
    ask(m_counters, std::move(done),
        [start, end](ReadService &, const store::OfficeReader &office) {
            return node::recordedDay(office, start, end);
        });
}

void LocalDesk::command(CommandId id, Completion<api::Outcome> done)
{
    ask(std::move(done),
        [id](ReadService &, const store::OfficeReader &office) -> Result<api::Outcome> {
            const auto record = office.find<CommandRecord>(id);
            if (!record)
                return notFound(u"no such command"_s);
            return api::Outcome{record->subject, record->state, true};
        });
}

void LocalDesk::eventsAfter(quint64 index, int ordinal, int limit,
                            Completion<std::vector<api::Event>> done)
{
    ask(std::move(done), [=](ReadService &readers, const store::OfficeReader &) {
        return readers.eventsAfter(index, ordinal, limit);
    });
}

void LocalDesk::storeAttachment(const QByteArray &bytes, Completion<QByteArray> done)
{
    upload({}, bytes, std::move(done));
}

void LocalDesk::upload(const api::Caller &caller, const QByteArray &bytes,
                       Completion<QByteArray> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_readers, [readers = &m_readers, request, uploader = caller.agent,
                                           bytes] { readers->upload(request, uploader, bytes); });
}

void LocalDesk::attachment(const api::Caller &caller, const QByteArray &sha256,
                           Completion<QByteArray> done)
{
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    const auto read = [caller, sha256](ReadService &readers, const store::OfficeReader &) {
        return readers.attachment(caller, sha256);
    };
    const auto onFetched = [this, asker, read](const Result<Done> &here) {
        if (!here)
            return asker->answer(here.error());
        ask<QByteArray>(std::move(*asker), read);
    };
    const auto onRead = [this, asker, sha256, onFetched](const Result<QByteArray> &bytes) {
        if (bytes || bytes.error().state != store::NotOnThisPc)
            return asker->answer(bytes);
        const quint64 request = expect<Done>({this, onFetched});
        QMetaObject::invokeMethod(&m_office, [office = &m_office, request, sha256] {
            office->fetchAttachment(request, sha256);
        });
    };
    ask<QByteArray>({this, onRead}, read);
}

void LocalDesk::storeSecret(const api::Caller &caller, const api::AccountSecret &secret,
                            Completion<Done> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_office, [office = &m_office, request, caller, secret] {
        office->storeSecret(request, caller, secret);
    });
}

void LocalDesk::testAccount(const api::Caller &caller, AccountId account, Completion<QString> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_office, [office = &m_office, request, caller, account] {
        office->testAccount(request, caller, account);
    });
}

void LocalDesk::hook(AccountId account, const HookCall &call, Completion<HookAnswer> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_office, [office = &m_office, request, account, call] {
        office->hook(request, account, call);
    });
}

void LocalDesk::templates(AccountId account, Completion<TemplateList> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(
        &m_office, [office = &m_office, request, account] { office->templates(request, account); });
}

void LocalDesk::invite(const api::Caller &caller, const api::Invite &wanted,
                       Completion<QString> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_office, [office = &m_office, request, caller, wanted] {
        office->invite(request, caller, wanted);
    });
}

void LocalDesk::admit(const api::Caller &caller, const api::Asker &asker, bool isOurs,
                      Completion<Done> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_office, [office = &m_office, request, caller, asker, isOurs] {
        office->admit(request, caller, asker, isOurs);
    });
}

void LocalDesk::takeover(const api::Caller &caller, const QString &recoveryWords,
                         Completion<Done> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_office, [office = &m_office, request, caller, recoveryWords] {
        office->takeover(request, caller, recoveryWords);
    });
}

void LocalDesk::recoveryWords(const api::Caller &caller, Completion<QString> done)
{
    const quint64 request = expect(std::move(done));
    QMetaObject::invokeMethod(&m_office, [office = &m_office, request, caller] {
        office->recoveryWords(request, caller);
    });
}

void LocalDesk::announcePresence(const api::Presence &presence)
{
    QMetaObject::invokeMethod(
        &m_office, [office = &m_office, presence] { office->announcePresence(presence); });
}

} // namespace peerdesk::node

#include "moc_localdesk.cpp"
