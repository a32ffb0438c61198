// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "ui/common/widgets.h"

namespace peerdesk::ui {

/// A PC that asks to be let in: its name, from where, the three words that its screen has to show,
/// and what an admin says of it. GUI thread.
class AskerRow : public QWidget
{
    Q_OBJECT

public:
    AskerRow(const Look &look, const api::Asker &asker, QWidget *parent);

Q_SIGNALS:
    void answered(bool isOurs);
};

} // namespace peerdesk::ui
