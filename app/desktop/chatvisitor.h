// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/backstage.h"

#include <QTimer>
#include <QWebSocket>

namespace peerdesk::desktop {

/// What a visitor tells about himself; all of it may be empty.
struct ChatPerson
{
    QString name;
    QString email;
    QString language;
};

/// A visitor of the web chat through its real WebSocket, with the frames of
/// core/channels/webchat/README.md. After a break it comes back and says again what was not
/// acknowledged. GUI thread.
class ChatVisitor final : public ui::Visitor
{
    Q_OBJECT

public:
    /// `address` like "http://127.0.0.1:8417".
    ChatVisitor(const QString &address, AccountId account, ChatPerson person,
                QObject *parent = nullptr);
    ~ChatVisitor() override;

    void open() override;
    void say(const QString &text) override;

private:
    static constexpr int MaxAttempts = 5; ///< without an answer; then failed()
    static constexpr int MaxWaiting = 100;

    struct Said
    {
        int number;
        QString text;
    };

    void onFrame(const QString &text);
    void onWelcome(const QJsonObject &welcome);
    void onMessage(const QJsonObject &message);
    void onBroken();
    void send(const Said &said);

    QWebSocket m_socket;
    QTimer m_again;
    QUrl m_url;
    ChatPerson m_person;
    QString m_token;
    QString m_last; ///< id of the last message seen
    std::vector<Said> m_waiting;
    QStringList m_seen; ///< ids, the newest few
    int m_number = 0;
    int m_attempts = 0;
    bool m_isIn = false;
    bool m_wasIn = false;
};

} // namespace peerdesk::desktop
