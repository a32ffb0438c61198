// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/twilio/errors.h"

#include "core/channels/vendor/items.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace peerdesk::channels::twilio {

namespace {

struct Meaning
{
    int code;
    const char *sentence;
};

constexpr std::array Meanings{
    Meaning{20003,
            QT_TRANSLATE_NOOP("Twilio", "Twilio does not accept the account or its secret.")},
    Meaning{20429, QT_TRANSLATE_NOOP("Twilio", "Twilio asks us to slow down.")},
    Meaning{21211, QT_TRANSLATE_NOOP("Twilio", "This is no number that can be written to.")},
    Meaning{21408, QT_TRANSLATE_NOOP("Twilio", "Messages to this country are switched off in the "
                                               "Twilio console (Geo permissions).")},
    Meaning{21606, QT_TRANSLATE_NOOP("Twilio", "The sender's number does not belong to this Twilio "
                                               "account or cannot send messages.")},
    Meaning{21608, QT_TRANSLATE_NOOP("Twilio", "A Twilio trial account writes to confirmed numbers "
                                               "only.")},
    Meaning{21610, QT_TRANSLATE_NOOP("Twilio", "The customer has opted out with STOP. They have to "
                                               "send START before anything can be sent.")},
    Meaning{21612, QT_TRANSLATE_NOOP("Twilio", "This number cannot be reached from the sender's "
                                               "number.")},
    Meaning{21614, QT_TRANSLATE_NOOP("Twilio", "This is no mobile number.")},
    Meaning{21617, QT_TRANSLATE_NOOP("Twilio", "The text is longer than 1,600 characters.")},
    Meaning{21620, QT_TRANSLATE_NOOP("Twilio", "Twilio could not fetch the file.")},
    Meaning{21655, QT_TRANSLATE_NOOP("Twilio", "Twilio does not know this template (ContentSid).")},
    Meaning{21656, QT_TRANSLATE_NOOP("Twilio", "The template's variables are not complete.")},
    Meaning{30001, QT_TRANSLATE_NOOP("Twilio", "Too many messages wait at Twilio.")},
    Meaning{30002, QT_TRANSLATE_NOOP("Twilio", "The Twilio account is suspended.")},
    Meaning{30003, QT_TRANSLATE_NOOP("Twilio", "The phone is switched off or out of reach.")},
    Meaning{30004, QT_TRANSLATE_NOOP("Twilio", "The customer or the carrier blocks messages.")},
    Meaning{30005, QT_TRANSLATE_NOOP("Twilio", "The number does not exist any more.")},
    Meaning{30006, QT_TRANSLATE_NOOP("Twilio", "The number is a landline or cannot get messages.")},
    Meaning{30007, QT_TRANSLATE_NOOP("Twilio", "The carrier filtered the message as spam.")},
    Meaning{30008,
            QT_TRANSLATE_NOOP("Twilio", "The carrier did not deliver it and gave no reason.")},
    Meaning{30032,
            QT_TRANSLATE_NOOP("Twilio", "The sender's toll-free number is not verified yet.")},
    Meaning{30034, QT_TRANSLATE_NOOP("Twilio", "The sender's number is not registered for business "
                                               "messages (A2P 10DLC).")},
    Meaning{63003, QT_TRANSLATE_NOOP("Twilio", "This number has no WhatsApp.")},
    Meaning{63007, QT_TRANSLATE_NOOP("Twilio", "The sender is not set up for WhatsApp at Twilio.")},
    Meaning{63013, QT_TRANSLATE_NOOP("Twilio", "WhatsApp refused it: against its policy.")},
    Meaning{63015, QT_TRANSLATE_NOOP("Twilio", "The customer has not joined Twilio's WhatsApp "
                                               "sandbox.")},
    Meaning{63016, QT_TRANSLATE_NOOP("Twilio", "More than 24 hours have passed since the customer "
                                               "wrote: only an approved template can be sent.")},
    Meaning{63018, QT_TRANSLATE_NOOP("Twilio", "WhatsApp's limit of messages is reached.")},
    Meaning{63024, QT_TRANSLATE_NOOP("Twilio", "WhatsApp does not know this recipient.")},
    Meaning{63032, QT_TRANSLATE_NOOP("Twilio", "WhatsApp does not deliver to this customer now.")},
    Meaning{63049, QT_TRANSLATE_NOOP("Twilio", "WhatsApp chose not to deliver this template to the "
                                               "customer.")},
};

} // namespace

QString errorSentence(int code, const QString &said)
{
    const auto known = std::find_if(Meanings.begin(), Meanings.end(),
                                    [code](const Meaning &one) { return one.code == code; });
    if (known != Meanings.end())
        return QCoreApplication::translate("Twilio", known->sentence);
    const QString words = vendor::cleanText(said, 300).simplified();
    if (code == 0)
        return words.isEmpty() ? QCoreApplication::translate("Twilio", "Twilio gave no reason.")
                               : words;
    return QCoreApplication::translate("Twilio", "%1 (Twilio error %2)")
        .arg(words.isEmpty() ? QCoreApplication::translate("Twilio", "It was not delivered")
                             : words)
        .arg(code);
}

} // namespace peerdesk::channels::twilio
