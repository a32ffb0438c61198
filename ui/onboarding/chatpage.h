// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/destinationfields.h"

#include <QLineEdit>
#include <QPlainTextEdit>

namespace peerdesk::ui {

/// Makes the web chat of the office.
class ChatPage : public Page
{
    Q_OBJECT

public:
    ChatPage(const Look &look, Workshop &workshop, QWidget *parent);
    void setPlan(const ChannelPlan &plan) { m_destination->setPlan(plan); }

Q_SIGNALS:
    void backWanted();
    void added(peerdesk::AccountId account);

private:
    void make();

    Workshop &m_workshop;
    QLineEdit *m_name;
    DestinationFields *m_destination;
};

/// The line that brings the chat to a web site, and two ways to try it.
class SnippetPage : public Page
{
    Q_OBJECT

public:
    SnippetPage(const Look &look, Workshop &workshop, QWidget *parent);

    void setAccount(AccountId account);
    QString snippet() const { return m_snippet->toPlainText(); }
    Button &copyButton() { return *m_copy; }

Q_SIGNALS:
    void backWanted();
    void testWanted();

private:
    void refresh();
    void copy();
    void openPage();

    Workshop &m_workshop;
    AccountId m_account;
    QLineEdit *m_server;
    QPlainTextEdit *m_snippet;
    Button *m_copy;
    Label *m_warning;
};

} // namespace peerdesk::ui
