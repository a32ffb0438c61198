// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/countdownring.h"
#include "ui/common/widgets.h"
#include "ui/shell/offers.h"

namespace peerdesk::ui {

/// The offer pop-up. It never takes focus by itself, so that typing cannot accept; F9 and Shift+F9
/// belong to the window. The same card stands in the window and, while the window is not in front,
/// alone on top.
class OfferCard : public QWidget
{
    Q_OBJECT

public:
    enum class Place { InWindow, OnTop };

    OfferCard(const Context &context, Offers &offers, Place place, QWidget *parent);
    /// Shows or hides according to the offers; the window decides where it may stand.
    void refresh();
    QPushButton &acceptButton() { return *m_accept; }
    QPushButton &declineButton() { return *m_decline; }
    /// Decline and say why: what the agent does instead.
    QToolButton &reasonsButton() { return *m_reasons; }
    QString stateText() const { return m_state->text(); }

Q_SIGNALS:
    void resized();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    static constexpr int Shadow = 12;

    void build();
    void fill();
    void showState();
    void tick();
    void openReasons();

    const Context &m_context;
    Offers &m_offers;
    QWidget *m_badgePlace;
    Label *m_kind;
    CountdownRing *m_ring;
    Label *m_name;
    Label *m_facts;
    Label *m_why;
    Label *m_snippet;
    Label *m_state;
    Button *m_decline;
    IconButton *m_reasons;
    Button *m_accept;
    ReservationId m_shown;
    Milliseconds m_total{0};
    int m_spoken = 0;
    QTimer m_timer;
};

} // namespace peerdesk::ui
