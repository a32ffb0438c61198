// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"
#include "ui/common/shortcuts.h"

#include <QMenu>

namespace peerdesk::ui {

/// What the settings button opens: set-up, pages and dialogs, appearance, text size.
class SettingsMenu : public QMenu
{
    Q_OBJECT

public:
    /// What can be set up from here, by name.
    using Setup = std::vector<std::pair<QString, std::function<void()>>>;

    /// `keep`: another look was chosen, to be kept for the next start.
    SettingsMenu(Look &look, const Shortcuts &shortcuts, const Setup &setup,
                 std::function<void()> keep, QWidget *parent);

    /// Commands that open a page or a dialog are entries of this menu, too.
    static bool holds(const Shortcuts::Entry &entry);

private:
    void addAppearance();
    void addSizes();

    Look &m_look;
    std::function<void()> m_keep;
};

} // namespace peerdesk::ui
