// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"

class QGridLayout;

namespace peerdesk::ui {

/// A line of it: how long its bar is, in two parts, and what it says in words.
struct BarLine
{
    QString name;
    double first = 0;
    double second = 0; ///< drawn in another colour behind the first
    QString words;
    bool operator==(const BarLine &) const = default;
};

/// Names, bars and words below each other under a title. Bars are drawn to one scale. The words say
/// all that the bars show.
class BarPicture : public QWidget
{
    Q_OBJECT

public:
    BarPicture(const Look &look, QWidget *parent);
    void setLines(const QString &title, std::vector<BarLine> lines);
    const std::vector<BarLine> &lines() const { return m_lines; }

private:
    const Look &m_look;
    Label *m_title;
    QWidget *m_body = nullptr;
    QString m_titleText;
    std::vector<BarLine> m_lines;
};

} // namespace peerdesk::ui
