// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/routing/expression.h"

#include <QHash>

namespace peerdesk::routing {

/// Numbers for texts that are compared often: those of expressions and of workers. 0 = none.
class Symbols
{
public:
    quint32 intern(const QString &text);
    /// The same; equal texts become one in memory.
    quint32 share(QString &text);
    quint32 find(const QString &text) const { return m_ids.value(text, 0); }

private:
    QHash<QString, quint32> m_ids;
};

/// A JSON value ready to be compared.
struct Cell
{
    enum class Kind : quint8 { Null, Bool, Number, Text, Array, Object };
    Kind kind = Kind::Null;
    bool truth = false;
    quint32 symbol = 0; ///< of the text, where it has one
    double number = 0;
    QString text;
    std::vector<Cell> items; ///< of an array

    bool isScalar() const { return kind != Kind::Array && kind != Kind::Object; }
};
using Row = std::vector<Cell>;

/// Nothing for what is no integer.
std::optional<qint64> integerOf(const Cell &cell);

/// With `intern` texts get symbols; otherwise they only find them.
Cell cellOf(const QJsonValue &value, Symbols &symbols, bool intern);
Cell cellOf(const QJsonValue &value, const Symbols &symbols);

/// The same truth as compare() of JSON values.
bool compare(const Cell &left, Comparator comparator, const Cell &right);

/// An expression whose references are columns of two rows: evaluating looks nothing up by name, and
/// stops as soon as the answer is known.
class BoundExpression
{
public:
    /// Where a reference is read.
    struct Place
    {
        enum class Source : quint8 { Literal, First, Second };
        Source source = Source::First;
        int column = 0;
    };
    using Locate = std::function<Place(const Reference &)>;

    BoundExpression() = default; ///< always false
    BoundExpression(const Expression &expression, const Locate &locate, Symbols &symbols);

    /// Columns beyond a row's end are null.
    bool evaluate(const Row &first, const Row &second) const;
    /// The text on which each comparison that holds agrees: skills and languages.
    QStringList agreements(const Row &first, const Row &second) const;

private:
    struct Operand
    {
        Place place;
        Cell literal;
        std::vector<Operand> items; ///< of a list that holds references
        bool isList = false;
    };
    struct Test
    {
        Operand left;
        Operand right;
        Comparator comparator = Comparator::Equal;
    };
    struct Op
    {
        enum class Kind : quint8 { Test, SkipIfFalse, SkipIfTrue };
        Kind kind = Kind::Test;
        quint32 argument = 0; ///< which test, or how many to skip
    };

    static Operand bind(const Term &term, const Locate &locate, Symbols &symbols);
    static const Cell &cell(const Place &place, const Cell &literal, const Row &first,
                            const Row &second);
    static Cell list(const Operand &operand, const Row &first, const Row &second);
    static bool holds(const Test &test, const Row &first, const Row &second);

    std::vector<Op> m_program;
    std::vector<Test> m_tests;
};

} // namespace peerdesk::routing
