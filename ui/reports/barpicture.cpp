// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reports/barpicture.h"

#include <QGridLayout>
#include <QPainter>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

/// Shares of its width, 0..1. The words beside it say the same: it is no thing of its own to a
/// screen reader.
class Bar final : public QWidget
{
public:
    Bar(const Look &look, double first, double second, QWidget *parent)
        : QWidget(parent)
        , m_look(look)
        , m_first(first)
        , m_second(second)
    {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setFixedHeight(look.px(12));
        setMinimumWidth(look.px(40));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &t = m_look.theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.hover);
        painter.drawRoundedRect(rect(), 3, 3);
        const auto part = [&](double from, double share, const QColor &colour) {
            if (share <= 0)
                return;
            // What happened once can be seen beside what happened a thousand times.
            const int wide = std::max(3, qRound(share * width()));
            const QRect place(qRound(from * width()), 0, wide, height());
            painter.setBrush(colour);
            painter.drawRoundedRect(QStyle::visualRect(layoutDirection(), rect(), place), 3, 3);
        };
        part(m_first, m_second, t.danger);
        part(0, m_first, t.accent);
    }

private:
    const Look &m_look;
    double m_first;
    double m_second;
};

} // namespace

BarPicture::BarPicture(const Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_title(new Label(look, {13, QFont::DemiBold, Ink::Text, true}, {}, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(m_title);
    column->addStretch();
}

void BarPicture::setLines(const QString &title, std::vector<BarLine> lines)
{
    if (title == m_titleText && lines == m_lines)
        return;
    m_titleText = title;
    m_lines = std::move(lines);
    m_title->setText(title);
    delete m_body;
    m_body = new QWidget(this);
    auto *grid = new QGridLayout(m_body);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    double longest = 0;
    for (const BarLine &line : m_lines)
        longest = std::max(longest, line.first + line.second);
    int at = 0;
    for (const BarLine &line : m_lines) {
        const double scale = longest > 0 ? 1 / longest : 0;
        grid->addWidget(new Label(m_look, {12.5, QFont::Normal, Ink::Text2}, line.name, m_body), at,
                        0);
        grid->addWidget(new Bar(m_look, line.first * scale, line.second * scale, m_body), at, 1);
        grid->addWidget(new Label(m_look, {12.5, QFont::Normal, Ink::Text}, line.words, m_body), at,
                        2);
        ++at;
    }
    static_cast<QVBoxLayout *>(layout())->insertWidget(1, m_body);
}

} // namespace peerdesk::ui

#include "moc_barpicture.cpp"
