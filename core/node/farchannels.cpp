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

struct HealthOnTheWay
{
    int state = 0;
    QString detail;

    static constexpr auto fields()
    {
        using H = HealthOnTheWay;
        return FieldList{field(1, "state", &H::state), field(2, "detail", &H::detail)};
    }
};

struct PresenceOnTheWay
{
    ConversationId conversation;
    AgentId agent;
    QString name;
    bool isTyping = false;

    static constexpr auto fields()
    {
        using P = PresenceOnTheWay;
        return FieldList{field(1, "conversation", &P::conversation), field(2, "agent", &P::agent),
                         field(3, "name", &P::name), field(4, "typing", &P::isTyping)};
    }
};

ChannelNote noteOf(AccountId account, const ChannelHealth &health)
{
    ChannelNote note;
    note.kind = ChannelNote::Kind::Health;
    note.account = account;
    note.bytes = codec::encode(
        HealthOnTheWay{int(health.state), health.detail.left(FarChannels::MaxDetail)});
    return note;
}

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
    if (owner.isNull() || !fits || !isReachable(node))
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
    if (note.kind == ChannelNote::Kind::Health)
        return hearHealth(node, note);
    if (note.kind == ChannelNote::Kind::Presence)
        return hearPresence(note);
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

void FarChannels::hearHealth(const QString &node, const ChannelNote &note)
{
    const auto in = codec::decode<HealthOnTheWay>(note.bytes);
    if (!in || in->state < 0 || in->state > int(AccountState::Paused) ||
        (m_told.size() >= MaxTold && !m_told.contains(note.account)))
        return;
    m_told[note.account] = {node, {AccountState(in->state), in->detail.left(MaxDetail)}};
    Q_EMIT healthHeard();
}

void FarChannels::hearPresence(const ChannelNote &note)
{
    if (const auto in = codec::decode<PresenceOnTheWay>(note.bytes))
        Q_EMIT presenceHeard({in->conversation, in->agent, in->name, in->isTyping});
}

void FarChannels::tellAll(const ChannelNote &note)
{
    for (const QString &node : m_parts.reachable())
        m_parts.tell(node, note);
}

void FarChannels::tellHealth(AccountId account, const ChannelHealth &health)
{
    tellAll(noteOf(account, health));
}

std::optional<ChannelHealth> FarChannels::healthOf(AccountId account, NodeId runner) const
{
    const auto told = m_told.find(account);
    if (told == m_told.end() || told->second.node != runner.toString())
        return std::nullopt;
    return told->second.health;
}

void FarChannels::tellPresence(const api::Presence &presence)
{
    const Milliseconds now = m_parts.clock.boot();
    std::erase_if(m_presences,
                  [now](const auto &entry) { return now - entry.second >= SameAgain; });
    if (!m_presences
             .emplace(std::tuple(presence.conversation, presence.agent, presence.isTyping), now)
             .second)
        return;
    ChannelNote note;
    note.kind = ChannelNote::Kind::Presence;
    note.bytes = codec::encode(
        PresenceOnTheWay{presence.conversation, presence.agent, presence.name, presence.isTyping});
    tellAll(note);
}

void FarChannels::onReachableChanged()
{
    std::vector<CommandId> gone;
    for (const auto &[id, waiting] : m_waiting) {
        if (!isReachable(waiting.node))
            gone.push_back(id);
    }
    for (const CommandId id : gone)
        end(id, isElsewhere());
    const std::set<QString> now = m_parts.reachable();
    std::erase_if(m_told, [&](const auto &entry) { return !now.contains(entry.second.node); });
    const std::set<QString> before = std::exchange(m_reached, now);
    for (const auto &[account, health] : m_parts.running()) {
        for (const QString &node : now) {
            if (!before.contains(node))
                m_parts.tell(node, noteOf(account, health));
        }
    }
}

void FarChannels::end(CommandId id, Result<QByteArray> result)
{
    auto ended = m_waiting.extract(id);
    if (!ended.empty())
        ended.mapped().done.answer(std::move(result));
}

} // namespace peerdesk::node

#include "moc_farchannels.cpp"
