// SPDX-License-Identifier: GPL-3.0-or-later
// Templates: any text compiles or is refused, and what compiles renders within its bounds.
#include "core/flow/template.h"

#include <QJsonDocument>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace peerdesk::flow::liquid;
    static const QJsonObject variables =
        QJsonDocument::fromJson(
            R"({"now":"2026-11-20T21:05:09Z","a":"text","n":3,"l":["x",1,null],)"
            R"("o":{"k":{"d":[true]}},"office":{"timezone":"Europe/Warsaw"}})")
            .object();
    const QString text = QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto compiled = Template::compile(text);
    if (!compiled)
        return 0;
    qint64 work = MaxWork;
    const auto out = compiled->render(variables, work);
    if (out && out->size() > MaxText)
        __builtin_trap();
    return 0;
}
