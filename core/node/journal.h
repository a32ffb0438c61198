// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/salvager.h"

#include <QObject>

namespace peerdesk::node {

/// Keeps providers' answers on this PC's disk before they are proposed (design rule 5). Thread:
/// local.
class Journal final : public QObject
{
    Q_OBJECT

public:
    /// Opens `path` on first use, in its own thread.
    explicit Journal(QString path)
        : m_path(std::move(path))
    {}

    void keep(const store::JournalItem &item)
    {
        const Result<store::LocalStore *> local = open();
        Q_EMIT kept(item, local ? (*local)->journal(item) : local.error());
    }
    void forget(CommandId command)
    {
        const Result<store::LocalStore *> local = open();
        const Result<Done> removed = local ? (*local)->removeFromJournal(command) : local.error();
        if (!removed) // an item that stays is proposed again at the next start and recognised there
            qWarning("journal: %ls", qUtf16Printable(removed.error().detail));
    }

    /// What agents had begun to write to somebody who was erased.
    void forgetDrafts(const std::vector<ConversationId> &conversations)
    {
        const Result<store::LocalStore *> local = open();
        const Result<Done> removed = local ? (*local)->removeDrafts(conversations) : local.error();
        if (!removed)
            qWarning("drafts of an erased person: %ls", qUtf16Printable(removed.error().detail));
    }

    /// What was to be salvaged is in the office's log.
    void forgetSalvage()
    {
        const Result<store::LocalStore *> local = open();
        const Result<Done> done = local ? endSalvage(**local) : local.error();
        if (!done) // it is salvaged again at the next start and recognised there
            qWarning("salvage: %ls", qUtf16Printable(done.error().detail));
    }

Q_SIGNALS:
    void kept(const peerdesk::store::JournalItem &item,
              const peerdesk::Result<peerdesk::Done> &result);

private:
    Result<store::LocalStore *> open()
    {
        if (!m_local) {
            Result<std::unique_ptr<store::LocalStore>> opened = store::LocalStore::open(m_path);
            if (!opened)
                return opened.error();
            m_local = std::move(*opened);
        }
        return m_local.get();
    }

    QString m_path;
    std::unique_ptr<store::LocalStore> m_local;
};

} // namespace peerdesk::node
