// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/icons.h"
#include "ui/common/look.h"
#include "ui/common/paint.h"

#include <QLabel>
#include <QLayout>
#include <QPushButton>
#include <QTabBar>
#include <QToolButton>

namespace peerdesk::ui {

/// Text of a size, weight and meaning; follows theme and text size. With `elides` it shrinks with
/// an ellipsis and shows the whole text as tooltip.
class Label : public QLabel
{
    Q_OBJECT

public:
    struct Style
    {
        double size = 13;
        QFont::Weight weight = QFont::Normal;
        Ink ink = Ink::Text;
        bool elides = false;
        bool wraps = false;
    };

    Label(const Look &look, Style style, const QString &text = {}, QWidget *parent = nullptr);

    void setInk(Ink ink);
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void restyle();

    const Look &m_look;
    Style m_style;
};

/// A push button; primary ones are filled. Optional icon in the button's own ink.
class Button : public QPushButton
{
    Q_OBJECT

public:
    enum class Kind { Plain, Primary, Quiet };

    Button(const Look &look, Kind kind, const QString &text, QWidget *parent = nullptr);
    void setShape(Icon icon);

private:
    void restyle();

    const Look &m_look;
    Kind m_kind;
    std::optional<Icon> m_icon;
};

/// A tool button with an icon; `name` is tooltip and accessible name.
class IconButton : public QToolButton
{
    Q_OBJECT

public:
    IconButton(const Look &look, Icon icon, const QString &name, QWidget *parent = nullptr);
    void setShape(Icon icon, const QString &name);
    /// Directional icons flip in right-to-left windows.
    void setDirectional(bool on);

protected:
    void changeEvent(QEvent *event) override;

private:
    void restyle();

    const Look &m_look;
    Icon m_icon;
    bool m_isDirectional = false;
};

/// A segmented switch on a real tab bar: role, names and arrow keys come with it.
class Segments : public QTabBar
{
    Q_OBJECT

public:
    explicit Segments(const Look &look, QWidget *parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    QSize tabSizeHint(int index) const override;
    QSize minimumTabSizeHint(int index) const override;
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
};

/// A disc with initials, and optionally a channel badge or a presence dot.
class Avatar : public QWidget
{
    Q_OBJECT

public:
    Avatar(const Look &look, double size, QWidget *parent = nullptr);
    void setPerson(const QString &name, const QString &channel = {});
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
    double m_size;
    QString m_name;
    QString m_channel;
};

/// A chip as a widget.
class ChipLabel : public QWidget
{
    Q_OBJECT

public:
    enum class Tone { Neutral, Warning, Danger, Success };

    explicit ChipLabel(const Look &look, QWidget *parent = nullptr);
    void setChip(const QString &text, Tone tone, bool hasClock = false);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Chip chip() const;

    const Look &m_look;
    QString m_text;
    Tone m_tone = Tone::Neutral;
    bool m_hasClock = false;
};

/// Channel badge as a widget with the channel's name as tooltip and accessible name.
class ChannelBadge : public QWidget
{
    Q_OBJECT

public:
    ChannelBadge(const Look &look, const QString &channel, QWidget *parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
    QString m_channel;
};

/// An information or warning strip: icon, words, up to two actions.
class Strip : public QWidget
{
    Q_OBJECT

public:
    enum class Tone { Info, Warning, Danger };

    explicit Strip(const Look &look, QWidget *parent = nullptr);
    /// Empty text hides the strip; empty action hides the button.
    void setMessage(Tone tone, Icon icon, const QString &text, const QString &action = {});
    /// A second button beside the first, until the next message; empty hides it.
    void setOtherAction(const QString &action);
    void clear();
    QString text() const;
    QPushButton &actionButton() { return *m_action; }
    QPushButton &otherButton() { return *m_other; }

Q_SIGNALS:
    void actionTriggered();
    void otherTriggered();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
    Tone m_tone = Tone::Info;
    Icon m_icon = Icon::Eye;
    Label *m_text;
    Button *m_action;
    Button *m_other;
};

/// Lays chips out in lines.
class FlowLayout : public QLayout
{
public:
    explicit FlowLayout(int spacing);
    ~FlowLayout() override;
    FlowLayout(const FlowLayout &) = delete;
    FlowLayout &operator=(const FlowLayout &) = delete;

    void addItem(QLayoutItem *item) override;
    int count() const override;
    QLayoutItem *itemAt(int index) const override;
    QLayoutItem *takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect &rect) override;

private:
    int arrange(const QRect &rect, bool isTrial) const;

    std::vector<std::unique_ptr<QLayoutItem>> m_items;
    int m_spacing;
};

/// A one-pixel line in the border colour.
class Line : public QWidget
{
    Q_OBJECT

public:
    Line(const Look &look, Qt::Orientation orientation, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
};

} // namespace peerdesk::ui
