// SPDX-License-Identifier: GPL-3.0-or-later
// Expressions and references of any bytes: parsing never crashes, and what parses can be evaluated.
#include "core/routing/expression.h"
#include "core/routing/workflow.h"

#include <QJsonArray>
#include <QJsonObject>

#include <cstddef>
#include <cstdint>
#include <tuple>

using namespace peerdesk;
using namespace peerdesk::routing;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const QJsonObject values{
        {QStringLiteral("a"), 1},
        {QStringLiteral("b"), QStringLiteral("text")},
        {QStringLiteral("c"), QJsonArray{1, QStringLiteral("text"), true, QJsonValue()}},
        {QStringLiteral("d"), QJsonObject{{QStringLiteral("e"), QJsonArray{1}}}}};
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const QString text = QString::fromUtf8(bytes);
    if (const Result<Expression> expression = Expression::parse(text)) {
        const Resolve resolve = [](const Reference &reference) {
            return follow(values, reference);
        };
        const bool holds = expression->evaluate(resolve);
        if (holds && expression->holding(resolve).empty())
            __builtin_trap(); // nothing but AND and OR: something must hold
    }
    std::ignore = parseReference(text);
    std::ignore = parseOrder(text);
    std::ignore = parsePlan({bytes});
    return 0;
}
