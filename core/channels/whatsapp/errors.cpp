// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/whatsapp/errors.h"

#include "core/channels/vendor/items.h"
#include "core/channels/whatsapp/numbers.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>
#include <array>

namespace peerdesk::channels::whatsapp {

using namespace Qt::StringLiterals;
using Kind = SendResult::Kind;

namespace {

struct Meaning
{
    int code;
    const char *sentence;
    Seconds later{0}; ///< not zero: surely not sent, may be tried again after this
};

constexpr Seconds Minute{60};

constexpr std::array Meanings{
    Meaning{2, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp is out of order for a moment."), Minute},
    Meaning{4, QT_TRANSLATE_NOOP("WhatsApp", "The app's limit of calls is reached."), Minute},
    Meaning{10, QT_TRANSLATE_NOOP("WhatsApp", "The token lacks the permission "
                                              "whatsapp_business_messaging.")},
    Meaning{190, QT_TRANSLATE_NOOP("WhatsApp", "The access token has expired or was withdrawn. An "
                                               "admin has to put in a new one.")},
    Meaning{200, QT_TRANSLATE_NOOP("WhatsApp", "The token may not send for this number.")},
    Meaning{368, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp has blocked this account for a breach of "
                                               "its policy.")},
    Meaning{80007, QT_TRANSLATE_NOOP("WhatsApp", "The account's limit of calls is reached."),
            Minute},
    Meaning{130429, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp asks us to slow down."),
            ThroughputPause},
    Meaning{130472, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp does not deliver marketing messages to "
                                                  "this customer.")},
    Meaning{131021, QT_TRANSLATE_NOOP("WhatsApp", "A number cannot write to itself.")},
    Meaning{131026, QT_TRANSLATE_NOOP("WhatsApp", "It cannot be delivered: the customer has no "
                                                  "WhatsApp, an old version, or has not accepted "
                                                  "its terms.")},
    Meaning{131030, QT_TRANSLATE_NOOP("WhatsApp", "A test number writes to listed numbers only.")},
    Meaning{131031, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp has locked this account.")},
    Meaning{131042, QT_TRANSLATE_NOOP("WhatsApp", "The account's payment method does not work.")},
    Meaning{131047, QT_TRANSLATE_NOOP("WhatsApp", "More than 24 hours have passed since the "
                                                  "customer wrote: only an approved template can "
                                                  "be sent.")},
    Meaning{131048, QT_TRANSLATE_NOOP("WhatsApp", "Too many of this number's messages were "
                                                  "reported or blocked: WhatsApp holds it back.")},
    Meaning{131049, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp chose not to deliver this template to "
                                                  "the customer.")},
    Meaning{131050, QT_TRANSLATE_NOOP("WhatsApp", "The customer has opted out of marketing "
                                                  "messages.")},
    Meaning{131051, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp does not take this kind of message.")},
    Meaning{131053, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp could not take the file.")},
    Meaning{131056,
            QT_TRANSLATE_NOOP("WhatsApp", "Too many messages to this customer in a short "
                                          "time."),
            PairPause},
    Meaning{131057, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp is at work on this account."), Minute},
    Meaning{132000, QT_TRANSLATE_NOOP("WhatsApp", "The template needs another number of "
                                                  "variables.")},
    Meaning{132001, QT_TRANSLATE_NOOP("WhatsApp", "There is no approved template of this name and "
                                                  "language.")},
    Meaning{132005, QT_TRANSLATE_NOOP("WhatsApp", "The template is too long with these "
                                                  "variables.")},
    Meaning{132012, QT_TRANSLATE_NOOP("WhatsApp", "A variable of the template is of another "
                                                  "kind.")},
    Meaning{132015, QT_TRANSLATE_NOOP("WhatsApp", "The template is paused for low quality.")},
    Meaning{132016, QT_TRANSLATE_NOOP("WhatsApp", "The template is switched off for low "
                                                  "quality.")},
    Meaning{133010, QT_TRANSLATE_NOOP("WhatsApp", "The number is not registered with the Cloud "
                                                  "API.")},
};

const Meaning *meaningOf(int code)
{
    const auto known = std::find_if(Meanings.begin(), Meanings.end(),
                                    [code](const Meaning &one) { return one.code == code; });
    return known == Meanings.end() ? nullptr : &*known;
}

} // namespace

QString errorSentence(int code, const QString &said)
{
    if (const Meaning *known = meaningOf(code))
        return QCoreApplication::translate("WhatsApp", known->sentence);
    const QString words = vendor::cleanText(said, 300).simplified();
    if (words.isEmpty())
        return QCoreApplication::translate("WhatsApp", "WhatsApp gave no reason (error %1).")
            .arg(code);
    return code == 0 ? words
                     : QCoreApplication::translate("WhatsApp", "%1 (WhatsApp error %2)")
                           .arg(words)
                           .arg(code);
}

QString errorSentence(const QJsonObject &error)
{
    QString said = error.value(u"error_data"_s)[u"details"].toString();
    for (const QString &key : {u"message"_s, u"title"_s}) {
        if (said.isEmpty())
            said = error.value(key).toString();
    }
    return errorSentence(error.value(u"code"_s).toInt(), said);
}

bool isTokenError(const QJsonObject &error)
{
    return error.value(u"code"_s).toInt() == 190;
}

SendResult sendResult(const Result<vendor::ApiReply> &reply, Time now)
{
    if (!reply)
        return vendor::failedSend(reply, reply.error().detail, now);
    if (reply->isSuccess()) {
        const QJsonArray messages = reply->object().value(u"messages"_s).toArray();
        const QString id = messages.isEmpty() ? QString() : messages[0][u"id"].toString();
        if (id.isEmpty())
            return {Kind::Uncertain, {}, errorSentence(0, {}), {}};
        return {Kind::Accepted, id, {}, {}};
    }
    const QJsonObject error = reply->object().value(u"error"_s).toObject();
    const Meaning *known = meaningOf(error.value(u"code"_s).toInt());
    const QString sentence = errorSentence(error);
    if (known && known->later > Seconds(0)) {
        const bool hasTime = reply->headers.contains("retry-after");
        return {Kind::Later, {}, sentence, hasTime ? reply->retryAfter(now) : known->later};
    }
    if (known)
        return {Kind::Refused, {}, sentence, {}};
    return vendor::failedSend(reply, sentence, now);
}

} // namespace peerdesk::channels::whatsapp
