// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/officereader.h"
#include "core/store/searchstore.h"

#include <QObject>

namespace peerdesk::node {

/// Lets search.db follow the fact archive, a page at a time, never in the way of a commit. Thread:
/// search.
class Indexer final : public QObject
{
    Q_OBJECT

public:
    struct Files
    {
        QString office;
        QString search;
    };

    explicit Indexer(Files files)
        : m_files(std::move(files))
    {}

    /// Catches up with what was applied before this run: after a kill, or without its file.
    void start();
    /// The archive reaches up to `appliedIndex`: indexes one page and comes back until nothing is
    /// left.
    void follow(quint64 appliedIndex);

Q_SIGNALS:
    /// Why nothing can be found at present, for people; empty = search works again.
    void troubleChanged(const QString &trouble);

private:
    void tell(const QString &trouble);
    Result<Done> open();
    Result<Done> indexPage();
    Result<Done> indexErasing(std::vector<store::SearchDocument> documents,
                              const std::vector<MessageId> &erased, quint64 upTo);
    std::optional<store::SearchDocument> documentOf(const events::Fact &fact) const;

    Files m_files;
    std::unique_ptr<store::OfficeReader> m_office;
    std::unique_ptr<store::SearchStore> m_search;
    quint64 m_target = 0;
    bool m_isRunning = false;
    QString m_trouble;
};

} // namespace peerdesk::node
