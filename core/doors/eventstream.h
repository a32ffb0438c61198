// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/net/server.h"

#include <optional>
#include <utility>

namespace peerdesk::doors {

/// Where in the log an event stands.
using EventPosition = std::pair<quint64, int>;
/// "12-3". Errors: Invalid.
Result<EventPosition> eventPosition(const QString &id);

/// One subscriber of /events. With a start position it reads the archive until it has caught up,
/// then goes live; positions only ever grow, so nothing is sent twice and nothing is left out. A
/// reader too slow for the socket's queue is closed by the server and resumes with `?after=`.
/// Deletes itself when the socket is gone. Thread: the server's.
class EventStream final : public QObject
{
    Q_OBJECT

public:
    static constexpr int PageSize = 200;
    static constexpr size_t MaxHeld = 2'000; ///< events kept while not yet admitted

    EventStream(api::Desk &desk, net::WebSocket *socket, std::optional<EventPosition> after,
                QObject *parent);

    /// The caller's token is good: begin to send, or go on. What happened since construction is not
    /// lost.
    void admit();
    void refuse(const QString &reason);

private:
    enum class State { Waiting, CatchingUp, Live };

    void take(const api::Changes &changes);
    void readOn();
    void showPage(const Result<std::vector<api::Event>> &page);
    void show(const api::Event &event);

    api::Desk &m_desk;
    QPointer<net::WebSocket> m_socket;
    State m_state = State::Waiting;
    std::optional<EventPosition> m_last; ///< last one sent, or where the subscriber stands
    std::vector<api::Event> m_held;
    bool m_hasNews = false; ///< something was applied since the last page was asked for
};

} // namespace peerdesk::doors
