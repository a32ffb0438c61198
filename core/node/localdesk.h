// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/office.h"
#include "core/node/readservice.h"

#include <map>
#include <memory>

namespace peerdesk::node {

class SpanCounts;

/// The Desk of one thread of this process: reads go to the readers, writes to the node thread,
/// answers come back as queued signals.
class LocalDesk final : public api::Desk
{
    Q_OBJECT

public:
    /// Counting a span of time may take seconds: where `counters` are others than the readers, no
    /// read waits for it.
    LocalDesk(ReadService &readers, ReadService &counters, OfficeService &office,
              QObject *parent = nullptr);

    void submit(const api::Caller &caller, CommandId id, const api::Command &command,
                Completion<api::Outcome> done) override;
    void status(Completion<api::OfficeStatus> done) override;
    void authenticate(const QByteArray &tokenHash, Completion<api::Caller> done) override;
    void agentByName(const QString &name, Completion<Agent> done) override;
    void agents(Completion<std::vector<Agent>> done) override;
    void conversations(const api::ConversationFilter &filter, const api::Page &page,
                       Completion<api::PageOf<Conversation>> done) override;
    void conversation(ConversationId id, Completion<Conversation> done) override;
    void messages(ConversationId id, const api::Page &page,
                  Completion<api::PageOf<Message>> done) override;
    void message(MessageId id, Completion<Message> done) override;
    void trace(MessageId id, Completion<std::vector<api::TraceStep>> done) override;
    void customers(const QString &text, const api::Page &page,
                   Completion<api::PageOf<Customer>> done) override;
    void customer(CustomerId id, Completion<api::CustomerCard> done) override;
    void tasks(const std::optional<TaskStatus> &status, const api::Page &page,
               Completion<api::PageOf<Task>> done) override;
    void task(TaskId id, Completion<Task> done) override;
    void reservations(WorkerId worker, const std::optional<ReservationStatus> &status,
                      Completion<std::vector<api::Offer>> done) override;
    void reservation(ReservationId id, Completion<api::Offer> done) override;
    void workers(Completion<std::vector<Worker>> done) override;
    void activities(Completion<std::vector<Activity>> done) override;
    void taskChannels(Completion<std::vector<TaskChannel>> done) override;
    void queues(Completion<std::vector<Queue>> done) override;
    void workflows(Completion<std::vector<Workflow>> done) override;
    void flows(Completion<std::vector<Flow>> done) override;
    void webhooks(Completion<std::vector<Webhook>> done) override;
    void explainTask(TaskId id, Completion<QJsonObject> done) override;
    void statistics(const api::StatisticsQuery &query, Completion<QJsonObject> done) override;
    void recordedDay(Time start, Time end, Completion<api::RecordedDay> done) override;
    void command(CommandId id, Completion<api::Outcome> done) override;
    void eventsAfter(quint64 index, int ordinal, int limit,
                     Completion<std::vector<api::Event>> done) override;
    void storeAttachment(const QByteArray &bytes, Completion<QByteArray> done) override;
    void upload(const api::Caller &caller, const QByteArray &bytes,
                Completion<QByteArray> done) override;
    void attachment(const api::Caller &caller, const QByteArray &sha256,
                    Completion<QByteArray> done) override;
    void storeSecret(const api::Caller &caller, const api::AccountSecret &secret,
                     Completion<Done> done) override;
    void invite(const api::Caller &caller, const api::Invite &wanted,
                Completion<QString> done) override;
    void admit(const api::Caller &caller, const api::Asker &asker, bool isOurs,
               Completion<Done> done) override;
    void takeover(const api::Caller &caller, const QString &recoveryWords,
                  Completion<Done> done) override;
    void recoveryWords(const api::Caller &caller, Completion<QString> done) override;
    void testAccount(const api::Caller &caller, AccountId account,
                     Completion<QString> done) override;
    void hook(AccountId account, const HookCall &call, Completion<HookAnswer> done) override;
    void templates(AccountId account, Completion<TemplateList> done) override;
    QJsonArray channelTypes() const override { return m_office.channelTypes(); }
    void announcePresence(const api::Presence &presence) override;

private:
    void onAnswered(const Answer &answer);
    /// Remembers who asked and returns the request's number.
    template <typename T>
    quint64 expect(Completion<T> done);
    /// Runs `read` in the thread of `service`.
    template <typename T, typename Read>
    void ask(ReadService &service, Completion<T> done, Read read);
    template <typename T, typename Read>
    void ask(Completion<T> done, Read read)
    {
        ask(m_readers, std::move(done), std::move(read));
    }
    template <typename Record>
    void findOne(const typename Record::Key &key, const QString &what, Completion<Record> done);
    template <typename Record>
    void findAll(Completion<std::vector<Record>> done);

    ReadService &m_readers;
    ReadService &m_counters;
    std::shared_ptr<SpanCounts> m_spans; ///< used in the counters' thread; null = none are kept
    OfficeService &m_office;
    std::map<quint64, std::function<void(const std::any &)>> m_pending;
};

} // namespace peerdesk::node
