// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/personfacts.h"

#include "core/base/json.h"
#include "ui/common/paint.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QSet>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct Facts
{
    Q_DECLARE_TR_FUNCTIONS(Facts)
};

constexpr int MaxSkillName = 64;
constexpr int MaxLevel = 10;
constexpr int MaxPassword = 1024; ///< bytes; what the hash takes
constexpr int MinDifferent = 4;   ///< characters of a password
const QString Languages = u"languages"_s;
const QString Skills = u"skills"_s;
const QString Level = u"level"_s;

QStringList textsIn(const QJsonValue &list)
{
    QStringList found;
    for (const QJsonValue value : list.toArray()) {
        if (value.isString() && !value.toString().isEmpty())
            found += value.toString();
    }
    return found;
}

QStringList parts(const QString &text)
{
    QStringList found;
    for (const QString &part : text.split(QRegularExpression(u"[,;\n]"_s))) {
        if (!part.simplified().isEmpty())
            found += part.simplified();
    }
    return found;
}

/// A list that is empty goes, so that attributes do not fill up with nothing.
void put(QJsonObject &object, const QString &key, const QStringList &list)
{
    if (list.isEmpty())
        object.remove(key);
    else
        object.insert(key, QJsonArray::fromStringList(list));
}

} // namespace

PersonFacts factsOf(const Json &attributes)
{
    const QJsonObject object = json::object(attributes);
    PersonFacts facts;
    facts.languages = textsIn(object.value(Languages));
    const QJsonObject levels = object.value(Level).toObject();
    for (const QString &name : textsIn(object.value(Skills))) {
        const int level = levels.value(name).toInt();
        facts.skills.push_back({name, level >= 1 && level <= MaxLevel ? level : 0});
    }
    return facts;
}

Result<Json> withFacts(const Json &attributes, const PersonFacts &facts)
{
    QJsonObject object = json::object(attributes);
    put(object, Languages, facts.languages);
    QStringList names;
    QJsonObject levels = object.value(Level).toObject();
    for (const Skill &before : factsOf(attributes).skills)
        levels.remove(before.name);
    bool isLevelWanted = false;
    for (const Skill &skill : facts.skills) {
        names += skill.name;
        if (skill.level > 0)
            levels.insert(skill.name, skill.level);
        isLevelWanted = isLevelWanted || skill.level > 0;
    }
    put(object, Skills, names);
    const bool isOurs = !object.contains(Level) || object.value(Level).isObject();
    if (!isOurs && isLevelWanted)
        return invalid(Facts::tr("This person's attribute \"level\" holds something else already. "
                                 "Leave the levels out."));
    if (isOurs && levels.isEmpty())
        object.remove(Level);
    else if (isOurs)
        object.insert(Level, levels);
    return json::canonical(object);
}

QStringList otherFacts(const Json &attributes)
{
    QStringList names = json::object(attributes).keys();
    names.removeAll(Languages);
    names.removeAll(Skills);
    if (json::object(attributes).value(Level).isObject())
        names.removeAll(Level);
    return names;
}

QString languagesText(const QStringList &languages)
{
    return languages.join(u", "_s);
}

QString skillsText(const std::vector<Skill> &skills)
{
    QStringList texts;
    for (const Skill &skill : skills)
        texts += skill.level > 0 ? u"%1 %2"_s.arg(skill.name).arg(skill.level) : skill.name;
    return texts.join(u", "_s);
}

Result<QStringList> parseLanguages(const QString &text)
{
    static const QRegularExpression tag(u"^[a-z]{2,3}(-[a-z0-9]{2,8})*$"_s);
    QStringList found;
    for (const QString &part : parts(text)) {
        const QString language = part.toLower();
        if (!tag.match(language).hasMatch())
            return invalid(
                Facts::tr("\"%1\" is no language code. Write codes such as en, de or pt-br.")
                    .arg(isolate(part.left(MaxSkillName))));
        if (!found.contains(language))
            found += language;
    }
    if (found.size() > MaxFacts)
        return invalid(Facts::tr("At most %1 languages.").arg(MaxFacts));
    return found;
}

Result<std::vector<Skill>> parseSkills(const QString &text)
{
    static const QRegularExpression levelled(u"^(.*\\S) (-?[0-9]+)$"_s);
    std::vector<Skill> found;
    QSet<QString> names;
    for (const QString &part : parts(text)) {
        Skill skill{part, 0};
        if (const auto match = levelled.match(part); match.hasMatch()) {
            skill = {match.captured(1), match.captured(2).toInt()};
            if (skill.level < 1 || skill.level > MaxLevel)
                return invalid(Facts::tr("The level of \"%1\" is from 1 to %2.")
                                   .arg(isolate(skill.name.left(MaxSkillName)))
                                   .arg(MaxLevel));
        }
        if (skill.name.size() > MaxSkillName)
            return invalid(Facts::tr("A skill has at most %1 characters.").arg(MaxSkillName));
        if (names.contains(skill.name))
            return invalid(Facts::tr("\"%1\" stands there twice.").arg(isolate(skill.name)));
        names.insert(skill.name);
        found.push_back(skill);
    }
    if (found.size() > size_t(MaxFacts))
        return invalid(Facts::tr("At most %1 skills.").arg(MaxFacts));
    return found;
}

QString passwordFault(const QString &password, const QString &name)
{
    if (password.size() < MinPassword)
        return Facts::tr("The password is too short: at least %1 characters.").arg(MinPassword);
    if (password.toUtf8().size() > MaxPassword)
        return Facts::tr("The password is too long.");
    if (QSet<QChar>(password.begin(), password.end()).size() < MinDifferent)
        return Facts::tr("This password is easily guessed: use more than %1 different characters.")
            .arg(MinDifferent - 1);
    const auto bare = [](const QString &text) { return text.toCaseFolded().remove(u' '); };
    if (bare(password) == bare(name))
        return Facts::tr("This password is easily guessed: it is the person's name.");
    return {};
}

} // namespace peerdesk::ui
