// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/partsending.h"
#include "core/channels/vendor/vendorapi.h"
#include "core/channels/whatsapp/whatsappparser.h"
#include "core/channels/whatsapp/whatsapprequests.h"

#include <QTimer>

#include <deque>

namespace peerdesk::channels {

/// A WhatsApp number at Meta's Cloud API: WhatsApp calls `/hooks/{account}`, nothing is asked.
class WhatsAppConnector final : public Connector
{
    Q_OBJECT

public:
    WhatsAppConnector(const ChannelAccount &account, Host &host);
    ~WhatsAppConnector() override { WhatsAppConnector::stop(); }

    void start() override;
    void stop() override;
    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;
    void hook(const HookCall &call, Completion<HookAnswer> done) override;
    void agentTyping(const QString &thread, bool isTyping) override;
    void agentRead(const QString &thread, Time upTo) override;
    void templates(Completion<TemplateList> done) override;

private:
    /// A send without an answer that a status may still tell of.
    struct Unclear
    {
        Completion<SendResult> done;
        QString detail;
    };

    QString setting(const QString &key) const;
    void probe();
    void onProbed(const Result<vendor::ApiReply> &reply);
    void showState();
    HookAnswer handshake(const HookCall &call);
    void take(const HookCall &call, Completion<HookAnswer> done);
    void remember(const std::vector<whatsapp::Latest> &latest);
    void clear(const std::vector<whatsapp::StatusMark> &marks);

    void fetch(const vendor::WantedFile &file, Completion<QByteArray> done);
    bool isMetas(const QUrl &url) const;
    void sendOne(const whatsapp::SendRequest &request, const QByteArray &bytes,
                 Completion<SendResult> done);
    void upload(const whatsapp::SendRequest &request, const QByteArray &bytes,
                Completion<SendResult> done);
    void post(const QJsonObject &body, Completion<SendResult> done);
    void waitForStatus(const QString &mark, const SendResult &result, Completion<SendResult> done);
    void testHook(const QString &number, Completion<QString> done);
    void mark(const QString &thread, bool isTyping);
    using Listing = std::shared_ptr<std::pair<TemplateList, Completion<TemplateList>>>;
    void listTemplates(const QString &after, const Listing &listing);

    ChannelAccount m_account;
    Host &m_host;
    vendor::VendorApi m_api;
    const QByteArray m_token;
    const QByteArray m_appSecret;
    QTimer m_probe;
    bool m_isRunning = false;
    bool m_isKnown = false; ///< WhatsApp has said that the number is ours
    bool m_isCalled = false;
    QString m_trouble;
    quint64 m_refused = 0;               ///< calls with a wrong signature
    std::map<QString, QString> m_latest; ///< message by thread
    std::deque<QString> m_latestInOrder; ///< threads, to forget the oldest
    std::map<QString, Milliseconds> m_typingAt;
    std::map<QString, std::shared_ptr<Unclear>> m_unclear; ///< by mark
    /// Owns what is under way. Last, so that it ends before anything else of this object.
    std::unique_ptr<QObject> m_scope = std::make_unique<QObject>();
};

namespace whatsapp {
ChannelType whatsappType();
} // namespace whatsapp

} // namespace peerdesk::channels
