// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/twilio/contents.h"

#include "core/channels/twilio/words.h"
#include "core/channels/vendor/templates.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace peerdesk::channels::twilio {

using namespace Qt::StringLiterals;

namespace {

/// Twilio sends the values by their numbers, and we count them through: none may be missing.
bool isCounted(const std::vector<TemplateVariable> &variables)
{
    return std::all_of(variables.begin(), variables.end(), [](const TemplateVariable &one) {
        return one.mark.mid(2, one.mark.size() - 4).trimmed().toInt() == one.place + 1;
    });
}

/// A content has a form for each kind of channel: the one that was handed in for approval, else
/// one with words.
QJsonObject formOf(const QJsonObject &types, const QString &approved)
{
    QJsonObject form = types.value(approved).toObject();
    for (auto it = types.begin(); it != types.end() && form.isEmpty(); ++it) {
        if (!it.value()[u"body"].toString().isEmpty())
            form = it.value().toObject();
    }
    return form.isEmpty() && !types.isEmpty() ? types.begin().value().toObject() : form;
}

MessageTemplate templateFrom(const QJsonObject &given)
{
    const QJsonObject approval = given.value(u"approval_requests"_s).toObject();
    const QJsonObject shown =
        formOf(given.value(u"types"_s).toObject(), approval.value(u"content_type"_s).toString());
    MessageTemplate entry;
    entry.name = given.value(u"sid"_s).toString();
    entry.title = given.value(u"friendly_name"_s).toString();
    if (entry.title.isEmpty())
        entry.title = entry.name;
    entry.language = given.value(u"language"_s).toString();
    entry.category = approval.value(u"category"_s).toString();
    entry.status = approval.value(u"status"_s).toString().toLower();
    entry.whyNot =
        vendor::whyNotSent(entry.status, approval.value(u"rejection_reason"_s).toString());
    entry.header = shown.value(u"title"_s).toString();
    if (entry.header.isEmpty()) // a picture or a file, by its address
        entry.header = shown.value(u"media"_s)[0].toString();
    entry.body = shown.value(u"body"_s).toString();
    entry.footer = shown.value(u"footer"_s).toString();
    if (entry.footer.isEmpty())
        entry.footer = shown.value(u"subtitle"_s).toString();
    for (const QJsonValue action : shown.value(u"actions"_s).toArray())
        entry.buttons.push_back(action.toObject().value(u"title"_s).toString());
    const QJsonObject examples = given.value(u"variables"_s).toObject();
    const QString whole =
        QString::fromUtf8(QJsonDocument(shown).toJson(QJsonDocument::Compact)); // media, addresses
    vendor::addVariables(entry, u"body"_s, whole, {});
    for (TemplateVariable &variable : entry.variables)
        variable.example = examples.value(QString::number(variable.place + 1)).toString();
    if (entry.whyNot.isEmpty() && !isCounted(entry.variables))
        entry.whyNot = words("Its variables are not numbered from 1 on");
    return entry;
}

} // namespace

std::vector<MessageTemplate> templatesIn(const QJsonArray &contents)
{
    std::vector<MessageTemplate> all;
    for (const QJsonValue value : contents) {
        MessageTemplate entry = templateFrom(value.toObject());
        if (!entry.name.isEmpty())
            all.push_back(std::move(entry));
    }
    return all;
}

} // namespace peerdesk::channels::twilio
