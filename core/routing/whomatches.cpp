// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/whomatches.h"

#include <bit>
#include <limits>

namespace peerdesk::routing {

namespace {

bool isText(const Term &term)
{
    return term.kind == Term::Kind::Literal && term.literal.isString();
}

bool isTextList(const Term &term)
{
    return term.kind == Term::Kind::List && std::ranges::all_of(term.items, &isText);
}

template <typename Holds>
void sweep(std::vector<quint64> &bits, const std::vector<double> &numbers, const Holds &holds)
{
    for (size_t word = 0; word < bits.size(); ++word) {
        quint64 found = 0;
        const size_t from = word * 64;
        const size_t count = std::min<size_t>(64, numbers.size() - from);
        for (size_t i = 0; i < count; ++i)
            found |= quint64(holds(numbers[from + i])) << i;
        bits[word] = found;
    }
}

} // namespace

void WhoMatches::add(const QJsonObject &attributes)
{
    m_workers.push_back(attributes);
    m_columns.clear();
}

WhoMatches::Column &WhoMatches::column(const Reference &reference)
{
    std::string key;
    for (const PathStep &step : reference.path)
        key += '.' + step.key.toStdString() + '[' + std::to_string(step.index);
    const auto known = m_columns.find(key);
    if (known != m_columns.end())
        return known->second;
    Column &fresh = m_columns[key];
    for (size_t i = 0; i < m_workers.size(); ++i) {
        const Cell cell = cellOf(follow(m_workers[i], reference), m_symbols, true);
        fresh.symbols.push_back(cell.kind == Cell::Kind::Text ? cell.symbol : 0);
        fresh.numbers.push_back(cell.kind == Cell::Kind::Number
                                    ? cell.number
                                    : std::numeric_limits<double>::quiet_NaN());
        for (const Cell &item : cell.items) {
            if (item.kind == Cell::Kind::Text)
                fresh.holders[item.symbol].push_back(int(i));
        }
        fresh.cells.push_back(cell);
    }
    return fresh;
}

std::optional<WhoMatches::Bits> WhoMatches::quickly(const Comparison &comparison)
{
    if (comparison.left.kind != Term::Kind::Reference)
        return std::nullopt;
    Bits bits = none();
    const Comparator comparator = comparison.comparator;
    if (comparator == Comparator::Has && isText(comparison.right)) {
        const Column &column = this->column(comparison.left.reference);
        const auto holders =
            column.holders.find(m_symbols.find(comparison.right.literal.toString()));
        if (holders != column.holders.end()) {
            for (const int holder : holders->second)
                mark(bits, size_t(holder));
        }
        return bits;
    }
    if ((comparator == Comparator::In && isTextList(comparison.right)) ||
        (comparator == Comparator::Equal && isText(comparison.right))) {
        const Column &column = this->column(comparison.left.reference);
        std::vector<quint32> wanted;
        for (const Term &item : comparison.right.items)
            wanted.push_back(m_symbols.find(item.literal.toString()));
        if (comparator == Comparator::Equal)
            wanted.push_back(m_symbols.find(comparison.right.literal.toString()));
        std::erase(wanted, 0U); // nobody has it
        for (size_t i = 0; i < column.symbols.size(); ++i) {
            bool isOne = false;
            for (const quint32 symbol : wanted)
                isOne |= column.symbols[i] == symbol;
            bits[i / 64] |= quint64(isOne) << (i % 64);
        }
        return bits;
    }
    if (comparison.right.kind != Term::Kind::Literal || !comparison.right.literal.isDouble())
        return std::nullopt;
    const double limit = comparison.right.literal.toDouble();
    const std::vector<double> &numbers = column(comparison.left.reference).numbers;
    if (comparator == Comparator::GreaterOrEqual)
        sweep(bits, numbers, [limit](double value) { return value >= limit; });
    else if (comparator == Comparator::Greater)
        sweep(bits, numbers, [limit](double value) { return value > limit; });
    else if (comparator == Comparator::Less)
        sweep(bits, numbers, [limit](double value) { return value < limit; });
    else if (comparator == Comparator::LessOrEqual)
        sweep(bits, numbers, [limit](double value) { return value <= limit; });
    else
        return std::nullopt;
    return bits;
}

WhoMatches::Bits WhoMatches::oneByOne(const Comparison &comparison)
{
    Bits bits = none();
    for (size_t i = 0; i < m_workers.size(); ++i) {
        const Resolve resolve = [&](const Reference &reference) {
            return follow(m_workers[i], reference);
        };
        if (compare(valueOf(comparison.left, resolve), comparison.comparator,
                    valueOf(comparison.right, resolve)))
            mark(bits, i);
    }
    return bits;
}

WhoMatches::Bits WhoMatches::bitsOf(const Comparison &comparison)
{
    std::optional<Bits> bits = quickly(comparison);
    return bits ? std::move(*bits) : oneByOne(comparison);
}

std::vector<int> WhoMatches::matching(const Expression &expression)
{
    std::vector<Bits> stack;
    size_t next = 0;
    for (const Expression::Step step : expression.steps()) {
        if (step == Expression::Step::Compare) {
            stack.push_back(bitsOf(expression.comparisons()[next++]));
            continue;
        }
        const Bits right = std::move(stack.back());
        stack.pop_back();
        for (size_t i = 0; i < right.size(); ++i) {
            if (step == Expression::Step::And)
                stack.back()[i] &= right[i];
            else
                stack.back()[i] |= right[i];
        }
    }
    std::vector<int> out;
    const Bits bits = stack.empty() ? none() : std::move(stack.back());
    for (size_t word = 0; word < bits.size(); ++word) {
        for (quint64 left = bits[word]; left != 0; left &= left - 1)
            out.push_back(int(word * 64) + std::countr_zero(left));
    }
    return out;
}

} // namespace peerdesk::routing
