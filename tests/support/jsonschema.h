// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::test {

/// As much of JSON Schema 2020-12 as the product's schemas use: type, properties, required, items,
/// maxItems, minLength, maxLength, pattern, minimum, enum, anyOf, $ref within the document. A word
/// that it does not know makes everything invalid, so that none is overlooked.
class JsonSchema
{
public:
    JsonSchema(QJsonObject document, const QString &definition)
        : m_document(std::move(document))
        , m_root(m_document[QStringLiteral("$defs")][definition].toObject())
    {}

    bool accepts(const QJsonValue &value) const { return isValid(m_root, value); }

private:
    static bool isOfType(const QString &type, const QJsonValue &value)
    {
        if (type == QStringLiteral("integer"))
            return value.isDouble() && value.toDouble() == double(value.toInteger());
        return (type == QStringLiteral("object") && value.isObject()) ||
               (type == QStringLiteral("array") && value.isArray()) ||
               (type == QStringLiteral("string") && value.isString()) ||
               (type == QStringLiteral("boolean") && value.isBool());
    }

    bool isValid(const QJsonObject &schema, const QJsonValue &value) const
    {
        for (auto it = schema.begin(); it != schema.end(); ++it) {
            if (!keeps(it.key(), it.value(), value))
                return false;
        }
        return true;
    }

    bool keeps(const QString &word, const QJsonValue &rule, const QJsonValue &value) const
    {
        const QString text = value.toString();
        if (word == QStringLiteral("$ref"))
            return isValid(
                m_document[QStringLiteral("$defs")][rule.toString().section(u'/', -1)].toObject(),
                value);
        if (word == QStringLiteral("type"))
            return isOfType(rule.toString(), value);
        if (word == QStringLiteral("enum"))
            return rule.toArray().contains(value);
        if (word == QStringLiteral("anyOf"))
            return std::ranges::any_of(rule.toArray(), [&](const QJsonValue &one) {
                return isValid(one.toObject(), value);
            });
        if (word == QStringLiteral("properties"))
            return keepsMembers(rule.toObject(), value.toObject());
        if (word == QStringLiteral("required"))
            return std::ranges::all_of(rule.toArray(), [&](const QJsonValue &name) {
                return value.toObject().contains(name.toString());
            });
        if (word == QStringLiteral("items"))
            return std::ranges::all_of(value.toArray(), [&](const QJsonValue &one) {
                return isValid(rule.toObject(), one);
            });
        if (word == QStringLiteral("maxItems"))
            return value.toArray().size() <= rule.toInt();
        if (word == QStringLiteral("minimum"))
            return value.toDouble() >= rule.toDouble();
        if (word == QStringLiteral("minLength"))
            return text.size() >= rule.toInt();
        if (word == QStringLiteral("maxLength"))
            return text.size() <= rule.toInt();
        if (word == QStringLiteral("pattern"))
            return QRegularExpression(rule.toString()).match(text).hasMatch();
        return word == QStringLiteral("format") || word == QStringLiteral("contentEncoding");
    }

    bool keepsMembers(const QJsonObject &rules, const QJsonObject &members) const
    {
        for (auto it = rules.begin(); it != rules.end(); ++it) {
            if (members.contains(it.key()) &&
                !isValid(it.value().toObject(), members.value(it.key())))
                return false;
        }
        return true;
    }

    QJsonObject m_document;
    QJsonObject m_root;
};

} // namespace peerdesk::test
