// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/localstore.h"
#include "ui/conversation/draftstore.h"

#include <QThread>

#include <map>

namespace peerdesk::desktop {

/// The window's drafts in local.db. The file is opened and written in a thread of its own; answers
/// come back queued. Held texts lie together under one key per agent.
class LocalDrafts final : public QObject, public ui::DraftStore
{
    Q_OBJECT

public:
    /// `path` is local.db of the data folder; the node has migrated it.
    explicit LocalDrafts(const QString &path, QObject *parent = nullptr);
    /// Writes what is queued, then closes the file.
    ~LocalDrafts() override;

    void load(AgentId agent, Completion<std::vector<ui::Draft>> done) override;
    void save(const ui::Draft &draft, Completion<Done> done) override;

private:
    class Worker;

    QThread m_thread;
    Worker *m_worker;
};

} // namespace peerdesk::desktop
