// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/filters.h"

#include "core/flow/dateformat.h"
#include "core/flow/expression.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

#include <algorithm>
#include <cmath>
#include <functional>

namespace peerdesk::flow::liquid {
using namespace Qt::StringLiterals;

namespace {

/// What one filter works on.
struct Call
{
    const QJsonValue &value;
    const std::vector<QJsonValue> &arguments;
    const QJsonObject &variables;

    QString text() const { return toText(value); }
    bool has(size_t i) const { return i < arguments.size() && !arguments[i].isUndefined(); }
    QString textArgument(size_t i, const QString &fallback = {}) const
    {
        return has(i) ? toText(arguments[i]) : fallback;
    }
    qint64 integer(size_t i, qint64 fallback) const
    {
        const auto number = has(i) ? toNumber(arguments[i]) : std::nullopt;
        return number && std::abs(*number) <= 1e9 ? qint64(*number) : fallback;
    }
};

using Function = std::function<QJsonValue(const Call &)>;

QString replaceAll(const QString &text, const QString &what, const QString &with)
{
    if (what.isEmpty())
        return text;
    QString out;
    qsizetype from = 0;
    for (qsizetype at = text.indexOf(what); at >= 0 && out.size() < MaxText;
         at = text.indexOf(what, from)) {
        out += QStringView(text).mid(from, at - from);
        out += with;
        from = at + what.size();
    }
    out += QStringView(text).mid(from);
    return cut(out, MaxText);
}

QJsonArray split(const QString &text, const QString &separator)
{
    QJsonArray out;
    if (separator.isEmpty()) {
        const auto points = text.toUcs4();
        for (const uint point : points) {
            const char32_t character = point;
            out.append(QString::fromUcs4(&character, 1));
        }
        return out;
    }
    const QStringList parts = text.isEmpty() ? QStringList() : text.split(separator);
    for (const QString &part : parts)
        out.append(part);
    return out;
}

QJsonValue sizeOf(const Call &call)
{
    if (call.value.isArray())
        return call.value.toArray().size();
    if (call.value.isObject())
        return call.value.toObject().size();
    return call.text().toUcs4().size();
}

QJsonValue firstOrLast(const Call &call, bool first)
{
    if (call.value.isArray()) {
        const QJsonArray array = call.value.toArray();
        return array.isEmpty() ? QJsonValue() : (first ? array.first() : array.last());
    }
    const QJsonArray characters = split(call.text(), {});
    if (characters.isEmpty())
        return {};
    return first ? characters.first() : characters.last();
}

QJsonValue slice(const Call &call)
{
    const auto range = [&](qint64 size) {
        qint64 from = call.integer(0, 0);
        from = from < 0 ? from + size : from;
        const qint64 count = std::max<qint64>(call.integer(1, 1), 0);
        const bool inside = from >= 0 && from < size;
        return std::pair(inside ? from : 0, inside ? std::min(count, size - from) : 0);
    };
    if (call.value.isArray()) {
        const QJsonArray array = call.value.toArray();
        const auto [from, count] = range(array.size());
        QJsonArray out;
        for (qint64 i = from; i < from + count; ++i)
            out.append(array.at(qsizetype(i)));
        return out;
    }
    const auto points = call.text().toUcs4();
    const auto [from, count] = range(points.size());
    const std::u32string part(points.begin() + from, points.begin() + from + count);
    return QString::fromStdU32String(part);
}

QJsonValue truncate(const Call &call)
{
    const auto points = call.text().toUcs4();
    const qint64 limit = std::max<qint64>(call.integer(0, 50), 0);
    if (points.size() <= limit)
        return call.text();
    const QString ellipsis = call.textArgument(1, u"..."_s);
    const qint64 keep = std::max<qint64>(limit - ellipsis.toUcs4().size(), 0);
    const std::u32string part(points.begin(), points.begin() + keep);
    return QString(QString::fromStdU32String(part) + ellipsis);
}

QJsonValue capitalize(const Call &call)
{
    const QString text = call.text();
    const qsizetype head = !text.isEmpty() && text[0].isHighSurrogate() ? 2 : 1;
    return QString(text.left(head).toUpper() + text.mid(head).toLower());
}

QJsonValue fallback(const Call &call)
{
    const QJsonValue &value = call.value;
    const bool missing = value.isNull() || value.isUndefined() || value == QJsonValue(false) ||
                         (value.isString() && value.toString().isEmpty()) ||
                         (value.isArray() && value.toArray().isEmpty()) ||
                         (value.isObject() && value.toObject().isEmpty());
    return missing && call.has(0) ? call.arguments[0] : value;
}

std::optional<qint64> whole(const QJsonValue &value)
{
    bool good = false;
    if (value.isString()) {
        const qint64 number = value.toString().trimmed().toLongLong(&good);
        return good ? std::optional(number) : std::nullopt;
    }
    const qint64 number = value.toInteger();
    const bool exact = value.isDouble() && double(number) == value.toDouble();
    return exact ? std::optional(number) : std::nullopt;
}

std::optional<qint64> exact(QChar operation, qint64 a, qint64 b)
{
    qint64 out = 0;
    if (operation == u'+')
        return __builtin_add_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    if (operation == u'-')
        return __builtin_sub_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    if (operation == u'*')
        return __builtin_mul_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    if (b == -1) // the only divisor that can overflow
        return operation == u'%' ? std::optional<qint64>(0) : exact(u'-', 0, a);
    const qint64 rest = a % b;
    const bool down = rest != 0 && ((rest < 0) != (b < 0));
    return operation == u'%' ? rest + (down ? b : 0) : a / b - (down ? 1 : 0);
}

double floating(QChar operation, double a, double b)
{
    if (operation == u'+')
        return a + b;
    if (operation == u'-')
        return a - b;
    if (operation == u'*')
        return a * b;
    return operation == u'/' ? a / b : a - b * std::floor(a / b);
}

/// Whole numbers stay whole and divide towards minus infinity; by zero gives nothing.
QJsonValue arithmetic(const Call &call, QChar operation)
{
    const auto left = toNumber(call.value);
    const auto right = call.has(0) ? toNumber(call.arguments[0]) : std::nullopt;
    const bool divides = operation == u'/' || operation == u'%';
    if (!right || (divides && *right == 0.0))
        return {};
    const auto a = left ? whole(call.value) : std::optional<qint64>(0);
    const auto b = whole(call.arguments[0]);
    const auto result = a && b ? exact(operation, *a, *b) : std::nullopt;
    if (result)
        return *result;
    const double number = floating(operation, left.value_or(0), *right);
    return std::isfinite(number) ? QJsonValue(number) : QJsonValue();
}

QJsonValue round(const Call &call)
{
    const auto number = toNumber(call.value);
    if (!number)
        return 0;
    const double scale = std::pow(10.0, double(std::clamp<qint64>(call.integer(0, 0), 0, 12)));
    const double rounded = std::round(*number * scale) / scale;
    return std::isfinite(rounded) ? QJsonValue(rounded) : QJsonValue(*number);
}

QJsonValue urlEncode(const Call &call)
{
    const QByteArray bytes = QUrl::toPercentEncoding(call.text(), " ", "~");
    return QString::fromLatin1(bytes).replace(u' ', u'+').replace(u"%7E"_s, u"~"_s);
}

std::map<QString, Function> textFunctions()
{
    return {
        {u"default"_s, fallback},
        {u"upcase"_s, [](const Call &c) { return QJsonValue(c.text().toUpper()); }},
        {u"downcase"_s, [](const Call &c) { return QJsonValue(c.text().toLower()); }},
        {u"capitalize"_s, capitalize},
        {u"strip"_s, [](const Call &c) { return QJsonValue(c.text().trimmed()); }},
        {u"append"_s, [](const Call &c) { return QJsonValue(c.text() + c.textArgument(0)); }},
        {u"prepend"_s, [](const Call &c) { return QJsonValue(c.textArgument(0) + c.text()); }},
        {u"replace"_s,
         [](const Call &c) { return replaceAll(c.text(), c.textArgument(0), c.textArgument(1)); }},
        {u"remove"_s, [](const Call &c) { return replaceAll(c.text(), c.textArgument(0), {}); }},
        {u"truncate"_s, truncate},
        {u"date"_s,
         [](const Call &c) {
             return QJsonValue(formatDate(c.text(), c.textArgument(0), c.variables));
         }},
        {u"escape"_s, [](const Call &c) { return QJsonValue(c.text().toHtmlEscaped()); }},
        {u"url_encode"_s, urlEncode},
        {u"json"_s, [](const Call &c) { return QJsonValue(compactJson(c.value)); }},
        {u"newline_to_br"_s,
         [](const Call &c) {
             const QString lines = replaceAll(c.text(), u"\r\n"_s, u"\n"_s);
             return replaceAll(lines, u"\n"_s, u"<br />\n"_s);
         }},
    };
}

std::map<QString, Function> allFunctions()
{
    auto out = textFunctions();
    out.merge(std::map<QString, Function>{
        {u"size"_s, sizeOf},
        {u"split"_s, [](const Call &c) { return QJsonValue(split(c.text(), c.textArgument(0))); }},
        {u"join"_s,
         [](const Call &c) {
             return QJsonValue(c.value.isArray()
                                   ? joinText(c.value.toArray(), c.textArgument(0, u" "_s))
                                   : c.text());
         }},
        {u"first"_s, [](const Call &c) { return firstOrLast(c, true); }},
        {u"last"_s, [](const Call &c) { return firstOrLast(c, false); }},
        {u"slice"_s, slice},
        {u"plus"_s, [](const Call &c) { return arithmetic(c, u'+'); }},
        {u"minus"_s, [](const Call &c) { return arithmetic(c, u'-'); }},
        {u"times"_s, [](const Call &c) { return arithmetic(c, u'*'); }},
        {u"divided_by"_s, [](const Call &c) { return arithmetic(c, u'/'); }},
        {u"modulo"_s, [](const Call &c) { return arithmetic(c, u'%'); }},
        {u"round"_s, round},
    });
    return out;
}

const std::map<QString, Function> &functions()
{
    static const std::map<QString, Function> all = allFunctions();
    return all;
}

} // namespace

QString compactJson(const QJsonValue &value)
{
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    // A document is a list or an object: put anything else in a list and take the brackets off.
    const QByteArray text = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(text.mid(1, text.size() - 2));
}

QString joinText(const QJsonArray &array, const QString &separator)
{
    QString out;
    bool first = true;
    for (const QJsonValue item : array) {
        if (out.size() >= MaxText)
            break;
        if (!first)
            out += separator;
        first = false;
        out += item.isArray() || item.isObject() ? compactJson(item) : scalarText(item);
    }
    return cut(out, MaxText);
}

bool isFilter(const QString &name)
{
    return functions().contains(name);
}

QJsonValue applyFilter(const QString &name, const QJsonValue &value,
                       const std::vector<QJsonValue> &arguments, const QJsonObject &variables)
{
    const auto function = functions().find(name);
    if (function == functions().end())
        return value;
    const QJsonValue out = function->second({value, arguments, variables});
    return out.isString() && out.toString().size() > MaxText ? cut(out.toString(), MaxText) : out;
}

} // namespace peerdesk::flow::liquid
