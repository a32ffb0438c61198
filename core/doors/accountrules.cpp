// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/accountrules.h"

#include <QStringList>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

QJsonObject settingOf(const QJsonArray &settings, const QString &key)
{
    for (const QJsonValue setting : settings) {
        if (setting.toObject().value(u"key"_s).toString() == key)
            return setting.toObject();
    }
    return {};
}

std::optional<Error> refuseUnknown(const QJsonArray &settings, const AccountDraft &draft)
{
    for (const auto &[key, value] : draft.account.settings) {
        const QJsonObject setting = settingOf(settings, key);
        if (setting.isEmpty())
            return invalid(
                u"The channel type \"%1\" has no setting \"%2\""_s.arg(draft.account.type, key));
        if (setting.value(u"secret"_s).toBool())
            return invalid(
                u"The setting \"%1\" is a secret: give it as a secret, not as a setting"_s.arg(
                    key));
    }
    for (const auto &[key, value] : draft.secrets) {
        if (!settingOf(settings, key).value(u"secret"_s).toBool())
            return invalid(
                u"The channel type \"%1\" has no secret \"%2\""_s.arg(draft.account.type, key));
    }
    return {};
}

/// A type whose typed secrets may all be left out (password or token) still needs one of them.
std::optional<Error> refuseWithoutSecret(const QJsonArray &settings, const AccountDraft &draft)
{
    QStringList takes;
    for (const QJsonValue value : settings) {
        const QJsonObject setting = value.toObject();
        const QString key = setting.value(u"key"_s).toString();
        if (!setting.value(u"secret"_s).toBool() || setting.value(u"generated"_s).toBool())
            continue;
        const auto given = draft.secrets.find(key);
        if (given != draft.secrets.end() && !given->second.isEmpty())
            return {};
        takes.append(key);
    }
    if (takes.isEmpty())
        return {};
    return invalid(u"The channel type \"%1\" cannot sign in: the secret %2 is missing"_s.arg(
        draft.account.type, takes.join(u" or "_s)));
}

std::optional<Error> fillIn(const QJsonArray &settings, AccountDraft &draft, bool isNew)
{
    for (const QJsonValue value : settings) {
        const QJsonObject setting = value.toObject();
        const QString key = setting.value(u"key"_s).toString();
        const bool isRequired =
            setting.value(u"required"_s).toBool() && !setting.value(u"generated"_s).toBool();
        if (setting.value(u"secret"_s).toBool()) {
            if (isNew && isRequired && draft.secrets.count(key) == 0)
                return invalid(u"The required secret \"%1\" is missing"_s.arg(key));
            continue;
        }
        QString &mine = draft.account.settings[key];
        if (mine.isEmpty())
            mine = setting.value(u"default"_s).toString();
        if (mine.isEmpty() && isRequired)
            return invalid(u"The required setting \"%1\" is missing"_s.arg(key));
        if (mine.isEmpty())
            draft.account.settings.erase(key);
    }
    return {};
}

} // namespace

Result<QJsonObject> channelType(const QJsonArray &types, const QString &type)
{
    QStringList names;
    for (const QJsonValue one : types) {
        names.append(one.toObject().value(u"type"_s).toString());
        if (names.last() == type)
            return one.toObject();
    }
    return invalid(
        u"There is no channel type \"%1\"; there are: %2"_s.arg(type, names.join(u", "_s)));
}

Result<AccountDraft> checkedAccount(const QJsonArray &types, AccountDraft draft, bool isNew)
{
    const Result<QJsonObject> type = channelType(types, draft.account.type);
    if (!type)
        return type.error();
    if (draft.account.name.trimmed().isEmpty())
        return invalid(u"The channel needs a name"_s);
    if (draft.account.flow.isNull() || draft.account.queue.isNull())
        return invalid(u"A channel needs a default flow and a default queue, so that no customer "
                       u"waits where nobody looks: the %1 is missing"_s.arg(
                           draft.account.flow.isNull() ? u"flow"_s : u"queue"_s));
    const QJsonArray settings = type->value(u"settings"_s).toArray();
    if (const auto error = refuseUnknown(settings, draft))
        return *error;
    if (const auto error = fillIn(settings, draft, isNew))
        return *error;
    if (isNew) {
        if (const auto error = refuseWithoutSecret(settings, draft))
            return *error;
    }
    return draft;
}

} // namespace peerdesk::doors
