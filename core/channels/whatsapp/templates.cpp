// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/whatsapp/templates.h"

#include "core/channels/vendor/templates.h"
#include "core/channels/whatsapp/words.h"

namespace peerdesk::channels::whatsapp {

using namespace Qt::StringLiterals;

namespace {

void refuse(MessageTemplate &entry, const QString &why)
{
    if (entry.whyNot.isEmpty())
        entry.whyNot = why;
}

void addHeader(MessageTemplate &entry, const QJsonObject &part)
{
    const QString format = textAt(part, u"format"_s);
    const QJsonObject example = part.value(u"example"_s).toObject();
    if (format == u"TEXT"_s || format.isEmpty()) {
        entry.header = textAt(part, u"text"_s);
        return vendor::addVariables(entry, u"header"_s, entry.header,
                                    vendor::textsOf(example.value(u"header_text"_s)));
    }
    if (format != u"IMAGE"_s && format != u"VIDEO"_s && format != u"DOCUMENT"_s)
        return refuse(entry, words("Its heading cannot be filled in here"));
    entry.header = u"{{%1}}"_s.arg(format.toLower()); // a public address, as a link
    entry.variables.push_back({u"header"_s, 0, entry.header, u"https://"_s});
}

/// What stands for `mark`, in a button's address: the vendor tells the whole address or only that.
QString exampleIn(const QJsonObject &button, const QString &url, const QString &mark)
{
    const QString example = vendor::textsOf(button.value(u"example"_s)).value(0);
    const QString before = url.section(mark, 0, 0);
    return example.startsWith(before) ? example.mid(before.size()) : example;
}

void addButtons(MessageTemplate &entry, const QJsonArray &buttons)
{
    for (qsizetype i = 0; i < buttons.size(); ++i) {
        const QJsonObject button = buttons[i].toObject();
        const QString type = textAt(button, u"type"_s);
        const QString url = textAt(button, u"url"_s);
        entry.buttons.push_back(textAt(button, u"text"_s));
        const QStringList marks = vendor::marksIn(url);
        if (type == u"URL"_s && !marks.isEmpty())
            entry.variables.push_back(
                {u"buttons"_s, int(i), marks.first(), exampleIn(button, url, marks.first())});
        else if (type != u"URL"_s && type != u"QUICK_REPLY"_s && type != u"PHONE_NUMBER"_s)
            refuse(entry, words("It has a button that cannot be filled in here"));
    }
}

MessageTemplate templateFrom(const QJsonObject &given)
{
    MessageTemplate entry;
    entry.name = entry.title = textAt(given, u"name"_s);
    entry.language = textAt(given, u"language"_s);
    entry.category = textAt(given, u"category"_s);
    entry.status = textAt(given, u"status"_s).toLower();
    entry.whyNot = vendor::whyNotSent(entry.status, textAt(given, u"rejected_reason"_s));
    if (entry.category == u"AUTHENTICATION"_s)
        refuse(entry, words("It is for codes that a program sends"));
    for (const QJsonValue value : given.value(u"components"_s).toArray()) {
        const QJsonObject part = value.toObject();
        const QString type = textAt(part, u"type"_s);
        if (type == u"HEADER"_s) {
            addHeader(entry, part);
        } else if (type == u"BODY"_s) {
            const QJsonArray rows =
                part.value(u"example"_s).toObject().value(u"body_text"_s).toArray();
            entry.body = textAt(part, u"text"_s);
            vendor::addVariables(entry, u"body"_s, entry.body, vendor::textsOf(rows.at(0)));
        } else if (type == u"FOOTER"_s) {
            entry.footer = textAt(part, u"text"_s);
        } else if (type == u"BUTTONS"_s) {
            addButtons(entry, part.value(u"buttons"_s).toArray());
        } else {
            refuse(entry, words("It has parts that cannot be filled in here"));
        }
    }
    return entry;
}

} // namespace

std::vector<MessageTemplate> templatesIn(const QJsonArray &data)
{
    std::vector<MessageTemplate> all;
    for (const QJsonValue value : data) {
        MessageTemplate entry = templateFrom(value.toObject());
        if (!entry.name.isEmpty())
            all.push_back(std::move(entry));
    }
    return all;
}

} // namespace peerdesk::channels::whatsapp
