// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/backstage.h"
#include "ui/onboarding/page.h"

#include <QLineEdit>
#include <QPlainTextEdit>

namespace peerdesk::ui {

/// A small window in which one plays the customer of one's own office. What is typed goes through
/// the web chat's real door. GUI thread.
class TestChat : public QWidget
{
    Q_OBJECT

public:
    TestChat(const Look &look, std::unique_ptr<Visitor> visitor, QWidget *parent = nullptr);

    QString conversation() const { return m_lines->toPlainText(); }
    QLineEdit &field() { return *m_field; }
    Button &sendButton() { return *m_send; }

private:
    void send();
    void add(const QString &who, const QString &text);

    const Look &m_look;
    std::unique_ptr<Visitor> m_visitor;
    Label *m_state;
    QPlainTextEdit *m_lines;
    QLineEdit *m_field;
    Button *m_send;
};

} // namespace peerdesk::ui
