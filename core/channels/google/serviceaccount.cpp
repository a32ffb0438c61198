// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/google/serviceaccount.h"

#include "core/channels/google/numbers.h"
#include "core/channels/vendor/jwt.h"

#include <QCoreApplication>

namespace peerdesk::channels::google {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxKeyFile = 16 * 1024;

} // namespace

Result<ServiceAccount> serviceAccountIn(const QByteArray &keyFile)
{
    const QJsonObject file =
        keyFile.size() > MaxKeyFile ? QJsonObject() : QJsonDocument::fromJson(keyFile).object();
    const ServiceAccount account{file.value(u"client_email"_s).toString(),
                                 file.value(u"private_key_id"_s).toString(),
                                 file.value(u"private_key"_s).toString().toUtf8(),
                                 file.value(u"token_uri"_s).toString(numbers::TokenAddress)};
    if (file.value(u"type"_s).toString() != u"service_account" || account.email.isEmpty() ||
        account.privateKey.isEmpty())
        return invalid(QCoreApplication::translate(
            "google", "This is no key of a service account: put in the whole JSON file that the "
                      "Google Cloud console gave you."));
    return account;
}

Result<vendor::ApiCall> assertionCall(const ServiceAccount &account, const QString &scope, Time now)
{
    const qint64 seconds = now.ms / 1'000;
    const QJsonObject claims{{u"iss"_s, account.email},
                             {u"scope"_s, scope},
                             {u"aud"_s, account.tokenAddress},
                             {u"iat"_s, seconds},
                             {u"exp"_s, seconds + qint64(numbers::AssertionLife.count())}};
    const Result<QByteArray> assertion =
        vendor::signedJwt(account.privateKey, {{u"kid"_s, account.keyId}}, claims);
    if (!assertion)
        return assertion.error();
    vendor::Fields fields;
    fields.emplace_back(u"grant_type"_s, u"urn:ietf:params:oauth:grant-type:jwt-bearer"_s);
    fields.emplace_back(u"assertion"_s, QString::fromLatin1(*assertion));
    return vendor::formCall(account.tokenAddress, fields);
}

} // namespace peerdesk::channels::google
