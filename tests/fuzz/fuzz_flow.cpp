// SPDX-License-Identifier: GPL-3.0-or-later
// Flows: any definition is refused or walks through every kind of input; a customer is never left
// alone when the flow breaks, and the stored execution goes on as the live one does. The input is
// one byte per step, an end mark 0xff, then the definition.
#include "core/base/codec.h"
#include "core/flow/flow.h"

#include <QByteArray>

#include <algorithm>
#include <cstdint>

using namespace peerdesk;

namespace {

constexpr size_t MaxInputs = 16;

flow::Input inputOf(uint8_t byte)
{
    constexpr int Kinds = int(flow::Input::Kind::TaskRefused) + 1;
    flow::Input input;
    input.kind = flow::Input::Kind(byte % Kinds);
    input.message.text = QString(byte / Kinds, u'a');
    const QString body = byte & 1 ? QStringLiteral("{\"text\":\"a\",\"variables\":{\"a\":[1]}}")
                                  : QStringLiteral("[\"a\"]");
    input.response = {{QStringLiteral("status"), byte & 2 ? 200 : 500},
                      {QStringLiteral("body"), body}};
    return input;
}

bool hasTask(const flow::Step &step)
{
    return std::any_of(step.actions.begin(), step.actions.end(), [](const flow::Action &action) {
        return std::holds_alternative<flow::TaskAction>(action);
    });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = std::find(data, data + size, uint8_t(0xff));
    const size_t inputs = std::min(size_t(end - data), MaxInputs);
    const uint8_t *rest = end == data + size ? end : end + 1;
    Flow flow;
    flow.definition = {QByteArray(reinterpret_cast<const char *>(rest), data + size - rest)};
    const bool isValid = flow::validate(flow.definition).has_value();
    Execution execution;
    Time now{1'790'000'000'000};
    for (size_t i = 0; i < inputs && (isValid || i < 1); ++i) {
        now = now + Seconds(600);
        const auto stored = codec::decode<Execution>(codec::encode(execution));
        const auto step = flow::advance(flow, execution, inputOf(data[i]), {}, now);
        if (!stored ||
            !(flow::advance(flow, *stored, inputOf(data[i]), {}, now).execution == step.execution))
            __builtin_trap();
        if (!step.trouble.isEmpty() && !((hasTask(step) || flow::hasHandedOver(execution)) &&
                                         step.execution.status == ExecutionStatus::Ended))
            __builtin_trap();
        execution = step.execution;
    }
    return 0;
}
