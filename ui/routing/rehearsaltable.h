// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"

#include <QJsonObject>
#include <QTreeWidget>

namespace peerdesk::ui {

/// Figures of a rehearsal: in total and for each queue, by the saved rules, by the edited ones, and
/// what that changes. Better and worse are words as well as colours. GUI thread.
class RehearsalTable : public QTreeWidget
{
    Q_OBJECT

public:
    enum Column { What, Saved, Edited, Change, Columns };

    RehearsalTable(const Look &look, QWidget *parent);
    /// What Rules::rehearse() answered; a column without figures is left out.
    void show(const QJsonObject &answer);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void addGroup(const QString &title, const QJsonObject &before, const QJsonObject &after);
    void fitColumns();

    const Look &m_look;
};

} // namespace peerdesk::ui
