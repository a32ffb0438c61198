// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonObject>

#include <map>
#include <utility>

namespace peerdesk::test {

/// A desk made of values: answers at once, remembers what it was asked to do. Repeats of a command
/// id get the recorded answer, another body is a conflict, as the real one promises.
class FakeDesk final : public api::Desk
{
    Q_OBJECT

public:
    struct Submitted
    {
        api::Caller caller;
        CommandId id;
        api::Command command;
    };

    std::vector<Submitted> submitted;
    std::optional<Error> refusal; ///< every submit gets it
    bool neverAnswers = false;    ///< submits are dropped unanswered
    bool holds = false;           ///< submits are answered by nobody until the end
    std::vector<Completion<api::Outcome>> held;
    QByteArray nextSubject = QByteArray(16, '\x07');
    QString nextState;
    std::map<QByteArray, api::Caller> callers; ///< by token hash
    int authentications = 0;
    api::OfficeStatus office;
    std::vector<Agent> people;
    std::vector<Conversation> threads;
    std::vector<Message> letters;
    std::vector<Task> work;
    std::vector<api::Offer> offers;
    std::vector<Worker> hands;
    std::vector<Activity> moods;
    std::vector<TaskChannel> kinds;
    std::vector<Queue> lines;
    std::vector<Workflow> rules;
    std::vector<Flow> paths;
    std::vector<api::Event> archive;
    std::map<QByteArray, QByteArray> files;
    std::map<QString, QByteArray> secrets; ///< "account/name"
    std::optional<Error> secretTrouble;
    QJsonArray types;
    std::vector<api::Presence> presence;
    api::ConversationFilter lastFilter;
    api::Page lastPage;
    std::function<void()> onArchiveRead; ///< runs before a page of events is answered

    void signIn(const QByteArray &token, Role role)
    {
        api::Caller caller{
            randomId<AgentId>(), randomId<SessionId>(), role, {}, QStringLiteral("Ana")};
        callers[QCryptographicHash::hash(token, QCryptographicHash::Sha256)] = caller;
    }
    void happen(const api::Event &event)
    {
        archive.push_back(event);
        api::Changes changes;
        changes.appliedIndex = event.index;
        changes.events = {event};
        Q_EMIT changed(changes);
    }
    template <typename T>
    const T *last() const
    {
        return submitted.empty() ? nullptr : std::get_if<T>(&submitted.back().command);
    }

    void submit(const api::Caller &caller, CommandId id, const api::Command &command,
                Completion<api::Outcome> done) override
    {
        if (neverAnswers)
            return;
        if (holds)
            return held.push_back(std::move(done));
        if (refusal)
            return done.answer(*refusal);
        for (const Submitted &one : submitted) {
            if (one.id != id)
                continue;
            if (!(one.command == command))
                return done.answer(Error{Error::Code::Conflict, {}, {}});
            return done.answer(api::Outcome{nextSubject, nextState, true});
        }
        submitted.push_back({caller, id, command});
        done.answer(api::Outcome{nextSubject, nextState, false});
    }
    void status(Completion<api::OfficeStatus> done) override { done.answer(office); }
    void authenticate(const QByteArray &hash, Completion<api::Caller> done) override
    {
        ++authentications;
        const auto found = callers.find(hash);
        if (found == callers.end())
            return done.answer(Error{Error::Code::Unauthorized, QStringLiteral("no"), {}});
        done.answer(found->second);
    }
    void agentByName(const QString &name, Completion<Agent> done) override
    {
        for (const Agent &one : people) {
            if (one.name == name)
                return done.answer(one);
        }
        done.answer(notFound(name));
    }
    void agents(Completion<std::vector<Agent>> done) override { done.answer(people); }
    void conversations(const api::ConversationFilter &filter, const api::Page &page,
                       Completion<api::PageOf<Conversation>> done) override
    {
        lastFilter = filter;
        lastPage = page;
        done.answer(api::PageOf<Conversation>{threads, QStringLiteral("more")});
    }
    void conversation(ConversationId id, Completion<Conversation> done) override
    {
        one(threads, id, std::move(done));
    }
    void messages(ConversationId, const api::Page &, Completion<api::PageOf<Message>> done) override
    {
        done.answer(api::PageOf<Message>{letters, {}});
    }
    void message(MessageId id, Completion<Message> done) override
    {
        one(letters, id, std::move(done));
    }
    void trace(MessageId, Completion<std::vector<api::TraceStep>> done) override
    {
        done.answer(std::vector<api::TraceStep>{
            {QStringLiteral("ingest"), QStringLiteral("webchat"), {1'790'000'000'000}, 7}});
    }
    void customers(const QString &, const api::Page &,
                   Completion<api::PageOf<Customer>> done) override
    {
        done.answer(api::PageOf<Customer>{});
    }
    void customer(CustomerId id, Completion<api::CustomerCard> done) override
    {
        api::CustomerCard card;
        card.customer.id = id;
        done.answer(card);
    }
    void tasks(const std::optional<TaskStatus> &, const api::Page &,
               Completion<api::PageOf<Task>> done) override
    {
        done.answer(api::PageOf<Task>{work, {}});
    }
    void task(TaskId id, Completion<Task> done) override { one(work, id, std::move(done)); }
    void reservations(WorkerId, const std::optional<ReservationStatus> &,
                      Completion<std::vector<api::Offer>> done) override
    {
        done.answer(offers);
    }
    void reservation(ReservationId id, Completion<api::Offer> done) override
    {
        for (const api::Offer &offer : offers) {
            if (offer.reservation.id == id)
                return done.answer(offer);
        }
        done.answer(notFound({}));
    }
    void workers(Completion<std::vector<Worker>> done) override { done.answer(hands); }
    void activities(Completion<std::vector<Activity>> done) override { done.answer(moods); }
    void taskChannels(Completion<std::vector<TaskChannel>> done) override { done.answer(kinds); }
    void queues(Completion<std::vector<Queue>> done) override { done.answer(lines); }
    void workflows(Completion<std::vector<Workflow>> done) override { done.answer(rules); }
    void flows(Completion<std::vector<Flow>> done) override { done.answer(paths); }
    void explainTask(TaskId, Completion<QJsonObject> done) override { done.answer(QJsonObject{}); }
    void command(CommandId id, Completion<api::Outcome> done) override
    {
        for (const Submitted &one : submitted) {
            if (one.id == id)
                return done.answer(api::Outcome{nextSubject, nextState, true});
        }
        done.answer(notFound({}));
    }
    void eventsAfter(quint64 index, int ordinal, int limit,
                     Completion<std::vector<api::Event>> done) override
    {
        std::vector<api::Event> page;
        for (const api::Event &event : archive) {
            if (std::pair(event.index, event.ordinal) > std::pair(index, ordinal) &&
                int(page.size()) < limit)
                page.push_back(event);
        }
        if (onArchiveRead)
            onArchiveRead();
        done.answer(page);
    }
    void storeAttachment(const QByteArray &bytes, Completion<QByteArray> done) override
    {
        const QByteArray hash = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
        files[hash] = bytes;
        done.answer(hash);
    }
    void attachment(const api::Caller &, const QByteArray &sha256,
                    Completion<QByteArray> done) override
    {
        const auto found = files.find(sha256);
        found == files.end() ? done.answer(notFound({})) : done.answer(found->second);
    }
    void storeSecret(const api::Caller &, const api::AccountSecret &secret,
                     Completion<Done> done) override
    {
        if (secretTrouble)
            return done.answer(*secretTrouble);
        secrets[secret.account.toString() + u'/' + secret.name] = secret.value;
        done.answer(Done{});
    }
    void invite(const api::Caller &, const api::Invite &, Completion<QString> done) override
    {
        done.answer(QStringLiteral("bada-bada-bada-bada-bada-bada"));
    }
    void testAccount(const api::Caller &, AccountId, Completion<QString> done) override
    {
        done.answer(QStringLiteral("All is well"));
    }
    QJsonArray channelTypes() const override { return types; }
    void announcePresence(const api::Presence &one) override { presence.push_back(one); }

private:
    template <typename Record>
    static void one(const std::vector<Record> &all, typename Record::Key id,
                    Completion<Record> done)
    {
        for (const Record &record : all) {
            if (record.id == id)
                return done.answer(record);
        }
        done.answer(notFound(QStringLiteral("no such thing")));
    }
};

} // namespace peerdesk::test
