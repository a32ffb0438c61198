// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/routing/boundexpression.h"

#include <QJsonObject>

#include <map>
#include <optional>
#include <unordered_map>

namespace peerdesk::routing {

/// Many workers' attributes by column, for the question "who would be a member?". Each comparison
/// goes over one column at once and answers one bit a worker; AND and OR join the bits. Columns are
/// read from the attributes when an expression first asks for them. A value; one thread.
class WhoMatches
{
public:
    /// The next worker; its number is how many came before.
    void add(const QJsonObject &attributes);
    size_t size() const { return m_workers.size(); }

    /// Numbers of those for whom the expression holds, ascending; bare references read attributes.
    std::vector<int> matching(const Expression &expression);

private:
    using Bits = std::vector<quint64>;
    struct Column
    {
        std::vector<Cell> cells;
        std::vector<quint32> symbols;                          ///< of texts, else 0
        std::vector<double> numbers;                           ///< else not a number
        std::unordered_map<quint32, std::vector<int>> holders; ///< of arrays: who holds the text
    };

    Column &column(const Reference &reference);
    Bits bitsOf(const Comparison &comparison);
    /// Nothing where the comparison is none of the quick kinds.
    std::optional<Bits> quickly(const Comparison &comparison);
    Bits oneByOne(const Comparison &comparison);
    Bits none() const { return Bits((m_workers.size() + 63) / 64); }
    static void mark(Bits &bits, size_t at) { bits[at / 64] |= quint64(1) << (at % 64); }

    Symbols m_symbols;
    std::vector<QJsonObject> m_workers;
    std::map<std::string, Column> m_columns;
};

} // namespace peerdesk::routing
