// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/logwriter.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <sys/syscall.h>
#include <unistd.h>

using namespace peerdesk;
using namespace peerdesk::cluster;
using namespace Qt::StringLiterals;

namespace {
/// What was in each folder when it was synced last.
std::map<QString, QStringList> synced;
} // namespace

extern "C" __attribute__((visibility("default"))) int fsync(int descriptor)
{
    const QString path = QFile::symLinkTarget(u"/proc/self/fd/%1"_s.arg(descriptor));
    if (const QDir folder(path); folder.exists())
        synced[path] = folder.entryList(QDir::Files);
    return int(syscall(SYS_fsync, descriptor));
}

/// Before a PC's tables are replaced by a copy it says so beside its log; without that note it
/// could not go on between the two after the power went.
class TestInstallNote : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theNoteHasItsNameOnTheDiskBeforeTheTablesAreReplaced()
    {
        const QTemporaryDir folder;
        const QString place = QDir(folder.path()).canonicalPath();
        LogWriter writer(place + u"/raft.db"_s);
        bool isOpened = false;
        QStringList kept;
        connect(&writer, &LogWriter::opened, this, [&] { isOpened = true; });
        connect(&writer, &LogWriter::installPrepared, this, [&] { kept = synced[place]; });
        writer.open({true, "configuration"});
        QVERIFY(isOpened);
        synced.clear();
        writer.prepareInstall({7, 2, 1, "configuration"});
        QVERIFY(kept.contains(u"raft.db.installing"_s));
    }
};

QTEST_GUILESS_MAIN(TestInstallNote)
#include "tst_installnote.moc"
