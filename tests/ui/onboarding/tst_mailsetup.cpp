// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/desktop.h"
#include "tests/ui/onboarding/hand.h"
#include "ui/onboarding/mailpage.h"

#include <QApplication>
#include <QComboBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSignalSpy>

using namespace peerdesk;
using namespace peerdesk::desktop;
using namespace peerdesk::test;
using namespace Qt::StringLiterals;

namespace {
constexpr int Long = 60'000; ///< milliseconds
const QString Imap = u"Incoming mail server (IMAP)"_s;
const QString Smtp = u"Outgoing mail server (SMTP)"_s;
const QString CaFile = u"Certificate file of your own authority, if it has one"_s;
const QString PasswordField = u"Password of the mailbox"_s;
} // namespace

/// The mail page against Dovecot and Postfix on loopback, with the real core behind it.
class TestMailSetup : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void failuresAreToldApart_data();
    void failuresAreToldApart();
    void theMailboxIsConnectedAndItsFirstMailArrives();

private:
    QByteArray script(const QStringList &arguments, const QByteArray &input = {});
    int port(const QString &name) const { return m_server.value(name).toInt(); }
    void openMailPage();
    void fill(const QString &password, int imapPort, const QString &caFile);

    QTemporaryDir m_folder;
    QJsonObject m_server;
    std::unique_ptr<Desktop> m_program;
};

QByteArray TestMailSetup::script(const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    process.start(u"python3"_s, QStringList{QStringLiteral(MAILSERVER_SCRIPT), arguments.front(),
                                            m_folder.filePath(u"server"_s)} +
                                    arguments.mid(1));
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(Long) || process.exitCode() != 0)
        qWarning().noquote() << process.readAllStandardError();
    return process.readAllStandardOutput();
}

void TestMailSetup::initTestCase()
{
    QFile::setPermissions(m_folder.path(), QFile::Permissions(0x7755));
    m_server = QJsonDocument::fromJson(script({u"start"_s})).object();
    if (m_server.contains(u"skip"_s) || m_server.isEmpty())
        QSKIP(qPrintable(m_server.value(u"skip"_s).toString()));
    Desktop::Options options;
    options.office.dataDir = m_folder.filePath(u"office"_s);
    options.office.http = u"127.0.0.1:0"_s;
    m_program = std::make_unique<Desktop>(options);
    m_program->start();
    ui::FirstRun &first = *m_program->firstRun();
    QVERIFY(click(first, u"Start a new office"_s));
    QVERIFY(write(first, u"Name of the office"_s, u"Shop"_s));
    QVERIFY(write(first, u"Your name"_s, u"Linh"_s));
    QVERIFY(click(first, u"Continue"_s));
    QVERIFY(click(first, u"In a file sealed with a passphrase"_s));
    QVERIFY(write(first, u"Passphrase (at least 8 characters)"_s, u"long enough"_s));
    QVERIFY(write(first, u"Passphrase once more"_s, u"long enough"_s));
    QVERIFY(click(first, u"Create the office"_s));
    QTRY_VERIFY_WITH_TIMEOUT(m_program->assistant() && m_program->assistant()->isReady(), Long);
}

void TestMailSetup::cleanupTestCase()
{
    if (m_program) {
        QSignalSpy ended(m_program.get(), &Desktop::ended);
        m_program->quit();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Long);
        m_program.reset();
    }
    if (m_server.contains(u"imap"_s))
        script({u"stop"_s});
}

void TestMailSetup::openMailPage()
{
    m_program->assistant()->showChoice();
    QTRY_VERIFY(m_program->assistant()->isReady());
    QVERIFY(click(*m_program->assistant(), u"E-mail"_s));
    QVERIFY(click(*m_program->assistant(), u"Enter the servers myself"_s));
}

void TestMailSetup::fill(const QString &password, int imapPort, const QString &caFile)
{
    QWidget &page = m_program->assistant()->mail();
    QVERIFY(write(page, u"E-mail address"_s, u"help@desk.test"_s));
    QVERIFY(write(page, PasswordField, password));
    QVERIFY(write(page, Imap, u"localhost"_s));
    QVERIFY(write(page, u"Port of: "_s + Imap, QString::number(imapPort)));
    QVERIFY(write(page, Smtp, u"localhost"_s));
    QVERIFY(write(page, u"Port of: "_s + Smtp, QString::number(port(u"submission"_s))));
    seen<QComboBox>(page, u"Encryption of: "_s + Smtp)->setCurrentIndex(1); // STARTTLS
    QVERIFY(write(page, CaFile, caFile));
}

void TestMailSetup::failuresAreToldApart_data()
{
    QTest::addColumn<QString>("password");
    QTest::addColumn<QString>("port"); // of the list that the server gave; else nobody listens
    QTest::addColumn<bool>("knowsAuthority");
    QTest::addColumn<QString>("title");
    QTest::newRow("wrong password")
        << u"not-it"_s << u"imaps"_s << true << u"The password was not accepted"_s;
    QTest::newRow("certificate of an authority nobody trusts")
        << u"secret"_s << u"imaps"_s << false << u"The mail server cannot prove who it is"_s;
    QTest::newRow("nobody listens")
        << u"secret"_s << u"gone"_s << true << u"The mail server does not answer"_s;
}

void TestMailSetup::failuresAreToldApart()
{
    QFETCH(QString, password);
    QFETCH(QString, port);
    QFETCH(bool, knowsAuthority);
    QFETCH(QString, title);
    openMailPage();
    const int number = m_server.contains(port) ? TestMailSetup::port(port) : 1;
    fill(password, number, knowsAuthority ? m_server.value(u"ca_file"_s).toString() : QString());
    ui::MailPage &page = m_program->assistant()->mail();
    QVERIFY(click(page, u"Test and connect"_s));
    QTRY_COMPARE_WITH_TIMEOUT(page.notice().title(), title, Long);
    QVERIFY(!page.notice().details().isEmpty()); // the server's own words
    QVERIFY(!page.notice().details().contains(password));
    QTRY_VERIFY(seen<QAbstractButton>(page, u"Test and connect"_s)->isEnabled());
    std::optional<size_t> channels;
    m_program->office().desk().status(
        {this, [&](const Result<api::OfficeStatus> &r) { channels = r->channels.size(); }});
    QTRY_VERIFY(channels);
    QCOMPARE(*channels, size_t(0)); // nothing is kept of what does not work
}

void TestMailSetup::theMailboxIsConnectedAndItsFirstMailArrives()
{
    openMailPage();
    fill(u"secret"_s, port(u"imaps"_s), m_server.value(u"ca_file"_s).toString());
    ui::MailPage &page = m_program->assistant()->mail();
    QVERIFY(click(page, u"Test and connect"_s));
    QTRY_COMPARE_WITH_TIMEOUT(page.notice().title().remove(QChar(0x2066)).remove(QChar(0x2069)),
                              u"help@desk.test is connected"_s, Long);
    script({u"deliver"_s, u"help@desk.test"_s},
           "From: Anna <anna@customer.test>\r\nTo: help@desk.test\r\nSubject: Hello\r\n"
           "Message-ID: <first@customer.test>\r\n\r\nA live agent, please.\r\n");
    QVERIFY(click(page, u"Continue"_s));
    QTRY_VERIFY(seen<QAbstractButton>(*m_program->assistant(), u"Finish"_s));
    QVERIFY(click(*m_program->assistant(), u"Finish"_s));
    QTRY_VERIFY(m_program->window());
    std::vector<Conversation> found;
    const auto ask = [&] {
        m_program->office().desk().conversations(
            {}, {}, {this, [&](const Result<api::PageOf<Conversation>> &r) {
                         if (r)
                             found = r->items;
                     }});
        return !found.empty();
    };
    QTRY_VERIFY_WITH_TIMEOUT(ask(), Long);
    QCOMPARE(found.front().channel, u"email"_s);
}

int main(int argc, char **argv)
{
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    TestMailSetup test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_mailsetup.moc"
