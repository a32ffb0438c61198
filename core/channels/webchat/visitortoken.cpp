// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/visitortoken.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QRandomGenerator>
#include <QtEndian>

#include <array>

namespace peerdesk::channels::webchat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto Url64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;
constexpr Seconds ClockTolerance{24 * 3600}; ///< another node may have stamped it

QByteArray macOf(const VisitorToken &token, AccountId account, const QByteArray &key)
{
    QMessageAuthenticationCode mac(QCryptographicHash::Sha256, key);
    mac.addData("peerdesk web chat visitor 1");
    mac.addData(account.toBytes());
    mac.addData(token.secret);
    mac.addData(QByteArray::number(token.issuedAt.ms));
    return mac.result();
}

bool sameInConstantTime(const QByteArray &left, const QByteArray &right)
{
    if (left.size() != right.size())
        return false;
    uchar difference = 0;
    for (qsizetype i = 0; i < left.size(); ++i)
        difference = uchar(difference | (uchar(left[i]) ^ uchar(right[i])));
    return difference == 0;
}

} // namespace

VisitorToken freshToken(Time now)
{
    std::array<quint32, VisitorToken::SecretBytes / 4> random{};
    QRandomGenerator::system()->fillRange(random.data(), qsizetype(random.size()));
    return {QByteArray(reinterpret_cast<const char *>(random.data()), VisitorToken::SecretBytes),
            now};
}

QString visitorId(const VisitorToken &token)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData("visitor");
    hash.addData(token.secret);
    return QString::fromLatin1(hash.result().left(16).toHex());
}

bool isVisitorId(const QString &text)
{
    return text.size() == 32 && std::all_of(text.begin(), text.end(), [](QChar c) {
               return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f');
           });
}

QString signToken(const VisitorToken &token, AccountId account, const QByteArray &key)
{
    const QByteArray text = "v1." + token.secret.toBase64(Url64) + '.' +
                            QByteArray::number(token.issuedAt.ms) + '.' +
                            macOf(token, account, key).toBase64(Url64);
    return QString::fromLatin1(text);
}

std::optional<VisitorToken> verifyToken(const QString &text, AccountId account,
                                        const QByteArray &key, Time now)
{
    const QList<QByteArray> parts = text.toLatin1().split('.');
    if (parts.size() != 4 || parts[0] != "v1")
        return std::nullopt;
    const auto secret = QByteArray::fromBase64Encoding(
        parts[1], QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    const auto mac = QByteArray::fromBase64Encoding(
        parts[3], QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    bool isNumber = false;
    const VisitorToken token{*secret, {parts[2].toLongLong(&isNumber)}};
    if (!secret || !mac || !isNumber || token.secret.size() != VisitorToken::SecretBytes)
        return std::nullopt;
    if (!sameInConstantTime(*mac, macOf(token, account, key)))
        return std::nullopt;
    if (token.issuedAt > now + ClockTolerance || now > token.issuedAt + VisitorToken::Lifetime)
        return std::nullopt;
    return token;
}

} // namespace peerdesk::channels::webchat
