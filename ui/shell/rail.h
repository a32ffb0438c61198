// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"

#include <QToolButton>

class QVBoxLayout;

namespace peerdesk::ui {

/// One entry of the rail: icon, word, and a count.
class RailButton : public QToolButton
{
    Q_OBJECT

public:
    RailButton(const Look &look, Icon icon, const QString &text, QWidget *parent);
    void setCount(int count);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
    Icon m_icon;
    int m_count = 0;
};

/// The agent's disc with the activity's word above; its menu switches the activity.
class ActivityButton : public QToolButton
{
    Q_OBJECT

public:
    ActivityButton(const Context &context, QWidget *parent);
    QSize sizeHint() const override;
    void openMenu();

Q_SIGNALS:
    void activityWanted(peerdesk::ActivityId activity);
    void signOutWanted();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();

    const Context &m_context;
    QString m_word;
    bool m_isAvailable = false;
};

/// The navigation at the side: sections above, settings and activity below.
class Rail : public QWidget
{
    Q_OBJECT

public:
    Rail(const Context &context, QWidget *parent);
    RailButton *addSection(Icon icon, const QString &text);
    RailButton &settings() { return *m_settings; }
    ActivityButton &activity() { return *m_activity; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Context &m_context;
    QVBoxLayout *m_sections;
    RailButton *m_settings;
    ActivityButton *m_activity;
};

} // namespace peerdesk::ui
