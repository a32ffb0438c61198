// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/eventstream.h"

#include "core/doors/views.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {
constexpr quint16 PolicyViolation = 1008;
constexpr quint16 InternalError = 1011;
constexpr quint16 TryAgainLater = 1013;
} // namespace

Result<EventPosition> eventPosition(const QString &id)
{
    const QStringList parts = id.split(u'-');
    bool goodIndex = false;
    bool goodOrdinal = false;
    const EventPosition position{parts.value(0).toULongLong(&goodIndex),
                                 parts.value(1).toInt(&goodOrdinal)};
    if (parts.size() != 2 || !goodIndex || !goodOrdinal || position.second < 0)
        return invalid(u"The parameter \"after\" is no event id"_s);
    return position;
}

EventStream::EventStream(api::Desk &desk, net::WebSocket *socket,
                         std::optional<EventPosition> after, QObject *parent)
    : QObject(parent)
    , m_desk(desk)
    , m_socket(socket)
    , m_last(after)
{
    connect(&desk, &api::Desk::changed, this, &EventStream::take);
    connect(socket, &net::WebSocket::closed, this, &QObject::deleteLater);
    connect(socket, &QObject::destroyed, this, &QObject::deleteLater);
}

void EventStream::admit()
{
    if (m_state != State::Waiting)
        return; // still welcome
    if (m_last)
        return readOn();
    m_state = State::Live;
    for (const api::Event &event : std::exchange(m_held, {}))
        show(event);
}

void EventStream::refuse(const QString &reason)
{
    if (m_socket)
        m_socket->close(PolicyViolation, reason);
}

void EventStream::take(const api::Changes &changes)
{
    m_hasNews = true;
    if (m_state == State::Live) {
        for (const api::Event &event : changes.events)
            show(event);
    }
    if (m_state != State::Waiting || m_last)
        return;
    if (m_held.size() + changes.events.size() > MaxHeld) {
        if (m_socket)
            m_socket->close(TryAgainLater, u"busy"_s);
        return;
    }
    m_held.insert(m_held.end(), changes.events.begin(), changes.events.end());
}

void EventStream::readOn()
{
    m_state = State::CatchingUp;
    m_hasNews = false;
    m_desk.eventsAfter(m_last->first, m_last->second, PageSize,
                       {this, [this](Result<std::vector<api::Event>> page) { showPage(page); }});
}

void EventStream::showPage(const Result<std::vector<api::Event>> &page)
{
    if (!page) {
        if (m_socket)
            m_socket->close(InternalError, u"the archive cannot be read now"_s);
        return;
    }
    for (const api::Event &event : *page)
        show(event);
    if (!page->empty() || m_hasNews)
        return readOn();
    m_state = State::Live;
}

void EventStream::show(const api::Event &event)
{
    const EventPosition position{event.index, event.ordinal};
    if (!m_socket || (m_last && position <= *m_last))
        return;
    m_last = position;
    m_socket->sendText(QJsonDocument(view::event(event)).toJson(QJsonDocument::Compact));
}

} // namespace peerdesk::doors

#include "moc_eventstream.cpp"
