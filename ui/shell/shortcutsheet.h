// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/shortcuts.h"

#include <QDialog>

namespace peerdesk::ui {

/// All keys, from the one registry.
class ShortcutSheet : public QDialog
{
    Q_OBJECT

public:
    ShortcutSheet(const Look &look, const Shortcuts &shortcuts, QWidget *parent);
};

} // namespace peerdesk::ui
