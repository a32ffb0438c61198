// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/api/rich.h"

#include "core/base/json.h"

#include <QJsonArray>
#include <QLocale>
#include <QRegularExpression>
#include <QTimeZone>
#include <QUrl>

namespace peerdesk::rich {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxOptions = 100;
constexpr int MaxFields = 30;
constexpr int MaxCards = 12;
constexpr int MaxTitle = 200;          // characters
constexpr int MaxText = 8'000;         // characters
constexpr qsizetype MaxBytes = 64'000; // of the JSON
constexpr int MaxMinutes = 24 * 60;

const QStringList FieldTypes{u"text"_s, u"email"_s,  u"phone"_s,  u"number"_s,
                             u"date"_s, u"choice"_s, u"switch"_s, u"long_text"_s};

QString textOf(const QJsonObject &object, const QString &key)
{
    return object.value(key).toString();
}

/// What is wrong with one part of a rich message, if anything is.
using Problem = std::optional<Error>;

Error wrong(const QString &place, const QString &what)
{
    return invalid(u"%1: %2"_s.arg(place, what));
}

Problem problemWithText(const QJsonObject &object, const QString &key, const QString &place,
                        int max, bool isRequired)
{
    const QJsonValue value = object.value(key);
    if (!value.isString() && (isRequired || !(value.isUndefined() || value.isNull())))
        return wrong(place + key, u"must be a text"_s);
    if (isRequired && value.toString().trimmed().isEmpty())
        return wrong(place + key, u"is missing"_s);
    if (value.toString().size() > max)
        return wrong(place + key, u"has more than %1 characters"_s.arg(max));
    return std::nullopt;
}

Problem problemWithUrl(const QJsonObject &object, const QString &key, const QString &place,
                       bool isRequired)
{
    const QString text = textOf(object, key);
    if (text.isEmpty() && !isRequired)
        return std::nullopt;
    const QUrl url(text, QUrl::StrictMode);
    const bool isWeb = url.scheme() == u"https"_s || url.scheme() == u"http"_s;
    if (!url.isValid() || !isWeb || url.host().isEmpty())
        return wrong(place + key, u"must be a web address"_s);
    return std::nullopt;
}

/// Gives ids to the entries of `key` that lack one, and checks them.
class Entries
{
public:
    Entries(QJsonObject &owner, QString key, QString place)
        : m_owner(owner)
        , m_key(std::move(key))
        , m_place(std::move(place))
    {}

    /// `check` may change its entry.
    Problem run(qsizetype max, bool isRequired,
                const std::function<Problem(QJsonObject &, const QString &place)> &check)
    {
        const QJsonValue value = m_owner.value(m_key);
        if (!value.isArray() && (isRequired || !value.isUndefined()))
            return wrong(m_place + m_key, u"must be a list"_s);
        QJsonArray entries = value.toArray();
        if (isRequired && entries.isEmpty())
            return wrong(m_place + m_key, u"is empty"_s);
        if (entries.size() > max)
            return wrong(m_place + m_key, u"has more than %1 entries"_s.arg(max));
        std::set<QString> ids;
        for (qsizetype i = 0; i < entries.size(); ++i) {
            const QString place = u"%1%2[%3]."_s.arg(m_place, m_key).arg(i);
            if (!entries.at(i).isObject())
                return wrong(place.chopped(1), u"must be an object"_s);
            QJsonObject entry = entries.at(i).toObject();
            if (textOf(entry, u"id"_s).isEmpty())
                entry.insert(u"id"_s, QString::number(i + 1));
            if (!ids.insert(textOf(entry, u"id"_s)).second)
                return wrong(place + u"id"_s, u"is there twice"_s);
            if (const Problem problem = problemWithText(entry, u"id"_s, place, MaxTitle, true))
                return problem;
            if (const Problem problem = check(entry, place))
                return problem;
            entries[i] = entry;
        }
        if (!entries.isEmpty())
            m_owner.insert(m_key, entries);
        return std::nullopt;
    }

private:
    QJsonObject &m_owner;
    QString m_key;
    QString m_place;
};

Problem checkOption(QJsonObject &option, const QString &place)
{
    for (const auto &[key, isRequired] :
         {std::pair(u"title"_s, true), {u"description"_s, false}, {u"section"_s, false}}) {
        if (const Problem problem = problemWithText(option, key, place, MaxTitle, isRequired))
            return problem;
    }
    if (const Problem problem = problemWithUrl(option, u"url"_s, place, false))
        return problem;
    return problemWithUrl(option, u"image_url"_s, place, false);
}

Problem checkOptions(QJsonObject &rich, const QString &place = {}, bool isRequired = true)
{
    return Entries(rich, u"options"_s, place).run(MaxOptions, isRequired, checkOption);
}

Problem checkSlot(QJsonObject &slot, const QString &place)
{
    if (!Time::fromString(textOf(slot, u"start"_s)).isSet())
        return wrong(place + u"start"_s, u"must be a time like 2026-11-20T10:30:00+01:00"_s);
    const int minutes = slot.value(u"minutes"_s).toInt(0);
    if (minutes < 0 || minutes > MaxMinutes)
        return wrong(place + u"minutes"_s, u"must be between 0 and %1"_s.arg(MaxMinutes));
    return std::nullopt;
}

Problem checkField(QJsonObject &entry, const QString &place)
{
    if (const Problem problem = problemWithText(entry, u"label"_s, place, MaxTitle, true))
        return problem;
    const QString type = entry.value(u"type"_s).toString(u"text"_s);
    if (!FieldTypes.contains(type))
        return wrong(place + u"type"_s, u"must be one of "_s + FieldTypes.join(u", "_s));
    entry.insert(u"type"_s, type);
    return checkOptions(entry, place, type == u"choice"_s);
}

Problem checkCard(QJsonObject &card, const QString &place)
{
    if (const Problem problem = problemWithText(card, u"title"_s, place, MaxTitle, true))
        return problem;
    if (const Problem problem = problemWithText(card, u"text"_s, place, MaxText, false))
        return problem;
    if (const Problem problem = problemWithUrl(card, u"image_url"_s, place, false))
        return problem;
    return checkOptions(card, place, false);
}

Problem checkTimePicker(QJsonObject &rich)
{
    const QString zone = textOf(rich, u"time_zone"_s);
    if (!zone.isEmpty() && !QTimeZone(zone.toLatin1()).isValid())
        return wrong(u"time_zone"_s, u"is not a time zone, such as Europe/Warsaw"_s);
    return Entries(rich, u"slots"_s, {}).run(MaxOptions, true, checkSlot);
}

Problem checkLink(QJsonObject &rich)
{
    if (const Problem problem = problemWithUrl(rich, u"url"_s, {}, true))
        return problem;
    if (const Problem problem = problemWithUrl(rich, u"image_url"_s, {}, false))
        return problem;
    return problemWithText(rich, u"title"_s, {}, MaxTitle, false);
}

Problem checkLocation(QJsonObject &rich)
{
    const QJsonValue latitude = rich.value(u"latitude"_s);
    const QJsonValue longitude = rich.value(u"longitude"_s);
    if (!latitude.isDouble() || std::abs(latitude.toDouble()) > 90)
        return wrong(u"latitude"_s, u"must be between -90 and 90"_s);
    if (!longitude.isDouble() || std::abs(longitude.toDouble()) > 180)
        return wrong(u"longitude"_s, u"must be between -180 and 180"_s);
    return problemWithText(rich, u"title"_s, {}, MaxTitle, false);
}

Problem checkTemplate(QJsonObject &rich)
{
    if (const Problem problem = problemWithText(rich, u"name"_s, {}, MaxTitle, true))
        return problem;
    for (const QString &key : {u"header"_s, u"body"_s, u"buttons"_s}) {
        const QJsonValue value = rich.value(key);
        if (!value.isUndefined() && !value.isArray())
            return wrong(key, u"must be a list of texts"_s);
        for (const QJsonValue variable : value.toArray()) {
            // A button without a variable keeps its place.
            if (variable.toString().trimmed().isEmpty() && key != u"buttons"_s)
                return wrong(key, u"has an empty variable"_s);
        }
    }
    static const QStringList formats{u"text"_s, u"image"_s, u"video"_s, u"document"_s};
    const QJsonValue format = rich.value(u"header_format"_s);
    if (!format.isUndefined() && !formats.contains(format.toString()))
        return wrong(u"header_format"_s, u"must be one of "_s + formats.join(u", "_s));
    return std::nullopt;
}

using Check = Problem (*)(QJsonObject &);

const std::map<QString, Check> &checks()
{
    static const Check choice = [](QJsonObject &rich) {
        if (const Problem problem = problemWithText(rich, u"text"_s, {}, MaxText, true))
            return problem;
        return checkOptions(rich);
    };
    static const Check cards = [](QJsonObject &rich) {
        return Entries(rich, u"cards"_s, {}).run(MaxCards, true, checkCard);
    };
    static const std::map<QString, Check> all{
        {u"quick_replies"_s, choice},
        {u"list_picker"_s, choice},
        {u"buttons"_s, choice},
        {u"time_picker"_s, checkTimePicker},
        {u"form"_s,
         [](QJsonObject &rich) {
             return Entries(rich, u"fields"_s, {}).run(MaxFields, true, checkField);
         }},
        {u"rich_link"_s, checkLink},
        {u"markup_text"_s,
         [](QJsonObject &rich) { return problemWithText(rich, u"markdown"_s, {}, MaxText, true); }},
        {u"adaptive_card"_s,
         [](QJsonObject &rich) {
             const bool isCard =
                 textOf(rich.value(u"card"_s).toObject(), u"type"_s) == u"AdaptiveCard"_s;
             return isCard ? Problem() : Problem(wrong(u"card"_s, u"is no Adaptive Card"_s));
         }},
        {u"card"_s, cards},
        {u"carousel"_s, cards},
        {u"location"_s, checkLocation},
        {u"template"_s, checkTemplate}};
    return all;
}

Option optionFrom(const QJsonObject &entry)
{
    return {textOf(entry, u"id"_s),      textOf(entry, u"title"_s), textOf(entry, u"description"_s),
            textOf(entry, u"section"_s), textOf(entry, u"url"_s),   textOf(entry, u"image_url"_s)};
}

std::vector<Option> optionsIn(const QJsonArray &entries)
{
    std::vector<Option> options;
    for (const QJsonValue entry : entries)
        options.push_back(optionFrom(entry.toObject()));
    return options;
}

/// Not valid = none was named: an empty name would be this PC's own zone, and no two PCs the same.
QTimeZone zoneNamed(const QString &name)
{
    return name.isEmpty() ? QTimeZone() : QTimeZone(name.toLatin1());
}

/// The C locale's short time has seconds, which nobody makes an appointment for.
QString clockTime(const QTime &time, const QLocale &locale)
{
    return locale == QLocale::c() ? time.toString(u"HH:mm"_s)
                                  : locale.toString(time, QLocale::ShortFormat);
}

/// Without a zone the time is the world's, and says so.
Option slotOption(const QJsonObject &slot, const QTimeZone &zone, const QLocale &locale)
{
    const Time start = Time::fromString(textOf(slot, u"start"_s));
    QDateTime from = QDateTime::fromMSecsSinceEpoch(start.ms, Qt::UTC);
    if (zone.isValid())
        from = from.toTimeZone(zone);
    QString title = locale.toString(from.date(), QLocale::LongFormat) + u", "_s +
                    clockTime(from.time(), locale);
    if (const int minutes = slot.value(u"minutes"_s).toInt(0); minutes > 0)
        title += u" – "_s + clockTime(from.addSecs(minutes * 60).time(), locale);
    if (!zone.isValid())
        title += u" UTC"_s;
    return {textOf(slot, u"id"_s), title, {}, {}, {}, {}};
}

/// Lines that have something to say. Choices are numbered through, so that a number means one.
class Lines
{
public:
    void add(const QString &line)
    {
        if (!line.trimmed().isEmpty())
            m_lines << line;
    }
    void add(const std::vector<Option> &options)
    {
        QString section;
        for (const Option &option : options) {
            if (option.section != section)
                add(section = option.section);
            QString line = u"%1. %2"_s.arg(++m_number).arg(option.title);
            for (const QString &more : {option.description, option.url}) {
                if (!more.isEmpty())
                    line += u" – "_s + more;
            }
            add(line);
        }
    }
    QString text() const { return m_lines.join(u'\n'); }

private:
    QStringList m_lines;
    int m_number = 0;
};

/// CommonMark without its marks, good enough to be read.
QString withoutMarks(const QString &markdown)
{
    static const QRegularExpression link(
        u"!?\\[([^\\]\\n]{0,500})\\]\\(([^)\\s]{0,2000})[^)\\n]{0,200}\\)"_s);
    static const QRegularExpression emphasis(
        u"(\\*\\*|__|\\*|~~|`)(?=\\S)([^\\n]{0,2000}?\\S)\\1"_s);
    static const QRegularExpression underlined(
        u"(?<![\\w_])_(?=[^\\s_])([^\\n]{0,2000}?[^\\s_])_(?![\\w_])"_s,
        QRegularExpression::UseUnicodePropertiesOption);
    static const QRegularExpression address(u"<((?:https?://|mailto:)[^<>\\s]{1,1000})>"_s);
    static const QRegularExpression heading(u"^ {0,3}#{1,6} +"_s,
                                            QRegularExpression::MultilineOption);
    static const QRegularExpression tag(u"<[A-Za-z/][^<>]{0,1000}>"_s);
    QString text = markdown;
    text.replace(address, u"\\1"_s);
    text.replace(link, u"\\1 (\\2)"_s);
    text.replace(emphasis, u"\\2"_s);
    text.replace(emphasis, u"\\2"_s); // bold in italics
    text.replace(underlined, u"\\1"_s);
    text.remove(heading);
    text.remove(tag);
    return text;
}

/// What a number in a customer's text can mean, and where its value belongs in a form or card.
struct Choice
{
    Option option;
    QString field = {}; ///< empty = the message is one question
    bool isOneOfSeveral = false;
};

/// An Adaptive Card in reading order: its words, its links and what can be chosen.
class CardReader
{
public:
    /// `hasWords`: somebody wrote down what the card says; choices and links are read only.
    CardReader(const QJsonObject &card, bool hasWords)
        : m_hasWords(hasWords)
        , m_hasInputs(hasInput(card, 0))
    {
        read(card, 0);
        if (m_lines.text().isEmpty() && !hasWords)
            m_lines.add(textOf(card, u"fallbackText"_s));
    }
    QString text() const { return m_lines.text(); }
    const std::vector<Choice> &choices() const { return m_choices; }

private:
    static constexpr int MaxDepth = 32;

    static const QStringList &parts()
    {
        static const QStringList keys{
            u"body"_s,   u"items"_s,        u"columns"_s, u"rows"_s,         u"cells"_s,
            u"images"_s, u"inlineAction"_s, u"actions"_s, u"selectAction"_s, u"card"_s};
        return keys;
    }
    static bool hasInput(const QJsonValue &value, int depth)
    {
        if (depth > MaxDepth)
            return false;
        if (value.isArray()) {
            const QJsonArray all = value.toArray();
            return std::any_of(all.begin(), all.end(),
                               [depth](const QJsonValue &one) { return hasInput(one, depth + 1); });
        }
        return value[u"type"].toString().startsWith(u"Input."_s) ||
               std::any_of(parts().begin(), parts().end(), [&](const QString &key) {
                   return value.isObject() && hasInput(value.toObject().value(key), depth + 1);
               });
    }

    void say(const QString &line)
    {
        if (!m_hasWords)
            m_lines.add(withoutMarks(line));
    }
    void offer(const std::vector<Option> &options, const QString &field, bool isOneOfSeveral)
    {
        m_lines.add(options);
        for (const Option &option : options)
            m_choices.push_back({option, field, isOneOfSeveral});
    }

    void read(const QJsonValue &value, int depth)
    {
        if (depth > MaxDepth)
            return;
        if (value.isArray()) {
            for (const QJsonValue entry : value.toArray())
                read(entry, depth + 1);
            return;
        }
        if (!value.isObject())
            return;
        const QJsonObject element = value.toObject();
        const QString type = textOf(element, u"type"_s);
        if (type.startsWith(u"Action."_s))
            readAction(element, type);
        else if (type.startsWith(u"Input."_s))
            readInput(element, type);
        else
            readWords(element, depth);
        for (const QString &key : parts())
            read(element.value(key), depth + 1);
    }

    void readWords(const QJsonObject &element, int depth)
    {
        for (const QString &key : {u"text"_s, u"altText"_s})
            say(textOf(element, key));
        QString line;
        for (const QJsonValue run : element.value(u"inlines"_s).toArray())
            line += run.isString() ? run.toString() : run[u"text"].toString();
        say(line);
        for (const QJsonValue fact : element.value(u"facts"_s).toArray())
            say(fact[u"title"].toString() + u' ' + fact[u"value"].toString());
        static const QStringList known{
            u"AdaptiveCard"_s, u"TextBlock"_s, u"RichTextBlock"_s, u"Image"_s,     u"ImageSet"_s,
            u"Media"_s,        u"Container"_s, u"ColumnSet"_s,     u"Column"_s,    u"FactSet"_s,
            u"ActionSet"_s,    u"Table"_s,     u"TableRow"_s,      u"TableCell"_s, QString()};
        if (!known.contains(textOf(element, u"type"_s)))
            read(element.value(u"fallback"_s), depth + 1);
    }

    void readInput(const QJsonObject &element, const QString &type)
    {
        const QString label = textOf(element, u"label"_s);
        say(label.isEmpty() ? textOf(element, u"placeholder"_s) : label);
        if (type == u"Input.Toggle"_s)
            say(textOf(element, u"title"_s));
        std::vector<Option> options;
        for (const QJsonValue choice : element.value(u"choices"_s).toArray())
            options.push_back(
                {choice[u"value"].toString(), choice[u"title"].toString(), {}, {}, {}, {}});
        offer(options, textOf(element, u"id"_s), element.value(u"isMultiSelect"_s).toBool());
    }

    /// Buttons are the choices of a card that asks nothing else.
    void readAction(const QJsonObject &action, const QString &type)
    {
        const QString title = textOf(action, u"title"_s);
        const QString url = textOf(action, u"url"_s);
        const QString id = textOf(action, u"id"_s);
        if (!url.isEmpty())
            return m_lines.add(title.isEmpty() ? url : title + u" – "_s + url);
        const bool isButton = type == u"Action.Submit"_s || type == u"Action.Execute"_s;
        if (isButton && !m_hasInputs && !title.isEmpty())
            return offer({{id.isEmpty() ? title : id, title, {}, {}, {}, {}}}, {}, false);
        if (type == u"Action.ShowCard"_s)
            say(title);
    }

    bool m_hasWords;
    bool m_hasInputs;
    Lines m_lines;
    std::vector<Choice> m_choices;
};

CardReader cardOf(const QJsonObject &rich)
{
    return {rich.value(u"card"_s).toObject(), !textOf(rich, u"text"_s).trimmed().isEmpty()};
}

void addBody(const QJsonObject &rich, Lines &lines, const QLocale &locale)
{
    const QString kind = textOf(rich, u"kind"_s);
    if (kind == u"markup_text"_s)
        return lines.add(withoutMarks(textOf(rich, u"markdown"_s)));
    if (kind == u"adaptive_card"_s)
        return lines.add(cardOf(rich).text());
    lines.add(textOf(rich, u"title"_s));
    lines.add(textOf(rich, u"location"_s));
    if (kind == u"rich_link"_s)
        lines.add(textOf(rich, u"text"_s));
    lines.add(textOf(rich, u"url"_s));
    if (kind == u"location"_s)
        lines.add(u"https://www.openstreetmap.org/?mlat=%1&mlon=%2"_s
                      .arg(rich.value(u"latitude"_s).toDouble(), 0, 'f', 6)
                      .arg(rich.value(u"longitude"_s).toDouble(), 0, 'f', 6));
    for (const QJsonValue card : rich.value(u"cards"_s).toArray()) {
        lines.add(card[u"title"].toString());
        lines.add(card[u"text"].toString());
    }
    for (const QJsonValue entry : rich.value(u"fields"_s).toArray()) {
        const QString label = entry[u"label"].toString();
        lines.add(label.endsWith(u':') || label.endsWith(u'?') ? label : label + u':');
        lines.add(optionsIn(entry[u"options"].toArray()));
    }
    lines.add(optionsOf(rich, locale));
}

/// All that the readable text has numbers for, in that order.
std::vector<Choice> choicesOf(const QJsonObject &rich)
{
    if (textOf(rich, u"kind"_s) == u"adaptive_card"_s)
        return cardOf(rich).choices();
    std::vector<Choice> choices;
    for (const QJsonValue field : rich.value(u"fields"_s).toArray()) {
        for (const Option &option : optionsIn(field[u"options"].toArray()))
            choices.push_back({option, field[u"id"].toString()});
    }
    const bool isMultiple = rich.value(u"multiple"_s).toBool();
    for (const Option &option : optionsOf(rich))
        choices.push_back({option, {}, isMultiple});
    return choices;
}

/// "2", "#2", "2." or, where several may be chosen, "1, 3"; nothing if there is more in the text.
std::vector<size_t> numbersIn(const QString &text)
{
    static const QRegularExpression number(u"^#?(\\d{1,3})[.):]?$"_s);
    static const QRegularExpression between(u"[\\s,;&+/]+"_s);
    std::vector<size_t> found;
    for (const QString &word : text.split(between, Qt::SkipEmptyParts)) {
        const auto match = number.match(word);
        if (!match.hasMatch() || found.size() > MaxOptions)
            return {};
        found.push_back(match.captured(1).toUInt());
    }
    return found;
}

/// What a text means: an exact title, or the numbers of choices that go together.
std::vector<Choice> meant(const std::vector<Choice> &choices, const QString &text)
{
    const QString said = text.trimmed();
    for (const Choice &choice : choices) { // a title that is a number comes before places
        if (choice.option.title.trimmed().compare(said, Qt::CaseInsensitive) == 0)
            return {choice};
    }
    std::vector<Choice> chosen;
    for (const size_t place : numbersIn(said)) {
        if (place < 1 || place > choices.size())
            return {};
        const Choice &next = choices[place - 1];
        const bool isClash = std::any_of(chosen.begin(), chosen.end(), [&](const Choice &one) {
            return one.field == next.field && !next.isOneOfSeveral;
        });
        if (isClash)
            return {};
        chosen.push_back(next);
    }
    return chosen;
}

const Option *byPayload(const std::vector<Option> &options, const QString &payload)
{
    for (const Option &option : options) {
        if (option.id == payload)
            return &option;
    }
    if (!payload.startsWith(u'#'))
        return nullptr;
    const size_t place = QStringView(payload).mid(1).toUInt();
    return place >= 1 && place <= options.size() ? &options[place - 1] : nullptr;
}

} // namespace

const QStringList &kinds()
{
    static const QStringList names = [] {
        QStringList all;
        for (const auto &[name, check] : checks())
            all << name;
        return all;
    }();
    return names;
}

QString kindOf(const Json &rich)
{
    return rich.isEmpty() ? QString() : textOf(json::object(rich), u"kind"_s);
}

Result<QJsonObject> checked(const QJsonObject &rich)
{
    if (QJsonDocument(rich).toJson(QJsonDocument::Compact).size() > MaxBytes)
        return Error{Error::Code::TooLarge, u"rich: more than %1 bytes"_s.arg(MaxBytes), {}};
    const auto check = checks().find(textOf(rich, u"kind"_s));
    if (check == checks().end())
        return wrong(u"kind"_s, u"must be one of "_s + kinds().join(u", "_s));
    QJsonObject whole = rich;
    if (const Problem problem = problemWithText(whole, u"text"_s, {}, MaxText, false))
        return *problem;
    if (const Problem problem = check->second(whole))
        return *problem;
    return whole;
}

std::vector<Option> optionsOf(const QJsonObject &rich, const QLocale &locale)
{
    std::vector<Option> options = optionsIn(rich.value(u"options"_s).toArray());
    const QTimeZone zone = zoneNamed(textOf(rich, u"time_zone"_s));
    for (const QJsonValue slot : rich.value(u"slots"_s).toArray())
        options.push_back(slotOption(slot.toObject(), zone, locale));
    for (const QJsonValue card : rich.value(u"cards"_s).toArray()) {
        for (const Option &option : optionsIn(card[u"options"].toArray()))
            options.push_back(option);
    }
    return options;
}

QString fallbackText(const QJsonObject &rich, const QLocale &locale)
{
    Lines lines;
    const bool isLink = textOf(rich, u"kind"_s) == u"rich_link"_s; // its text is below its title
    if (!isLink)
        lines.add(textOf(rich, u"text"_s));
    addBody(rich, lines, locale);
    return lines.text();
}

bool isNative(const channels::Capabilities &capabilities, const QString &kind, Sender who)
{
    const auto use = capabilities.rich.find(kind);
    if (use == capabilities.rich.end() || use->second == channels::RichUse::Text)
        return false;
    return use->second == channels::RichUse::Agent || who == Sender::Flow;
}

QString shortened(const QString &text, int most)
{
    if (text.size() <= most)
        return text;
    QString kept = text.left(most - 1);
    if (kept.back().isHighSurrogate())
        kept.chop(1);
    return kept.trimmed() + u'…';
}

QString payloadOf(const Option &option, int place, qsizetype maxBytes)
{
    const bool fits = option.id.toUtf8().size() <= maxBytes && !option.id.startsWith(u'#');
    return fits ? option.id : u'#' + QString::number(place);
}

QJsonObject answer(const QString &payload, const QString &title)
{
    return {{u"kind"_s, u"answer"_s}, {u"payload"_s, payload}, {u"title"_s, title}};
}

QJsonObject formAnswer(const QJsonObject &values)
{
    return {{u"kind"_s, u"answer"_s}, {u"values"_s, values}};
}

QJsonObject answered(const QJsonObject &question, const QJsonObject &given, const QString &text)
{
    if (given.contains(u"values"_s))
        return given;
    const std::vector<Option> options = optionsOf(question);
    QStringList payloads{textOf(given, u"payload"_s)};
    for (const QJsonValue payload : given.value(u"options"_s).toArray())
        payloads << payload.toString();
    payloads.removeAll(QString());
    std::vector<Choice> chosen;
    for (const QString &payload : payloads) {
        if (const Option *option = byPayload(options, payload))
            chosen.push_back({*option});
    }
    if (payloads.isEmpty()) {
        const std::vector<Choice> choices = choicesOf(question);
        chosen = meant(choices, text);
        if (chosen.empty()) // as mails are written: the answer, then a greeting
            chosen = meant(choices, text.trimmed().section(u"\n\n"_s, 0, 0));
    }
    if (chosen.empty())
        return given;
    QJsonObject whole = given;
    QStringList ids;
    QStringList titles;
    QJsonObject values;
    for (const Choice &choice : chosen) {
        ids << choice.option.id;
        titles << choice.option.title;
        const QString before = textOf(values, choice.field);
        if (!choice.field.isEmpty()) // several of one field as Adaptive Cards write them
            values.insert(choice.field,
                          before.isEmpty() ? choice.option.id : before + u',' + choice.option.id);
    }
    whole.insert(u"kind"_s, u"answer"_s);
    whole.insert(u"title"_s, titles.join(u", "_s));
    if (ids.size() == 1)
        whole.insert(u"option"_s, ids.front());
    else
        whole.insert(u"options"_s, QJsonArray::fromStringList(ids));
    if (!values.isEmpty())
        whole.insert(u"values"_s, values);
    return whole;
}

} // namespace peerdesk::rich
