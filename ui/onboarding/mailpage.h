// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/destinationfields.h"

#include <QLineEdit>

namespace peerdesk::ui {

/// Connects a mailbox: address and password, servers found or written down, tried for real before
/// anything is saved.
class MailPage : public Page
{
    Q_OBJECT

public:
    MailPage(const Look &look, Workshop &workshop, QWidget *parent);

    void setPlan(const ChannelPlan &plan) { m_destination->setPlan(plan); }
    /// Empty fields again, for the next mailbox.
    void restart();

Q_SIGNALS:
    void backWanted();
    void added();

private:
    /// One server's line of fields.
    struct ServerFields
    {
        QLineEdit *host;
        QLineEdit *port;
        QComboBox *security;

        MailHost value() const;
        void set(const MailHost &host) const;
    };

    void buildServers();
    ServerFields addServer(QVBoxLayout *column, const QString &name, int usualPort);
    void showServers(bool isShown);
    void onAddressChanged();
    void connectMailbox();
    void onFound(const Result<MailServers> &found);
    void onTried(const Result<QString> &tried);
    void refuse(const Error &error);
    void showTriedServers();
    void succeed();
    MailDraft draft() const;

    Workshop &m_workshop;
    QLineEdit *m_address;
    QLineEdit *m_password;
    QLineEdit *m_displayName;
    Label *m_hint;
    Button *m_more;
    QWidget *m_servers;
    ServerFields m_imap;
    ServerFields m_smtp;
    QLineEdit *m_user;
    QLineEdit *m_caFile;
    DestinationFields *m_destination;
    Button *m_connect;
    bool m_isConnected = false;
};

} // namespace peerdesk::ui
