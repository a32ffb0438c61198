// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <csignal>

namespace peerdesk::test {

/// The real peerdesk-node on a folder of its own. Ends what it started, by process id.
class OfficeProgram
{
public:
    struct Said
    {
        int status = -1;
        QByteArray out;
        QByteArray err;
        QJsonObject answer;
    };

    ~OfficeProgram()
    {
        if (m_process.state() != QProcess::NotRunning) {
            m_process.kill();
            m_process.waitForFinished(5'000);
        }
    }

    QString folder() const { return m_folder.path() + QStringLiteral("/office"); }
    QString keys() const { return m_folder.path() + QStringLiteral("/keys"); }
    QString address() const { return m_ready[QStringLiteral("http")].toString(); }
    QJsonObject readyLine() const { return m_ready; }

    Said run(const QStringList &words)
    {
        QProcess verb;
        prepare(verb);
        verb.start(QStringLiteral(PEERDESK_NODE), withCommon(words));
        Said said;
        if (verb.waitForFinished(30'000))
            said.status = verb.exitCode();
        said.out = verb.readAllStandardOutput();
        said.err = verb.readAllStandardError();
        said.answer = QJsonDocument::fromJson(said.out).object();
        return said;
    }
    bool start()
    {
        prepare(m_process);
        m_process.start(QStringLiteral(PEERDESK_NODE),
                        withCommon({QStringLiteral("run"), QStringLiteral("--http"),
                                    QStringLiteral("127.0.0.1:0"), QStringLiteral("--peer"),
                                    QStringLiteral("127.0.0.1:0")}));
        QElapsedTimer patience;
        patience.start();
        while (!m_process.canReadLine() && patience.elapsed() < 30'000) {
            if (!m_process.waitForReadyRead(1'000) && m_process.state() == QProcess::NotRunning)
                break;
        }
        m_ready = QJsonDocument::fromJson(m_process.readLine()).object();
        return m_ready[QStringLiteral("ready")].toBool();
    }
    /// Exit status after SIGTERM; -1 if it did not end in time or crashed.
    int stop()
    {
        return end(SIGTERM) && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode()
                                                                              : -1;
    }
    void kill() { end(SIGKILL); }
    QByteArray complaints() { return m_process.readAllStandardError(); }

private:
    bool end(int signal)
    {
        ::kill(pid_t(m_process.processId()), signal);
        return m_process.waitForFinished(20'000);
    }
    void prepare(QProcess &process) const
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PEERDESK_KEYSTORE_PASSPHRASE"),
                           QStringLiteral("test passphrase"));
        process.setProcessEnvironment(environment);
    }
    QStringList withCommon(const QStringList &words) const
    {
        return words + QStringList{QStringLiteral("--data"), folder(), QStringLiteral("--keystore"),
                                   QStringLiteral("file:") + keys(), QStringLiteral("--json")};
    }

    QTemporaryDir m_folder;
    QProcess m_process;
    QJsonObject m_ready;
};

} // namespace peerdesk::test
