// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/office.h"
#include "core/store/filesync.h"

#include <QFileInfo>
#include <QStorageInfo>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// With less room on the disk nothing new is taken, so that what was begun can be finished.
constexpr qint64 LeastRoom = 200 * 1000 * 1000;

} // namespace

void OfficeService::lookAtFiles()
{
    QString unwritable;
    for (const QString &file : {m_parts.raftFile, m_parts.officeFile}) {
        if (!store::canBeWritten(file))
            unwritable =
                u"%1 cannot be written any more: what is done now cannot be kept."_s.arg(file);
    }
    if (!unwritable.isEmpty() && !m_parts.notices.contains(u"files"_s))
        qWarning("%ls", qUtf16Printable(unwritable));
    setNotice(u"files"_s, unwritable);
    const QString folder = QFileInfo(m_parts.officeFile).absolutePath();
    const QStorageInfo disk(folder);
    const bool isShort = disk.isValid() && disk.bytesAvailable() < LeastRoom;
    m_core->setShortOfRoom(
        isShort
            ? tr("The disk is nearly full: less than 200 MB are left where %1 lies. Nothing new "
                 "is taken until there is more room; all can be read.")
                  .arg(folder)
            : QString());
}

void OfficeService::addOlder(api::OfficeStatus &status) const
{
    QStringList older;
    for (const auto &[id, node] : m_core->view().warm().nodes) {
        if (!node.isRemoved && node.featureLevel < events::featureLevel())
            older.append(node.name);
    }
    if (older.isEmpty())
        return;
    status.notices.push_back(
        tr("An older Peerdesk runs on %1. All goes on as before; what is new begins to work once "
           "every PC is updated, or retired.")
            .arg(older.join(u", "_s)));
}

void OfficeService::addRefused(api::OfficeStatus &status) const
{
    for (const auto &[id, why] : m_core->cluster().refused) {
        const auto node = m_core->view().get<Node>(NodeId::fromString(id));
        const QString name = node ? node->name : id;
        switch (why) {
        case cluster::Refusal::None:
            break;
        case cluster::Refusal::Protocol:
            status.notices.push_back(
                tr("Peerdesk on %1 and on this PC are too far apart to work together: update the "
                   "older of the two.")
                    .arg(name));
            break;
        case cluster::Refusal::Twin:
            status.notices.push_back(
                tr("%1 runs twice: its data folder was copied to another PC. Close Peerdesk on the "
                   "one that has the copy and delete it there.")
                    .arg(name));
            break;
        case cluster::Refusal::Older:
            status.notices.push_back(
                tr("%1 came back with older data, as after a backup was put back, and is not "
                   "counted. Retire it (\"office remove\") and let it join anew with an empty "
                   "data folder.")
                    .arg(name));
            break;
        }
    }
}

} // namespace peerdesk::node
