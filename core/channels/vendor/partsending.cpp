// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/partsending.h"

#include "core/domain/providerids.h"

#include <QCoreApplication>
#include <QTimer>

namespace peerdesk::channels::vendor {

namespace {

/// The gate waits five minutes for the whole.
constexpr int MaxTries = 3;
constexpr Seconds MaxPause{30};
constexpr Seconds MinPause{1};

} // namespace

PartSending::PartSending(std::vector<SendPart> parts, Clock &clock, Completion<SendResult> done,
                         QObject *parent)
    : Operation(std::move(done), parent)
    , m_parts(std::move(parts))
    , m_clock(clock)
{}

/// The first main one stands first; several may have buttons.
void PartSending::keep(const QString &id)
{
    const bool isMain = m_parts[m_at].isMain && !m_hasMain;
    m_hasMain = m_hasMain || isMain;
    isMain ? m_kept.prepend(id) : m_kept.append(id);
}

void PartSending::next()
{
    if (m_parts.empty())
        return finish(SendResult{
            SendResult::Kind::Refused,
            {},
            QCoreApplication::translate("PartSending", "There is nothing in it to be sent."),
            {}});
    m_parts[m_at].send(
        {this, [this](const Result<SendResult> &result) {
             onSent(result
                        ? *result
                        : SendResult{SendResult::Kind::Uncertain, {}, result.error().detail, {}});
         }});
}

QString PartSending::whatWentOut() const
{
    QStringList names;
    for (size_t i = 0; i < m_at; ++i)
        names << m_parts[i].name;
    return names.join(QStringLiteral(", "));
}

void PartSending::onSent(const SendResult &result)
{
    using Kind = SendResult::Kind;
    if (result.kind == Kind::Accepted) {
        m_tries = 0;
        keep(result.providerId);
        if (++m_at < m_parts.size())
            return next();
        SendResult whole = result;
        whole.providerId = joinedProviderIds(m_kept);
        return finish(whole);
    }
    if (m_at == 0)
        return finish(result);
    if (result.kind == Kind::Later && ++m_tries < MaxTries && result.retryAfter <= MaxPause) {
        const Milliseconds pause = std::max(MinPause, result.retryAfter);
        QTimer::singleShot(m_clock.toReal(pause), this, [this] { next(); });
        return;
    }
    const QString name = m_parts[m_at].name;
    const QString sentence =
        result.kind == Kind::Uncertain
            ? QCoreApplication::translate(
                  "PartSending", "This went out: %1. Whether this did is not known: %2. %3")
            : QCoreApplication::translate("PartSending", "This went out: %1. This did not: %2. %3");
    const Kind kind = result.kind == Kind::Uncertain ? Kind::Uncertain : Kind::Refused;
    finish(SendResult{kind, {}, sentence.arg(whatWentOut(), name, result.detail), {}});
}

} // namespace peerdesk::channels::vendor
