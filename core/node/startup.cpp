// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/startup.h"

#include "core/base/codec.h"
#include "core/node/joining.h"
#include "core/store/filesync.h"
#include "core/store/rebuild.h"

#include <QFile>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// All records of one kind in the office's tables.
template <typename Record>
Result<std::vector<Record>> recordsIn(const QString &officeFile)
{
    const auto office = store::OfficeReader::open(officeFile);
    if (!office)
        return office.error();
    std::vector<Record> records = (*office)->all<Record>();
    if (const std::optional<Error> trouble = (*office)->takeTrouble())
        return *trouble;
    return records;
}

/// Without local.db (lost, or set aside by a person) a PC alone goes on as the only member that its
/// office knows: its channels belong to that one. What it was sending becomes "maybe sent".
Result<NodeId> onlyMember(const QString &officeFile)
{
    const auto members = recordsIn<Node>(officeFile);
    if (!members)
        return members.error();
    return members->size() == 1 ? members->front().id : randomId<NodeId>();
}

/// Whether no other PC belongs to the office of this folder, as far as the folder knows.
Result<bool> isAlone(const QString &officeFile)
{
    const auto members = recordsIn<Node>(officeFile);
    if (!members)
        return members.error();
    return std::count_if(members->begin(), members->end(),
                         [](const Node &node) { return !node.isRemoved; }) <= 1;
}

/// A program that went back behind what the office writes could not follow it.
Result<Done> checkLevel(const QString &officeFile)
{
    const auto found = recordsIn<Office>(officeFile);
    if (!found)
        return found.error();
    const std::vector<Office> &offices = *found;
    if (offices.empty() || offices.front().featureLevel <= events::featureLevel())
        return Done{};
    return Error{
        Error::Code::Storage,
        u"The PCs of \"%1\" work with a newer Peerdesk than this one, which could not read "
        "what they write. Install the newer one on this PC again; the data was left "
        "untouched."_s.arg(offices.front().name),
        u"newer-version"_s};
}

Result<NodeId> nodeIdIn(store::LocalStore &local, const QString &officeFile)
{
    const QString key = NodeIdKey.toString();
    const Result<QByteArray> kept = local.value(key);
    if (!kept)
        return kept.error();
    const auto id = NodeId::fromString(QString::fromLatin1(*kept));
    if (!id.isNull())
        return id;
    const Result<NodeId> made = onlyMember(officeFile);
    if (!made)
        return made.error();
    const Result<Done> stored = local.setValue(key, made->toString().toLatin1());
    if (!stored)
        return stored.error();
    return made;
}

/// The search index is made from the tables: a damaged one is set aside and made anew, and without
/// one the office works all the same. What is wrong with it now, for people.
QString checkSearch(const QString &path)
{
    auto search = store::SearchStore::open(path);
    if (!search && search.error().state == u"corrupt"_s) {
        qWarning("search.db is damaged and is made anew: %ls",
                 qUtf16Printable(search.error().detail));
        if (store::setAside(path))
            search = store::SearchStore::open(path);
    }
    return search ? QString() : u"Search is off: "_s + search.error().detail;
}

Result<Done> readOwnState(const store::DataFolder &folder, OfficeParts &parts)
{
    const auto local = store::LocalStore::open(folder.local());
    if (!local)
        return local.error();
    if (const Result<Done> whole = (*local)->check(); !whole)
        return whole.error();
    const Result<NodeId> id = nodeIdIn(**local, folder.office());
    if (!id)
        return id.error();
    const auto journalled = (*local)->journalled();
    if (!journalled)
        return journalled.error();
    const Result<QByteArray> membership = (*local)->value(MembershipKey.toString());
    if (!membership)
        return membership.error();
    if (!membership->isEmpty()) {
        const auto known = codec::decode<cluster::Membership>(*membership);
        if (!known)
            return known.error();
        parts.membership = *known;
    }
    const auto salvage = salvageNoteIn(**local);
    if (!salvage)
        return salvage.error();
    parts.salvage = *salvage;
    parts.node = *id;
    parts.journalled = *journalled;
    return Done{};
}

/// A damaged local.db is set aside: what was being sent becomes "maybe sent", and the drafts are in
/// the file that was set aside.
Result<Done> ownState(const store::DataFolder &folder, OfficeParts &parts)
{
    const Result<Done> read = readOwnState(folder, parts);
    if (read || read.error().state != u"corrupt"_s || !store::setAside(folder.local()))
        return read;
    const QString notice =
        u"%1 was damaged and is set aside as %1.damaged: drafts that were not sent are in it, and "
        "what was being sent may have been sent."_s.arg(folder.local());
    qWarning("%ls (%ls)", qUtf16Printable(notice), qUtf16Printable(read.error().detail));
    parts.notices[u"local"_s] = notice;
    return readOwnState(folder, parts);
}

} // namespace

Result<OfficeParts> readFolder(const store::DataFolder &folder)
{
    OfficeParts parts;
    parts.raftFile = folder.raft();
    parts.officeFile = folder.office();
    parts.attachmentsFolder = folder.attachments();
    for (const QString &file : {folder.raft(), folder.office(), folder.local()}) {
        if (QFile::exists(file) && !store::canBeWritten(file))
            return Error{
                Error::Code::Storage,
                u"%1 cannot be written, and without that nothing can be kept. Let your user "
                "write it and the files beside it, then start Peerdesk again."_s.arg(file),
                u"read-only"_s};
    }
    if (const Result<Done> aside = setSupersededAside(folder); !aside)
        return aside.error();
    store::forgetUnfinishedRebuild(folder.office());
    const auto raft = store::LogStore::open(folder.raft());
    if (!raft)
        return raft.error();
    const auto office = store::OfficeStore::open(folder.office());
    if (!office)
        return office.error();
    if (const Result<Done> fit = checkLevel(folder.office()); !fit)
        return fit.error();
    const Result<bool> alone = isAlone(folder.office());
    if (!alone)
        return alone.error();
    parts.mayFound = *alone;
    if (const QString off = checkSearch(folder.search()); !off.isEmpty())
        parts.notices[u"search"_s] = off;
    if (const Result<Done> own = ownState(folder, parts); !own)
        return own.error();
    parts.mayFound = parts.mayFound && !parts.membership;
    return parts;
}

void connectApplier(OfficeService &office, Applier &applier)
{
    QObject::connect(&office, &OfficeService::committed, &applier, &Applier::add);
    QObject::connect(&applier, &Applier::applied, &office, &OfficeService::onApplied);
    QObject::connect(&office, &OfficeService::copyFetched, &applier, &Applier::replaceBy);
    QObject::connect(&applier, &Applier::replaced, &office, &OfficeService::onReplaced);
    QObject::connect(&applier, &Applier::stalled, &office, &OfficeService::onApplyStalled);
    QObject::connect(&applier, &Applier::stopped, &office, &OfficeService::onApplyStopped);
}

} // namespace peerdesk::node
