// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/receipt.h"

#include "core/channels/email/charset.h"
#include "core/channels/email/headers.h"

#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

constexpr qsizetype MaxReturned = 256 * 1024;

/// The Message-ID header of a returned mail or of its headers alone.
QString returnedId(const QByteArray &returned)
{
    static const QRegularExpression pattern(u"^message-id:\\s*<([^<>\\s]{3,250})>"_s,
                                            QRegularExpression::CaseInsensitiveOption |
                                                QRegularExpression::MultilineOption);
    return pattern.match(decodeText(returned.left(MaxReturned), {})).captured(1);
}

bool isMailSystem(const MailTree &tree)
{
    if (tree.hasHeader(u"x-failed-recipients"_s))
        return true;
    return std::any_of(tree.from.begin(), tree.from.end(), [](const MailAddress &from) {
        const QString local = from.address.section(u'@', 0, 0);
        return local == u"mailer-daemon" || local == u"postmaster" || local == u"mailerdaemon";
    });
}

/// Our id anywhere in a free-form bounce: in the text or in the returned mail.
QString ownIdIn(const MimePart &root, const QString &text)
{
    static const QRegularExpression pattern(
        u"(?<![0-9a-f])[0-9a-f]{32}\\.peerdesk@[A-Za-z0-9.-]{1,200}"_s);
    QString found = pattern.match(text.left(MaxReturned)).captured(0);
    for (const MimePart &part : root.children) {
        if (found.isEmpty())
            found = pattern.match(decodeText(part.body.left(MaxReturned), {})).captured(0);
    }
    return found;
}

std::optional<Receipt> report(const MimePart &root)
{
    std::optional<DeliveryStatus> status;
    QString id;
    for (const MimePart &part : root.children) {
        if (part.type == "message/delivery-status" || part.type == "message/global-delivery-status")
            status = parseDeliveryStatus(part.body);
        else if (part.type == "message/rfc822" || part.type == "text/rfc822-headers" ||
                 part.type == "message/global" || part.type == "message/rfc822-headers")
            id = returnedId(part.body);
    }
    if (!status || status->action == DeliveryStatus::Action::Delayed || !isMadeHere(id))
        return std::nullopt;
    return Receipt{id, *status};
}

} // namespace

std::optional<Receipt> receiptIn(const MailTree &tree, const QString &text)
{
    if (tree.root.type == "multipart/report")
        return tree.root.reportType == u"delivery-status" ? report(tree.root) : std::nullopt;
    if (!isMailSystem(tree))
        return std::nullopt;
    const QString id = ownIdIn(tree.root, text);
    if (id.isEmpty())
        return std::nullopt;
    const QString who = oneLine(tree.header(u"x-failed-recipients"_s), 200);
    const QString said = oneLine(text.left(2000).simplified(), 300);
    return Receipt{id,
                   {DeliveryStatus::Action::Failed, who.isEmpty() ? said : who + u": "_s + said}};
}

bool isAutomatic(const MailTree &tree)
{
    const QString submitted = tree.header(u"auto-submitted"_s).toLower().trimmed();
    if (!submitted.isEmpty() && submitted.section(u';', 0, 0).trimmed() != u"no")
        return true;
    const QString precedence = tree.header(u"precedence"_s).toLower().trimmed();
    if (precedence == u"bulk" || precedence == u"list" || precedence == u"junk" ||
        precedence == u"auto_reply")
        return true;
    const QString suppress = tree.header(u"x-auto-response-suppress"_s).toLower();
    if (suppress.contains(u"all"_s) || suppress.contains(u"oof"_s) ||
        suppress.contains(u"autoreply"_s))
        return true;
    const bool hasListHeader =
        std::any_of(tree.headers.begin(), tree.headers.end(), [](const HeaderField &field) {
            return field.name.startsWith("list-"_L1) || field.name == u"x-autoreply" ||
                   field.name == u"x-autorespond";
        });
    const bool isNullSender = tree.header(u"return-path"_s).remove(u' ') == u"<>";
    return hasListHeader || isNullSender || isMailSystem(tree) ||
           tree.root.type == "multipart/report";
}

} // namespace peerdesk::channels::email
