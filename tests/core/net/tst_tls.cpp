// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/server.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTest>
#include <QWebSocket>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

using namespace peerdesk;
using namespace peerdesk::net;
using namespace Qt::StringLiterals;

namespace {

QByteArray drained(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    const QByteArray bytes(data, size);
    BIO_free(bio);
    return bytes;
}

/// A throwaway P-256 key with a certificate for 127.0.0.1, signed by itself.
Server::Tls throwaway()
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char *>("throwaway"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION *address =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate, address, -1);
    X509_EXTENSION_free(address);
    X509_sign(certificate, key, EVP_sha256());
    BIO *certificateBio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(certificateBio, certificate);
    BIO *keyBio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(keyBio, key, nullptr, nullptr, 0, nullptr, nullptr);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return {drained(certificateBio), drained(keyBio)};
}

QSslConfiguration trusting(const Server::Tls &tls)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setCaCertificates({QSslCertificate(tls.certificatePem)});
    return configuration;
}

} // namespace

class TestTls : public QObject
{
    Q_OBJECT

private:
    Server::Tls m_tls = throwaway();
    std::unique_ptr<Server> m_server;
    quint16 m_port = 0;

private Q_SLOTS:
    void init()
    {
        ServerLimits limits;
        limits.readSeconds = 1;
        m_server = std::make_unique<Server>(limits);
        m_server->route("POST", u"/echo"_s,
                        [](const HttpRequest &request, const Responder &answer) {
                            answer({200, "text/plain", request.body, {}});
                        });
        m_server->webSocket(u"/socket"_s, [](const HttpRequest &, WebSocket *socket) {
            connect(socket, &WebSocket::textReceived, socket, &WebSocket::sendText);
        });
        const auto port = m_server->listen(u"127.0.0.1"_s, 0, m_tls);
        QVERIFY2(port, qPrintable(port.error().detail));
        m_port = *port;
    }

    void aTrustedClientPostsAndHears()
    {
        QNetworkAccessManager manager;
        QNetworkRequest request(QUrl(u"https://127.0.0.1:%1/echo"_s.arg(m_port)));
        request.setSslConfiguration(trusting(m_tls));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"text/plain"_s);
        const QByteArray body = QByteArray("0123456789").repeated(50'000);
        for (int i = 0; i < 3; ++i) { // the second and third on the kept connection
            std::unique_ptr<QNetworkReply> reply(manager.post(request, body));
            QTRY_VERIFY(reply->isFinished());
            QCOMPARE(reply->error(), QNetworkReply::NoError);
            QCOMPARE(reply->readAll(), body);
        }
    }

    void aWebSocketWorksOverTls()
    {
        QWebSocket client;
        client.setSslConfiguration(trusting(m_tls));
        QSignalSpy heard(&client, &QWebSocket::textMessageReceived);
        connect(&client, &QWebSocket::connected, &client,
                [&client] { client.sendTextMessage(u"größe"_s); });
        client.open(QUrl(u"wss://127.0.0.1:%1/socket"_s.arg(m_port)));
        QTRY_COMPARE(heard.size(), 1);
        QCOMPARE(heard.first().first().toString(), u"größe"_s);
    }

    void anOldProtocolIsRefused()
    {
        QSslConfiguration old = trusting(m_tls);
        QT_WARNING_PUSH
        QT_WARNING_DISABLE_DEPRECATED
        old.setProtocol(QSsl::TlsV1_1);
        QT_WARNING_POP
        QSslSocket client;
        client.setSslConfiguration(old);
        QSignalSpy failed(&client, &QSslSocket::errorOccurred);
        client.connectToHostEncrypted(u"127.0.0.1"_s, m_port);
        QTRY_VERIFY(!failed.isEmpty());
        QVERIFY(!client.isEncrypted());
    }

    void plainHttpAndSilenceOnTheTlsPortAreCutOff_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("plain HTTP") << QByteArray("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        QTest::newRow("half a hello") << QByteArray("\x16\x03\x01\x02\x00", 5);
        QTest::newRow("silence") << QByteArray();
    }
    void plainHttpAndSilenceOnTheTlsPortAreCutOff()
    {
        QFETCH(QByteArray, bytes);
        QTcpSocket client;
        client.connectToHost(u"127.0.0.1"_s, m_port);
        client.write(bytes);
        QSignalSpy gone(&client, &QTcpSocket::disconnected);
        QTRY_COMPARE_WITH_TIMEOUT(gone.size(), 1, 4000);
        QVERIFY(!client.readAll().startsWith("HTTP"));
    }

    void unusableCertificatesAreRefusedWhenListening_data()
    {
        QTest::addColumn<QByteArray>("certificate");
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("nothing") << QByteArray() << QByteArray();
        QTest::newRow("garbage") << QByteArray("garbage") << m_tls.keyPem;
        QTest::newRow("no key") << m_tls.certificatePem << QByteArray();
        QTest::newRow("another key") << m_tls.certificatePem << throwaway().keyPem;
    }
    void unusableCertificatesAreRefusedWhenListening()
    {
        QFETCH(QByteArray, certificate);
        QFETCH(QByteArray, key);
        Server server;
        const auto port = server.listen(u"127.0.0.1"_s, 0, Server::Tls{certificate, key});
        QVERIFY(!port);
        QCOMPARE(port.error().code, Error::Code::Invalid);
        QVERIFY(!port.error().detail.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
