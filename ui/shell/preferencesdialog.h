// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"
#include "ui/common/preferences.h"

#include <QComboBox>
#include <QDialog>
#include <QSpinBox>

class QFormLayout;

namespace peerdesk::ui {

/// What the agent may choose on this PC: undo times, Enter, notices, closing. Each change counts at
/// once.
class PreferencesDialog : public QDialog
{
    Q_OBJECT

public:
    PreferencesDialog(const Look &look, Preferences &preferences, QWidget *parent);
    QSpinBox *holdBox(const QString &channel) const { return m_holds.at(channel); }

private:
    void addHolds(QFormLayout &form);
    void addEnter(QFormLayout &form);
    void addSwitches(QFormLayout &form);

    Preferences &m_preferences;
    std::map<QString, QSpinBox *> m_holds;
};

} // namespace peerdesk::ui
