// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/template.h"

#include <algorithm>
#include <cmath>

namespace peerdesk::flow::liquid {
using namespace Qt::StringLiterals;
using Kind = Instruction::Kind;

namespace {

/// One run of a program.
class Machine
{
public:
    Machine(const std::vector<Instruction> &program, const QJsonObject &variables, qint64 work)
        : m_program(program)
        , m_scope{variables, {}, work}
    {}

    Result<QString> run();
    qint64 workLeft() const { return m_scope.work; }

private:
    // In units of MaxWork, so that nested loops end within a fraction of a second.
    static constexpr qint64 InstructionCost = 16;
    static constexpr qint64 TurnCost = 320;
    static constexpr qint64 ElementCost = 8;

    struct Loop
    {
        QString name;
        QJsonArray items;
        qsizetype at = 0;
        QJsonValue outer;     ///< what the name meant outside
        QJsonValue outerLoop; ///< what `forloop` meant outside
    };

    bool execute(const Instruction &instruction);
    void print(QStringView text);
    bool assign(const QString &name, const QJsonValue &value);
    void beginLoop(const Instruction &instruction);
    QJsonArray items(const Instruction &instruction);
    QJsonArray range(const Instruction &instruction);
    void nextTurn(const Instruction &instruction);
    void showTurn();
    bool matchesAny(const Instruction &instruction);

    const std::vector<Instruction> &m_program;
    Scope m_scope;
    size_t m_next = 0;
    QString m_out;
    std::vector<QString> m_captures;
    std::vector<Loop> m_loops;
};

Result<QString> Machine::run()
{
    while (m_next < m_program.size() && m_out.size() <= MaxText) {
        const Instruction &instruction = m_program[m_next++];
        if (!m_scope.spend(InstructionCost) || !execute(instruction) || m_scope.work < 0)
            return invalid(u"the template does too much work"_s);
    }
    return cut(m_out, MaxText);
}

bool Machine::execute(const Instruction &instruction)
{
    switch (instruction.kind) {
    case Kind::Text:
        print(instruction.text);
        return true;
    case Kind::Output:
        print(toText(evaluate(instruction.expression, m_scope)));
        return true;
    case Kind::JumpUnless:
        if (evaluate(instruction.condition, m_scope) == instruction.negated)
            m_next = instruction.target;
        return true;
    case Kind::Jump:
        m_next = instruction.target;
        return true;
    case Kind::When:
        if (!matchesAny(instruction))
            m_next = instruction.target;
        return true;
    case Kind::ForBegin:
        beginLoop(instruction);
        return true;
    case Kind::ForNext:
        nextTurn(instruction);
        return true;
    case Kind::Assign:
        return assign(instruction.text, evaluate(instruction.expression, m_scope));
    case Kind::CaptureBegin:
        m_captures.emplace_back();
        return true;
    case Kind::CaptureEnd: {
        const QString captured = cut(m_captures.back(), MaxText);
        m_captures.pop_back();
        return assign(instruction.text, captured);
    }
    }
    return true;
}

void Machine::print(QStringView text)
{
    m_scope.spend(text.size());
    QString &out = m_captures.empty() ? m_out : m_captures.back();
    if (out.size() <= MaxText)
        out += text;
}

bool Machine::assign(const QString &name, const QJsonValue &value)
{
    if (m_scope.locals.size() >= MaxLocals && !m_scope.locals.contains(name))
        return false;
    m_scope.locals[name] = value;
    return true;
}

QJsonArray Machine::range(const Instruction &instruction)
{
    constexpr double Farthest = 1e9;
    const double first =
        toNumber(evaluate(instruction.expression.operand, m_scope)).value_or(Farthest);
    const double last =
        toNumber(evaluate(instruction.alternatives[0], m_scope)).value_or(-Farthest);
    QJsonArray out;
    for (double i = std::trunc(std::clamp(first, -Farthest, Farthest));
         i <= last && out.size() < MaxTurns; ++i)
        out.append(qint64(i));
    m_scope.spend(ElementCost * out.size());
    return out;
}

QJsonArray Machine::items(const Instruction &instruction)
{
    if (!instruction.alternatives[0].literal.isUndefined() ||
        instruction.alternatives[0].kind == Operand::Kind::Path)
        return range(instruction);
    const QJsonValue list = evaluate(instruction.expression, m_scope);
    if (list.isObject()) {
        QJsonArray pairs;
        const QJsonObject members = list.toObject();
        for (auto it = members.begin(); it != members.end() && pairs.size() < MaxTurns; ++it)
            pairs.append(QJsonArray{it.key(), it.value()});
        m_scope.spend(2 * ElementCost * pairs.size());
        return pairs;
    }
    return list.isArray() ? list.toArray() : QJsonArray();
}

void Machine::beginLoop(const Instruction &instruction)
{
    const QJsonArray all = items(instruction);
    const auto option = [&](size_t i, double fallback) {
        const auto number = toNumber(evaluate(instruction.alternatives[i], m_scope));
        return qsizetype(std::clamp(number.value_or(fallback), 0.0, double(MaxText)));
    };
    const qsizetype from = std::min(option(2, 0), all.size());
    const qsizetype count = std::min({option(1, MaxTurns), MaxTurns, all.size() - from});
    if (count == 0 || qsizetype(m_loops.size()) >= MaxNesting) {
        m_next = instruction.target;
        return;
    }
    Loop loop{instruction.text, {}, 0, {}, {}};
    for (qsizetype i = 0; i < count; ++i)
        loop.items.append(all.at(from + (instruction.reversed ? count - 1 - i : i)));
    m_scope.spend(count);
    loop.outer = m_scope.locals.contains(loop.name) ? m_scope.locals[loop.name]
                                                    : QJsonValue(QJsonValue::Undefined);
    loop.outerLoop = m_scope.locals.contains(u"forloop"_s) ? m_scope.locals[u"forloop"_s]
                                                           : QJsonValue(QJsonValue::Undefined);
    m_loops.push_back(std::move(loop));
    showTurn();
}

void Machine::showTurn()
{
    m_scope.spend(TurnCost);
    const Loop &loop = m_loops.back();
    const qsizetype size = loop.items.size();
    m_scope.locals[loop.name] = loop.items.at(loop.at);
    m_scope.locals[u"forloop"_s] = QJsonObject{
        {u"index"_s, loop.at + 1}, {u"index0"_s, loop.at},     {u"rindex"_s, size - loop.at},
        {u"length"_s, size},       {u"first"_s, loop.at == 0}, {u"last"_s, loop.at + 1 == size}};
}

void Machine::nextTurn(const Instruction &instruction)
{
    Loop &loop = m_loops.back();
    if (++loop.at < loop.items.size()) {
        showTurn();
        m_next = instruction.target;
        return;
    }
    const auto restore = [this](const QString &name, const QJsonValue &outer) {
        if (outer.isUndefined())
            m_scope.locals.erase(name);
        else
            m_scope.locals[name] = outer;
    };
    restore(loop.name, loop.outer);
    restore(u"forloop"_s, loop.outerLoop);
    m_loops.pop_back();
}

bool Machine::matchesAny(const Instruction &instruction)
{
    const QJsonValue subject = evaluate(instruction.expression, m_scope);
    return std::any_of(instruction.alternatives.begin(), instruction.alternatives.end(),
                       [&](const Operand &operand) {
                           m_scope.spend(InstructionCost + subject.toString().size());
                           return areEqual(subject, evaluate(operand, m_scope));
                       });
}

} // namespace

Result<QString> Template::render(const QJsonObject &variables, qint64 &work) const
{
    Machine machine(m_program, variables, work);
    Result<QString> out = machine.run();
    work = machine.workLeft();
    return out;
}

} // namespace peerdesk::flow::liquid
