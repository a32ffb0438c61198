// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/offers.h"

#include "ui/common/paint.h"

#include <algorithm>

namespace peerdesk::ui {

namespace {
constexpr std::chrono::seconds RetryAfter{2};
}

Offers::Offers(const Context &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
{
    m_retry.setSingleShot(true);
    m_retry.setInterval(RetryAfter);
    connect(&m_retry, &QTimer::timeout, this, &Offers::ask);
    connect(&context.desk, &api::Desk::changed, this, &Offers::onChanged);
    connect(&context.desk, &api::Desk::statusChanged, this, [this] {
        if (m_state == State::Reconnecting)
            ask();
        else
            refresh();
    });
    refresh();
}

Milliseconds Offers::remaining() const
{
    if (m_offer.remaining.count() < 0)
        return Milliseconds(-1);
    return std::max(Milliseconds(0), m_deadline - m_context.clock.boot());
}

void Offers::onChanged(const api::Changes &changes)
{
    if (!changes.reservations.empty())
        refresh();
}

void Offers::refresh()
{
    if (m_context.caller.worker.isNull())
        return;
    m_context.desk.reservations(m_context.caller.worker, ReservationStatus::Pending,
                                {this, [this](const Result<std::vector<api::Offer>> &offers) {
                                     if (offers)
                                         onOffers(*offers); // else the next change asks again
                                 }});
}

void Offers::onOffers(std::vector<api::Offer> offers)
{
    const auto same = std::find_if(offers.begin(), offers.end(), [this](const api::Offer &offer) {
        return offer.reservation.id == m_offer.reservation.id;
    });
    if (m_state != State::None && same != offers.end()) {
        m_waiting = int(offers.size()) - 1;
        return Q_EMIT changed();
    }
    if (m_state == State::Accepting || m_state == State::Declining)
        return; // our own answer made it go; the outcome will say
    if (m_state != State::None)
        onVanished(m_offer);
    drop();
    if (offers.empty())
        return Q_EMIT changed();
    m_offer = offers.front();
    m_waiting = int(offers.size()) - 1;
    m_deadline = m_context.clock.boot() + m_offer.remaining;
    m_state = State::Offered;
    Q_EMIT changed();
    Q_EMIT appeared(m_offer);
}

void Offers::onVanished(const api::Offer &gone)
{
    const QString name = isolate(gone.customerName);
    m_context.desk.reservation(
        gone.reservation.id, {this, [this, name](const Result<api::Offer> &offer) {
                                  if (!offer)
                                      return Q_EMIT ended(tr("The offer of %1 is over").arg(name));
                                  switch (offer->reservation.status) {
                                  case ReservationStatus::Timeout:
                                      return Q_EMIT missed(name);
                                  case ReservationStatus::Rescinded:
                                      return Q_EMIT ended(takenText(offer->task, name));
                                  case ReservationStatus::Canceled:
                                      return Q_EMIT ended(tr("%1 was withdrawn").arg(name));
                                  case ReservationStatus::Accepted:
                                  case ReservationStatus::Wrapping:
                                  case ReservationStatus::Completed:
                                      return Q_EMIT accepted(offer->task.conversation);
                                  case ReservationStatus::Pending:
                                  case ReservationStatus::Rejected:
                                      return;
                                  }
                              }});
}

QString Offers::takenText(const Task &task, const QString &customer) const
{
    const auto worker = m_context.directory.worker(task.worker);
    if (!worker || worker->id == m_context.caller.worker)
        return tr("A colleague took %1").arg(customer);
    return tr("%1 took %2", "colleague, customer").arg(isolate(worker->friendlyName), customer);
}

void Offers::accept()
{
    if (m_state != State::Offered)
        return;
    m_wantsAccept = true;
    m_command = randomId<CommandId>();
    m_state = State::Accepting;
    Q_EMIT changed();
    ask();
}

void Offers::decline(ActivityId activity)
{
    if (m_state != State::Offered)
        return;
    m_wantsAccept = false;
    m_declineFor = activity;
    m_command = randomId<CommandId>();
    m_state = State::Declining;
    Q_EMIT changed();
    ask();
}

void Offers::ask()
{
    const ReservationId id = m_offer.reservation.id;
    const api::Command command = m_wantsAccept
                                     ? api::Command(api::AcceptReservation{id})
                                     : api::Command(api::RejectReservation{id, m_declineFor});
    m_context.desk.submit(
        m_context.caller, m_command, command,
        {this, [this, id](const Result<api::Outcome> &outcome) { onAnswer(id, outcome); }});
}

void Offers::onAnswer(ReservationId reservation, const Result<api::Outcome> &outcome)
{
    if (m_state == State::None || reservation != m_offer.reservation.id)
        return;
    if (!outcome && (outcome.error().code == Error::Code::NoMajority ||
                     outcome.error().code == Error::Code::Unknown ||
                     outcome.error().code == Error::Code::Cancelled)) {
        m_state = State::Reconnecting;
        m_retry.start();
        return Q_EMIT changed();
    }
    const api::Offer answered = m_offer;
    const bool wasAccept = m_wantsAccept;
    drop();
    Q_EMIT changed();
    if (outcome && wasAccept)
        Q_EMIT accepted(answered.task.conversation);
    else if (!outcome && wasAccept)
        onVanished(answered);
    refresh();
}

void Offers::drop()
{
    m_retry.stop();
    m_state = State::None;
    m_offer = {};
    m_waiting = 0;
    m_command = {};
}

} // namespace peerdesk::ui

#include "moc_offers.cpp"
