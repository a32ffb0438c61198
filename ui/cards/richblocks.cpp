// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cards/richblocks.h"

#include "core/base/time.h"
#include "ui/cards/adaptivecard.h"
#include "ui/cards/markup.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QTimeZone>

#include <functional>
#include <map>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct RichWords
{
    Q_DECLARE_TR_FUNCTIONS(RichView)
};

constexpr qsizetype MaxEntries = 100;
constexpr qsizetype MaxValue = 8'000;
constexpr qsizetype MaxBeside = 3; ///< cards of a carousel in one row

QString textOf(const QJsonValue &object, const QString &key)
{
    return object[key].toString().left(MaxValue);
}

Block textBlock(const QString &words, double size = 14, bool isBold = false)
{
    Block block;
    block.kind = Block::Kind::Text;
    block.text.text = words;
    block.size = size;
    block.isBold = isBold;
    return block;
}

void addText(Block &into, const QString &words, double size = 14, bool isBold = false)
{
    if (!words.trimmed().isEmpty())
        into.children.push_back(textBlock(words, size, isBold));
}

void addSubtle(Block &into, const QString &words)
{
    if (words.trimmed().isEmpty())
        return;
    Block block = textBlock(words, 12.5);
    block.tone = Block::Tone::Subtle;
    into.children.push_back(std::move(block));
}

Block optionBlock(const QJsonValue &option, Block::Kind kind)
{
    Block block;
    block.kind = kind;
    block.text.text = textOf(option, u"title"_s);
    block.detail = textOf(option, u"description"_s);
    block.url = openable(textOf(option, u"url"_s));
    return block;
}

void addOptions(Block &into, const QJsonValue &options, Block::Kind kind, bool isMultiple = false)
{
    QString section;
    qsizetype count = 0;
    for (const QJsonValue option : options.toArray()) {
        if (++count > MaxEntries)
            break;
        if (const QString own = textOf(option, u"section"_s); own != section)
            addSubtle(into, section = own);
        into.children.push_back(optionBlock(option, kind));
        into.children.back().isMultiple = isMultiple;
    }
}

void addPicture(Block &into, const QString &address, const QString &words)
{
    if (address.isEmpty())
        return;
    Block block;
    block.kind = Block::Kind::Picture;
    block.text.text = words;
    block.url = openable(address);
    into.children.push_back(std::move(block));
}

/// They stand below the bubble, as at the customer's.
void fillReplies(const QJsonObject &rich, RichView &view, const QLocale &)
{
    for (const QJsonValue option : rich[u"options"_s].toArray()) {
        if (view.choices.size() < MaxEntries)
            view.choices += textOf(option, u"title"_s);
    }
}

void fillButtons(const QJsonObject &rich, RichView &view, const QLocale &)
{
    addOptions(view.body, rich[u"options"_s], Block::Kind::Button);
}

void fillList(const QJsonObject &rich, RichView &view, const QLocale &)
{
    addOptions(view.body, rich[u"options"_s], Block::Kind::Choice, rich[u"multiple"_s].toBool());
    if (const QString button = textOf(rich, u"button"_s); !button.isEmpty()) {
        Block block;
        block.kind = Block::Kind::Button;
        block.text.text = button;
        view.body.children.push_back(std::move(block));
    }
}

QString slotText(const QJsonValue &slot, const QTimeZone &zone, const QLocale &locale)
{
    const Time start = Time::fromString(textOf(slot, u"start"_s));
    QDateTime from = QDateTime::fromMSecsSinceEpoch(start.ms, Qt::UTC);
    if (zone.isValid())
        from = from.toTimeZone(zone);
    const int minutes = slot[u"minutes"].toInt();
    const QString begin = locale.toString(from.time(), QLocale::ShortFormat);
    const QString day = locale.toString(from.date(), QLocale::LongFormat);
    if (minutes <= 0)
        return RichWords::tr("%1, %2", "date, time").arg(day, begin);
    const QString end = locale.toString(from.addSecs(minutes * 60).time(), QLocale::ShortFormat);
    return RichWords::tr("%1, %2 \u2013 %3", "date, from, to").arg(day, begin, end);
}

void fillTimes(const QJsonObject &rich, RichView &view, const QLocale &locale)
{
    const QString name = textOf(rich, u"time_zone"_s);
    // An empty name would be this PC's own zone; without one the time is the world's.
    const QTimeZone zone = name.isEmpty() ? QTimeZone() : QTimeZone(name.toLatin1());
    addText(view.body, textOf(rich, u"location"_s), 14, true);
    qsizetype count = 0;
    for (const QJsonValue slot : rich[u"slots"_s].toArray()) {
        if (++count > MaxEntries)
            break;
        Block choice;
        choice.kind = Block::Kind::Choice;
        choice.text.text = slotText(slot, zone, locale);
        view.body.children.push_back(std::move(choice));
    }
    addSubtle(view.body, zone.isValid() ? name : u"UTC"_s);
}

void fillForm(const QJsonObject &rich, RichView &view, const QLocale &)
{
    qsizetype count = 0;
    for (const QJsonValue field : rich[u"fields"_s].toArray()) {
        if (++count > MaxEntries)
            break;
        const QString star = field[u"required"].toBool() ? u" *"_s : QString();
        const QString type = textOf(field, u"type"_s);
        if (type == u"choice"_s) {
            addText(view.body, textOf(field, u"label"_s) + star);
            addOptions(view.body, field[u"options"], Block::Kind::Choice);
            continue;
        }
        Block block;
        block.kind = type == u"switch"_s ? Block::Kind::Choice : Block::Kind::Field;
        block.isMultiple = true;
        block.text.text = textOf(field, u"label"_s) + star;
        view.body.children.push_back(std::move(block));
    }
    Block send;
    send.kind = Block::Kind::Button;
    send.text.text = textOf(rich, u"submit"_s);
    if (send.text.text.isEmpty())
        send.text.text = RichWords::tr("Send", "button of a form");
    view.body.children.push_back(std::move(send));
}

void fillLink(const QJsonObject &rich, RichView &view, const QLocale &)
{
    const QUrl url = openable(textOf(rich, u"url"_s));
    const QString title = textOf(rich, u"title"_s);
    addPicture(view.body, textOf(rich, u"image_url"_s), title);
    addText(view.body, title, 14, true);
    Block address = textBlock(textOf(rich, u"url"_s), 12.5);
    if (!url.isEmpty())
        address.text.styles.push_back(
            {0, int(address.text.text.size()), false, false, false, false, url});
    view.body.children.push_back(std::move(address));
}

void fillMarkup(const QJsonObject &rich, RichView &view, const QLocale &)
{
    Block block = textBlock({});
    block.text = fromMarkup(textOf(rich, u"markdown"_s));
    view.body.children.push_back(std::move(block));
}

void fillAdaptive(const QJsonObject &rich, RichView &view, const QLocale &locale)
{
    view.body = cardBlocks(rich[u"card"_s].toObject(), locale);
}

Block oneCard(const QJsonValue &card)
{
    Block block;
    block.isFramed = true;
    addPicture(block, textOf(card, u"image_url"_s), textOf(card, u"title"_s));
    addText(block, textOf(card, u"title"_s), 14, true);
    addText(block, textOf(card, u"text"_s), 13);
    addOptions(block, card[u"options"], Block::Kind::Button);
    return block;
}

void fillCards(const QJsonObject &rich, RichView &view, const QLocale &)
{
    const QJsonArray cards = rich[u"cards"_s].toArray();
    for (qsizetype i = 0; i < qMin(cards.size(), MaxEntries); i += MaxBeside) {
        Block row;
        row.kind = Block::Kind::Row;
        for (qsizetype k = i; k < qMin(i + MaxBeside, cards.size()); ++k)
            row.children.push_back(oneCard(cards.at(k)));
        view.body.children.push_back(std::move(row));
    }
}

void fillLocation(const QJsonObject &rich, RichView &view, const QLocale &locale)
{
    addText(view.body, textOf(rich, u"title"_s), 14, true);
    const double latitude = rich[u"latitude"_s].toDouble();
    const double longitude = rich[u"longitude"_s].toDouble();
    addSubtle(view.body,
              RichWords::tr("%1, %2", "latitude, longitude")
                  .arg(locale.toString(latitude, 'f', 5), locale.toString(longitude, 'f', 5)));
    Block open;
    open.kind = Block::Kind::Button;
    open.text.text = RichWords::tr("Open the map");
    open.url = openable(u"https://www.openstreetmap.org/?mlat=%1&mlon=%2"_s.arg(latitude, 0, 'f', 6)
                            .arg(longitude, 0, 'f', 6));
    view.body.children.push_back(std::move(open));
}

void fillTemplate(const QJsonObject &rich, RichView &view, const QLocale &)
{
    addSubtle(view.body, RichWords::tr("Template %1 (%2)")
                             .arg(textOf(rich, u"name"_s), textOf(rich, u"language"_s)));
    if (!textOf(rich, u"text"_s).isEmpty())
        return; // it says what was filled in
    for (const QString &key : {u"header"_s, u"body"_s, u"buttons"_s}) {
        qsizetype count = 0;
        for (const QJsonValue value : rich[key].toArray()) {
            if (++count > MaxEntries)
                break;
            addText(view.body, value.toString().left(MaxValue), 13);
        }
    }
}

using Fill = void (*)(const QJsonObject &, RichView &, const QLocale &);

const std::map<QString, Fill> &fills()
{
    static const std::map<QString, Fill> all{{u"quick_replies"_s, fillReplies},
                                             {u"buttons"_s, fillButtons},
                                             {u"list_picker"_s, fillList},
                                             {u"time_picker"_s, fillTimes},
                                             {u"form"_s, fillForm},
                                             {u"rich_link"_s, fillLink},
                                             {u"markup_text"_s, fillMarkup},
                                             {u"adaptive_card"_s, fillAdaptive},
                                             {u"card"_s, fillCards},
                                             {u"carousel"_s, fillCards},
                                             {u"location"_s, fillLocation},
                                             {u"template"_s, fillTemplate}};
    return all;
}

QString valueText(const QJsonValue &value)
{
    if (value.isBool())
        return value.toBool() ? RichWords::tr("Yes") : RichWords::tr("No");
    if (value.isDouble())
        return QString::number(value.toDouble(), 'g', 15);
    if (value.isArray()) {
        QStringList parts;
        for (const QJsonValue part : value.toArray())
            parts += part.toString();
        return parts.join(u", "_s).left(MaxValue);
    }
    return value.toString().left(MaxValue);
}

/// Labels of a form's fields and titles of its choices, by id.
std::map<QString, QString> namesIn(const QJsonObject &question)
{
    std::map<QString, QString> names;
    for (const QJsonValue field : question[u"fields"_s].toArray())
        names[textOf(field, u"id"_s)] = textOf(field, u"label"_s);
    return names;
}

RichView answerView(const QJsonObject &rich, const QJsonObject &question)
{
    RichView view;
    QString asked = textOf(question, u"text"_s).simplified();
    if (asked.size() > 120)
        asked = asked.left(119) + u'\u2026';
    addSubtle(view.body, asked.isEmpty() ? RichWords::tr("Answer")
                                         : RichWords::tr("Answer to: %1").arg(asked));
    const std::map<QString, QString> names = namesIn(question);
    const QJsonObject values = rich[u"values"_s].toObject();
    qsizetype count = 0;
    for (auto it = values.begin(); it != values.end() && ++count <= MaxEntries; ++it) {
        const auto name = names.find(it.key());
        Block row;
        row.kind = Block::Kind::Row;
        Block label = textBlock(name == names.end() ? it.key().left(200) : name->second, 13, true);
        label.weight = 0.6;
        row.children = {std::move(label), textBlock(valueText(it.value()), 13)};
        view.body.children.push_back(std::move(row));
    }
    const QString title = textOf(rich, u"title"_s);
    view.isOwn = !title.isEmpty() || !values.isEmpty();
    if (values.isEmpty() && !title.isEmpty()) {
        Block choice;
        choice.kind = Block::Kind::Choice;
        choice.text.text = title;
        choice.isChosen = true;
        view.body.children.push_back(std::move(choice));
    }
    return view.isOwn ? view : RichView();
}

void speak(const Block &block, std::vector<SpokenPart> &parts)
{
    if (block.kind != Block::Kind::Stack && block.kind != Block::Kind::Row)
        parts.push_back({block.kind, block.text.text, block.detail, block.isChosen});
    for (const Block &child : block.children)
        speak(child, parts);
}

} // namespace

RichView richView(const QJsonObject &rich, const QJsonObject &question, const QLocale &locale)
{
    const QString kind = rich[u"kind"_s].toString();
    if (kind == u"answer"_s)
        return answerView(rich, question);
    RichView view;
    view.isDegraded = rich[u"degraded"_s].toBool();
    const auto fill = fills().find(kind);
    if (fill == fills().end() || view.isDegraded)
        return view;
    view.isOwn = true;
    view.text = textOf(rich, u"text"_s);
    fill->second(rich, view, locale);
    return view;
}

std::vector<SpokenPart> spokenParts(const Block &block)
{
    std::vector<SpokenPart> parts;
    speak(block, parts);
    return parts;
}

} // namespace peerdesk::ui
