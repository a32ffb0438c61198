// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/byoc/byocschema.h"

#include "core/channels/byoc/byocitems.h"

#include <QJsonArray>

namespace peerdesk::channels::byoc {

using namespace Qt::StringLiterals;

namespace {

QJsonObject typed(const QString &type)
{
    return {{u"type"_s, type}};
}

QJsonObject text(qsizetype most)
{
    QJsonObject out = typed(u"string"_s);
    out.insert(u"maxLength"_s, most);
    return out;
}

/// Something is in it besides blanks.
QJsonObject neededText(qsizetype most)
{
    QJsonObject out = text(most);
    out.insert(u"pattern"_s, u"\\S"_s);
    return out;
}

QJsonObject oneOf(const QStringList &words)
{
    return {{u"enum"_s, QJsonArray::fromStringList(words)}};
}

QJsonObject object(const QJsonObject &members, const QStringList &required)
{
    QJsonObject out = typed(u"object"_s);
    out.insert(u"properties"_s, members);
    if (!required.isEmpty())
        out.insert(u"required"_s, QJsonArray::fromStringList(required));
    return out;
}

QJsonObject listOf(const QString &definition, int most)
{
    QJsonObject out = typed(u"array"_s);
    out.insert(u"items"_s, QJsonObject{{u"$ref"_s, u"#/$defs/"_s + definition}});
    if (most > 0)
        out.insert(u"maxItems"_s, most);
    return out;
}

QJsonObject time()
{
    QJsonObject out = text(MaxTimeCharacters);
    out.insert(u"format"_s, u"date-time"_s);
    out.insert(u"pattern"_s,
               u"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])T([01][0-9]|2[0-3]):[0-5][0-9]:"
               "[0-5][0-9](\\.[0-9]{1,3})?Z$"_s);
    return out;
}

QJsonObject person()
{
    return object({{u"id"_s, neededText(MaxIdCharacters)},
                   {u"name"_s, text(MaxNameCharacters)},
                   {u"email"_s, text(MaxAddressCharacters)},
                   {u"phone"_s, text(MaxAddressCharacters)}},
                  {u"id"_s});
}

QJsonObject file()
{
    QJsonObject stored = text(64);
    stored.insert(u"pattern"_s, u"^[0-9a-fA-F]{64}$"_s);
    QJsonObject data = typed(u"string"_s);
    data.insert(u"minLength"_s, 4);
    data.insert(u"pattern"_s, u"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"_s);
    data.insert(u"contentEncoding"_s, u"base64"_s);
    QJsonObject out = object({{u"name"_s, text(MaxFileNameCharacters)},
                              {u"mime_type"_s, text(MaxMimeTypeCharacters)},
                              {u"size"_s, typed(u"integer"_s)},
                              {u"sha256"_s, stored},
                              {u"data"_s, data}},
                             {});
    out.insert(u"anyOf"_s, QJsonArray{QJsonObject{{u"required"_s, QJsonArray{u"sha256"_s}}},
                                      QJsonObject{{u"required"_s, QJsonArray{u"data"_s}}}});
    return out;
}

QJsonObject answer()
{
    return object({{u"option"_s, text(MaxIdCharacters)},
                   {u"title"_s, text(MaxNameCharacters)},
                   {u"values"_s, typed(u"object"_s)}},
                  {});
}

/// One kind of message: what it needs besides.
QJsonObject kind(const QStringList &kinds, QJsonObject members, QStringList required)
{
    members.insert(u"kind"_s, oneOf(kinds));
    if (!kinds.contains(u"message"_s))
        required += u"kind"_s;
    return object(members, required);
}

QJsonObject message()
{
    const QJsonObject common{
        {u"id"_s, neededText(MaxIdCharacters)},
        {u"from"_s, person()},
        {u"text"_s, text(MaxTextCharacters)},
        {u"thread"_s, text(MaxIdCharacters)},
        {u"subject"_s, text(MaxSubjectCharacters)},
        {u"language"_s, text(MaxLanguageCharacters)},
        {u"time"_s, time()},
        {u"about"_s, text(MaxIdCharacters)},
        {u"attachments"_s, listOf(u"file"_s, MaxAttachments)},
        {u"answer"_s, answer()},
        {u"automatic"_s, typed(u"boolean"_s)},
        {u"outside"_s, typed(u"boolean"_s)},
        {u"typing"_s, typed(u"boolean"_s)},
    };
    const QStringList known{u"id"_s, u"from"_s};
    const QStringList about{u"id"_s, u"from"_s, u"about"_s};
    const QJsonObject something{{u"about"_s, neededText(MaxIdCharacters)}};
    QJsonObject receipt = something;
    receipt.insert(u"state"_s, oneOf({u"sent"_s, u"delivered"_s, u"read"_s, u"failed"_s}));
    receipt.insert(u"reason"_s, text(MaxReasonCharacters));
    QJsonObject reaction = something;
    reaction.insert(u"emoji"_s, text(MaxEmojiCharacters));
    QJsonObject out = object(common, {});
    out.insert(u"anyOf"_s,
               QJsonArray{kind({u"message"_s}, {}, known),
                          kind({u"receipt"_s}, receipt, about + QStringList{u"state"_s}),
                          kind({u"edited"_s, u"deleted"_s}, something, about),
                          kind({u"reacted"_s}, reaction, about), kind({u"typing"_s}, {}, {})});
    return out;
}

QJsonObject outgoing()
{
    const QJsonObject sentFile = object({{u"name"_s, typed(u"string"_s)},
                                         {u"mime_type"_s, typed(u"string"_s)},
                                         {u"size"_s, typed(u"integer"_s)},
                                         {u"sha256"_s, typed(u"string"_s)},
                                         {u"data"_s, typed(u"string"_s)}},
                                        {u"name"_s, u"sha256"_s});
    QJsonObject files = typed(u"array"_s);
    files.insert(u"items"_s, sentFile);
    const QJsonObject to =
        object({{u"id"_s, typed(u"string"_s)}, {u"name"_s, typed(u"string"_s)}}, {u"id"_s});
    return object({{u"id"_s, typed(u"string"_s)},
                   {u"conversation"_s, typed(u"string"_s)},
                   {u"thread"_s, typed(u"string"_s)},
                   {u"to"_s, to},
                   {u"author"_s, typed(u"string"_s)},
                   {u"text"_s, typed(u"string"_s)},
                   {u"html"_s, typed(u"string"_s)},
                   {u"rich"_s, typed(u"object"_s)},
                   {u"attachments"_s, files},
                   {u"answers"_s, typed(u"string"_s)},
                   {u"time"_s, typed(u"string"_s)}},
                  {u"id"_s, u"to"_s, u"text"_s, u"attachments"_s, u"time"_s});
}

QJsonObject acknowledgement()
{
    QJsonObject later = typed(u"integer"_s);
    later.insert(u"minimum"_s, 0);
    QJsonObject id = typed(u"string"_s);
    id.insert(u"minLength"_s, 1);
    return object({{u"id"_s, id},
                   {u"provider_id"_s, text(MaxIdCharacters)},
                   {u"error"_s, typed(u"string"_s)},
                   {u"retry_after"_s, later}},
                  {u"id"_s});
}

} // namespace

QJsonObject schema()
{
    const QJsonObject definitions{
        {u"file"_s, file()},
        {u"message"_s, message()},
        {u"messages"_s,
         object({{u"messages"_s, listOf(u"message"_s, MaxMessagesPerCall)}}, {u"messages"_s})},
        {u"outgoing"_s, outgoing()},
        {u"outbox"_s,
         object({{u"messages"_s, listOf(u"outgoing"_s, 0)}, {u"next_cursor"_s, typed(u"string"_s)}},
                {u"messages"_s, u"next_cursor"_s})},
        {u"ack"_s, acknowledgement()},
        {u"acks"_s, object({{u"acks"_s, listOf(u"ack"_s, MaxMessagesPerCall)}}, {u"acks"_s})},
    };
    return {{u"$schema"_s, u"https://json-schema.org/draft/2020-12/schema"_s},
            {u"title"_s, u"Peerdesk: a channel of one's own"_s},
            {u"$defs"_s, definitions}};
}

} // namespace peerdesk::channels::byoc
