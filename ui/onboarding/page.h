// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"

#include <QScrollArea>
#include <QVBoxLayout>

namespace peerdesk::ui {

/// A coloured box that says what went wrong or well: a heading, what to do, and the technical
/// words.
class NoticeBox : public QWidget
{
    Q_OBJECT

public:
    enum class Tone { Danger, Success, Info };

    NoticeBox(const Look &look, QWidget *parent);
    /// Empty title hides the box.
    void say(Tone tone, const QString &title, const QString &text = {},
             const QString &details = {});
    void clear() { say(m_tone, {}); }
    QString title() const { return m_title->text(); }
    QString text() const { return m_text->text(); }
    QString details() const { return m_details->text(); }

Q_SIGNALS:
    void said();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
    Tone m_tone = Tone::Info;
    Label *m_title;
    Label *m_text;
    Label *m_details;
};

/// One page of an assistant: heading, explanation, fields that scroll, buttons that do not.
class Page : public QWidget
{
    Q_OBJECT

public:
    static constexpr int ContentWidth = 620; ///< pixels at 100 % text size

    Page(const Look &look, const QString &title, const QString &lead, QWidget *parent);

    const Look &look() const { return m_look; }
    QString title() const { return m_title->text(); }
    void setTitle(const QString &title, const QString &lead);
    QVBoxLayout &column() { return *m_column; }
    NoticeBox &notice() { return *m_notice; }
    /// A labelled field; the hint stands below. Gives the field its accessible name.
    Label *addField(const QString &label, QWidget *field, const QString &hint = {});
    /// Below the fields, in reading order. `Leading` ones stand on the other side.
    enum class Side { Leading, Trailing };
    Button *addButton(Button::Kind kind, const QString &text, Side side = Side::Trailing);
    /// Fields and buttons off while something is under way.
    void setBusy(bool isBusy);
    /// Where the keyboard starts.
    void setFirstField(QWidget *field) { m_first = field; }
    void begin();

private:
    void resizeColumn();

    const Look &m_look;
    QScrollArea *m_scroll;
    QWidget *m_content;
    QVBoxLayout *m_column;
    Label *m_title;
    Label *m_lead;
    NoticeBox *m_notice;
    QHBoxLayout *m_buttons;
    QPointer<QWidget> m_first;
};

/// A large button: icon, heading, explanation. Checkable ones show whether they are chosen.
class ChoiceCard : public QPushButton
{
    Q_OBJECT

public:
    ChoiceCard(const Look &look, Icon icon, const QString &title, const QString &text,
               QWidget *parent);
    void setWords(const QString &text);
    QString words() const { return m_text->text(); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void restyle();

    const Look &m_look;
    Icon m_icon;
    Label *m_title;
    Label *m_text;
};

/// Where one is: "1 Office  2 Secrets  3 Channels".
class StepHeader : public QWidget
{
    Q_OBJECT

public:
    StepHeader(const Look &look, const QStringList &steps, QWidget *parent);
    void setStep(int step);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int width(int step, bool hasWords) const;

    const Look &m_look;
    QStringList m_steps;
    int m_step = 0;
};

} // namespace peerdesk::ui
