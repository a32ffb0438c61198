// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/relay.h"

#include "core/base/codec.h"

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// All kinds in one.
struct Envelope
{
    int kind = 0; ///< what it is; says which fields count
    CommandId id;
    AgentId agent;
    SessionId session;
    Role role = Role::Agent;
    WorkerId worker;
    QString name;
    QByteArray request;
    int command = 0; ///< place in api::Command
    QByteArray body;
    quint64 index = 0;
    QByteArray subject;
    QString state;
    bool wasRepeat = false;
    int error = -1; ///< Error::Code; -1 = decided
    QString detail;
    qint64 size = 0;
    quint64 position = 0;

    static constexpr auto fields()
    {
        using E = Envelope;
        return FieldList{field(1, "kind", &E::kind),       field(2, "id", &E::id),
                         field(3, "agent", &E::agent),     field(4, "session", &E::session),
                         field(5, "role", &E::role),       field(6, "worker", &E::worker),
                         field(7, "name", &E::name),       field(8, "request", &E::request),
                         field(9, "command", &E::command), field(10, "body", &E::body),
                         field(11, "index", &E::index),    field(12, "subject", &E::subject),
                         field(13, "state", &E::state),    field(14, "repeat", &E::wasRepeat),
                         field(15, "error", &E::error),    field(16, "detail", &E::detail),
                         field(17, "size", &E::size),      field(18, "position", &E::position)};
    }
    bool operator==(const Envelope &) const = default;
};

constexpr int CommandKind = 1;
constexpr int AnswerKind = 2;
constexpr int LeaseRequestKind = 3;
constexpr int LeaseGrantKind = 4;
constexpr int AttachmentKind = 5; ///< and those behind it, as AttachmentNote::Kind
constexpr int LastAttachmentKind = AttachmentKind + int(AttachmentNote::Kind::Held);
constexpr int ChannelKind = LastAttachmentKind + 1; ///< likewise, as ChannelNote::Kind
constexpr int LastChannelKind = ChannelKind + int(ChannelNote::Kind::Presence);

/// nullopt = it holds more than this program knows: what it cannot read is not left out silently.
using Decoder = Result<std::optional<api::Command>> (*)(const QByteArray &);

template <typename Command>
Result<std::optional<api::Command>> decodeAs(const QByteArray &bytes)
{
    Result<Command> command = codec::decode<Command>(bytes);
    if (!command)
        return command.error();
    if (codec::encode(*command) != bytes)
        return std::optional<api::Command>();
    return std::optional<api::Command>(std::move(*command));
}

template <typename... Commands>
constexpr std::array<Decoder, sizeof...(Commands)> decodersOf(std::variant<Commands...> *)
{
    return {&decodeAs<Commands>...};
}

Result<std::optional<api::Command>> decodeCommand(int index, const QByteArray &bytes)
{
    static constexpr auto decoders = decodersOf(static_cast<api::Command *>(nullptr));
    if (index < 0)
        return invalid(u"no command"_s);
    if (size_t(index) >= decoders.size())
        return std::optional<api::Command>();
    return decoders[size_t(index)](bytes);
}

} // namespace

QByteArray encode(const RelayedCommand &relayed)
{
    Envelope out;
    out.kind = CommandKind;
    out.id = relayed.id;
    out.agent = relayed.caller.agent;
    out.session = relayed.caller.session;
    out.role = relayed.caller.role;
    out.worker = relayed.caller.worker;
    out.name = relayed.caller.name;
    out.request = relayed.caller.request;
    out.command = int(relayed.command.index());
    out.body = std::visit([](const auto &c) { return codec::encode(c); }, relayed.command);
    return codec::encode(out);
}

QByteArray encode(const RelayAnswer &answer)
{
    Envelope out;
    out.kind = AnswerKind;
    out.id = answer.command;
    out.index = answer.index;
    if (answer.decided) {
        out.subject = answer.decided->subject;
        out.state = answer.decided->state;
        out.wasRepeat = answer.decided->wasRepeat;
    } else {
        out.error = int(answer.decided.error().code);
        out.detail = answer.decided.error().detail;
        out.state = answer.decided.error().state;
    }
    return codec::encode(out);
}

QByteArray encode(const LeaseNote &note)
{
    Envelope out;
    out.kind = note.isGranted ? LeaseGrantKind : LeaseRequestKind;
    out.index = quint64(note.sentAt);
    out.size = note.wall;
    out.position = note.position;
    return codec::encode(out);
}

QByteArray encode(const AttachmentNote &note)
{
    Envelope out;
    out.kind = AttachmentKind + int(note.kind);
    out.subject = note.sha256;
    out.index = quint64(note.offset);
    out.size = note.size;
    out.body = note.bytes;
    return codec::encode(out);
}

QByteArray encode(const ChannelNote &note)
{
    Envelope out;
    out.kind = ChannelKind + int(note.kind);
    out.id = note.id;
    out.subject = note.account.toBytes();
    out.body = note.bytes;
    if (note.error) {
        out.error = int(note.error->code);
        out.detail = note.error->detail;
        out.state = note.error->state;
    }
    return codec::encode(out);
}

namespace {

Result<Relayed> channelNoteFrom(const Envelope &in)
{
    if (in.error > int(Error::Code::Unknown))
        return invalid(u"an error that this program does not know"_s);
    ChannelNote note;
    note.kind = ChannelNote::Kind(in.kind - ChannelKind);
    note.id = in.id;
    note.account = AccountId{QUuid::fromRfc4122(in.subject)};
    note.bytes = in.body;
    if (in.error >= 0)
        note.error = Error{Error::Code(in.error), in.detail, in.state};
    return Relayed(note);
}

} // namespace

Result<Relayed> decodeRelay(const QByteArray &bytes)
{
    const Result<Envelope> in = codec::decode<Envelope>(bytes);
    if (!in)
        return in.error();
    if (in->kind == LeaseRequestKind || in->kind == LeaseGrantKind)
        return Relayed(
            LeaseNote{in->kind == LeaseGrantKind, qint64(in->index), in->size, in->position});
    if (in->kind >= AttachmentKind && in->kind <= LastAttachmentKind) {
        const auto kind = AttachmentNote::Kind(in->kind - AttachmentKind);
        if (in->subject.size() != 32)
            return invalid(u"no SHA-256"_s);
        return Relayed(AttachmentNote{kind, in->subject, qint64(in->index), in->size, in->body});
    }
    if (in->kind >= ChannelKind && in->kind <= LastChannelKind)
        return channelNoteFrom(*in);
    if (in->kind == AnswerKind) {
        if (in->error < 0)
            return Relayed(RelayAnswer{in->id, in->index,
                                       api::Outcome{in->subject, in->state, in->wasRepeat}});
        if (in->error > int(Error::Code::Unknown))
            return invalid(u"an error that this program does not know"_s);
        return Relayed(
            RelayAnswer{in->id, in->index, Error{Error::Code(in->error), in->detail, in->state}});
    }
    if (in->kind != CommandKind)
        return invalid(u"neither a command nor an answer"_s);
    const Result<std::optional<api::Command>> command = decodeCommand(in->command, in->body);
    if (!command)
        return command.error();
    if (!*command)
        return Relayed(UnknownCommand{in->id});
    return Relayed(RelayedCommand{
        in->id, {in->agent, in->session, in->role, in->worker, in->name, in->request}, **command});
}

} // namespace peerdesk::node
