// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"

#include <QTimer>

namespace peerdesk::ui {

/// The offers to this agent's worker: which one stands, how long, and what became of an answer.
/// Accept is a request (UX-43): its command id is made once per offer and asked again until the
/// office answers. GUI thread.
class Offers : public QObject
{
    Q_OBJECT

public:
    enum class State { None, Offered, Accepting, Declining, Reconnecting };

    Offers(const Context &context, QObject *parent);

    State state() const { return m_state; }
    const api::Offer &offer() const { return m_offer; }
    /// Offers that wait behind the one shown.
    int waiting() const { return m_waiting; }
    /// Counted down from what the router sent, on the boot clock. Negative = no limit.
    Milliseconds remaining() const;
    void refresh();

public Q_SLOTS:
    void accept();
    /// With an activity, that is taken up at once: the reason why.
    void decline(peerdesk::ActivityId activity = {});

Q_SIGNALS:
    void changed();
    void appeared(const peerdesk::api::Offer &offer);
    void accepted(peerdesk::ConversationId conversation);
    /// It went away without us; the sentence says why.
    void ended(const QString &words);
    void missed(const QString &customer);

private:
    void onChanged(const api::Changes &changes);
    void onOffers(std::vector<api::Offer> offers);
    void onVanished(const api::Offer &gone);
    void onAnswer(ReservationId reservation, const Result<api::Outcome> &outcome);
    QString takenText(const Task &task, const QString &customer) const;
    void ask();
    void drop();

    const Context &m_context;
    State m_state = State::None;
    api::Offer m_offer;
    Milliseconds m_deadline{0};
    int m_waiting = 0;
    bool m_wantsAccept = false;
    ActivityId m_declineFor;
    CommandId m_command;
    QTimer m_retry;
};

} // namespace peerdesk::ui
