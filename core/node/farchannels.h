// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/domain/channel.h"
#include "core/node/relay.h"

#include <QObject>

#include <functional>
#include <map>

namespace peerdesk::node {

/// What comes to this PC for a channel that another one runs: calls of its provider, and questions
/// to it. They go over the link to that PC, and its answer comes back; without one in time, or when
/// that PC goes, whoever asked is told that the channel is elsewhere and comes again. Nothing is
/// acknowledged here. Thread: node.
class FarChannels final : public QObject
{
    Q_OBJECT

public:
    using Answered = Completion<QByteArray>;
    struct Parts
    {
        const Clock &clock;
        std::function<void(const QString &node, const ChannelNote &note)> tell;
        std::function<bool(const QString &node)> isReachable;
        /// Answers for a channel that runs here. Errors: Rejected "elsewhere", NotFound.
        std::function<void(const ChannelNote &asked, Answered done)> answer;
    };
    /// Questions that wait at the same time; more are told to come again.
    static constexpr size_t MaxWaiting = 64;
    /// Bytes of a question or an answer: one frame of the link holds it.
    static constexpr qsizetype MaxBytes = 6LL * 1024 * 1024;
    /// As long as the slowest provider waits for its answer.
    static constexpr Milliseconds Patience = std::chrono::seconds(30);

    FarChannels(Parts parts, QObject *parent = nullptr);

    void ask(NodeId owner, const ChannelNote &question, Answered done);
    void hear(const QString &node, const ChannelNote &note);
    /// Who waits for a PC that is gone is told at once.
    void onReachableChanged();

private:
    struct Waiting
    {
        QString node;
        Answered done;
    };
    void end(CommandId id, Result<QByteArray> result);

    Parts m_parts;
    std::map<CommandId, Waiting> m_waiting;
};

/// What is told when the PC that runs a channel does not answer.
Error isElsewhere();

QByteArray encodeCall(const HookCall &call);
Result<HookCall> decodeCall(const QByteArray &bytes);
QByteArray encodeAnswer(const HookAnswer &answer);
Result<HookAnswer> decodeAnswer(const QByteArray &bytes);

} // namespace peerdesk::node
