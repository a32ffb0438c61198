// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QString>
#include <QStringList>
#include <QStringView>

#include <map>
#include <optional>
#include <vector>

/// Expressions of the template language: values, paths, filters, conditions. Pure and bounded.
namespace peerdesk::flow::liquid {

/// Most characters of a value or of the whole output; longer is cut.
constexpr qsizetype MaxText = 64 * 1024;
/// Most work of one activation of a flow, and of one rendering outside of flows, in characters
/// touched; beyond it rendering fails. A unit is some ten nanoseconds.
constexpr qint64 MaxWork = 8 * 1024 * 1024;
/// Most parts of one path, one filter chain or one condition.
constexpr qsizetype MaxParts = 64;

/// One part of a path after the first name: `.name`, `[3]`, `["name"]` or `[other.path]`.
struct Segment
{
    enum class Kind { Name, Index, Reference };
    Kind kind = Kind::Name;
    QString name;
    qint64 index = 0;
    QStringList reference; ///< dotted names only, so that looking up cannot nest
};

struct Operand
{
    enum class Kind { Literal, Path, Empty, Blank };
    Kind kind = Kind::Literal;
    QJsonValue literal;
    QString root; ///< first name of a path
    std::vector<Segment> path;
};

struct Filter
{
    QString name;
    std::vector<Operand> arguments;
};

struct Expression
{
    Operand operand;
    std::vector<Filter> filters;
};

struct Comparison
{
    enum class Operator { Truth, Equal, NotEqual, Less, Greater, AtMost, AtLeast, Contains };
    Operand left;
    Operator comparator = Operator::Truth;
    Operand right;
};

/// Comparisons joined by `and`/`or`, which bind from right to left as in Liquid.
struct Condition
{
    std::vector<Comparison> terms;
    std::vector<bool> joinedByAnd; ///< one fewer than terms
};

/// What names mean while a template runs. `work` is what may still be spent.
struct Scope
{
    const QJsonObject &variables;
    std::map<QString, QJsonValue> locals;
    qint64 work = MaxWork;

    /// Spends `amount` of the work; a scope that is overspent stays so and yields empty values.
    bool spend(qint64 amount)
    {
        work -= amount;
        return work >= 0;
    }
};

/// Reads tokens from the inside of one tag.
class Cursor
{
public:
    explicit Cursor(QStringView text)
        : m_text(text)
    {}

    bool atEnd();
    /// Takes `symbol` if it comes next.
    bool take(QStringView symbol);
    /// Takes the word if it comes next and ends there.
    bool takeWord(QStringView word);
    QString identifier(); ///< empty if none comes next
    Result<Operand> operand();
    Result<Expression> expression();
    Result<Condition> condition();
    QString rest() const { return m_text.mid(m_at).toString(); }

private:
    void skipSpaces();
    QChar peek() const { return m_at < m_text.size() ? m_text[m_at] : QChar(); }
    Result<Operand> text(QChar quote);
    Result<Operand> number();
    Result<Operand> path();
    Result<Segment> bracket();
    Result<Filter> filter();
    Result<Comparison> comparison();

    QStringView m_text;
    qsizetype m_at = 0;
};

QJsonValue evaluate(const Operand &operand, Scope &scope);
QJsonValue evaluate(const Expression &expression, Scope &scope);
bool evaluate(const Condition &condition, Scope &scope);
/// `==` of the template language: numbers compare with numbers written as text.
bool areEqual(const QJsonValue &left, const QJsonValue &right);

/// Text of a text, number or truth value; anything else is empty text.
QString scalarText(const QJsonValue &value);
/// Text of a value as it is printed; missing values are empty text. Cut at MaxText.
QString toText(const QJsonValue &value);
/// The number a value is or spells.
std::optional<double> toNumber(const QJsonValue &value);
/// Cuts to `limit` UTF-16 units without splitting a character.
QString cut(QString text, qsizetype limit);

} // namespace peerdesk::flow::liquid
