// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/node.h"

#include <QThreadPool>

namespace peerdesk::desktop {

/// What a program was started with.
struct OfficeOptions
{
    QString dataDir;
    QString http = QStringLiteral("127.0.0.1:8417"); ///< where browsers and verbs knock
    QString certificateFile;                         ///< PEM; with it browsers knock by https
    QString certificateKeyFile;                      ///< PEM
    QString keystore = QStringLiteral("os");         ///< "os" or "file:PATH"
    QString passphrase;
    double timeScale = 1.0;
    /// HOST:PORT where other PCs reach this one; empty = nowhere, unless the office has several.
    QString peer = {};
    quint16 firstPeerPort = 0; ///< with port 0 in `peer`: what is tried first
    bool isPeerPortChosen = false;
};

/// The node in this program with a desk for the GUI thread. Files are opened and migrated in the
/// pool, so that a slow disk never stops the window. GUI thread.
class LocalOffice final : public QObject
{
    Q_OBJECT

public:
    explicit LocalOffice(OfficeOptions options, QObject *parent = nullptr);
    ~LocalOffice() override;

    OfficeOptions &options() { return m_options; }
    /// There is a database in the folder; whether an office is in it says status().
    bool isThere() const;
    bool isOpen() const { return m_desk != nullptr; }

    /// Opens folder, secrets, node and doors. After an error everything is closed and it may be
    /// asked again. Errors: Rejected "in-use"; Storage with "read-only", "disk-full",
    /// "newer-version", "wrong-passphrase"; Busy while it is already opening.
    void open(Completion<Done> done);
    /// Everything is written and closed when this answers. Nothing of the desk may be used after
    /// the call.
    void close(Completion<Done> done);

    api::Desk &desk() { return *m_desk; }
    const store::DataFolder &folder() const { return m_node->folder(); }
    /// "http://127.0.0.1:8417"; empty if the door could not be opened (its port is taken).
    QString address() const { return m_address; }
    /// Why it could not be opened, for people; empty if it is open.
    QString doorTrouble() const { return m_doorTrouble; }

Q_SIGNALS:
    /// The office went on without this PC: close and open again, and it joins anew.
    void superseded();

private:
    using Opened = Result<std::unique_ptr<node::NodeProcess>>;

    node::Options nodeOptions();
    void start(std::unique_ptr<node::NodeProcess> node);
    void onStarted(const Result<Done> &result);
    void onDoorOpened(const Result<QString> &address);
    void settle();

    OfficeOptions m_options;
    QThreadPool m_pool;
    std::unique_ptr<node::NodeProcess> m_node;
    std::unique_ptr<api::Desk> m_desk;
    QString m_address;
    QString m_doorTrouble;
    bool m_hasDoorAnswer = false;
    bool m_hasStarted = false;
    Completion<Done> m_opening;
    Completion<Done> m_closing;
    bool m_isOpening = false;
};

} // namespace peerdesk::desktop
