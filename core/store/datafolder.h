// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <memory>

namespace peerdesk::store {

/// The data folder of one node, held by at most one process: flock on `lock`, which the kernel
/// releases even after kill -9. The folder is for its owner alone (0700).
class DataFolder
{
public:
    /// Creates the folder if needed and takes the lock. Errors: Rejected, state "in-use", with a
    /// sentence that names the other process; Storage if it cannot be created or written.
    static Result<std::unique_ptr<DataFolder>> open(const QString &path);
    ~DataFolder();
    DataFolder(const DataFolder &) = delete;
    DataFolder &operator=(const DataFolder &) = delete;

    const QString &path() const { return m_path; }
    QString raft() const { return m_path + QStringLiteral("/raft.db"); }
    QString office() const { return m_path + QStringLiteral("/office.db"); }
    QString search() const { return m_path + QStringLiteral("/search.db"); }
    QString local() const { return m_path + QStringLiteral("/local.db"); }
    QString attachments() const { return m_path + QStringLiteral("/attachments"); }

private:
    DataFolder(QString path, int descriptor);

    QString m_path;
    int m_descriptor;
};

} // namespace peerdesk::store
