// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doors/verbline.h"
#include "core/doors/verbs.h"
#include "core/node/joining.h"
#include "core/node/node.h"

namespace peerdesk::app {

/// One run of peerdesk-node: `run`, or a verb through the running node or on the folder itself.
/// Emits ended() once with the exit status. Thread: main.
class Program final : public QObject
{
    Q_OBJECT

public:
    explicit Program(doors::VerbLine line);
    ~Program() override;

    void start();
    /// Graceful sign-off; ended(Done) follows.
    void stop();

Q_SIGNALS:
    void ended(int status);

private:
    void runNode();
    void onPeersOpened(const Result<QString> &address);
    void onOpened(const Result<QString> &address);
    void onStarted(const Result<Done> &result);
    void askStatus();
    void onStatus(const Result<api::OfficeStatus> &status);
    void announce();
    /// The office went on without this PC: the folder is opened anew and joins it again.
    void restart();

    void askRunningNode();
    void workOnFolder();
    void openFolder();
    void joinOffice();
    void onJoined(const Result<cluster::Membership> &joined);
    void rebuild();
    void onVerbAnswered(const Result<QJsonObject> &answer);
    Result<QJsonObject> withWrittenFile(const QJsonObject &answer) const;

    bool openNode(const node::Options &options);
    node::Options options() const;
    Error noOffice() const;
    void refuse(const Error &error);
    void finish(doors::Exit status);

    doors::VerbLine m_line;
    std::unique_ptr<node::NodeProcess> m_node;
    std::unique_ptr<api::Desk> m_desk;
    std::unique_ptr<doors::Verbs> m_verbs;
    QString m_address;
    QString m_peerAddress;
    std::function<NodeId()> m_joinedAs;
    bool m_isStarted = false;
    bool m_awaitsCopy = false; ///< joined, and nothing has come yet
    bool m_isEnding = false;
    bool m_isRestarting = false;
    bool m_isAnnounced = false;
    doors::Exit m_status = doors::Exit::Done;
};

} // namespace peerdesk::app
