// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/api/rich.h"
#include "core/channels/line/linerequests.h"
#include "core/channels/line/numbers.h"
#include "core/channels/line/words.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QTimeZone>

/// Rich content as LINE's quick replies, templates and locations.
namespace peerdesk::channels::line {

using namespace Qt::StringLiterals;

namespace {

using Options = std::vector<rich::Option>;

QJsonObject action(const rich::Option &option, int place, const QString &label = {})
{
    const QString shown = rich::shortened(label.isEmpty() ? option.title : label, MaxLabel);
    if (!option.url.isEmpty())
        return {{u"type"_s, u"uri"_s}, {u"label"_s, shown}, {u"uri"_s, option.url}};
    return {{u"type"_s, u"postback"_s},
            {u"label"_s, shown},
            {u"data"_s, rich::payloadOf(option, place, MaxData)},
            {u"displayText"_s, rich::shortened(option.title, MaxDisplayText)}};
}

QJsonArray actions(const Options &options)
{
    QJsonArray out;
    for (const rich::Option &option : options)
        out.append(action(option, int(out.size()) + 1));
    return out;
}

QJsonObject textMessage(const QString &text, const QJsonArray &quickReplies)
{
    QJsonArray items;
    for (const QJsonValue one : quickReplies)
        items.append(QJsonObject{{u"type"_s, u"action"_s}, {u"action"_s, one}});
    return {{u"type"_s, u"text"_s},
            {u"text"_s, text},
            {u"quickReply"_s, QJsonObject{{u"items"_s, items}}}};
}

QJsonObject templateMessage(const QJsonObject &rich, const QJsonObject &content)
{
    return {{u"type"_s, u"template"_s},
            {u"altText"_s, rich::shortened(rich::fallbackText(rich), MaxAltText)},
            {u"template"_s, content}};
}

bool isChoice(const QString &text, const Options &options)
{
    return !options.empty() && !text.trimmed().isEmpty() && text.size() <= MaxText;
}

std::vector<QJsonObject> quickReplies(const QString &text, const Options &options)
{
    if (!isChoice(text, options) || options.size() > size_t(MaxQuickReplies))
        return {};
    return {textMessage(text, actions(options))};
}

std::vector<QJsonObject> buttons(const QJsonObject &rich, const QString &text,
                                 const Options &options)
{
    if (options.size() > size_t(MaxButtons) || text.size() > MaxButtonsText)
        return quickReplies(text, options);
    if (!isChoice(text, options))
        return {};
    return {templateMessage(
        rich, {{u"type"_s, u"buttons"_s}, {u"text"_s, text}, {u"actions"_s, actions(options)}})};
}

/// A column for each: what it is, and a button to take it.
std::vector<QJsonObject> columns(const QJsonObject &rich, const QString &text,
                                 const Options &options)
{
    const auto fits = [](const rich::Option &option) {
        return option.title.size() <= MaxTitle && option.description.size() <= MaxColumnText;
    };
    if (!isChoice(text, options) || options.size() > size_t(MaxColumns) ||
        !std::all_of(options.begin(), options.end(), fits))
        return quickReplies(text, options);
    const QString label = QCoreApplication::translate("Line", "Choose");
    const bool havePictures = std::all_of(options.begin(), options.end(), [](const auto &option) {
        return option.imageUrl.startsWith(u"https://"_s);
    });
    QJsonArray out;
    for (const rich::Option &option : options) {
        const QString below = option.description.isEmpty() ? option.section : option.description;
        QJsonObject column{
            {u"title"_s, option.title},
            {u"text"_s, below.isEmpty() ? u"–"_s : rich::shortened(below, MaxColumnText)},
            {u"actions"_s, QJsonArray{action(option, int(out.size()) + 1, label)}}};
        if (havePictures)
            column.insert(u"thumbnailImageUrl"_s, option.imageUrl);
        out.append(column);
    }
    return {{{u"type"_s, u"text"_s}, {u"text"_s, text}},
            templateMessage(rich, {{u"type"_s, u"carousel"_s}, {u"columns"_s, out}})};
}

/// The offered times as quick replies, and LINE's own picker for another one.
std::vector<QJsonObject> times(const QJsonObject &rich, const QString &text, const Options &options)
{
    if (options.size() >= size_t(MaxQuickReplies))
        return {};
    const QString named = textAt(rich, u"time_zone"_s);
    const QTimeZone zone = named.isEmpty() ? QTimeZone() : QTimeZone(named.toLatin1());
    const QJsonArray offered = rich.value(u"slots"_s).toArray();
    QJsonArray items;
    QDateTime first;
    for (size_t i = 0; i < options.size(); ++i) {
        const Time start = Time::fromString(offered[qsizetype(i)][u"start"].toString());
        QDateTime local = QDateTime::fromMSecsSinceEpoch(start.ms, Qt::UTC);
        if (zone.isValid())
            local = local.toTimeZone(zone);
        first = first.isValid() ? first : local;
        const QString label = QLocale::c().toString(local, u"ddd d MMM HH:mm"_s);
        items.append(action(options[i], int(i) + 1, label));
    }
    items.append(QJsonObject{{u"type"_s, u"datetimepicker"_s},
                             {u"label"_s, QCoreApplication::translate("Line", "Another time")},
                             {u"data"_s, QString(PickedTime)},
                             {u"mode"_s, u"datetime"_s},
                             {u"initial"_s, first.toString(u"yyyy-MM-ddTHH:mm"_s)}});
    const QString place = textAt(rich, u"location"_s);
    const QString whole = (text.isEmpty() ? QCoreApplication::translate("Line", "When?") : text) +
                          (place.isEmpty() ? QString() : u'\n' + place);
    return whole.size() <= MaxText ? std::vector{textMessage(whole, items)}
                                   : std::vector<QJsonObject>();
}

/// Title and text as a column has them; empty if they do not fit.
QJsonObject cardBody(const QJsonObject &card)
{
    const QString title = textAt(card, u"title"_s);
    const QString text = textAt(card, u"text"_s);
    if (title.isEmpty() || title.size() > MaxTitle || text.size() > MaxColumnText)
        return {};
    QJsonObject body{{u"title"_s, title}, {u"text"_s, text.isEmpty() ? u"–"_s : text}};
    const QString picture = textAt(card, u"image_url"_s);
    if (picture.startsWith(u"https://"_s))
        body.insert(u"thumbnailImageUrl"_s, picture);
    return body;
}

/// LINE wants the same number of buttons, and pictures in all columns or in none.
std::vector<QJsonObject> cards(const QJsonObject &rich)
{
    const QJsonArray all = rich.value(u"cards"_s).toArray();
    QJsonArray out;
    qsizetype buttonsEach = 0;
    int pictures = 0;
    int place = 0;
    for (const QJsonValue card : all) {
        QJsonObject column = cardBody(card.toObject());
        QJsonArray taps;
        const Options options =
            rich::optionsOf({{u"options"_s, card.toObject().value(u"options"_s)}});
        for (const rich::Option &option : options)
            taps.append(action(option, ++place));
        const bool isAlike = out.isEmpty() || taps.size() == buttonsEach;
        if (column.isEmpty() || taps.isEmpty() || taps.size() > MaxColumnActions || !isAlike)
            return {};
        buttonsEach = taps.size();
        pictures += column.contains(u"thumbnailImageUrl"_s) ? 1 : 0;
        column.insert(u"actions"_s, taps);
        out.append(column);
    }
    if (out.isEmpty() || out.size() > MaxColumns || (pictures != 0 && pictures != out.size()))
        return {};
    std::vector<QJsonObject> messages;
    const QString text = textAt(rich, u"text"_s);
    if (!text.isEmpty() && text.size() <= MaxText)
        messages.push_back({{u"type"_s, u"text"_s}, {u"text"_s, text}});
    messages.push_back(templateMessage(rich, {{u"type"_s, u"carousel"_s}, {u"columns"_s, out}}));
    return messages;
}

std::vector<QJsonObject> link(const QJsonObject &rich)
{
    const QString title = textAt(rich, u"title"_s);
    const QString text = textAt(rich, u"text"_s);
    const QString shown = text.isEmpty() ? title : text;
    if (shown.isEmpty() || shown.size() > MaxButtonsTextShort || title.size() > MaxTitle)
        return {};
    const rich::Option open{
        {}, QCoreApplication::translate("Line", "Open"), {}, {}, textAt(rich, u"url"_s), {}};
    QJsonObject content{
        {u"type"_s, u"buttons"_s}, {u"text"_s, shown}, {u"actions"_s, QJsonArray{action(open, 1)}}};
    if (!title.isEmpty() && !text.isEmpty())
        content.insert(u"title"_s, title);
    const QString picture = textAt(rich, u"image_url"_s);
    if (picture.startsWith(u"https://"_s))
        content.insert(u"thumbnailImageUrl"_s, picture);
    return {templateMessage(rich, content)};
}

QJsonObject place(const QJsonObject &rich)
{
    QString title = textAt(rich, u"title"_s);
    QString address = textAt(rich, u"text"_s);
    if (title.isEmpty())
        title = QCoreApplication::translate("Line", "Location");
    if (address.isEmpty())
        address = title;
    return {{u"type"_s, u"location"_s},
            {u"title"_s, rich::shortened(title, MaxPlace)},
            {u"address"_s, rich::shortened(address, MaxPlace)},
            {u"latitude"_s, rich.value(u"latitude"_s)},
            {u"longitude"_s, rich.value(u"longitude"_s)}};
}

} // namespace

std::vector<QJsonObject> richMessages(const QJsonObject &rich)
{
    const QString kind = textAt(rich, u"kind"_s);
    const QString text = textAt(rich, u"text"_s);
    const Options options = rich::optionsOf(rich);
    if (kind == u"quick_replies"_s)
        return quickReplies(text, options);
    if (kind == u"buttons"_s)
        return buttons(rich, text, options);
    if (kind == u"list_picker"_s)
        return columns(rich, text, options);
    if (kind == u"time_picker"_s)
        return times(rich, text, options);
    if (kind == u"card"_s || kind == u"carousel"_s)
        return cards(rich);
    if (kind == u"rich_link"_s)
        return link(rich);
    if (kind == u"location"_s)
        return {place(rich)};
    return {};
}

} // namespace peerdesk::channels::line
