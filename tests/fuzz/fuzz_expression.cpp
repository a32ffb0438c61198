// SPDX-License-Identifier: GPL-3.0-or-later
// Routing expressions: any text is an expression or a refusal, and what parses can be evaluated.
#include "core/routing/expression.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace peerdesk::routing;
    const auto expression =
        Expression::parse(QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(size)));
    if (!expression)
        return 0;
    const auto resolve = [](const Reference &) { return QJsonValue(QStringLiteral("a")); };
    if (expression->evaluate(resolve) && expression->holding(resolve).empty())
        __builtin_trap(); // something must be the reason
    return 0;
}
