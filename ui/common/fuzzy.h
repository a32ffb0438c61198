// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace peerdesk::ui {

/// Lower case without marks, so that "Novakova" finds "Nováková" and "duong" finds "đường".
QString foldText(const QString &text);

/// How well `wanted` fits `text`; both folded. 0 = not at all. Its letters must come in order;
/// starts of words and runs count more, a whole prefix most.
int fuzzyScore(const QString &text, const QString &wanted);

} // namespace peerdesk::ui
