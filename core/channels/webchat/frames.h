// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/message.h"

#include <QJsonObject>

#include <variant>

namespace peerdesk::channels::webchat {

/// Bounds of what a visitor may say in one frame. Over them: refused by name, never cut.
constexpr int MaxFrameBytes = 64 * 1024;
constexpr int MaxTextLength = 4'000; ///< characters (UTF-16 units)
constexpr int MaxFilesPerMessage = 5;
constexpr int MaxNameLength = 100;
constexpr int MaxFileNameLength = 120;
constexpr int MaxEmailLength = 254; ///< RFC 5321 section 4.5.3.1.3 less the brackets
constexpr int MaxPageLength = 500;

struct HelloFrame
{
    QString token;    ///< empty = a new visitor
    QString language; ///< BCP 47, or empty
    QString page;     ///< http(s) address the visitor looks at, or empty
    MessageId after;  ///< last message that the page has; null = everything
};

struct FileReference
{
    QByteArray sha256; ///< of a file that was uploaded before
    QString name;
};

struct MessageFrame
{
    QString sequence; ///< 1..40 of [0-9A-Za-z-]; the visitor's own number of this message
    QString text;
    std::vector<FileReference> files;
    QString name;
    QString email;      ///< lower case
    QJsonObject answer; ///< to rich content of ours; empty = none
    MessageId about;    ///< that content; null = the last
};

struct TypingFrame
{
    bool isTyping = false;
};

struct ReadFrame
{
    MessageId upTo;
};

struct PingFrame
{
};

/// A frame that cannot be taken. With a sequence it is answered to the sender; without, it is junk.
struct BadFrame
{
    QString code; ///< "bad_frame", "too_long", "too_many_files", "empty", "bad_email"
    QString sequence;
};

using ClientFrame =
    std::variant<HelloFrame, MessageFrame, TypingFrame, ReadFrame, PingFrame, BadFrame>;

/// Reads one text frame of a hostile sender. Pure.
ClientFrame parseFrame(const QByteArray &utf8);

/// What people typed, safe to keep: valid Unicode, LF line ends, no control characters but LF and
/// tab.
QString cleanText(const QString &text);
/// One line of at most `length` characters without controls or text direction overrides.
QString cleanLine(const QString &text, int length);
/// A file's own name: no path, no direction overrides, never empty.
QString cleanFileName(const QString &name);

/// A message as the widget shows it. `sequence` is empty for what others wrote.
QJsonObject messageFrame(const Message &message, const QString &sequence,
                         const QString &authorName);
QJsonObject attachmentObject(const Attachment &attachment);
QByteArray encode(const QJsonObject &frame);

} // namespace peerdesk::channels::webchat
