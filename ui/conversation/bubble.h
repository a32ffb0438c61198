// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cards/cardlayout.h"
#include "ui/common/context.h"
#include "ui/conversation/messagemodel.h"

#include <QTextLayout>
#include <QUrl>

#include <memory>

class QPainter;

namespace peerdesk::ui {

/// Something in a bubble that can be clicked, and is in its menu for the keyboard.
struct BubbleAction
{
    enum class Kind {
        OpenLink,
        OpenPart, ///< an address of rich content; painted by it
        Retry,
        CopyToDraft,
        Undo,
        Cancel,
        ShowPicture,
        SaveAttachment,
        ToggleQuote,
        ShowMail,
        Act ///< `act` at the provider
    };
    Kind kind = Kind::OpenLink;
    QRectF rect; ///< empty for links: these lie in the text
    QString text;
    QUrl url;
    int attachment = -1;
    MessageAction act = MessageAction::None;
};

struct TextLink
{
    int start = 0;
    int length = 0;
    QUrl url;
};

/// What a bubble is laid out from.
struct BubbleInput
{
    const Message &message;
    const Message *previous = nullptr;
    QString author = {};
    QString customer = {};
    bool isMine = false;
    bool isFirstUnread = false;
    bool showsQuote = false;
    const MessageModel::Held *held = nullptr;
    std::vector<MessageAction> offered = {}; ///< what may be done to it at the provider
    Json question = {}; ///< rich content that this message answers, where it is known
};

/// One row of the timeline, measured: rectangles relative to the row's top left.
struct Bubble
{
    enum class Side { In, Out, Note, System };

    Side side = Side::In;
    int height = 0;
    QString separator;
    bool hasNewDivider = false;
    int headHeight = 0; ///< of separator and divider
    QRectF ground;
    bool hasAvatar = false;
    QRectF avatar;
    QString subject;
    QRectF subjectRect;
    std::unique_ptr<QTextLayout> body;
    QPointF bodyAt;
    std::vector<TextLink> links;
    std::vector<QRectF> cards;
    CardLayout rich; ///< the parts of rich content
    QPointF richAt;
    QStringList choiceTexts;
    std::vector<QRectF> choices;
    std::vector<BubbleAction> actions;
    QString meta;
    QRectF metaRect;
    Ink metaInk = Ink::Text3;
    bool hasLock = false;
    QString reason; ///< why it failed
    QRectF reasonRect;
};

/// Text without the quoted earlier mail, and the rest. Empty rest = nothing is folded.
struct FoldedText
{
    QString text;
    QString quote;
};
FoldedText foldQuote(const QString &text);

/// http, https and mail addresses in plain text. Never another scheme.
std::vector<TextLink> findLinks(const QString &text);

/// Measures a row for a timeline of `width` pixels.
Bubble layoutBubble(const BubbleInput &input, const Context &context, int width);

/// A height that is near enough before the row is measured.
int estimateBubble(const Message &message, const Look &look, int width);

/// Selected part of the body, in characters; equal ends = nothing.
struct TextSpan
{
    int from = 0;
    int to = 0;
};
void paintBubble(QPainter &painter, const Bubble &bubble, const BubbleInput &input,
                 const Look &look, int width, TextSpan selection);

} // namespace peerdesk::ui
