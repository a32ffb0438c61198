// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAccessibleWidget>
#include <QHash>
#include <QUuid>

namespace peerdesk::ui {

class TimelineView;

/// UX-82: the timeline for screen readers: a list with one item per loaded message. Items are made
/// when they are asked for and know their message by id, so that they outlive moves of rows.
class TimelineAccessible final : public QAccessibleWidget
{
public:
    explicit TimelineAccessible(TimelineView *view);
    ~TimelineAccessible() override;
    TimelineAccessible(const TimelineAccessible &) = delete;
    TimelineAccessible &operator=(const TimelineAccessible &) = delete;

    /// Makes Qt use this class; harmless when repeated.
    static void install();

    int childCount() const override;
    QAccessibleInterface *child(int index) const override;
    int indexOfChild(const QAccessibleInterface *child) const override;
    QAccessibleInterface *childAt(int x, int y) const override;
    QAccessibleInterface *focusChild() const override;
    QString text(QAccessible::Text text) const override;

private:
    TimelineView *view() const;
    void prune() const;

    mutable QHash<QUuid, QAccessible::Id> m_items;
};

} // namespace peerdesk::ui
