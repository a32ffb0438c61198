// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/doorway.h"
#include "core/node/node.h"
#include "tests/functional/api/officeprogram.h"
#include "ui/shell/window.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>
#include <QWebSocket>

using namespace peerdesk;
using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 20'000; // milliseconds

/// Drafts that live as long as the window.
class NoDrafts final : public ui::DraftStore
{
public:
    void load(AgentId, Completion<std::vector<ui::Draft>> done) override
    {
        done.answer(std::vector<ui::Draft>());
    }
    void save(const ui::Draft &, Completion<Done> done) override { done.answer(Done{}); }
};

/// A visitor of the chat: what was sent to her, by type.
class Visitor
{
public:
    Visitor(const QString &address, const QString &account)
    {
        QObject::connect(&m_socket, &QWebSocket::connected, &m_socket, [this] {
            send({{u"type"_s, u"hello"_s}, {u"lang"_s, u"en"_s}});
        });
        QObject::connect(&m_socket, &QWebSocket::textMessageReceived, &m_socket,
                         [this](const QString &text) {
                             frames.push_back(QJsonDocument::fromJson(text.toUtf8()).object());
                         });
        m_socket.open(
            QUrl(QString(address).replace(u"http"_s, u"ws"_s) + u"/chat/ws?account="_s + account));
    }
    void send(const QJsonObject &frame)
    {
        m_socket.sendTextMessage(QString::fromUtf8(QJsonDocument(frame).toJson()));
    }
    void say(int number, const QString &text)
    {
        send({{u"type"_s, u"message"_s}, {u"seq"_s, number}, {u"text"_s, text}});
    }
    /// The last frame of a type; empty if there was none.
    QJsonObject last(const QString &type) const
    {
        const auto found =
            std::find_if(frames.rbegin(), frames.rend(),
                         [&](const QJsonObject &frame) { return frame.value(u"type"_s) == type; });
        return found == frames.rend() ? QJsonObject() : *found;
    }
    QString lastText() const { return last(u"message"_s).value(u"text"_s).toString(); }

    std::vector<QJsonObject> frames;

private:
    QWebSocket m_socket;
};

} // namespace

/// Dovecot and Postfix on loopback, with a customer and the office.
class MailServers
{
public:
    explicit MailServers(const QString &folder)
        : m_folder(folder)
    {
        server = QJsonDocument::fromJson(script({u"start"_s})).object();
    }
    ~MailServers()
    {
        if (isThere())
            script({u"stop"_s});
    }
    bool isThere() const { return server.contains(u"imap"_s); }
    void deliver(const QByteArray &mail) { script({u"deliver"_s, u"help@desk.test"_s}, mail); }
    /// What the customer got, as it came.
    QStringList customersMails()
    {
        QStringList mails;
        for (const QJsonValue mail :
             QJsonDocument::fromJson(script({u"read"_s, u"anna@customer.test"_s})).array())
            mails += mail[u"raw"_s].toString();
        return mails;
    }

    QJsonObject server;

private:
    QByteArray script(const QStringList &arguments, const QByteArray &input = {})
    {
        QProcess process;
        process.start(u"python3"_s,
                      QStringList{QStringLiteral(MAILSERVER_SCRIPT), arguments.front(), m_folder} +
                          arguments.mid(1));
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(60'000) || process.exitCode() != 0)
            qWarning().noquote() << process.readAllStandardError();
        return process.readAllStandardOutput();
    }

    QString m_folder;
};

/// M01 M10 M17 M56: the journey with the window that agents have, on a node of its own in this
/// process.
class TestWindow : public QObject
{
    Q_OBJECT

private:
    test::OfficeProgram m_office; // for the verbs on the folder
    std::unique_ptr<node::NodeProcess> m_node;
    std::unique_ptr<api::Desk> m_desk;
    std::unique_ptr<ui::Look> m_look;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<ui::Window> m_window;
    NoDrafts m_drafts;
    SystemClock m_clock;
    QString m_account;
    QString m_address;

    api::Caller callerNamed(const QString &name)
    {
        std::optional<Agent> agent;
        m_desk->agentByName(name, {this, [&](const Result<Agent> &found) { agent = *found; }});
        [&] { QTRY_VERIFY_WITH_TIMEOUT(agent.has_value(), Patience); }();
        return {agent->id, {}, agent->role, agent->worker, agent->name};
    }
    bool submit(const api::Caller &caller, const api::Command &command)
    {
        std::optional<bool> isDone;
        m_desk->submit(caller, randomId<CommandId>(), command,
                       {this, [&](const Result<api::Outcome> &outcome) {
                            if (!outcome)
                                qWarning("%ls", qUtf16Printable(outcome.error().detail));
                            isDone = bool(outcome);
                        }});
        [&] { QTRY_VERIFY_WITH_TIMEOUT(isDone.has_value(), Patience); }();
        return isDone.value_or(false);
    }
    ActivityId activityNamed(const QString &name)
    {
        std::vector<Activity> activities;
        m_desk->activities(
            {this, [&](const Result<std::vector<Activity>> &all) { activities = *all; }});
        [&] { QTRY_VERIFY_WITH_TIMEOUT(!activities.empty(), Patience); }();
        for (const Activity &activity : activities) {
            if (activity.friendlyName == name)
                return activity.id;
        }
        return {};
    }

private slots:
    void initTestCase()
    {
        const QStringList office{u"office"_s, u"create"_s,  u"--name"_s,
                                 u"Shop"_s,   u"--admin"_s, u"Linh"_s};
        QCOMPARE(m_office.run(office).status, 0);
        QCOMPARE(m_office.run({u"agent"_s, u"add"_s, u"Minh"_s}).status, 0);
        m_account = m_office
                        .run({u"channel"_s, u"add"_s, u"webchat"_s, u"--name"_s, u"Site"_s,
                              u"--flow"_s, u"Reference"_s, u"--queue"_s, u"Everyone"_s})
                        .answer.value(u"channel"_s)
                        .toString();
        QVERIFY(!m_account.isEmpty());

        node::Options options;
        options.dataDir = m_office.folder();
        options.keystore = u"file:"_s + m_office.keys();
        options.passphrase = u"test passphrase"_s;
        const app::DoorwayOptions door{true, m_office.folder(), u"127.0.0.1"_s, 0, 1.0};
        QPointer<TestWindow> self(this);
        options.makeDoors = app::doorway(door, [self](const Result<QString> &address) {
            QMetaObject::invokeMethod(self, [self, address] { self->m_address = *address; });
        });
        auto opened = node::NodeProcess::open(options);
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().detail));
        m_node = std::move(*opened);
        m_node->start();
        m_desk = m_node->makeDesk();
        QTRY_VERIFY_WITH_TIMEOUT(!m_address.isEmpty(), Patience);

        const api::Caller minh = callerNamed(u"Minh"_s);
        QVERIFY(submit(minh, api::SetActivity{minh.worker, activityNamed(u"Available"_s), false}));
        m_look = std::make_unique<ui::Look>();
        m_settings =
            std::make_unique<QSettings>(m_office.folder() + u"/window.ini"_s, QSettings::IniFormat);
        const ui::WindowParts parts{*m_desk, m_drafts, m_clock, *m_look, *m_settings};
        m_window = std::make_unique<ui::Window>(parts, minh);
        m_window->resize(1440, 900);
        m_window->show();
    }
    void cleanupTestCase()
    {
        m_window.reset();
        m_desk.reset();
        if (!m_node)
            return;
        QSignalSpy stopped(m_node.get(), &node::NodeProcess::stopped);
        m_node->stop();
        QVERIFY(!stopped.isEmpty() || stopped.wait(Patience));
        m_node.reset();
    }

    void offerIsAcceptedAndAnsweredInTheWindow()
    {
        Visitor visitor(m_address, m_account);
        QTRY_VERIFY_WITH_TIMEOUT(!visitor.last(u"welcome"_s).isEmpty(), Patience);
        visitor.say(1, u"Hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(visitor.lastText().contains(u"live agent"_s), Patience);
        QVERIFY(!m_window->offerCard().isVisible()); // the bot keeps it
        visitor.say(2, u"Live AGENT please"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->offerCard().isVisible(), Patience);
        QTest::mouseClick(&m_window->offerCard().acceptButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->conversation().conversation().isNull(), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->conversation().messages().rowCount() >= 3, true,
                                  Patience);

        // The visitor sees that the agent has read; the agent sees that the visitor writes.
        QSignalSpy presence(m_desk.get(), &api::Desk::presenceChanged);
        visitor.send({{u"type"_s, u"typing"_s}, {u"on"_s, true}});
        QTRY_VERIFY_WITH_TIMEOUT(!presence.isEmpty(), Patience);
        const auto shown = presence.last().front().value<api::Presence>();
        QCOMPARE(shown.conversation, m_window->conversation().conversation());
        QVERIFY(shown.isTyping && shown.agent.isNull());

        ui::Composer &composer = m_window->conversation().composer();
        composer.editor().setPlainText(u"Minh here, good morning"_s);
        composer.send();
        QTRY_COMPARE_WITH_TIMEOUT(visitor.lastText(), u"Minh here, good morning"_s, Patience);
        QCOMPARE(visitor.last(u"message"_s).value(u"from"_s).toString(), u"agent"_s);
        const auto isAnswer = [](const QJsonObject &frame) {
            return frame.value(u"text"_s) == u"Minh here, good morning"_s;
        };
        QCOMPARE(std::count_if(visitor.frames.begin(), visitor.frames.end(), isAnswer), 1);
    }

    /// M17: a mail is offered, accepted and answered in the window; the reply is in the
    /// customer's mailbox, in the thread of what she wrote.
    void mailIsAcceptedAndAnsweredInTheWindow()
    {
        QTemporaryDir folder;
        QFile::setPermissions(folder.path(), QFile::Permissions(0x7755)); // they change user
        MailServers mail(folder.filePath(u"mail"_s));
        if (mail.server.contains(u"skip"_s))
            QSKIP(qPrintable(mail.server.value(u"skip"_s).toString()));
        QVERIFY2(mail.isThere(), "the mail servers did not start");
        const auto port = [&](const QString &of) {
            return QString::number(mail.server.value(of).toInt());
        };
        QFile secret(folder.filePath(u"password"_s));
        QVERIFY(secret.open(QIODevice::WriteOnly));
        secret.write(mail.server.value(u"password"_s).toString().toUtf8());
        secret.close();
        const auto added = m_office.run({u"channel"_s,
                                         u"add"_s,
                                         u"email"_s,
                                         u"--name"_s,
                                         u"help@desk.test"_s,
                                         u"--flow"_s,
                                         u"To a person"_s,
                                         u"--queue"_s,
                                         u"Everyone"_s,
                                         u"--set"_s,
                                         u"address=help@desk.test"_s,
                                         u"--set"_s,
                                         u"imap_host=localhost"_s,
                                         u"--set"_s,
                                         u"imap_port="_s + port(u"imaps"_s),
                                         u"--set"_s,
                                         u"smtp_host=localhost"_s,
                                         u"--set"_s,
                                         u"smtp_port="_s + port(u"submission"_s),
                                         u"--set"_s,
                                         u"smtp_security=starttls"_s,
                                         u"--set"_s,
                                         u"ca_file="_s + mail.server.value(u"ca_file"_s).toString(),
                                         u"--secret"_s,
                                         u"password=@"_s + secret.fileName()});
        QVERIFY2(added.status == 0, added.err.constData());
        mail.deliver("From: Anna Nowak <anna@customer.test>\r\nTo: help@desk.test\r\n"
                     "Subject: My tulips\r\nMessage-ID: <tulips@customer.test>\r\n\r\n"
                     "They have not come.\r\n");
        QTRY_VERIFY_WITH_TIMEOUT(m_window->offerCard().isVisible(), Patience);
        const ConversationId before = m_window->conversation().conversation();
        QTest::keyClick(m_window.get(), Qt::Key_F9);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->conversation().conversation() != before, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->conversation().messages().rowCount(), 1, Patience);
        ui::Composer &composer = m_window->conversation().composer();
        composer.editor().setPlainText(u"They are on their way."_s);
        composer.send();
        QStringList got;
        const auto hasAnswer = [&] {
            got = mail.customersMails().filter(u"on their way"_s);
            return !got.isEmpty();
        };
        QTRY_VERIFY_WITH_TIMEOUT(hasAnswer(), Patience);
        QCOMPARE(got.size(), 1);
        QVERIFY(got.front().contains(u"In-Reply-To: <tulips@customer.test>"_s));
        QVERIFY(got.front().contains(u"References: <tulips@customer.test>"_s));
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
