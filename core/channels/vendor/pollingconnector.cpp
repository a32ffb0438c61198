// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/pollingconnector.h"

#include <QRandomGenerator>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

constexpr Milliseconds FirstBackOff{1'000};
constexpr Milliseconds MaxBackOff{60'000};
/// Failures younger than this are nobody's business. Source: rule 5 of the channels' contract.
constexpr Milliseconds ShownAfter{30'000};
/// How a wait travels in an Error: its `state` begins so.
constexpr QLatin1StringView RetryMark{"retry-after:"};

Milliseconds backOff(int failures)
{
    const Milliseconds full =
        std::min<Milliseconds>(MaxBackOff, FirstBackOff * (1LL << std::min(failures, 6)));
    return full - full * QRandomGenerator::global()->bounded(25) / 100;
}

} // namespace

PollingConnector::PollingConnector(const ChannelAccount &account, Host &host,
                                   VendorApi::Options options)
    : m_account(account)
    , m_host(host)
    , m_api(std::move(options), host.clock(), this)
    , m_timer(this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &PollingConnector::pollNow);
}

void PollingConnector::start()
{
    ++m_round;
    m_isRunning = true;
    m_isPrepared = m_isBusy = m_isSoon = false;
    m_failures = 0;
    pollNow();
}

void PollingConnector::stop()
{
    ++m_round;
    m_isRunning = m_isBusy = false;
    m_timer.stop();
}

void PollingConnector::pollSoon()
{
    m_isSoon = m_isBusy;
    if (m_isRunning && !m_isBusy && m_isPrepared && m_failures == 0)
        m_timer.start(0);
}

void PollingConnector::prepareNow()
{
    m_isBusy = true;
    prepare({this, [this, round = m_round](const Result<Done> &prepared) {
                 if (round != m_round)
                     return;
                 m_isBusy = false;
                 if (!prepared)
                     return fail(prepared.error());
                 m_isPrepared = true;
                 pollNow();
             }});
}

void PollingConnector::pollNow()
{
    if (!m_isRunning || m_isBusy)
        return;
    if (!m_host.mayAct())
        return m_timer.start(m_host.clock().toReal(FirstBackOff));
    if (!m_isPrepared)
        return prepareNow();
    m_isBusy = true;
    poll(m_host.cursor(), {this, [this, round = m_round](const Result<Polled> &polled) {
                               if (round == m_round)
                                   onPolled(polled);
                           }});
}

void PollingConnector::onPolled(const Result<Polled> &polled)
{
    if (!polled) {
        m_isBusy = false;
        return fail(polled.error());
    }
    succeed();
    const InboundPage &page = polled->page;
    if (page.items.empty() && page.cursorFrom == page.cursorTo)
        return onCommitted(Done{}, polled->hasMore, polled->next);
    m_host.ingest(page, {this, [this, round = m_round, hasMore = polled->hasMore,
                                next = polled->next](const Result<Done> &result) {
                             if (round == m_round)
                                 onCommitted(result, hasMore, next);
                         }});
}

void PollingConnector::onCommitted(const Result<Done> &result, bool hasMore, Milliseconds next)
{
    m_isBusy = false;
    if (!result) // nothing was acknowledged: the same again, from where the log stands
        return m_timer.start(m_host.clock().toReal(backOff(m_failures++)));
    m_failures = 0;
    const bool isNow = hasMore || std::exchange(m_isSoon, false);
    const Milliseconds wait = next > Milliseconds(0) ? next : interval();
    m_timer.start(isNow ? Milliseconds(0) : m_host.clock().toReal(wait));
}

void PollingConnector::succeed()
{
    m_failures = 0;
    m_failingSince = Milliseconds(0);
    m_host.setState(AccountState::Connected, connectedSentence());
}

void PollingConnector::fail(const Error &error)
{
    const Trouble trouble = troubleOf(error);
    const Milliseconds now = m_host.clock().boot();
    if (m_failures++ == 0)
        m_failingSince = now;
    if (trouble.isFinal || now - m_failingSince >= ShownAfter)
        m_host.setState(trouble.state, trouble.sentence);
    if (trouble.isFinal)
        return;
    const Milliseconds wait = std::max<Milliseconds>(trouble.retryAfter, backOff(m_failures - 1));
    m_timer.start(m_host.clock().toReal(wait));
}

Trouble PollingConnector::troubleOf(const Error &error) const
{
    Trouble trouble{AccountState::Degraded, error.detail, {}, false};
    if (error.state.startsWith(RetryMark))
        trouble.retryAfter = Seconds(QStringView(error.state).mid(RetryMark.size()).toLongLong());
    switch (error.code) {
    case Error::Code::Unauthorized:
    case Error::Code::Forbidden:
    case Error::Code::Invalid:
        trouble.state = AccountState::Down;
        trouble.isFinal = true;
        break;
    case Error::Code::Network:
        trouble.sentence = tr("The provider cannot be reached: %1").arg(error.detail);
        break;
    default:
        break;
    }
    return trouble;
}

Error PollingConnector::errorOf(const ApiReply &reply, const QString &vendorSays, Time now)
{
    const QString said = vendorSays.isEmpty() ? tr("no reason given") : vendorSays;
    switch (reply.status) {
    case 401:
        return {Error::Code::Unauthorized,
                tr("The provider does not accept the token: %1. Put in a new one.").arg(said),
                {}};
    case 403:
        return {Error::Code::Forbidden, tr("The provider does not allow this: %1").arg(said), {}};
    case 429:
        return {Error::Code::Busy, tr("The provider asks us to slow down."),
                RetryMark + QString::number(reply.retryAfter(now).count())};
    default:
        return {Error::Code::Unknown,
                tr("The provider answered %1: %2").arg(reply.status).arg(said),
                {}};
    }
}

} // namespace peerdesk::channels::vendor

#include "moc_pollingconnector.cpp"
