// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/whatsapp/interactive.h"

#include "core/channels/api/rich.h"
#include "core/channels/whatsapp/numbers.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QSet>

namespace peerdesk::channels::whatsapp {

using namespace Qt::StringLiterals;

namespace {

QJsonObject textObject(const QString &text)
{
    return {{u"text"_s, text}};
}

/// WhatsApp refuses two buttons that read the same.
bool isEachDifferent(const std::vector<rich::Option> &options)
{
    QSet<QString> titles;
    for (const rich::Option &option : options)
        titles.insert(option.title);
    return titles.size() == qsizetype(options.size());
}

bool fitButtons(const std::vector<rich::Option> &options)
{
    const auto fits = [](const rich::Option &option) {
        return option.title.size() <= MaxButtonTitle && option.description.isEmpty() &&
               option.url.isEmpty();
    };
    return options.size() <= size_t(MaxButtons) && isEachDifferent(options) &&
           std::all_of(options.begin(), options.end(), fits);
}

QJsonObject buttons(const QString &text, const std::vector<rich::Option> &options)
{
    QJsonArray entries;
    for (const rich::Option &option : options) {
        const QString id = rich::payloadOf(option, int(entries.size()) + 1, MaxButtonId);
        entries.append(
            QJsonObject{{u"type"_s, u"reply"_s},
                        {u"reply"_s, QJsonObject{{u"id"_s, id}, {u"title"_s, option.title}}}});
    }
    return {{u"type"_s, u"button"_s},
            {u"body"_s, textObject(text)},
            {u"action"_s, QJsonObject{{u"buttons"_s, entries}}}};
}

/// A title that is too long goes on in the description. A time is its hour, its day below.
QJsonObject row(const rich::Option &option, int place, bool isTime)
{
    QString title = option.title;
    QString description = option.description;
    const qsizetype comma = title.lastIndexOf(u", "_s);
    if (isTime && comma > 0) {
        description = title.left(comma);
        title = title.mid(comma + 2);
    }
    if (title.size() > MaxRowTitle) {
        description = description.isEmpty() ? title : title + u" – "_s + description;
        title = rich::shortened(title, MaxRowTitle);
    }
    QJsonObject entry{{u"id"_s, rich::payloadOf(option, place, MaxRowId)}, {u"title"_s, title}};
    if (!description.isEmpty())
        entry.insert(u"description"_s, rich::shortened(description, MaxRowDescription));
    return entry;
}

QJsonObject list(const QJsonObject &rich, const QString &text,
                 const std::vector<rich::Option> &options)
{
    const bool isTime = rich.value(u"kind"_s).toString() == u"time_picker"_s;
    QStringList names;
    std::map<QString, QJsonArray> rows;
    int place = 0;
    for (const rich::Option &option : options) {
        if (!names.contains(option.section))
            names << option.section;
        rows[option.section].append(row(option, ++place, isTime));
    }
    QJsonArray sections;
    for (const QString &name : names) {
        QJsonObject section{{u"rows"_s, rows[name]}};
        if (names.size() > 1) // a title is asked for as soon as there are two
            section.insert(u"title"_s,
                           name.isEmpty() ? u"…"_s : rich::shortened(name, MaxSectionTitle));
        sections.append(section);
    }
    QString button = rich::shortened(rich.value(u"button"_s).toString(), MaxListButton);
    if (button.isEmpty())
        button = QCoreApplication::translate("WhatsApp", "Choose").left(MaxListButton);
    return {{u"type"_s, u"list"_s},
            {u"body"_s, textObject(text)},
            {u"action"_s, QJsonObject{{u"button"_s, button}, {u"sections"_s, sections}}}};
}

QJsonObject linkButton(const QString &text, const rich::Option &option)
{
    const QJsonObject parameters{{u"display_text"_s, option.title.left(MaxButtonTitle)},
                                 {u"url"_s, option.url}};
    return {{u"type"_s, u"cta_url"_s},
            {u"body"_s, textObject(text)},
            {u"action"_s, QJsonObject{{u"name"_s, u"cta_url"_s}, {u"parameters"_s, parameters}}}};
}

QJsonObject textParameter(const QString &value)
{
    return {{u"type"_s, u"text"_s}, {u"text"_s, value}};
}

/// A heading's variable is a text, or a file by its address: of the kind that `format` says, the
/// template's own ("image", "video", "document"; "text"), else as the address ends.
QJsonObject headerParameter(const QString &value, const QString &format)
{
    static const std::map<QString, QString> kinds{{u"jpg"_s, u"image"_s},
                                                  {u"jpeg"_s, u"image"_s},
                                                  {u"png"_s, u"image"_s},
                                                  {u"mp4"_s, u"video"_s},
                                                  {u"pdf"_s, u"document"_s}};
    const QString ending = value.section(u'?', 0, 0).section(u'.', -1).toLower();
    const auto guessed = kinds.find(ending);
    const bool isGuessed = format.isEmpty() && guessed != kinds.end();
    const QString kind = isGuessed ? guessed->second : format;
    const bool isFile = kind == u"image"_s || kind == u"video"_s || kind == u"document"_s;
    if (isFile && value.startsWith(u"https://"_s))
        return {{u"type"_s, kind}, {kind, QJsonObject{{u"link"_s, value}}}};
    return textParameter(value);
}

} // namespace

QJsonObject interactiveOf(const QJsonObject &rich)
{
    const std::vector<rich::Option> options = rich::optionsOf(rich);
    QString text = rich.value(u"text"_s).toString();
    const QString place = rich.value(u"location"_s).toString();
    if (!place.isEmpty())
        text += (text.isEmpty() ? QString() : u"\n"_s) + place;
    if (options.empty() || text.trimmed().isEmpty() || text.size() > MaxListBody)
        return {};
    const bool isShort = text.size() <= MaxInteractiveBody; // else only a list takes it
    const bool hasLink = std::any_of(options.begin(), options.end(),
                                     [](const auto &option) { return !option.url.isEmpty(); });
    if (hasLink)
        return isShort && options.size() == 1 && options[0].title.size() <= MaxButtonTitle
                   ? linkButton(text, options[0])
                   : QJsonObject();
    const QString kind = rich.value(u"kind"_s).toString();
    if (kind != u"list_picker"_s && kind != u"time_picker"_s && isShort && fitButtons(options))
        return buttons(text, options);
    return options.size() <= size_t(MaxRows) ? list(rich, text, options) : QJsonObject();
}

QJsonObject templateOf(const QJsonObject &rich)
{
    QJsonArray components;
    for (const QString &part : {u"header"_s, u"body"_s}) {
        QJsonArray parameters;
        for (const QJsonValue value : rich.value(part).toArray())
            parameters.append(
                part == u"header"_s
                    ? headerParameter(value.toString(), rich.value(u"header_format"_s).toString())
                    : textParameter(value.toString()));
        if (!parameters.isEmpty())
            components.append(QJsonObject{{u"type"_s, part}, {u"parameters"_s, parameters}});
    }
    int index = 0;
    for (const QJsonValue value : rich.value(u"buttons"_s).toArray()) {
        constexpr QLatin1StringView PayloadMark{"payload:"}; // else the end of its address
        const QString text = value.toString();
        if (text.isEmpty()) { // this button has nothing to fill in
            ++index;
            continue;
        }
        const bool isPayload = text.startsWith(PayloadMark);
        const QJsonObject only = isPayload
                                     ? QJsonObject{{u"type"_s, u"payload"_s},
                                                   {u"payload"_s, text.mid(PayloadMark.size())}}
                                     : textParameter(text);
        components.append(QJsonObject{{u"type"_s, u"button"_s},
                                      {u"sub_type"_s, isPayload ? u"quick_reply"_s : u"url"_s},
                                      {u"index"_s, QString::number(index++)},
                                      {u"parameters"_s, QJsonArray{only}}});
    }
    const QString language = rich.value(u"language"_s).toString(u"en"_s);
    QJsonObject out{
        {u"name"_s, rich.value(u"name"_s)},
        {u"language"_s, QJsonObject{{u"policy"_s, u"deterministic"_s},
                                    {u"code"_s, QString(language).replace(u'-', u'_')}}}};
    if (!components.isEmpty())
        out.insert(u"components"_s, components);
    return out;
}

} // namespace peerdesk::channels::whatsapp
