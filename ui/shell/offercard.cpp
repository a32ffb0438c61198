// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/offercard.h"

#include "ui/common/announcer.h"
#include "ui/common/timetext.h"

#include "core/base/json.h"

#include <QMenu>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

OfferCard::OfferCard(const Context &context, Offers &offers, Place place, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_offers(offers)
{
    setAttribute(Qt::WA_ShowWithoutActivating);
    if (place == Place::OnTop) {
        setWindowFlags(Qt::Tool | Qt::FramelessWindowHint | Qt::WindowStaysOnTopHint |
                       Qt::WindowDoesNotAcceptFocus);
        setAttribute(Qt::WA_TranslucentBackground);
        setWindowTitle(tr("Peerdesk offer"));
    }
    setAccessibleName(tr("Offer"));
    build();
    m_timer.setInterval(std::chrono::seconds(1));
    connect(&m_timer, &QTimer::timeout, this, &OfferCard::tick);
    connect(&context.look, &Look::changed, this, [this] { update(); });
    hide();
}

void OfferCard::build()
{
    const Look &look = m_context.look;
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Shadow + 18, Shadow + 16, Shadow + 18, Shadow + 18);
    column->setSpacing(4);
    auto *top = new QHBoxLayout;
    auto *words = new QVBoxLayout;
    words->setSpacing(6);
    auto *kindRow = new QHBoxLayout;
    m_badgePlace = new QWidget(this);
    m_badgePlace->setLayout(new QHBoxLayout);
    m_badgePlace->layout()->setContentsMargins(0, 0, 0, 0);
    m_kind = new Label(look, {13, QFont::Medium, Ink::Text2, true}, {}, this);
    kindRow->addWidget(m_badgePlace);
    kindRow->addWidget(m_kind, 1);
    words->addLayout(kindRow);
    m_name = new Label(look, {19, QFont::DemiBold, Ink::Text, true}, {}, this);
    words->addWidget(m_name);
    m_ring = new CountdownRing(look, this);
    top->addLayout(words, 1);
    top->addWidget(m_ring, 0, Qt::AlignTop);
    column->addLayout(top);
    m_facts = new Label(look, {13, QFont::Normal, Ink::Text2, false, true}, {}, this);
    m_why = new Label(look, {13, QFont::Normal, Ink::Text2, false, true}, {}, this);
    m_snippet = new Label(look, {13, QFont::Normal, Ink::Text, false, true}, {}, this);
    m_state = new Label(look, {13, QFont::Medium, Ink::Accent, false, true}, {}, this);
    for (Label *label : {m_facts, m_why, m_snippet, m_state})
        column->addWidget(label);
    column->addSpacing(10);
    auto *buttons = new QHBoxLayout;
    m_decline = new Button(look, Button::Kind::Plain, tr("Decline"), this);
    m_accept = new Button(look, Button::Kind::Primary, tr("Accept   F9"), this);
    m_accept->setAccessibleName(tr("Accept the offer, F9"));
    m_decline->setAccessibleName(tr("Decline the offer, Shift F9"));
    m_decline->setToolTip(tr("Decline (Shift+F9)"));
    m_reasons = new IconButton(look, Icon::Down, tr("Decline and change your activity"), this);
    buttons->addWidget(m_decline);
    buttons->addWidget(m_reasons);
    buttons->addWidget(m_accept, 1);
    column->addLayout(buttons);
    connect(m_accept, &QPushButton::clicked, &m_offers, &Offers::accept);
    connect(m_decline, &QPushButton::clicked, &m_offers, [this] { m_offers.decline(); });
    connect(m_reasons, &QToolButton::clicked, this, &OfferCard::openReasons);
}

void OfferCard::refresh()
{
    if (m_offers.state() == Offers::State::None) {
        m_timer.stop();
        m_shown = {};
        hide();
        return;
    }
    if (m_shown != m_offers.offer().reservation.id) {
        m_shown = m_offers.offer().reservation.id;
        m_total = m_offers.remaining();
        m_spoken = 0;
        fill();
    }
    showState();
    tick();
    m_timer.start();
    adjustSize();
    show();
    Q_EMIT resized();
}

void OfferCard::fill()
{
    const api::Offer &offer = m_offers.offer();
    const QJsonObject facts = json::object(offer.task.attributes);
    const QString channel = facts.value(u"channel"_s).toString(offer.task.taskChannel);
    QLayout *place = m_badgePlace->layout();
    while (QLayoutItem *item = place->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    place->addWidget(new ChannelBadge(m_context.look, channel, m_badgePlace));
    m_kind->setText(offer.queueName.isEmpty()
                        ? channelName(channel)
                        : u"%1 \u00b7 %2"_s.arg(channelName(channel), offer.queueName));
    m_name->setText(offer.customerName.isEmpty() ? tr("Unknown name") : offer.customerName);
    const Milliseconds waited = m_context.clock.wall() - offer.task.dateCreated;
    const QString waiting = tr("Waiting %1").arg(spanText(qMax(Milliseconds(0), waited)));
    m_facts->setText(
        offer.earlierConversations > 0
            ? u"%1 \u00b7 %2"_s.arg(
                  waiting, tr("%1 earlier", "conversations").arg(offer.earlierConversations))
            : u"%1 \u00b7 %2"_s.arg(waiting, tr("new customer")));
    m_why->setText(tr("Why you: %1").arg(offer.reservation.why));
    m_why->setVisible(!offer.reservation.why.isEmpty());
    const QString snippet = offer.snippet.simplified().left(110);
    m_snippet->setText(tr("\u201c%1\u201d").arg(isolate(snippet)));
    m_snippet->setVisible(!snippet.isEmpty());
}

void OfferCard::showState()
{
    const bool isOpen = m_offers.state() == Offers::State::Offered;
    m_accept->setEnabled(isOpen);
    m_decline->setEnabled(isOpen);
    m_reasons->setEnabled(isOpen);
    switch (m_offers.state()) {
    case Offers::State::None:
    case Offers::State::Offered:
        m_state->setText(m_offers.waiting() > 0 ? tr("+%n waiting", nullptr, m_offers.waiting())
                                                : QString());
        break;
    case Offers::State::Accepting:
        m_state->setText(tr("Accepting\u2026"));
        break;
    case Offers::State::Declining:
        m_state->setText(tr("Declining\u2026"));
        break;
    case Offers::State::Reconnecting:
        m_state->setText(tr("Reconnecting \u2013 your answer is kept"));
        break;
    }
    m_state->setVisible(!m_state->text().isEmpty());
}

/// What an agent does instead is the reason, and keeps further offers away.
void OfferCard::openReasons()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const Activity &activity : m_context.directory.activities()) {
        if (activity.available)
            continue;
        connect(menu->addAction(tr("Decline: %1", "an activity").arg(activity.friendlyName)),
                &QAction::triggered, &m_offers, [this, id = activity.id] { m_offers.decline(id); });
    }
    menu->popup(m_reasons->mapToGlobal(QPoint(0, m_reasons->height())));
}

void OfferCard::tick()
{
    const Milliseconds left = m_offers.remaining();
    m_ring->setVisible(left.count() >= 0);
    m_ring->setTime(left, m_total);
    const int seconds = int((left.count() + 999) / 1000);
    const int mark = m_spoken == 0 ? 100 : seconds <= 5 ? 5 : seconds <= 10 ? 10 : 100;
    if (m_spoken != 0 && mark >= m_spoken)
        return;
    m_spoken = mark;
    if (parentWidget() && left.count() >= 0)
        m_context.announcer.announce(
            tr("Offer: %1, %2. %3 s left").arg(m_name->text(), m_kind->text()).arg(seconds));
}

void OfferCard::paintEvent(QPaintEvent *)
{
    const Theme &t = m_context.look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF card = QRectF(rect()).adjusted(Shadow, Shadow, -Shadow, -Shadow);
    paintShadow(painter, m_context.look, card, 14);
    painter.setPen(QPen(t.accent, 2));
    painter.setBrush(t.isDark ? t.raised : t.surface);
    painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), 14, 14);
}

} // namespace peerdesk::ui

#include "moc_offercard.cpp"
