// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/engine.h"

namespace peerdesk::cluster {

/// Why a member is not spoken with although it is one.
enum class Refusal {
    None,
    Protocol, ///< the two programs are too far apart
    Twin,     ///< its data folder began another life since: it runs twice
    Older     ///< it has less of the log than it had acknowledged
};

} // namespace peerdesk::cluster

template <>
struct peerdesk::EnumNames<peerdesk::cluster::Refusal>
{
    static constexpr std::array names{"none", "protocol", "twin", "older"};
};

namespace peerdesk::cluster {

/// Most bytes of one frame between members; more ends the link.
constexpr qsizetype MaxFrameBytes = 8 * 1024 * 1024;
/// The same before the other side has said who it is.
constexpr qsizetype MaxHelloBytes = 4 * 1024;

/// What a frame is about.
enum class Channel : quint8 {
    Hello = 1,    ///< who is speaking; the first frame of a link
    Log = 2,      ///< Message
    Office = 3,   ///< opaque: commands on their way to the leader and their answers
    Join = 4,     ///< of somebody who is no member yet
    Snapshot = 5, ///< FilePart: asked for, or given
    Leave = 6     ///< empty: the sender is about to be closed and hands its vote over
};

struct Frame
{
    Channel channel = Channel::Hello;
    QByteArray body;
};

/// First frame of each side of a link, inside TLS.
struct Hello
{
    int protocol = 1;
    QByteArray office;        ///< which office is meant; another one is refused
    QString node;             ///< who speaks; has to fit the certificate
    QString address;          ///< HOST:PORT where it listens; the host may be empty
    QString version = {};     ///< of its program, for people
    QByteArray takeover = {}; ///< Takeover; empty = nobody was left behind
    QByteArray life = {};     ///< random, made at each start of the program
    /// How far its log reached when this life began; 0 = it had none.
    quint64 startedWith = 0;
    Refusal refusal = Refusal::None; ///< in an answer: why the other side is not let in

    static constexpr auto fields()
    {
        return FieldList{field(1, "protocol", &Hello::protocol),
                         field(2, "office", &Hello::office),
                         field(3, "node", &Hello::node),
                         field(4, "address", &Hello::address),
                         field(5, "takeover", &Hello::takeover),
                         field(6, "life", &Hello::life),
                         field(7, "started_with", &Hello::startedWith),
                         field(8, "refusal", &Hello::refusal),
                         field(9, "version", &Hello::version)};
    }
    bool operator==(const Hello &) const = default;
};

/// A part of a snapshot's file; without bytes it asks for the part at `offset`.
struct FilePart
{
    quint64 index = 0; ///< which snapshot: of the tables as of this entry
    quint64 offset = 0;
    QByteArray bytes;

    static constexpr auto fields()
    {
        return FieldList{field(1, "index", &FilePart::index), field(2, "offset", &FilePart::offset),
                         field(3, "bytes", &FilePart::bytes)};
    }
    bool operator==(const FilePart &) const = default;
};
/// What a Snapshot message carries besides its place in the log.
struct FileFacts
{
    quint64 size = 0;
    QByteArray sha256;

    static constexpr auto fields()
    {
        return FieldList{field(1, "size", &FileFacts::size),
                         field(2, "sha256", &FileFacts::sha256)};
    }
    bool operator==(const FileFacts &) const = default;
};

/// Length (4 bytes, big-endian, of what follows), channel (1 byte), body.
QByteArray encode(const Frame &frame);
/// Takes the next whole frame off the front of `buffer`; nullopt = not all of it is there yet.
/// Errors: TooLarge over `most`, Invalid for an empty frame or an unknown channel.
Result<std::optional<Frame>> takeFrame(QByteArray &buffer, qsizetype most);

QByteArray encode(const Message &message);
/// `peer` of the message is left 0. Errors: Invalid.
Result<Message> decodeMessage(const QByteArray &bytes);

} // namespace peerdesk::cluster
