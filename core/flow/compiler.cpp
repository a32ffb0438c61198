// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/template.h"

#include <map>

namespace peerdesk::flow::liquid {
using namespace Qt::StringLiterals;
using Kind = Instruction::Kind;

/// Turns the text of a template into a program of jumps.
class Compiler
{
public:
    explicit Compiler(const QString &text)
        : m_source(text)
    {}

    Result<Template> run();

private:
    enum class BlockKind { If, Unless, Case, For, Capture };
    static constexpr size_t None = size_t(-1);

    struct Block
    {
        BlockKind kind = BlockKind::If;
        size_t begin = 0;          ///< the instruction that opened it
        size_t pending = None;     ///< jump that goes to the next branch
        std::vector<size_t> exits; ///< jumps that go behind the block
        Expression subject;        ///< of case
        QString name;              ///< of capture
        bool hasElse = false;
    };

    using Step = Result<Done>;

    Step output(QStringView inside);
    Step tag(QStringView inside);
    Step opening(const QString &word, Cursor &in);
    Step middle(const QString &word, Cursor &in);
    Step closing(const QString &word);
    Step conditional(BlockKind kind, Cursor &in);
    Step openCase(Cursor &in);
    Step openFor(Cursor &in);
    Step forOptions(Instruction &begin, Cursor &in);
    Step openCapture(Cursor &in);
    Step assign(Cursor &in);
    Step when(Cursor &in);
    Step skipTo(const QString &word, bool keepText);
    Step push(Block block);
    static Step finished(Cursor &in);

    void text(QStringView piece);
    size_t emitted(Instruction instruction);
    void nextBranch(Block &block);
    void land(size_t instruction);
    QStringView closed(QStringView end, bool &good);

    const QString m_source;
    qsizetype m_at = 0;
    bool m_trimNext = false;
    std::vector<Block> m_blocks;
    Template m_out;
};

Result<Template> Template::compile(const QString &text)
{
    if (text.size() > MaxTemplate)
        return invalid(u"a template is longer than 64 KiB"_s);
    return Compiler(text).run();
}

Result<Template> Compiler::run()
{
    while (m_at < m_source.size()) {
        qsizetype open = m_source.indexOf(u'{', m_at);
        while (open >= 0 && open + 1 < m_source.size() && m_source[open + 1] != u'{' &&
               m_source[open + 1] != u'%')
            open = m_source.indexOf(u'{', open + 1);
        if (open < 0 || open + 1 >= m_source.size()) {
            text(QStringView(m_source).mid(m_at));
            break;
        }
        const bool isOutput = m_source[open + 1] == u'{';
        QStringView before = QStringView(m_source).mid(m_at, open - m_at);
        if (open + 2 < m_source.size() && m_source[open + 2] == u'-') {
            while (!before.isEmpty() && before.back().isSpace())
                before.chop(1);
        }
        text(before);
        m_at = open + 2;
        bool good = true;
        const QStringView inside = closed(isOutput ? u"}}" : u"%}", good);
        if (!good)
            return invalid(isOutput ? u"{{ is not closed"_s : u"{% is not closed"_s);
        const Step step = isOutput ? output(inside) : tag(inside);
        if (!step)
            return step.error();
    }
    if (!m_blocks.empty())
        return invalid(u"a block is not closed"_s);
    return m_out;
}

QStringView Compiler::closed(QStringView end, bool &good)
{
    const qsizetype at = QStringView(m_source).indexOf(end, m_at);
    good = at >= 0;
    if (!good)
        return {};
    QStringView inside = QStringView(m_source).mid(m_at, at - m_at);
    m_at = at + end.size();
    if (inside.startsWith(u'-'))
        inside = inside.mid(1);
    m_trimNext = inside.endsWith(u'-');
    if (m_trimNext)
        inside.chop(1);
    return inside;
}

void Compiler::text(QStringView piece)
{
    if (m_trimNext) {
        while (!piece.isEmpty() && piece.front().isSpace())
            piece = piece.mid(1);
    }
    m_trimNext = false;
    if (!piece.isEmpty())
        emitted({Kind::Text, piece.toString(), {}, {}, {}, 0, false, false});
}

size_t Compiler::emitted(Instruction instruction)
{
    m_out.m_program.push_back(std::move(instruction));
    return m_out.m_program.size() - 1;
}

/// Lets a jump go to the instruction that comes next.
void Compiler::land(size_t instruction)
{
    if (instruction != None)
        m_out.m_program[instruction].target = m_out.m_program.size();
}

/// Ends one branch of a block: what ran it leaves the block, what skipped it lands here.
void Compiler::nextBranch(Block &block)
{
    Instruction leave;
    leave.kind = Kind::Jump;
    block.exits.push_back(emitted(std::move(leave)));
    land(block.pending);
    block.pending = None;
}

Compiler::Step Compiler::finished(Cursor &in)
{
    if (in.atEnd())
        return Done{};
    return invalid(u"'%1' is not understood"_s.arg(in.rest().left(40)));
}

Compiler::Step Compiler::push(Block block)
{
    if (qsizetype(m_blocks.size()) >= MaxNesting)
        return invalid(u"blocks are nested too deeply"_s);
    m_blocks.push_back(std::move(block));
    return Done{};
}

Compiler::Step Compiler::output(QStringView inside)
{
    Cursor in(inside);
    if (in.atEnd())
        return Done{};
    const auto expression = in.expression();
    if (!expression)
        return expression.error();
    Instruction print;
    print.kind = Kind::Output;
    print.expression = *expression;
    emitted(std::move(print));
    return finished(in);
}

Compiler::Step Compiler::tag(QStringView inside)
{
    Cursor in(inside);
    const QString word = in.identifier();
    if (word == u"comment"_s || word == u"raw"_s)
        return skipTo(word, word == u"raw"_s);
    if (word.startsWith(u"end"_s))
        return closing(word.mid(3));
    if (word == u"else"_s || word == u"elsif"_s || word == u"when"_s)
        return middle(word, in);
    return opening(word, in);
}

Compiler::Step Compiler::opening(const QString &word, Cursor &in)
{
    if (word == u"if"_s)
        return conditional(BlockKind::If, in);
    if (word == u"unless"_s)
        return conditional(BlockKind::Unless, in);
    if (word == u"case"_s)
        return openCase(in);
    if (word == u"for"_s)
        return openFor(in);
    if (word == u"capture"_s)
        return openCapture(in);
    if (word == u"assign"_s)
        return assign(in);
    return invalid(u"no such tag: '%1'"_s.arg(word.left(40)));
}

Compiler::Step Compiler::conditional(BlockKind kind, Cursor &in)
{
    const auto condition = in.condition();
    if (!condition)
        return condition.error();
    Instruction jump;
    jump.kind = Kind::JumpUnless;
    jump.condition = *condition;
    jump.negated = kind == BlockKind::Unless;
    Block block;
    block.kind = kind;
    block.pending = emitted(std::move(jump));
    const Step pushed = push(std::move(block));
    return pushed ? finished(in) : pushed;
}

Compiler::Step Compiler::openCase(Cursor &in)
{
    const auto subject = in.expression();
    if (!subject)
        return subject.error();
    Block block;
    block.kind = BlockKind::Case;
    block.subject = *subject;
    Instruction jump;
    jump.kind = Kind::Jump;
    block.pending = emitted(std::move(jump));
    const Step pushed = push(std::move(block));
    return pushed ? finished(in) : pushed;
}

Compiler::Step Compiler::when(Cursor &in)
{
    Instruction test;
    test.kind = Kind::When;
    test.expression = m_blocks.back().subject;
    do {
        const auto alternative = in.operand();
        if (!alternative)
            return alternative.error();
        test.alternatives.push_back(*alternative);
        if (qsizetype(test.alternatives.size()) > MaxParts)
            return invalid(u"when has too many values"_s);
    } while (in.take(u",") || in.takeWord(u"or"));
    nextBranch(m_blocks.back());
    m_blocks.back().pending = emitted(std::move(test));
    return finished(in);
}

Compiler::Step Compiler::middle(const QString &word, Cursor &in)
{
    if (m_blocks.empty() || m_blocks.back().kind == BlockKind::Capture || m_blocks.back().hasElse)
        return invalid(u"'%1' does not belong here"_s.arg(word));
    Block &block = m_blocks.back();
    const bool isConditional = block.kind == BlockKind::If || block.kind == BlockKind::Unless;
    if (word == u"when"_s && block.kind == BlockKind::Case)
        return when(in);
    if (word == u"elsif"_s && isConditional) {
        const auto condition = in.condition();
        if (!condition)
            return condition.error();
        nextBranch(block);
        Instruction jump;
        jump.kind = Kind::JumpUnless;
        jump.condition = *condition;
        block.pending = emitted(std::move(jump));
        return finished(in);
    }
    if (word != u"else"_s)
        return invalid(u"'%1' does not belong here"_s.arg(word));
    block.hasElse = true;
    if (block.kind == BlockKind::For) {
        Instruction next;
        next.kind = Kind::ForNext;
        next.target = block.begin + 1;
        emitted(std::move(next));
    }
    nextBranch(block);
    return finished(in);
}

Compiler::Step Compiler::closing(const QString &word)
{
    static const std::map<QString, BlockKind> kinds{{u"if"_s, BlockKind::If},
                                                    {u"unless"_s, BlockKind::Unless},
                                                    {u"case"_s, BlockKind::Case},
                                                    {u"for"_s, BlockKind::For},
                                                    {u"capture"_s, BlockKind::Capture}};
    const auto kind = kinds.find(word);
    if (kind == kinds.end() || m_blocks.empty() || m_blocks.back().kind != kind->second)
        return invalid(u"'end%1' has no beginning"_s.arg(word.left(40)));
    const Block block = m_blocks.back();
    m_blocks.pop_back();
    Instruction end;
    if (block.kind == BlockKind::Capture) {
        end.kind = Kind::CaptureEnd;
        end.text = block.name;
        emitted(std::move(end));
    } else if (block.kind == BlockKind::For && !block.hasElse) {
        end.kind = Kind::ForNext;
        end.target = block.begin + 1;
        emitted(std::move(end));
    }
    land(block.pending);
    for (const size_t exit : block.exits)
        land(exit);
    return Done{};
}

Compiler::Step Compiler::openFor(Cursor &in)
{
    Instruction begin;
    begin.kind = Kind::ForBegin;
    begin.text = in.identifier();
    begin.alternatives.resize(3);
    for (Operand &option : begin.alternatives)
        option.literal = QJsonValue::Undefined;
    if (begin.text.isEmpty() || !in.takeWord(u"in"))
        return invalid(u"for needs 'name in list'"_s);
    const bool isRange = in.take(u"(");
    const auto first = in.operand();
    if (!first)
        return first.error();
    begin.expression.operand = *first;
    if (isRange) {
        if (!in.take(u".."))
            return invalid(u"a range needs '..'"_s);
        const auto last = in.operand();
        if (!last || !in.take(u")"))
            return invalid(u"a range is not closed"_s);
        begin.alternatives[0] = *last;
    }
    const Step options = forOptions(begin, in);
    if (!options)
        return options;
    Block block;
    block.kind = BlockKind::For;
    block.begin = emitted(std::move(begin));
    block.pending = block.begin;
    return push(std::move(block));
}

Compiler::Step Compiler::forOptions(Instruction &begin, Cursor &in)
{
    while (!in.atEnd()) {
        const QString option = in.identifier();
        if (option == u"reversed"_s) {
            begin.reversed = true;
            continue;
        }
        const bool isLimit = option == u"limit"_s;
        if ((!isLimit && option != u"offset"_s) || !in.take(u":"))
            return finished(in) ? invalid(u"for: '%1' is not understood"_s.arg(option))
                                : finished(in);
        const auto value = in.operand();
        if (!value)
            return value.error();
        begin.alternatives[isLimit ? 1 : 2] = *value;
    }
    return Done{};
}

Compiler::Step Compiler::openCapture(Cursor &in)
{
    Block block;
    block.kind = BlockKind::Capture;
    block.name = in.identifier();
    if (block.name.isEmpty())
        return invalid(u"capture needs a name"_s);
    Instruction begin;
    begin.kind = Kind::CaptureBegin;
    emitted(std::move(begin));
    const Step pushed = push(std::move(block));
    return pushed ? finished(in) : pushed;
}

Compiler::Step Compiler::assign(Cursor &in)
{
    Instruction assignment;
    assignment.kind = Kind::Assign;
    assignment.text = in.identifier();
    if (assignment.text.isEmpty() || !in.take(u"="))
        return invalid(u"assign needs 'name = value'"_s);
    const auto value = in.expression();
    if (!value)
        return value.error();
    assignment.expression = *value;
    emitted(std::move(assignment));
    return finished(in);
}

Compiler::Step Compiler::skipTo(const QString &word, bool keepText)
{
    const qsizetype from = m_at;
    for (qsizetype open = m_source.indexOf(u"{%"_s, m_at); open >= 0;
         open = m_source.indexOf(u"{%"_s, open + 2)) {
        const qsizetype close = m_source.indexOf(u"%}"_s, open);
        if (close < 0)
            break;
        QStringView inside = QStringView(m_source).mid(open + 2, close - open - 2).trimmed();
        const bool trims = inside.endsWith(u'-');
        while (inside.startsWith(u'-'))
            inside = inside.mid(1);
        while (inside.endsWith(u'-'))
            inside.chop(1);
        if (inside.trimmed() != u"end"_s + word)
            continue;
        if (keepText)
            text(QStringView(m_source).mid(from, open - from));
        m_at = close + 2;
        m_trimNext = trims;
        return Done{};
    }
    return invalid(u"'%1' is not closed"_s.arg(word));
}

} // namespace peerdesk::flow::liquid
