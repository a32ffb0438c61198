// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/conversation/channellimits.h"

#include <QJsonObject>
#include <QStringList>

namespace peerdesk::ui {

/// A kind of rich content as an agent knows it.
struct RichKind
{
    QString kind;            ///< as in core/channels/api/rich.h
    QString label;           ///< "Choices"
    bool needsWords = false; ///< the reply's own text belongs to it
};

/// All kinds that a builder knows, in the order it shows them.
std::vector<RichKind> richKinds();

/// M66: what agents may send on this channel, exactly as its capability record says; and the
/// labels of the others, by why not.
struct RichOffer
{
    std::vector<RichKind> offered;
    QStringList onlyFlows;
    QStringList absent;
    /// For people; empty = all is offered.
    QString reasons(const QString &channel) const;
};
RichOffer richOffer(const ChannelLimits &limits);

/// One input of the builder.
struct RichInput
{
    QString key;
    QString label;
    QString hint;
    bool isLong = false; ///< one entry a line
};
std::vector<RichInput> richInputs(const QString &kind);

/// What the inputs say as rich content, without the message's words; `problem` = why it cannot be
/// sent, empty = it can.
struct RichParts
{
    QJsonObject rich;
    QString problem;
};
RichParts richFrom(const QString &kind, const std::map<QString, QString> &inputs);
/// The other way, to go on editing.
std::map<QString, QString> inputsOf(const QJsonObject &rich);

/// With the message's words in it, as it goes to the office.
QJsonObject withWords(QJsonObject rich, const QString &words);
/// One line for a chip: "List: Red, Blue".
QString richSummary(const QJsonObject &rich);
bool needsWords(const QString &kind);

} // namespace peerdesk::ui
