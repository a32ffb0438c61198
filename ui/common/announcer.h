// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace peerdesk::ui {

/// Speaks short news to screen readers: a label of one pixel whose name changes, followed by an
/// alert. Qt 6.4 has no announcement event.
class Announcer : public QLabel
{
    Q_OBJECT

public:
    explicit Announcer(QWidget *parent);
    void announce(const QString &words);
    /// What was said last, for tests.
    const QString &last() const { return m_last; }

private:
    QString m_last;
};

} // namespace peerdesk::ui
