// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/program.h"

#include "app/headless/doorway.h"
#include "app/headless/keystore.h"
#include "app/headless/sleepwatch.h"
#include "core/doors/control.h"
#include "core/store/rebuild.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QSaveFile>
#include <QTextStream>

using namespace Qt::StringLiterals;

namespace peerdesk::app {

namespace {

const QString DefaultHttp = u"127.0.0.1:8417"_s;
const QString DefaultPeer = u"127.0.0.1:0"_s;

void print(const QString &text)
{
    QTextStream(stdout) << text << Qt::flush;
}

void complain(const QString &text)
{
    QTextStream(stderr) << "peerdesk-node: " << text << Qt::endl;
}

QString oneLine(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)) + u'\n';
}

bool isOfficeThere(const QString &dataDir)
{
    return QFile::exists(dataDir + u"/office.db"_s);
}

} // namespace

Program::Program(doors::VerbLine line)
    : m_line(std::move(line))
{}

Program::~Program() = default;

void Program::start()
{
    const Result<doors::VerbLine> line = doors::withFiles(m_line);
    if (!line)
        return refuse(line.error());
    m_line = *line;
    m_line.verb == u"run" ? runNode() : askRunningNode();
}

Error Program::noOffice() const
{
    const QFileInfo folder(m_line.dataDir);
    if (folder.isDir() && !(folder.isReadable() && folder.isExecutable()))
        return Error{
            Error::Code::Storage,
            u"The data folder %1 cannot be read: it belongs to another user. Start "
            "Peerdesk as that user, or name another folder with --data"_s.arg(m_line.dataDir),
            {}};
    return rejected(
        u"There is no office in %1 yet: run \"office create\" first"_s.arg(m_line.dataDir),
        u"no-office"_s);
}

node::Options Program::options() const
{
    node::Options options;
    options.dataDir = m_line.dataDir;
    options.version = QStringLiteral(PEERDESK_VERSION);
    options.keystore = m_line.keystore;
    options.passphrase = qEnvironmentVariable("PEERDESK_KEYSTORE_PASSPHRASE");
    options.timeScale = m_line.arguments.value(u"time-scale"_s).toString(u"1"_s).toDouble();
    return options;
}

bool Program::openNode(const node::Options &options)
{
    auto opened = node::NodeProcess::open(options);
    if (!opened) {
        refuse(opened.error());
        return false;
    }
    m_node = std::move(*opened);
    connect(m_node.get(), &node::NodeProcess::started, this, &Program::onStarted);
    connect(m_node.get(), &node::NodeProcess::stopped, this, [this] {
        if (m_isRestarting && !m_isEnding)
            QMetaObject::invokeMethod(this, &Program::restart, Qt::QueuedConnection);
        else
            Q_EMIT ended(int(m_status));
    });
    connect(m_node.get(), &node::NodeProcess::superseded, this, [this] {
        m_isRestarting = !m_isEnding;
        m_node->stop();
    });
    return true;
}

void Program::runNode()
{
    if (!isOfficeThere(m_line.dataDir))
        return refuse(noOffice());
    const auto http = hostAndPort(m_line.arguments.value(u"http"_s).toString(DefaultHttp));
    const auto peer = hostAndPort(m_line.arguments.value(u"peer"_s).toString(DefaultPeer));
    if (!http || !peer) {
        complain((http ? peer.error() : http.error()).detail);
        return Q_EMIT ended(int(doors::Exit::Usage));
    }
    node::Options wanted = options();
    DoorwayOptions door{true,
                        m_line.dataDir,
                        http->first,
                        http->second,
                        wanted.timeScale,
                        m_line.arguments.value(u"certificate"_s).toString(),
                        m_line.arguments.value(u"certificate-key"_s).toString()};
    wanted.peer = m_line.arguments.value(u"peer"_s).toString(DefaultPeer);
    wanted.isWitness = m_line.arguments.contains(u"witness"_s);
    wanted.peerOpened = [this](const Result<QString> &address) {
        QMetaObject::invokeMethod(this, [this, address] { onPeersOpened(address); });
    };
    wanted.makeDoors = doorway(door, [this](const Result<QString> &address) {
        QMetaObject::invokeMethod(this, [this, address] { onOpened(address); });
    });
    if (openNode(wanted)) {
        new SleepWatch(*m_node);
        m_node->start();
    }
}

void Program::restart()
{
    complain(u"The office went on without this PC. Its copy is set aside in %1; it joins again and "
             "brings back what it has."_s.arg(m_line.dataDir));
    m_isRestarting = false;
    m_isStarted = m_awaitsCopy = false;
    m_verbs.reset();
    m_desk.reset();
    m_node.reset();
    if (m_line.verb != u"run")
        return refuse(rejected(u"The office went on without this PC: run it again"_s, {}));
    if (const QUrl address(m_address); address.isValid())
        m_line.arguments[u"http"_s] = u"%1:%2"_s.arg(address.host()).arg(address.port());
    m_address.clear();
    runNode();
}

void Program::onPeersOpened(const Result<QString> &address)
{
    if (!address)
        return refuse(address.error());
    m_peerAddress = *address;
}

void Program::onOpened(const Result<QString> &address)
{
    if (!address)
        return refuse(address.error());
    m_address = *address;
    announce();
}

void Program::onStarted(const Result<Done> &result)
{
    if (!result)
        return refuse(result.error());
    m_desk = m_node->makeDesk();
    if (m_line.verb == u"run")
        return askStatus();
    m_verbs = std::make_unique<doors::Verbs>(*m_desk);
    m_verbs->run(m_line.verb, m_line.arguments,
                 {this, [this](Result<QJsonObject> answer) { onVerbAnswered(answer); }});
}

void Program::askStatus()
{
    m_desk->status({this, [this](const Result<api::OfficeStatus> &status) { onStatus(status); }});
}

/// A folder in which "office create" was refused has files, but no office. One that has joined
/// knows whom it belongs to before it has anything of theirs; a long history takes its time.
void Program::onStatus(const Result<api::OfficeStatus> &status)
{
    if (m_isStarted)
        return;
    if (!status)
        return refuse(status.error());
    const bool isHere = status->office.createdAt.isSet();
    if (!isHere && status->members.empty())
        return refuse(noOffice());
    if (isHere) {
        m_isStarted = true;
        return announce();
    }
    if (!std::exchange(m_awaitsCopy, true)) {
        complain(
            u"Waiting for what the office \"%1\" holds: it comes from another PC that is on."_s.arg(
                status->office.name));
        connect(m_desk.get(), &api::Desk::statusChanged, this, &Program::askStatus);
    }
}

void Program::announce()
{
    if (!m_isStarted || m_address.isEmpty() || m_isEnding || std::exchange(m_isAnnounced, true))
        return;
    print(oneLine({{u"ready"_s, true},
                   {u"http"_s, m_address},
                   {u"peer"_s, m_peerAddress},
                   {u"node"_s, m_node->id().toString()}}));
}

void Program::askRunningNode()
{
    auto *client = new doors::ControlClient(this);
    client->send(m_line.dataDir, m_line.verb, m_line.arguments,
                 {this, [this, client](Result<QJsonObject> answer) {
                      client->deleteLater();
                      if (!answer && answer.error().state == doors::NotRunning)
                          return m_line.verb == u"rebuild" ? rebuild() : workOnFolder();
                      onVerbAnswered(answer);
                  }});
}

void Program::workOnFolder()
{
    if (m_line.verb == u"office join")
        return joinOffice();
    const bool creates = m_line.verb == u"office create";
    if (!creates && !isOfficeThere(m_line.dataDir))
        return refuse(noOffice());
    if (!creates && m_line.verb != u"channel add")
        return openFolder();
    auto *trial = new SecretsTrial(
        {m_line.keystore, options().passphrase, m_line.dataDir},
        {this, [this](const Result<Done> &kept) { kept ? openFolder() : refuse(kept.error()); }},
        this);
    trial->start();
}

void Program::openFolder()
{
    node::Options wanted = options();
    wanted.runsConnectors = false;
    wanted.makeDoors = doorway({}, {});
    if (m_line.verb == u"office takeover")
        wanted.peer = u":0"_s; // it has to see who else is on
    if (openNode(wanted))
        m_node->start();
}

void Program::joinOffice()
{
    const auto argument = [this](const QString &name) {
        return m_line.arguments.value(name).toString();
    };
    node::JoinOffice::Request request{m_line.dataDir,       m_line.keystore,
                                      options().passphrase, argument(u"code"_s),
                                      argument(u"name"_s),  argument(u"via"_s)};
    auto *join = new node::JoinOffice(
        request, {this, [this](const Result<cluster::Membership> &joined) { onJoined(joined); }},
        this);
    m_joinedAs = [join] { return join->node(); };
    join->start();
}

void Program::onJoined(const Result<cluster::Membership> &joined)
{
    if (!joined)
        return refuse(joined.error());
    onVerbAnswered(
        QJsonObject{{u"office"_s, OfficeId{QUuid::fromRfc4122(joined->office)}.toString()},
                    {u"office_name"_s, joined->name},
                    {u"node"_s, m_joinedAs().toString()},
                    {u"members"_s, int(joined->members.size())}});
}

void Program::rebuild()
{
    if (!isOfficeThere(m_line.dataDir))
        return refuse(noOffice());
    const auto folder = store::DataFolder::open(m_line.dataDir);
    if (!folder)
        return refuse(folder.error());
    const Result<store::RebuildReport> report = store::rebuild((*folder)->office());
    if (!report)
        return refuse(report.error());
    onVerbAnswered(
        QJsonObject{{u"digest_before"_s, QString::fromLatin1(report->digestBefore.toHex())},
                    {u"digest_after"_s, QString::fromLatin1(report->digestAfter.toHex())},
                    {u"facts"_s, report->facts}});
}

void Program::onVerbAnswered(const Result<QJsonObject> &answer)
{
    if (!answer)
        return refuse(answer.error());
    const Result<QJsonObject> shown = withWrittenFile(*answer);
    if (!shown)
        return refuse(shown.error());
    print(m_line.wantsJson ? oneLine(*shown) : doors::readable(*shown));
    finish(doors::Exit::Done);
}

/// `config export` hands over a document: it becomes the caller's file.
Result<QJsonObject> Program::withWrittenFile(const QJsonObject &answer) const
{
    if (m_line.verb != u"config export")
        return answer;
    const QString path = m_line.arguments.value(u"file"_s).toString();
    QSaveFile file(path);
    const QByteArray bytes = QJsonDocument(answer.value(u"document"_s).toObject()).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.flush() ||
        !file.commit())
        return Error{
            Error::Code::Storage, u"Cannot write %1: %2"_s.arg(path, file.errorString()), {}};
    return QJsonObject{{u"file"_s, path}, {u"bytes"_s, qint64(bytes.size())}};
}

void Program::refuse(const Error &error)
{
    if (m_isEnding)
        return; // the reason was given; what fails now is the ending itself
    complain(error.detail.isEmpty() ? u"It did not work (no reason was given)"_s : error.detail);
    finish(doors::Exit::Refused);
}

void Program::stop()
{
    finish(doors::Exit::Done);
}

void Program::finish(doors::Exit status)
{
    if (std::exchange(m_isEnding, true))
        return;
    m_status = status;
    m_verbs.reset();
    m_desk.reset();
    if (!m_node)
        return Q_EMIT ended(int(status));
    m_node->stop();
}

} // namespace peerdesk::app

#include "moc_program.cpp"
