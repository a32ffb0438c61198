// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/richdraft.h"

#include "ui/cards/markup.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct DraftWords
{
    Q_DECLARE_TR_FUNCTIONS(RichDraft)
};

// The office refuses more; see core/channels/api/rich.cpp.
constexpr int MaxRichOptions = 100;
constexpr int MaxRichFields = 30;
constexpr int MaxRichCards = 12;
constexpr int MaxRichTitle = 200;

using Inputs = std::map<QString, QString>;

QString inputOf(const Inputs &inputs, const QString &key)
{
    const auto it = inputs.find(key);
    return it == inputs.end() ? QString() : it->second.trimmed();
}

/// Lines "a | b | c" as objects with these keys; empty parts are left out.
QJsonArray entriesOf(const QString &text, const QStringList &keys)
{
    QJsonArray entries;
    for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts)) {
        if (line.trimmed().isEmpty())
            continue;
        QJsonObject entry;
        const QStringList parts = line.split(u'|');
        for (qsizetype i = 0; i < qMin(parts.size(), keys.size()); ++i) {
            if (const QString part = parts[i].trimmed(); !part.isEmpty())
                entry.insert(keys[i], part);
        }
        entries.append(entry);
    }
    return entries;
}

QString linesOf(const QJsonValue &entries, const QStringList &keys)
{
    QStringList lines;
    for (const QJsonValue entry : entries.toArray()) {
        QStringList parts;
        for (const QString &key : keys)
            parts += entry[key].toString();
        while (parts.size() > 1 && parts.last().isEmpty())
            parts.removeLast();
        lines += parts.join(u" | "_s);
    }
    return lines.join(u'\n');
}

QString entriesProblem(const QJsonArray &entries, int most, const QString &titleKey)
{
    if (entries.isEmpty())
        return DraftWords::tr("Write at least one line.");
    if (entries.size() > most)
        return DraftWords::tr("At most %n entries.", nullptr, most);
    QStringList seen;
    for (const QJsonValue entry : entries) {
        const QString title = entry[titleKey].toString();
        if (title.isEmpty())
            return DraftWords::tr("A line has no title.");
        if (title.size() > MaxRichTitle)
            return DraftWords::tr("\u201c%1\u2026\u201d is too long.").arg(title.left(20));
        if (seen.contains(title))
            return DraftWords::tr("\u201c%1\u201d is there twice.").arg(title.left(40));
        seen += title;
    }
    return {};
}

QString addressProblem(const QString &address, bool isRequired)
{
    if (address.isEmpty() && !isRequired)
        return {};
    return openable(address).isEmpty() || address.startsWith(u"mailto:"_s)
               ? DraftWords::tr("The address must begin with https:// and name a site.")
               : QString();
}

const QStringList &optionKeys()
{
    static const QStringList keys{u"title"_s, u"description"_s};
    return keys;
}
const QStringList &cardKeys()
{
    static const QStringList keys{u"title"_s, u"text"_s, u"image_url"_s};
    return keys;
}

RichParts optionsFrom(const Inputs &inputs)
{
    const QJsonArray options = entriesOf(inputOf(inputs, u"options"_s), optionKeys());
    RichParts parts{{{u"options"_s, options}}, entriesProblem(options, MaxRichOptions, u"title"_s)};
    if (const QString button = inputOf(inputs, u"button"_s); !button.isEmpty())
        parts.rich.insert(u"button"_s, button);
    return parts;
}

RichParts timesFrom(const Inputs &inputs)
{
    QJsonArray times;
    RichParts parts;
    for (const QString &line : inputOf(inputs, u"slots"_s).split(u'\n', Qt::SkipEmptyParts)) {
        const QDateTime when =
            QDateTime::fromString(line.section(u'|', 0, 0).trimmed(), u"yyyy-MM-dd HH:mm"_s);
        if (!when.isValid())
            parts.problem = DraftWords::tr("Write a time like 2026-11-23 10:30.");
        const QString minutes = line.section(u'|', 1, 1).trimmed();
        times.append(QJsonObject{
            {u"start"_s, when.toOffsetFromUtc(when.offsetFromUtc()).toString(Qt::ISODate)},
            {u"minutes"_s, qBound(0, minutes.toInt(), 24 * 60)}});
    }
    if (times.isEmpty())
        parts.problem = DraftWords::tr("Write at least one line.");
    if (times.size() > MaxRichOptions)
        parts.problem = DraftWords::tr("At most %n entries.", nullptr, MaxRichOptions);
    parts.rich.insert(u"slots"_s, times);
    parts.rich.insert(u"location"_s, inputOf(inputs, u"location"_s));
    return parts;
}

RichParts formFrom(const Inputs &inputs)
{
    const QJsonArray fields = entriesOf(inputOf(inputs, u"fields"_s), {u"label"_s, u"type"_s});
    RichParts parts{{{u"fields"_s, fields}}, entriesProblem(fields, MaxRichFields, u"label"_s)};
    static const QStringList types{u"text"_s, u"email"_s,  u"phone"_s,    u"number"_s,
                                   u"date"_s, u"switch"_s, u"long_text"_s};
    for (const QJsonValue field : fields) {
        const QString type = field[u"type"].toString();
        if (!type.isEmpty() && !types.contains(type))
            parts.problem = DraftWords::tr("What may follow the bar: %1.").arg(types.join(u", "_s));
    }
    return parts;
}

RichParts linkFrom(const Inputs &inputs)
{
    const QString url = inputOf(inputs, u"url"_s);
    RichParts parts{{{u"url"_s, url}, {u"title"_s, inputOf(inputs, u"title"_s)}},
                    addressProblem(url, true)};
    if (inputOf(inputs, u"title"_s).size() > MaxRichTitle)
        parts.problem = DraftWords::tr("The title is too long.");
    return parts;
}

RichParts cardsFrom(const Inputs &inputs)
{
    const QJsonArray cards = entriesOf(inputOf(inputs, u"cards"_s), cardKeys());
    RichParts parts{{{u"cards"_s, cards}}, entriesProblem(cards, MaxRichCards, u"title"_s)};
    for (const QJsonValue card : cards) {
        if (parts.problem.isEmpty())
            parts.problem = addressProblem(card[u"image_url"].toString(), false);
    }
    return parts;
}

RichParts placeFrom(const Inputs &inputs)
{
    bool isLatitude = false;
    bool isLongitude = false;
    const double latitude = inputOf(inputs, u"latitude"_s).toDouble(&isLatitude);
    const double longitude = inputOf(inputs, u"longitude"_s).toDouble(&isLongitude);
    const bool isPlace =
        isLatitude && isLongitude && std::abs(latitude) <= 90 && std::abs(longitude) <= 180;
    return {{{u"latitude"_s, latitude},
             {u"longitude"_s, longitude},
             {u"title"_s, inputOf(inputs, u"title"_s).left(MaxRichTitle)}},
            isPlace ? QString() : DraftWords::tr("Write both as numbers, such as 35.0116.")};
}

RichParts templateFrom(const Inputs &inputs)
{
    const QString name = inputOf(inputs, u"name"_s);
    QJsonArray body;
    for (const QString &line : inputOf(inputs, u"body"_s).split(u'\n', Qt::SkipEmptyParts)) {
        if (!line.trimmed().isEmpty())
            body.append(line.trimmed());
    }
    const QString language = inputOf(inputs, u"language"_s);
    return {{{u"name"_s, name},
             {u"language"_s, language.isEmpty() ? u"en"_s : language},
             {u"body"_s, body}},
            name.isEmpty() ? DraftWords::tr("Write the name that the provider approved.")
                           : QString()};
}

RichParts adaptiveFrom(const Inputs &inputs)
{
    const QJsonObject card = QJsonDocument::fromJson(inputOf(inputs, u"card"_s).toUtf8()).object();
    return {{{u"card"_s, card}},
            card[u"type"_s].toString() == u"AdaptiveCard"_s
                ? QString()
                : DraftWords::tr("This is no Adaptive Card in JSON.")};
}

} // namespace

std::vector<RichKind> richKinds()
{
    return {{u"quick_replies"_s, DraftWords::tr("Quick replies"), true},
            {u"list_picker"_s, DraftWords::tr("List to choose from"), true},
            {u"buttons"_s, DraftWords::tr("Buttons"), true},
            {u"time_picker"_s, DraftWords::tr("Times to choose from"), false},
            {u"form"_s, DraftWords::tr("Form"), false},
            {u"rich_link"_s, DraftWords::tr("Link with a title"), false},
            {u"markup_text"_s, DraftWords::tr("Formatted text"), true},
            {u"card"_s, DraftWords::tr("Card"), false},
            {u"carousel"_s, DraftWords::tr("Several cards"), false},
            {u"location"_s, DraftWords::tr("Place"), false},
            {u"template"_s, DraftWords::tr("Approved template"), false},
            {u"adaptive_card"_s, DraftWords::tr("Adaptive Card"), false}};
}

RichOffer richOffer(const ChannelLimits &limits)
{
    RichOffer offer;
    for (const RichKind &kind : richKinds()) {
        const auto use = limits.rich.find(kind.kind);
        const QString may = use == limits.rich.end() ? u"text"_s : use->second;
        if (may == u"agent"_s)
            offer.offered.push_back(kind);
        else if (may == u"flow"_s)
            offer.onlyFlows += kind.label;
        else
            offer.absent += kind.label;
    }
    return offer;
}

QString RichOffer::reasons(const QString &channel) const
{
    QStringList lines;
    if (!onlyFlows.isEmpty())
        lines += DraftWords::tr("Only flows and bots send here: %1.").arg(onlyFlows.join(u", "_s));
    if (!absent.isEmpty())
        lines += DraftWords::tr("%1 does not have: %2.").arg(channel, absent.join(u", "_s));
    return lines.join(u'\n');
}

std::vector<RichInput> richInputs(const QString &kind)
{
    const QString each = DraftWords::tr("One a line; what follows | is explained below it");
    if (kind == u"quick_replies"_s || kind == u"buttons"_s)
        return {{u"options"_s, DraftWords::tr("Choices"), DraftWords::tr("One a line"), true}};
    if (kind == u"list_picker"_s)
        return {{u"options"_s, DraftWords::tr("Choices"), each, true},
                {u"button"_s, DraftWords::tr("Button that opens the list"), {}}};
    if (kind == u"time_picker"_s)
        return {{u"slots"_s, DraftWords::tr("Times"),
                 DraftWords::tr("One a line, with minutes: 2026-11-23 10:30 | 30"), true},
                {u"location"_s, DraftWords::tr("Where"), {}}};
    if (kind == u"form"_s)
        return {{u"fields"_s, DraftWords::tr("Questions"),
                 DraftWords::tr("One a line; what is asked for follows: Your mail | email"), true}};
    if (kind == u"rich_link"_s)
        return {{u"url"_s, DraftWords::tr("Address"), u"https://"_s},
                {u"title"_s, DraftWords::tr("Title"), {}}};
    if (kind == u"card"_s || kind == u"carousel"_s)
        return {{u"cards"_s, DraftWords::tr("Cards"),
                 DraftWords::tr("One a line: title | text | https://picture"), true}};
    if (kind == u"location"_s)
        return {{u"title"_s, DraftWords::tr("Name of the place"), {}},
                {u"latitude"_s, DraftWords::tr("Latitude"), u"35.0116"_s},
                {u"longitude"_s, DraftWords::tr("Longitude"), u"135.7681"_s}};
    if (kind == u"template"_s)
        return {
            {u"name"_s, DraftWords::tr("Name at the provider"), {}},
            {u"language"_s, DraftWords::tr("Language"), u"en"_s},
            {u"body"_s, DraftWords::tr("What is filled in"), DraftWords::tr("One a line"), true}};
    if (kind == u"adaptive_card"_s)
        return {{u"card"_s, DraftWords::tr("Card"), DraftWords::tr("JSON of the card"), true}};
    return {};
}

RichParts richFrom(const QString &kind, const std::map<QString, QString> &inputs)
{
    using From = RichParts (*)(const Inputs &);
    static const std::map<QString, From> all{{u"quick_replies"_s, optionsFrom},
                                             {u"buttons"_s, optionsFrom},
                                             {u"list_picker"_s, optionsFrom},
                                             {u"time_picker"_s, timesFrom},
                                             {u"form"_s, formFrom},
                                             {u"rich_link"_s, linkFrom},
                                             {u"card"_s, cardsFrom},
                                             {u"carousel"_s, cardsFrom},
                                             {u"location"_s, placeFrom},
                                             {u"template"_s, templateFrom},
                                             {u"adaptive_card"_s, adaptiveFrom}};
    const auto from = all.find(kind);
    RichParts parts = from == all.end() ? RichParts() : from->second(inputs);
    parts.rich.insert(u"kind"_s, kind);
    return parts;
}

std::map<QString, QString> inputsOf(const QJsonObject &rich)
{
    std::map<QString, QString> inputs;
    for (const QString &key :
         {u"button"_s, u"location"_s, u"url"_s, u"title"_s, u"name"_s, u"language"_s})
        inputs[key] = rich[key].toString();
    inputs[u"options"_s] = linesOf(rich[u"options"_s], optionKeys());
    inputs[u"fields"_s] = linesOf(rich[u"fields"_s], {u"label"_s, u"type"_s});
    inputs[u"cards"_s] = linesOf(rich[u"cards"_s], cardKeys());
    for (const QString &key : {u"latitude"_s, u"longitude"_s})
        inputs[key] =
            rich.contains(key) ? QString::number(rich[key].toDouble(), 'g', 10) : QString();
    QStringList body;
    for (const QJsonValue value : rich[u"body"_s].toArray())
        body += value.toString();
    inputs[u"body"_s] = body.join(u'\n');
    QStringList times;
    for (const QJsonValue slot : rich[u"slots"_s].toArray()) {
        const QDateTime start = QDateTime::fromString(slot[u"start"].toString(), Qt::ISODate);
        times += u"%1 | %2"_s.arg(start.toLocalTime().toString(u"yyyy-MM-dd HH:mm"_s))
                     .arg(slot[u"minutes"].toInt());
    }
    inputs[u"slots"_s] = times.join(u'\n');
    if (rich.contains(u"card"_s))
        inputs[u"card"_s] = QString::fromUtf8(QJsonDocument(rich[u"card"_s].toObject()).toJson());
    return inputs;
}

QJsonObject withWords(QJsonObject rich, const QString &words)
{
    if (rich.isEmpty() || words.trimmed().isEmpty())
        return rich;
    const bool isMarkup = rich[u"kind"_s].toString() == u"markup_text"_s;
    rich.insert(isMarkup ? u"markdown"_s : u"text"_s, words);
    return rich;
}

QString richSummary(const QJsonObject &rich)
{
    const QString kind = rich[u"kind"_s].toString();
    QString label = kind;
    for (const RichKind &known : richKinds()) {
        if (known.kind == kind)
            label = known.label;
    }
    QStringList titles;
    for (const QString &key : {u"options"_s, u"cards"_s, u"fields"_s}) {
        for (const QJsonValue entry : rich[key].toArray())
            titles += entry[key == u"fields"_s ? u"label"_s : u"title"_s].toString();
    }
    for (const QString &key : {u"title"_s, u"url"_s, u"name"_s}) {
        if (titles.isEmpty() && !rich[key].toString().isEmpty())
            titles += rich[key].toString();
    }
    return titles.isEmpty() ? label
                            : DraftWords::tr("%1: %2", "kind, what is in it")
                                  .arg(label, titles.join(u", "_s).left(80));
}

bool needsWords(const QString &kind)
{
    return std::ranges::any_of(
        richKinds(), [&](const RichKind &known) { return known.kind == kind && known.needsWords; });
}

} // namespace peerdesk::ui
