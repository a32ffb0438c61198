// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/wire.h"

#include <QFile>
#include <QObject>
#include <QTimer>

namespace peerdesk::cluster {

/// A copy of the tables for a member that lacks what the others have cut from their logs: offered
/// by who leads, fetched part by part, each asked for, so that it goes on where a link broke.
/// Thread: consensus.
class Snapshots final : public QObject
{
    Q_OBJECT

public:
    /// Files lie beside `raftFile`.
    explicit Snapshots(const QString &raftFile, QObject *parent);

    // Who gives:
    /// The file that is on offer; nullopt = none (wanted() was emitted, offer() will follow).
    struct Offer
    {
        quint64 index = 0;
        FileFacts facts;
        QString path;
    };
    const std::optional<Offer> &offer() const { return m_offer; }
    /// Asks the office for a copy, once until it comes or fails.
    void want();
    /// The copy that was wanted, made of the tables as of `index`; an empty path = it failed.
    void setOffer(quint64 index, const QString &path);
    /// The answer to a request; nullopt for one that fits no offer.
    std::optional<FilePart> give(const FilePart &request);

    // Who takes:
    /// Begins, or goes on with the same one.
    void fetch(const QString &from, const LogBase &base, const FileFacts &facts);
    bool isFetching() const { return m_fetch.has_value(); }
    /// Parts of the file are still asked for.
    bool isWaiting() const { return m_again.isActive(); }
    /// Per cent of the file that are here.
    int fetchedShare() const;
    void take(const QString &from, const FilePart &part);
    void forgetFetched();
    const QString &fetchedFile() const { return m_fetchPath; }

Q_SIGNALS:
    /// The office is to make a copy of its tables in this file.
    void wanted(const QString &path);
    void ask(const QString &from, const peerdesk::cluster::FilePart &request);
    /// All of it is here and is what was announced.
    void fetched(const peerdesk::store::LogBase &base);

private:
    struct Fetch
    {
        QString from;
        LogBase base;
        FileFacts facts;
        quint64 offset = 0;
    };
    void askNext();
    void finish();

    QString m_offerPath;
    QString m_fetchPath;
    std::optional<Offer> m_offer;
    std::optional<Fetch> m_fetch;
    QTimer m_again; ///< a request or its answer was lost
    QTimer m_keep;  ///< an offer that nobody asks for any more is deleted
    bool m_isWanted = false;
};

} // namespace peerdesk::cluster
