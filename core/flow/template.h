// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/expression.h"

#include <vector>

namespace peerdesk::flow::liquid {

/// Longest template text accepted.
constexpr qsizetype MaxTemplate = 64 * 1024;
/// Deepest nesting of blocks (if, case, for, capture).
constexpr qsizetype MaxNesting = 32;
/// Most turns of one loop; further elements are left out.
constexpr qsizetype MaxTurns = 1000;
/// Most names that one template may assign.
constexpr size_t MaxLocals = 100;

/// One instruction of a compiled template. Blocks are jumps, so running never recurses.
struct Instruction
{
    enum class Kind {
        Text,         ///< print `text`
        Output,       ///< print the expression
        JumpUnless,   ///< to `target` if the condition does not hold
        Jump,         ///< to `target`
        When,         ///< to `target` unless one of `alternatives` equals the expression
        ForBegin,     ///< start a loop over the expression; empty: to `target`
        ForNext,      ///< next turn: back to `target`, or leave the loop
        Assign,       ///< `text` = expression
        CaptureBegin, ///< print into a capture
        CaptureEnd    ///< `text` = what was captured
    };
    Kind kind = Kind::Text;
    QString text;
    Expression expression;
    Condition condition;
    std::vector<Operand> alternatives; ///< of When; of ForBegin: range end, limit, offset
    size_t target = 0;
    bool negated = false;  ///< JumpUnless of `unless`
    bool reversed = false; ///< ForBegin
};

/// A template ready to run. Values in, text out; no I/O, bounded in time and size.
class Template
{
public:
    /// Errors: Invalid with what is wrong.
    static Result<Template> compile(const QString &text);
    /// Takes what it does from `work`, in units of MaxWork. Errors: Invalid when it is used up.
    Result<QString> render(const QJsonObject &variables, qint64 &work) const;

private:
    friend class Compiler;
    std::vector<Instruction> m_program;
};

} // namespace peerdesk::flow::liquid
