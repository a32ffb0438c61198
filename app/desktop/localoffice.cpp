// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/localoffice.h"

#include "app/headless/doorway.h"
#include "app/headless/sleepwatch.h"

#include <QFile>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

LocalOffice::LocalOffice(OfficeOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
    m_pool.setMaxThreadCount(1);
}

LocalOffice::~LocalOffice()
{
    m_pool.waitForDone();
    m_desk.reset(); // before its node
}

bool LocalOffice::isThere() const
{
    return QFile::exists(m_options.dataDir + u"/office.db"_s);
}

/// A port that is taken costs the door, not the window.
node::Options LocalOffice::nodeOptions()
{
    app::DoorwayOptions door{true, m_options.dataDir, u"127.0.0.1"_s, 0, m_options.timeScale};
    if (const auto http = app::hostAndPort(m_options.http)) {
        door.host = http->first;
        door.port = http->second;
    }
    door.certificateFile = m_options.certificateFile;
    door.keyFile = m_options.certificateKeyFile;
    node::Options options;
    options.dataDir = m_options.dataDir;
    options.keystore = m_options.keystore;
    options.passphrase = m_options.passphrase;
    options.timeScale = m_options.timeScale;
    options.peer = m_options.peer;
    options.firstPeerPort = m_options.firstPeerPort;
    options.isPeerPortChosen = m_options.isPeerPortChosen;
    options.version = QStringLiteral(PEERDESK_VERSION);
    options.makeDoors = app::doorway(door, [this](const Result<QString> &address) {
        QMetaObject::invokeMethod(this, [this, address] { onDoorOpened(address); });
    });
    return options;
}

void LocalOffice::open(Completion<Done> done)
{
    if (m_isOpening || m_node)
        return done.answer(Error{Error::Code::Busy, u"the office is already opening"_s, {}});
    m_isOpening = true;
    m_opening = std::move(done);
    m_hasStarted = false;
    m_hasDoorAnswer = false;
    m_address.clear();
    m_doorTrouble.clear();
    m_pool.start([this, options = nodeOptions(), gui = thread()] {
        auto opened = std::make_shared<Opened>(node::NodeProcess::open(options));
        if (*opened)
            (**opened)->moveToThread(gui);
        QMetaObject::invokeMethod(this, [this, opened] {
            if (*opened)
                return start(std::move(**opened));
            m_isOpening = false;
            std::exchange(m_opening, {}).answer(opened->error());
        });
    });
}

void LocalOffice::start(std::unique_ptr<node::NodeProcess> node)
{
    m_node = std::move(node);
    new app::SleepWatch(*m_node);
    connect(m_node.get(), &node::NodeProcess::started, this, &LocalOffice::onStarted,
            Qt::QueuedConnection); // the node may be destroyed by what follows
    connect(m_node.get(), &node::NodeProcess::superseded, this, &LocalOffice::superseded,
            Qt::QueuedConnection);
    m_node->start();
}

void LocalOffice::onStarted(const Result<Done> &result)
{
    if (!result) {
        m_node.reset();
        m_isOpening = false;
        return std::exchange(m_opening, {}).answer(result.error());
    }
    m_desk = m_node->makeDesk();
    m_hasStarted = true;
    settle();
}

void LocalOffice::onDoorOpened(const Result<QString> &address)
{
    m_hasDoorAnswer = true;
    if (address)
        m_address = *address;
    else // the window says it; the web chats are down with this reason
        m_doorTrouble = address.error().detail;
    settle();
}

void LocalOffice::settle()
{
    if (!m_isOpening || !m_hasStarted || !m_hasDoorAnswer)
        return;
    m_isOpening = false;
    std::exchange(m_opening, {}).answer(Done{});
}

void LocalOffice::close(Completion<Done> done)
{
    m_closing = std::move(done);
    m_isOpening = false;
    m_desk.reset();
    m_address.clear();
    if (!m_node)
        return std::exchange(m_closing, {}).answer(Done{});
    connect(
        m_node.get(), &node::NodeProcess::stopped, this,
        [this] {
            m_node.reset();
            std::exchange(m_closing, {}).answer(Done{});
        },
        Qt::QueuedConnection);
    m_node->stop();
}

} // namespace peerdesk::desktop

#include "moc_localoffice.cpp"
