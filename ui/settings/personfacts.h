// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"

#include <QStringList>

namespace peerdesk::ui {

/// A named ability, with how well.
struct Skill
{
    QString name;
    int level = 0; ///< 1..10; 0 = not said
    bool operator==(const Skill &) const = default;
};

/// What the people page shows of a worker's attributes: `languages` and `skills` are lists of
/// texts, `level` an object from skill to level. All else in them is other people's business.
struct PersonFacts
{
    QStringList languages; ///< BCP 47 tags in small letters
    std::vector<Skill> skills;
    bool operator==(const PersonFacts &) const = default;
};

/// At most this many languages and this many skills.
inline constexpr int MaxFacts = 50;
inline constexpr int MinPassword = 8; ///< characters

/// What a person may read there; what has another shape is left out.
PersonFacts factsOf(const Json &attributes);
/// The attributes with these facts; every other member stays. Errors: Invalid if `level` is taken
/// by something else and a skill has one.
Result<Json> withFacts(const Json &attributes, const PersonFacts &facts);
/// Names of the members that factsOf() does not show.
QStringList otherFacts(const Json &attributes);

QString languagesText(const QStringList &languages);
QString skillsText(const std::vector<Skill> &skills);
/// "de, en". Errors: Invalid, a sentence for who typed it.
Result<QStringList> parseLanguages(const QString &text);
/// "billing 7, returns". Errors: Invalid, a sentence for who typed it.
Result<std::vector<Skill>> parseSkills(const QString &text);

/// Why this is no password for this person, in words; empty = it is one.
QString passwordFault(const QString &password, const QString &name);

} // namespace peerdesk::ui
