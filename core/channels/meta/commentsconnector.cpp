// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/meta/commentsconnector.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/meta/numbers.h"

#include <QJsonArray>

namespace peerdesk::channels::meta {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t MaxAnswered = 5'000;

SendResult no(const QString &reason)
{
    return {SendResult::Kind::Refused, {}, reason, {}};
}

/// A call for what may be done twice without harm.
std::optional<vendor::ApiCall> actionCall(const QString &action, const QString &target,
                                          bool isInstagram)
{
    const QString path = u'/' + target;
    if (action == u"delete") {
        vendor::ApiCall call = vendor::getCall(path);
        call.method = "DELETE";
        return call;
    }
    if (action == u"hide" || action == u"unhide") {
        return vendor::formCall(path, {{isInstagram ? u"hide"_s : u"is_hidden"_s,
                                        action == u"hide" ? u"true"_s : u"false"_s}});
    }
    if (action == u"like" && !isInstagram)
        return vendor::formCall(path + u"/likes"_s, {});
    if (action == u"unlike" && !isInstagram) {
        vendor::ApiCall call = vendor::getCall(path + u"/likes"_s);
        call.method = "DELETE";
        return call;
    }
    return std::nullopt;
}

bool isId(const QString &text)
{
    return !text.isEmpty() && text.size() <= 200 &&
           std::all_of(text.begin(), text.end(),
                       [](QChar c) { return c.isDigit() || c.isLetter() || c == u'_'; });
}

} // namespace

CommentsConnector::CommentsConnector(const ChannelAccount &account, Host &host, Product product)
    : MetaConnector(account, host, product)
{}

Milliseconds CommentsConnector::usualInterval() const
{
    return numbers::CommentsInterval;
}

Result<Parsed> CommentsConnector::parseHook(const QByteArray &body) const
{
    return parseCommentHook(body, m_self);
}

QString CommentsConnector::commentFields() const
{
    return isInstagram() ? u"id,text,username,timestamp,hidden,from,replies.limit(50){id,text,"
                           "username,timestamp,from}"_s
                         : u"id,message,created_time,from,parent{id,from},attachment,"
                           "permalink_url,is_hidden"_s;
}

vendor::ApiCall CommentsConnector::postsCall() const
{
    const QString edge = isInstagram() ? u"comments.limit(%1){%2}"_s
                                       : u"comments.filter(stream).order(reverse_chronological)"
                                         ".limit(%1){%2}"_s;
    const QString post = isInstagram() ? u"id,caption,permalink,timestamp"_s
                                       : u"id,message,permalink_url,created_time"_s;
    QUrlQuery query;
    query.addQueryItem(u"fields"_s,
                       post + u',' + edge.arg(numbers::CommentsPerPost).arg(commentFields()));
    query.addQueryItem(u"limit"_s, QString::number(numbers::PostsWatched));
    vendor::ApiCall call =
        vendor::getCall(u"/%1/%2"_s.arg(m_self.id, isInstagram() ? u"media"_s : u"feed"_s), query);
    call.bucket = u"poll"_s;
    return call;
}

void CommentsConnector::poll(const QByteArray &cursor, Completion<Polled> done)
{
    beginPoll(cursor);
    const auto walk = std::make_shared<Walk>();
    walk->from = cursor;
    walk->cursor = CommentCursor::fromBytes(cursor);
    walk->newerThan = walk->cursor.since.isSet() ? walk->cursor.since - numbers::Overlap
                                                 : m_host.clock().wall() - numbers::FirstLookBack;
    walk->done = std::move(done);
    graph(postsCall(), [this, walk](const Result<vendor::ApiReply> &reply) {
        if (!reply)
            return walk->done.answer(reply.error());
        if (!reply->isSuccess() || graphError(*reply).code != 0)
            return walk->done.answer(errorIn(*reply));
        onPosts(walk, reply->object());
    });
}

/// A post with more new comments than one page holds is read on.
void CommentsConnector::onPosts(const std::shared_ptr<Walk> &walk, const QJsonObject &page)
{
    const auto parse = isInstagram() ? instagramComments : facebookComments;
    for (const QJsonValue value : page.value(u"data"_s).toArray()) {
        const QJsonObject post = value.toObject();
        const std::vector<Comment> found = parse({{u"data"_s, QJsonArray{post}}}, m_self);
        const bool isAllNew =
            !found.empty() && std::all_of(found.begin(), found.end(), [&](const Comment &comment) {
                return comment.at >= walk->newerThan;
            });
        const QJsonObject paging =
            post.value(u"comments"_s).toObject().value(u"paging"_s).toObject();
        if (isAllNew && paging.contains(u"next"_s))
            walk->more.emplace_back(post, paging.value(u"cursors"_s)[u"after"_s].toString());
        walk->comments.insert(walk->comments.end(), found.begin(), found.end());
    }
    more(walk);
}

void CommentsConnector::more(const std::shared_ptr<Walk> &walk)
{
    if (walk->more.empty() || ++walk->pages > numbers::MaxPages)
        return endWalk(walk);
    const auto [post, after] = walk->more.back();
    walk->more.pop_back();
    QUrlQuery query;
    query.addQueryItem(u"fields"_s, commentFields());
    query.addQueryItem(u"limit"_s, QString::number(numbers::CommentsPerPost));
    query.addQueryItem(u"after"_s, after);
    if (!isInstagram()) {
        query.addQueryItem(u"filter"_s, u"stream"_s);
        query.addQueryItem(u"order"_s, u"reverse_chronological"_s);
    }
    vendor::ApiCall call =
        vendor::getCall(u"/%1/comments"_s.arg(post.value(u"id"_s).toString()), query);
    call.bucket = u"poll"_s;
    graph(call, [this, walk, post = post](const Result<vendor::ApiReply> &reply) {
        if (!reply)
            return walk->done.answer(reply.error());
        if (!reply->isSuccess() || graphError(*reply).code != 0)
            return walk->done.answer(errorIn(*reply));
        QJsonObject again = post;
        again.insert(u"comments"_s, reply->object());
        onPosts(walk, {{u"data"_s, QJsonArray{again}}});
    });
}

void CommentsConnector::endWalk(const std::shared_ptr<Walk> &walk)
{
    CommentCursor cursor = walk->cursor;
    Parsed parsed = compare(walk->comments, m_self, walk->newerThan, cursor);
    const auto onComplete = [this, walk, cursor](const Result<InboundPage> &page) {
        if (!page)
            return walk->done.answer(page.error());
        Polled polled;
        polled.page = *page;
        polled.page.cursorFrom = polled.page.cursorTo = walk->from;
        if (!page->items.empty() || walk->from.isEmpty()) {
            CommentCursor moved = cursor;
            ++moved.number;
            if (!moved.since.isSet()) // nothing was there yet: from now on
                moved.since = m_host.clock().wall();
            polled.page.cursorTo = moved.toBytes();
        }
        endPoll(polled.page);
        walk->done.answer(std::move(polled));
    };
    complete(std::move(parsed), {this, onComplete});
}

void CommentsConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const QJsonObject options = json::object(outgoing.message.headers);
    QString target;
    if (outgoing.answered)
        target = outgoing.answered->providerId;
    if (target.isEmpty())
        target = topOf(outgoing.conversation.thread);
    if (!isId(target))
        return done.answer(no(tr("There is no comment to answer.")));
    const QString action = options.value(u"action"_s).toString();
    if (!action.isEmpty())
        return act(action, target, std::move(done));
    if (!outgoing.message.content.attachments.empty())
        return done.answer(no(tr("Answers to comments take no files.")));
    if (options.value(u"visibility"_s).toString() == u"private")
        return sendPrivate(outgoing, target, std::move(done));
    const QJsonObject rich = json::object(outgoing.message.content.rich);
    const QString text = rich.isEmpty() ? outgoing.message.content.text : rich::fallbackText(rich);
    const int most = isInstagram() ? numbers::InstagramComment : numbers::FacebookComment;
    if (text.trimmed().isEmpty())
        return done.answer(no(tr("There is nothing to send.")));
    if (text.size() > most)
        return done.answer(
            no(tr("A comment may have %1 characters, this has %2.").arg(most).arg(text.size())));
    // Instagram's answers stand below the comment at the top, never below an answer.
    sendPublic(isInstagram() ? topOf(outgoing.conversation.thread) : target, text, std::move(done));
}

void CommentsConnector::sendPublic(const QString &target, const QString &text,
                                   Completion<SendResult> done)
{
    vendor::ApiCall call =
        vendor::formCall(u"/%1/%2"_s.arg(target, isInstagram() ? u"replies"_s : u"comments"_s),
                         {{u"message"_s, text}});
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const Time began = m_host.clock().wall();
    m_own.beginSend();
    graph(call, [this, asker, target, text, began](const Result<vendor::ApiReply> &reply) {
        const auto end = [this, asker](const SendResult &result) {
            m_own.insert(result.providerId);
            asker->answer(result);
            m_own.endSend();
        };
        const QString id = reply ? reply->object().value(u"id"_s).toString() : QString();
        if (reply && reply->isSuccess() && !id.isEmpty())
            return end({SendResult::Kind::Accepted, id, {}, {}});
        const SendResult result = refused(reply, m_host.clock().wall());
        if (result.kind != SendResult::Kind::Uncertain)
            return end(result);
        lookUpPublic(target, text, began - numbers::ClockSkew, [end, result](const QString &found) {
            end(found.isEmpty() ? result : SendResult{SendResult::Kind::Accepted, found, {}, {}});
        });
    });
}

void CommentsConnector::lookUpPublic(const QString &target, const QString &text, Time from,
                                     std::function<void(const QString &id)> found)
{
    const QString textField = isInstagram() ? u"text"_s : u"message"_s;
    const QString timeField = isInstagram() ? u"timestamp"_s : u"created_time"_s;
    QUrlQuery query;
    query.addQueryItem(u"fields"_s, u"id,from,%1,%2"_s.arg(textField, timeField));
    if (!isInstagram())
        query.addQueryItem(u"order"_s, u"reverse_chronological"_s);
    const QString edge = isInstagram() ? u"replies"_s : u"comments"_s;
    graph(vendor::getCall(u"/%1/%2"_s.arg(target, edge), query),
          [this, text, from, textField, timeField, found](const Result<vendor::ApiReply> &reply) {
              const QJsonArray list =
                  reply ? reply->object().value(u"data"_s).toArray() : QJsonArray();
              for (const QJsonValue value : list) {
                  const QJsonObject comment = value.toObject();
                  const QString id = comment.value(u"id"_s).toString();
                  if (comment.value(u"from"_s)[u"id"_s].toString() == m_self.id &&
                      !m_own.contains(id) &&
                      comment.value(textField).toString().trimmed() == text.trimmed() &&
                      timeOf(comment.value(timeField)) >= from)
                      return found(id);
              }
              found({});
          });
}

void CommentsConnector::sendPrivate(const Outgoing &outgoing, const QString &target,
                                    Completion<SendResult> done)
{
    const Time said = outgoing.answered && outgoing.answered->providerTime.isSet()
                          ? outgoing.answered->providerTime
                          : outgoing.lastInboundAt;
    if (m_answeredInPrivate.contains(target))
        return done.answer(no(tr("This comment has had its one private answer already.")));
    if (!said.isSet() || m_host.clock().wall() - said > numbers::PrivateReplyWindow)
        return done.answer(
            no(tr("A private answer is possible for 7 days after the comment. Answer in public.")));
    Capabilities noChoices; // no choices: the answer to them would come by another channel
    Result<std::vector<Part>> parts = partsOf(outgoing, m_self.product, noChoices);
    if (!parts)
        return done.answer(no(parts.error().detail));
    if (parts->size() != 1)
        return done.answer(no(tr("A private answer is one message: make it shorter.")));
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const auto onSent = [this, asker, target](const Result<SendResult> &result) {
        using Kind = SendResult::Kind;
        const bool isUsedUp =
            result && (result->kind == Kind::Accepted || result->kind == Kind::Uncertain);
        if (isUsedUp && m_answeredInPrivate.size() < MaxAnswered)
            m_answeredInPrivate.insert(target);
        asker->answer(result);
    };
    Delivery delivery;
    delivery.recipient = {{u"comment_id"_s, target}};
    deliver(delivery, *parts, {this, onSent});
}

void CommentsConnector::act(const QString &action, const QString &target,
                            Completion<SendResult> done)
{
    const auto call = actionCall(action, target, isInstagram());
    if (!call)
        return done.answer(no(isInstagram()
                                  ? tr("Instagram lets no program do that (%1).").arg(action)
                                  : tr("Nothing is known of \"%1\".").arg(action)));
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    graph(*call, [this, asker, action, target](const Result<vendor::ApiReply> &reply) {
        using Kind = SendResult::Kind;
        const bool isGone = reply && action == u"delete" && graphError(*reply).code == 100 &&
                            graphError(*reply).subcode == 33;
        if (isGone || (reply && reply->isSuccess() && graphError(*reply).code == 0))
            return asker->answer(SendResult{Kind::Accepted, target + u'#' + action, {}, {}});
        SendResult result = refused(reply, m_host.clock().wall());
        if (result.kind == Kind::Uncertain) // doing it twice does no harm
            result.kind = Kind::Later;
        asker->answer(result);
    });
}

void CommentsConnector::test(Completion<QString> done)
{
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    prepare({this, [this, asker](const Result<Done> &prepared) {
                 if (!prepared)
                     return asker->answer(prepared.error());
                 graph(postsCall(), [this, asker](const Result<vendor::ApiReply> &reply) {
                     if (!reply)
                         return asker->answer(reply.error());
                     if (!reply->isSuccess() || graphError(*reply).code != 0)
                         return asker->answer(errorIn(*reply));
                     const auto parse = isInstagram() ? instagramComments : facebookComments;
                     const std::vector<Comment> found = parse(reply->object(), m_self);
                     const bool isNameless =
                         std::any_of(found.begin(), found.end(), [](const Comment &comment) {
                             return comment.authorId.isEmpty();
                         });
                     asker->answer(
                         tr("%1: comments can be read and answered.").arg(m_self.name) +
                         (isNameless ? u' ' + tr("Meta does not say who wrote them: the permission "
                                                 "pages_read_user_content is missing.")
                                     : QString()));
                 });
             }});
}

Capabilities commentCapabilities(Product product)
{
    Capabilities can;
    can.ingress = Ingress::Poll;
    can.isPublic = true;
    can.privateAnswers = true;
    can.actions = {MessageAction::Hide, MessageAction::Unhide, MessageAction::Delete};
    if (product == Product::Messenger)
        can.actions.insert(can.actions.end(), {MessageAction::Like, MessageAction::Unlike});
    can.edits = true;
    can.taskChannel = u"social"_s;
    can.maxTextLength =
        product == Product::Instagram ? numbers::InstagramComment : numbers::FacebookComment;
    return can;
}

} // namespace peerdesk::channels::meta

#include "moc_commentsconnector.cpp"
