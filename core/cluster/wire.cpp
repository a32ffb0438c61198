// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/wire.h"

#include "core/base/codec.h"

#include <QtEndian>

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype HeadBytes = 4;

struct WireEntry
{
    quint64 term = 0;
    quint8 kind = quint8(LogEntry::Kind::Command);
    QByteArray payload;

    static constexpr auto fields()
    {
        return FieldList{field(1, "term", &WireEntry::term), field(2, "kind", &WireEntry::kind),
                         field(3, "payload", &WireEntry::payload)};
    }
    bool operator==(const WireEntry &) const = default;
};

struct WireMessage
{
    quint8 type = quint8(Message::Type::Append);
    quint64 term = 0;
    quint64 index = 0;
    quint64 indexTerm = 0;
    quint64 other = 0;
    bool isGranted = false;
    bool isPreVote = false;
    quint16 features = 0;
    quint16 capacity = 0;
    std::vector<WireEntry> entries;
    QByteArray configuration;
    QByteArray data;

    static constexpr auto fields()
    {
        using M = WireMessage;
        return FieldList{field(1, "type", &M::type),
                         field(2, "term", &M::term),
                         field(3, "index", &M::index),
                         field(4, "index_term", &M::indexTerm),
                         field(5, "other", &M::other),
                         field(6, "granted", &M::isGranted),
                         field(7, "pre_vote", &M::isPreVote),
                         field(8, "features", &M::features),
                         field(9, "capacity", &M::capacity),
                         field(10, "entries", &M::entries),
                         field(11, "configuration", &M::configuration),
                         field(12, "data", &M::data)};
    }
    bool operator==(const WireMessage &) const = default;
};

/// First and last of an enumeration that counts through.
template <typename Enum>
bool isWithin(quint8 value, Enum least, Enum most)
{
    return value >= quint8(least) && value <= quint8(most);
}

} // namespace

QByteArray encode(const Frame &frame)
{
    QByteArray out(HeadBytes, '\0');
    qToBigEndian(quint32(frame.body.size() + 1), out.data());
    out.append(char(frame.channel));
    return out + frame.body;
}

Result<std::optional<Frame>> takeFrame(QByteArray &buffer, qsizetype most)
{
    if (buffer.size() < HeadBytes)
        return std::optional<Frame>();
    const qsizetype size = qFromBigEndian<quint32>(buffer.constData());
    if (size < 1)
        return invalid(u"an empty frame"_s);
    if (size > most)
        return Error{Error::Code::TooLarge, u"a frame of %1 bytes"_s.arg(size), {}};
    if (buffer.size() < HeadBytes + size)
        return std::optional<Frame>();
    const auto channel = Channel(buffer.at(HeadBytes));
    if (channel < Channel::Hello || channel > Channel::Leave)
        return invalid(u"a frame of an unknown kind"_s);
    Frame frame{channel, buffer.mid(HeadBytes + 1, size - 1)};
    buffer.remove(0, HeadBytes + size);
    return std::optional(std::move(frame));
}

QByteArray encode(const Message &message)
{
    WireMessage wire{quint8(message.type),  message.term,
                     message.index,         message.indexTerm,
                     message.other,         message.isGranted,
                     message.isPreVote,     message.features,
                     message.capacity,      {},
                     message.configuration, message.data};
    for (const LogEntry &entry : message.entries)
        wire.entries.push_back({entry.term, quint8(entry.kind), entry.payload});
    return codec::encode(wire);
}

Result<Message> decodeMessage(const QByteArray &bytes)
{
    const Result<WireMessage> wire = codec::decode<WireMessage>(bytes);
    if (!wire)
        return wire.error();
    if (!isWithin(wire->type, Message::Type::Append, Message::Type::TimeoutNow))
        return invalid(u"a message of an unknown kind"_s);
    Message message{Message::Type(wire->type),
                    0,
                    wire->term,
                    wire->index,
                    wire->indexTerm,
                    wire->other,
                    wire->isGranted,
                    wire->isPreVote,
                    wire->features,
                    wire->capacity,
                    {},
                    wire->configuration,
                    wire->data};
    for (const WireEntry &entry : wire->entries) {
        if (!isWithin(entry.kind, LogEntry::Kind::Command, LogEntry::Kind::Change) ||
            entry.payload.size() > store::MaxPayloadBytes)
            return invalid(u"an entry that no log can hold"_s);
        message.entries.push_back({message.index + message.entries.size() + 1, entry.term,
                                   entry.payload, LogEntry::Kind(entry.kind)});
    }
    const auto isGood = [](const QByteArray &members) {
        return bool(decodeConfiguration(members));
    };
    if (message.type == Message::Type::Snapshot && !isGood(message.configuration))
        return invalid(u"a snapshot without members"_s);
    for (const LogEntry &entry : message.entries) {
        if (entry.kind == LogEntry::Kind::Change && !isGood(entry.payload))
            return invalid(u"an entry that names no members"_s);
    }
    return message;
}

} // namespace peerdesk::cluster
