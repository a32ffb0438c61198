// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <deque>
#include <set>

namespace peerdesk::channels {

/// A node in miniature for vendors' connectors: moves the cursor by compare-and-set only, knows
/// again what came before, keeps files; fails and holds when told.
class VendorHost : public Host
{
public:
    explicit VendorHost(Clock &clock)
        : m_clock(clock)
    {}

    void ingest(InboundPage page, Completion<Done> done) override
    {
        ++ingests;
        if (failing > 0) {
            --failing;
            return done.answer(Error{Error::Code::Storage, QStringLiteral("disk"), {}});
        }
        if (isHolding)
            return held.emplace_back(std::move(page), std::move(done)), void();
        done.answer(commit(page));
    }
    void release()
    {
        isHolding = false;
        while (!held.empty()) {
            auto [page, done] = std::move(held.front());
            held.pop_front();
            done.answer(commit(page));
        }
    }
    QByteArray cursor() const override { return cursorBytes; }
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
        done.answer(histories[thread]);
    }
    void attachment(const QString &, const QByteArray &sha256, Completion<QByteArray> done) override
    {
        done.answer(files[sha256]);
    }
    bool isAnyoneAvailable() const override { return true; }
    QByteArray secret(const QString &name) const override
    {
        const auto it = secrets.find(name);
        return it == secrets.end() ? QByteArray() : it->second;
    }
    void storeSecret(const QString &name, const QByteArray &value, Completion<Done> done) override
    {
        secrets[name] = value;
        done.answer(Done{});
    }
    Clock &clock() const override { return m_clock; }

    /// Items that are new, in order.
    std::vector<InboundItem> items;
    std::map<QByteArray, QByteArray> files;
    std::map<QString, QByteArray> secrets;
    std::map<QString, std::vector<Message>> histories;
    std::vector<std::pair<QString, bool>> typing;
    std::deque<std::pair<InboundPage, Completion<Done>>> held;
    std::set<QString> seen;
    QByteArray cursorBytes;
    AccountState lastState = AccountState::Starting;
    QString lastDetail;
    bool isHolding = false;
    int failing = 0; ///< so many commits fail
    int ingests = 0;
    int repeated = 0; ///< items that had been there before

private:
    Result<Done> commit(const InboundPage &page)
    {
        if (page.cursorFrom != page.cursorTo && page.cursorFrom != cursorBytes)
            return Error{Error::Code::Rejected, {}, QStringLiteral("cursor")};
        for (const InboundItem &item : page.items) {
            if (seen.insert(item.providerId).second)
                items.push_back(item);
            else
                ++repeated;
        }
        for (const auto &[sha256, bytes] : page.attachments)
            files[sha256] = bytes;
        if (page.cursorFrom != page.cursorTo)
            cursorBytes = page.cursorTo;
        return Done{};
    }

    Clock &m_clock;
};

} // namespace peerdesk::channels
