// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/meta/comments.h"
#include "core/channels/meta/metaconnector.h"

namespace peerdesk::channels::meta {

/// Comments below a Facebook page's posts, or below an Instagram account's media.
///
/// What a message's headers may ask for: {"visibility": "private"} = one private answer to the
/// comment (default: public); {"action": "hide" | "unhide" | "delete" | "like" | "unlike"} = that,
/// to the comment that the message answers, with no text.
class CommentsConnector final : public MetaConnector
{
    Q_OBJECT

public:
    CommentsConnector(const ChannelAccount &account, Host &host, Product product);

    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;

protected:
    Result<Parsed> parseHook(const QByteArray &body) const override;
    void poll(const QByteArray &cursor, Completion<Polled> done) override;
    Milliseconds usualInterval() const override;

private:
    struct Walk
    {
        QByteArray from;
        CommentCursor cursor;
        Time newerThan;
        std::vector<Comment> comments;
        std::vector<std::pair<QJsonObject, QString>> more; ///< posts with further pages
        int pages = 0;
        Completion<Polled> done;
    };
    bool isInstagram() const { return m_self.product == Product::Instagram; }
    QString commentFields() const;
    vendor::ApiCall postsCall() const;
    void onPosts(const std::shared_ptr<Walk> &walk, const QJsonObject &page);
    void more(const std::shared_ptr<Walk> &walk);
    void endWalk(const std::shared_ptr<Walk> &walk);
    void sendPublic(const QString &target, const QString &text, Completion<SendResult> done);
    void lookUpPublic(const QString &target, const QString &text, Time from,
                      std::function<void(const QString &id)> found);
    void sendPrivate(const Outgoing &outgoing, const QString &target, Completion<SendResult> done);
    void act(const QString &action, const QString &target, Completion<SendResult> done);

    std::set<QString> m_answeredInPrivate; ///< one private answer each; Meta keeps count too
};

Capabilities commentCapabilities(Product product);

} // namespace peerdesk::channels::meta
