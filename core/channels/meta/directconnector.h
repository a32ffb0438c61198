// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/meta/metaconnector.h"

namespace peerdesk::channels::meta {

/// Messenger of a Facebook page, or Instagram Direct of a professional account: reads by asking for
/// conversations and by webhook, both at once without doubling.
class DirectConnector final : public MetaConnector
{
    Q_OBJECT

public:
    DirectConnector(const ChannelAccount &account, Host &host, Product product);

    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;
    void agentTyping(const QString &thread, bool isTyping) override;
    void agentRead(const QString &thread, Time upTo) override;

protected:
    Result<Parsed> parseHook(const QByteArray &body) const override;
    void poll(const QByteArray &cursor, Completion<Polled> done) override;
    Milliseconds usualInterval() const override;
    QString connectedSentence() const override;
    void lookUp(const Delivery &delivery, const Part &part,
                std::function<void(const QString &id)> done) override;

private:
    /// One walk over the conversations, newest first, until what is known.
    struct Walk
    {
        QByteArray from;
        Time since; ///< messages from there on are wanted
        Time newest;
        qint64 number = 0;
        QString after; ///< where the walk goes on; empty = from the top
        Parsed parsed;
        int pages = 0;
        Completion<Polled> done;
    };
    void walk(const std::shared_ptr<Walk> &state);
    void onConversations(const std::shared_ptr<Walk> &state, const QJsonObject &page);
    /// Commits what was found; a walk that is too long goes on behind it.
    void endWalk(const std::shared_ptr<Walk> &state, bool isWhole);
    void testConversations(const QString &name, const std::shared_ptr<Completion<QString>> &done);
    QUrlQuery conversationQuery(const QString &fields, int limit) const;
    void act(const QString &thread, const QString &action);

    bool m_hasGap = false;
};

/// Messenger's or Instagram Direct's capabilities.
Capabilities directCapabilities(Product product);

} // namespace peerdesk::channels::meta
