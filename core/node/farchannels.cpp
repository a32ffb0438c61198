// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/farchannels.h"

#include "core/base/codec.h"

#include <QTimer>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

struct CallOnTheWay
{
    QByteArray method;
    QString rest;
    std::map<QString, QString> query;
    std::map<QString, QByteArray> headers;
    QByteArray body;

    static constexpr auto fields()
    {
        using C = CallOnTheWay;
        return FieldList{field(1, "method", &C::method), field(2, "rest", &C::rest),
                         field(3, "query", &C::query), field(4, "headers", &C::headers),
                         field(5, "body", &C::body)};
    }
};

struct AnswerOnTheWay
{
    int status = 0;
    QByteArray contentType;
    QByteArray body;

    static constexpr auto fields()
    {
        using A = AnswerOnTheWay;
        return FieldList{field(1, "status", &A::status), field(2, "content_type", &A::contentType),
                         field(3, "body", &A::body)};
    }
};

} // namespace

Error isElsewhere()
{
    return rejected(u"this channel does not run on this PC now"_s, u"elsewhere"_s);
}

QByteArray encodeCall(const HookCall &call)
{
    CallOnTheWay out{call.method, call.rest, call.query, {}, call.body};
    for (const auto &[name, value] : call.headers)
        out.headers[QString::fromLatin1(name)] = value;
    return codec::encode(out);
}

Result<HookCall> decodeCall(const QByteArray &bytes)
{
    const auto in = codec::decode<CallOnTheWay>(bytes);
    if (!in)
        return in.error();
    HookCall call{in->method, in->rest, in->query, {}, in->body};
    for (const auto &[name, value] : in->headers)
        call.headers[name.toLatin1()] = value;
    return call;
}

QByteArray encodeAnswer(const HookAnswer &answer)
{
    return codec::encode(AnswerOnTheWay{answer.status, answer.contentType, answer.body});
}

Result<HookAnswer> decodeAnswer(const QByteArray &bytes)
{
    const auto in = codec::decode<AnswerOnTheWay>(bytes);
    if (!in)
        return in.error();
    return HookAnswer{in->status, in->contentType, in->body};
}

FarChannels::FarChannels(Parts parts, QObject *parent)
    : QObject(parent)
    , m_parts(std::move(parts))
{}

void FarChannels::ask(NodeId owner, const ChannelNote &question, Answered done)
{
    const QString node = owner.toString();
    const bool fits = m_waiting.size() < MaxWaiting && question.bytes.size() <= MaxBytes;
    if (owner.isNull() || !fits || !m_parts.isReachable(node))
        return done.answer(isElsewhere());
    ChannelNote asked = question;
    asked.id = randomId<CommandId>();
    m_waiting.emplace(asked.id, Waiting{node, std::move(done)});
    QTimer::singleShot(m_parts.clock.toReal(Patience), this,
                       [this, id = asked.id] { end(id, isElsewhere()); });
    m_parts.tell(node, asked);
}

void FarChannels::hear(const QString &node, const ChannelNote &note)
{
    if (note.kind == ChannelNote::Kind::Answer) {
        const auto asked = m_waiting.find(note.id);
        if (asked == m_waiting.end() || asked->second.node != node)
            return; // too late, or not whom we asked
        return end(note.id, note.error ? Result<QByteArray>(*note.error) : note.bytes);
    }
    m_parts.answer(note, {this, [this, node, id = note.id](const Result<QByteArray> &said) {
                              ChannelNote answer;
                              answer.kind = ChannelNote::Kind::Answer;
                              answer.id = id;
                              if (!said)
                                  answer.error = said.error();
                              else if (said->size() > MaxBytes)
                                  answer.error = Error{Error::Code::TooLarge, {}, {}};
                              else
                                  answer.bytes = *said;
                              m_parts.tell(node, answer);
                          }});
}

void FarChannels::onReachableChanged()
{
    std::vector<CommandId> gone;
    for (const auto &[id, waiting] : m_waiting) {
        if (!m_parts.isReachable(waiting.node))
            gone.push_back(id);
    }
    for (const CommandId id : gone)
        end(id, isElsewhere());
}

void FarChannels::end(CommandId id, Result<QByteArray> result)
{
    auto ended = m_waiting.extract(id);
    if (!ended.empty())
        ended.mapped().done.answer(std::move(result));
}

} // namespace peerdesk::node

#include "moc_farchannels.cpp"
