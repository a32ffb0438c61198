// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <QCryptographicHash>

#include <deque>
#include <set>

namespace peerdesk::channels {

/// A node in miniature: commits pages (with permanent dedupe) into histories, at once or when told.
class FakeHost : public Host
{
public:
    explicit FakeHost(Clock &clock)
        : m_clock(clock)
    {}

    void ingest(InboundPage page, Completion<Done> done) override
    {
        ++ingests;
        if (refuseWith)
            return done.answer(*refuseWith);
        if (isHolding)
            return held.emplace_back(std::move(page), std::move(done)), void();
        commit(page);
        done.answer(Done{});
    }
    void releaseAll()
    {
        while (!held.empty()) {
            auto [page, done] = std::move(held.front());
            held.pop_front();
            commit(page);
            done.answer(Done{});
        }
    }
    QByteArray cursor() const override { return "c0"; }
    void setState(AccountState state, const QString &detail) override
    {
        lastState = state;
        lastDetail = detail;
    }
    void customerTyping(const QString &thread, bool isTyping) override
    {
        typing.emplace_back(thread, isTyping);
    }
    void history(const QString &thread, Completion<std::vector<Message>> done) override
    {
        ++historyReads;
        done.answer(histories[thread]);
    }
    void attachment(const QString &thread, const QByteArray &sha256,
                    Completion<QByteArray> done) override
    {
        for (const Message &message : histories[thread]) {
            for (const Attachment &attachment : message.content.attachments) {
                if (attachment.sha256 == sha256)
                    return done.answer(files[sha256]);
            }
        }
        done.answer(notFound(QStringLiteral("no such file")));
    }
    bool isAnyoneAvailable() const override { return isAvailable; }
    QByteArray secret(const QString &name) const override
    {
        return name == QStringLiteral("visitor_key") ? key : QByteArray();
    }
    QString agentName(const AgentId &who) const override
    {
        return who.isNull() ? QString() : QStringLiteral("Thuy from the node");
    }
    Clock &clock() const override { return m_clock; }

    /// What the node does when an agent answers: queued, claimed, then handed to the gate.
    Message reply(const QString &thread, const QString &text,
                  MessageState state = MessageState::Sent)
    {
        Message message;
        message.id = randomId<MessageId>();
        message.kind = MessageKind::Reply;
        message.state = state;
        message.authorKind = AuthorKind::Agent;
        message.author = agent;
        message.content.text = text;
        message.createdAt = nextTime();
        message.providerId = message.id.toString();
        histories[thread].push_back(message);
        return message;
    }
    void addFile(Message &message, const QString &thread, const QString &name,
                 const QByteArray &bytes)
    {
        const QByteArray sha = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
        message.content.attachments.push_back(
            {sha, name, QStringLiteral("image/png"), bytes.size(), {}, false});
        histories[thread].back() = message;
        files[sha] = bytes;
    }

    std::map<QString, std::vector<Message>> histories;
    std::map<QByteArray, QByteArray> files;
    std::set<QString> seen;
    std::vector<InboundItem> committedItems;
    std::deque<std::pair<InboundPage, Completion<Done>>> held;
    std::vector<std::pair<QString, bool>> typing;
    std::optional<Error> refuseWith;
    bool isHolding = false;
    bool isAvailable = true;
    int ingests = 0;
    int historyReads = 0;
    QByteArray key = "0123456789abcdef0123456789abcdef";
    AgentId agent = randomId<AgentId>();
    AccountState lastState = AccountState::Starting;
    QString lastDetail;

protected:
    virtual void commit(const InboundPage &page)
    {
        for (const InboundItem &item : page.items) {
            if (!seen.insert(item.providerId).second)
                continue;
            committedItems.push_back(item);
            if (item.kind == ItemKind::Message)
                add(item, page);
            else
                receipt(item);
        }
    }
    Time nextTime()
    {
        m_lastTime = std::max(m_clock.wall(), m_lastTime + Milliseconds(1));
        return m_lastTime;
    }

private:
    void add(const InboundItem &item, const InboundPage &page)
    {
        Message message;
        message.id = randomId<MessageId>();
        message.content = item.content;
        message.createdAt = nextTime();
        message.providerId = item.providerId;
        histories[item.thread].push_back(message);
        for (const auto &[sha, bytes] : page.attachments)
            files[sha] = bytes;
    }
    void receipt(const InboundItem &item)
    {
        for (Message &message : histories[item.thread]) {
            if (message.providerId == item.receiptFor)
                message.state = item.receiptState;
        }
    }

    Clock &m_clock;
    Time m_lastTime;
};

} // namespace peerdesk::channels
