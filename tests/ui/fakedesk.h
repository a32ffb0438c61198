// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/clock.h"

#include <QJsonArray>
#include <map>

namespace peerdesk::test {

/// An office in memory: records in maps, answers at once (or later, see holdAnswers), and enough of
/// the commands for the window to work. No rules: it believes whoever asks.
class FakeDesk : public api::Desk
{
    Q_OBJECT

public:
    explicit FakeDesk(const Clock &clock);

    std::map<ConversationId, Conversation> conversationsById;
    std::map<ConversationId, std::vector<Message>> messagesById; ///< oldest first
    std::map<CustomerId, api::CustomerCard> cards;
    std::map<TaskId, Task> tasksById;
    std::vector<api::Offer> offers;
    std::vector<Agent> agentList;
    std::vector<Worker> workerList;
    std::vector<Activity> activityList;
    std::vector<Queue> queueList;
    std::vector<Flow> flowList;
    std::vector<Workflow> workflowList;
    QJsonObject explanation; ///< of every task but these
    std::map<TaskId, QJsonObject> explanations;
    int explained = 0; ///< how often it was asked
    std::vector<TaskChannel> taskChannelList;
    QJsonArray types; ///< of channels
    api::OfficeStatus office;
    std::map<QByteArray, QByteArray> blobs;
    std::map<CommandId, api::Outcome> known;

    std::vector<std::pair<CommandId, api::Command>> submitted;
    /// The next submit fails with this.
    std::optional<Error> refuseWith;
    /// Commands for which it has an error fail with it.
    std::function<std::optional<Error>(const api::Command &)> refusal;
    /// Answers of submit wait until release().
    bool holdAnswers = false;
    void release();
    /// Answers of conversations() and messages(), or of testAccount(), wait until releaseReads().
    bool holdReads = false;
    bool holdTests = false;
    void releaseReads();
    /// The log of recordedDay(); its answers wait with holdReads.
    Result<std::vector<api::RecordedTask>> recorded = std::vector<api::RecordedTask>();
    std::optional<std::vector<api::RecordedPresence>>
        recordedPresence;               ///< none = everybody, all the time
    std::pair<Time, Time> recordedSpan; ///< that was asked for
    /// What the window told others, oldest first.
    std::vector<api::Presence> announced;
    /// What testAccount() answers, and how often it was asked.
    Result<QString> accountAnswer = QStringLiteral("still nothing");
    int accountTests = 0;
    /// What invite() answers, and how often it was asked.
    Result<QString> inviteAnswer = QStringLiteral("bada-koru-mila-zobu-pano-tiku");
    int invitations = 0;
    /// What recoveryWords() answers.
    Result<QString> recoveryAnswer = notFound(QStringLiteral("no key here"));

    /// Tells the window what changed.
    void touch(ConversationId conversation);
    void touch(ReservationId reservation);
    Message &add(ConversationId conversation, Message message);

    void submit(const api::Caller &caller, CommandId id, const api::Command &command,
                Completion<api::Outcome> done) override;
    void status(Completion<api::OfficeStatus> done) override;
    void authenticate(const QByteArray &, Completion<api::Caller>) override {}
    void agentByName(const QString &, Completion<Agent>) override {}
    void agents(Completion<std::vector<Agent>> done) override;
    void conversations(const api::ConversationFilter &filter, const api::Page &page,
                       Completion<api::PageOf<Conversation>> done) override;
    void conversation(ConversationId id, Completion<Conversation> done) override;
    void messages(ConversationId id, const api::Page &page,
                  Completion<api::PageOf<Message>> done) override;
    void message(MessageId id, Completion<Message> done) override;
    void trace(MessageId, Completion<std::vector<api::TraceStep>>) override {}
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
    void taskChannels(Completion<std::vector<TaskChannel>> done) override
    {
        done.answer(taskChannelList);
    }
    void queues(Completion<std::vector<Queue>> done) override;
    void workflows(Completion<std::vector<Workflow>> done) override { done.answer(workflowList); }
    void flows(Completion<std::vector<Flow>> done) override { done.answer(flowList); }
    void explainTask(TaskId id, Completion<QJsonObject> done) override
    {
        ++explained;
        const auto own = explanations.find(id);
        done.answer(own == explanations.end() ? explanation : own->second);
    }
    void recordedDay(Time start, Time end, Completion<api::RecordedDay> done) override;
    void command(CommandId id, Completion<api::Outcome> done) override;
    void eventsAfter(quint64, int, int, Completion<std::vector<api::Event>>) override {}
    void storeAttachment(const QByteArray &bytes, Completion<QByteArray> done) override;
    void attachment(const api::Caller &, const QByteArray &sha256,
                    Completion<QByteArray> done) override;
    void storeSecret(const api::Caller &, const api::AccountSecret &, Completion<Done>) override {}
    void invite(const api::Caller &, const api::Invite &, Completion<QString> done) override
    {
        ++invitations;
        done.answer(inviteAnswer);
    }
    void testAccount(const api::Caller &, AccountId, Completion<QString> done) override;
    void recoveryWords(const api::Caller &, Completion<QString> done) override
    {
        done.answer(recoveryAnswer);
    }
    /// What statistics() answers, and what it was asked. While it holds them they wait for
    /// releaseCount().
    std::function<Result<QJsonObject>(const api::StatisticsQuery &)> count;
    std::vector<api::StatisticsQuery> counted;
    bool holdCounts = false;
    /// Answers the oldest one that waits.
    void releaseCount();
    void statistics(const api::StatisticsQuery &query, Completion<QJsonObject> done) override;
    /// What templates() answers.
    Result<TemplateList> templateAnswer = notFound(QStringLiteral("no templates here"));
    void templates(AccountId, Completion<TemplateList> done) override
    {
        done.answer(templateAnswer);
    }
    QJsonArray channelTypes() const override { return types; }
    void announcePresence(const api::Presence &presence) override { announced.push_back(presence); }

private:
    api::Outcome run(const api::Caller &caller, CommandId id, const api::Command &command);
    api::Outcome send(const api::Caller &caller, CommandId id, const api::SendMessage &command);
    api::Outcome continueBy(const api::ContinueConversation &command);
    api::Outcome endTask(TaskId id, TaskStatus status);
    api::Outcome save(CommandId id, const api::SaveAgent &command);
    api::Outcome change(WorkerId id, const std::function<void(Worker &)> &edit);
    api::Outcome changeAccount(AccountId id, const std::function<void(ChannelAccount &)> &edit);
    /// What routing consists of; nothing for other commands.
    std::optional<api::Outcome> runRules(CommandId id, const api::Command &command);
    api::Outcome save(CommandId id, const api::SaveWorker &command);
    void touchDirectory();
    void answer(ReservationId id, ReservationStatus status, const api::Caller &caller);

    const Clock &m_clock;
    std::vector<std::function<void()>> m_held;
    std::vector<std::function<void()>> m_heldReads;
    std::vector<std::function<void()>> m_heldCounts;
};

} // namespace peerdesk::test
