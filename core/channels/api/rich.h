// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/channels/api/connector.h"

#include <QJsonObject>
#include <QLocale>

/// Rich content, the same for all channels: what `Content::rich` holds.
///
///     {"kind": "quick_replies" | "list_picker" | "buttons", "text": "...", "button": "Choose",
///      "multiple": false,
///      "options": [{"id": "...", "title": "...", "description": "", "section": "", "url": "",
///                   "image_url": ""}]}
///     {"kind": "time_picker", "text": "...", "location": "", "time_zone": "Europe/Warsaw",
///      "slots": [{"id": "...", "start": "RFC 3339", "minutes": 30}]}
///     {"kind": "form", "text": "...", "submit": "Send",
///      "fields": [{"id": "...", "label": "...", "type": "text|email|phone|number|date|choice|
///                  switch|long_text", "required": true, "options": [as above]}]}
///     {"kind": "rich_link", "url": "https://...", "title": "...", "text": "", "image_url": ""}
///     {"kind": "markup_text", "markdown": "..."}
///     {"kind": "adaptive_card", "card": {...}, "text": "..."}      (Adaptive Cards 1.5)
///     {"kind": "card" | "carousel", "text": "", "cards": [{"title", "text", "image_url",
///     "options"}]}
///     {"kind": "location", "latitude": 0.0, "longitude": 0.0, "title": "", "text": ""}
///     {"kind": "template", "name": "...", "language": "en", "text": "what it says, filled in",
///      "header": [], "body": ["variable", ...], "buttons": []}
///     {"kind": "answer", "payload": "as the vendor gave it back", "option": "id", "title": "...",
///      "options": ["id", ...], "values": {"field id": value}, "question": "message id"}
namespace peerdesk::rich {

/// One thing to choose from.
struct Option
{
    QString id;
    QString title;
    QString description;
    QString section;
    QString url;
    QString imageUrl;

    bool operator==(const Option &) const = default;
};

/// Kinds that people and flows may send, as they are named in JSON.
const QStringList &kinds();
QString kindOf(const Json &rich); ///< empty = none

/// What is wrong with it, with the place. Missing ids of options become "1", "2", ...
Result<QJsonObject> checked(const QJsonObject &rich);

/// What can be chosen: options, slots (title = their time in the picker's zone and `locale`), or
/// nothing.
std::vector<Option> optionsOf(const QJsonObject &rich, const QLocale &locale = QLocale::c());

/// Readable text for a channel without this kind: text, then "1. First", "2. Second"; a form as its
/// questions, a link as title and address, markup without its marks, a card as its words. Choices
/// are numbered through, over all questions of a form or card. `locale` is for times.
QString fallbackText(const QJsonObject &rich, const QLocale &locale = QLocale::c());

/// Whether `who` may send it natively there.
enum class Sender { Agent, Flow };
bool isNative(const channels::Capabilities &capabilities, const QString &kind, Sender who);

/// At most `most` characters, with an ellipsis where it was cut, never inside a surrogate pair.
QString shortened(const QString &text, int most);

/// What goes with a button so that its answer leads back: the option's id where it fits into
/// `maxBytes` and cannot be taken for the other form, else "#" and its place from 1.
QString payloadOf(const Option &option, int place, qsizetype maxBytes);
/// An answer as a connector reports it, to be completed by answered().
QJsonObject answer(const QString &payload, const QString &title = {});
QJsonObject formAnswer(const QJsonObject &values);

/// The whole answer to `question`: by `given`'s payloads, else by `text` (the number that a choice
/// has in the readable text, or its exact title, any case; "1, 3" where several may be chosen or
/// several things are asked). What belongs to a field of a form or card stands in "values" too.
/// Empty = it is none.
QJsonObject answered(const QJsonObject &question, const QJsonObject &given, const QString &text);

} // namespace peerdesk::rich
