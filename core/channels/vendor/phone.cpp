// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/phone.h"

#include <phonenumbers/phonenumberutil.h>

namespace peerdesk::channels::vendor {

namespace {
constexpr qsizetype MaxTyped = 60; ///< characters: with blanks, brackets and a prefix
}

std::optional<PhoneNumber> phoneNumber(const QString &text, const QString &region)
{
    using i18n::phonenumbers::PhoneNumberUtil;
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || trimmed.size() > MaxTyped)
        return std::nullopt;
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    i18n::phonenumbers::PhoneNumber parsed;
    const std::string country = region.isEmpty() ? "ZZ" : region.toUpper().toStdString();
    const auto wrong = util.Parse(trimmed.toStdString(), country, &parsed);
    if (wrong != PhoneNumberUtil::NO_PARSING_ERROR || !util.IsPossibleNumber(parsed))
        return std::nullopt;
    parsed.clear_extension(); // one address for ever: an extension is no part of it
    std::string e164;
    std::string shown;
    util.Format(parsed, PhoneNumberUtil::E164, &e164);
    util.Format(parsed, PhoneNumberUtil::INTERNATIONAL, &shown);
    return PhoneNumber{QString::fromStdString(e164), QString::fromStdString(shown)};
}

} // namespace peerdesk::channels::vendor
