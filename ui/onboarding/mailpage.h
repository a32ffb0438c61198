// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/destinationfields.h"
#include "ui/onboarding/settingfields.h"

#include <QLineEdit>
#include <QPointer>

namespace peerdesk::ui {

/// Connects a mailbox: address and password or a sign-in in the browser, servers found or written
/// down, tried for real before anything is saved.
class MailPage : public Page
{
    Q_OBJECT

public:
    MailPage(const Look &look, Workshop &workshop, QWidget *parent);

    void setPlan(const ChannelPlan &plan) { m_destination->setPlan(plan); }
    /// The record of e-mail: without one there are passwords only.
    void setType(const QJsonObject &type);
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

    void buildWays();
    void buildServers();
    void showSignIn(bool isShown);
    bool isSignedInByBrowser() const { return m_signIn && !m_signIn->isHidden(); }
    QString missing() const;
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
    QWidget *m_passwordGroup;
    Button *m_way; ///< password or browser
    QVBoxLayout *m_signInPlace;
    QPointer<SettingFields> m_signIn;
    QJsonObject m_type;
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
