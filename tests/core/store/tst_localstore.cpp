// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/filesync.h"
#include "core/store/localstore.h"
#include "storefixtures.h"

#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;
using fixtures::idOf;

class TestLocalStore : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<LocalStore> m_store;

    void reopen()
    {
        m_store.reset();
        auto store = LocalStore::open(m_folder->filePath(u"local.db"_s));
        QVERIFY2(store, qPrintable(store.error().detail));
        m_store = std::move(*store);
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        reopen();
    }

    void replyAndNoteOfTwoAgentsAreFourDrafts()
    {
        const auto conversation = idOf<ConversationId>("c");
        std::vector<Draft> drafts;
        for (int agent = 0; agent < 2; ++agent) {
            for (const DraftMode mode : {DraftMode::Reply, DraftMode::Note}) {
                drafts.push_back({conversation,
                                  idOf<AgentId>("a", agent),
                                  mode,
                                  u"Grüße '%1\" \n đ"_s.arg(agent),
                                  {mode == DraftMode::Note ? "[]" : ""},
                                  idOf<CommandId>("k", agent),
                                  fixtures::Start});
            }
        }
        for (const Draft &draft : drafts)
            QVERIFY(m_store->saveDraft(draft));
        reopen();
        for (const Draft &draft : drafts)
            QCOMPARE(*m_store->draft(conversation, draft.agent, draft.mode), draft);
        QCOMPARE(m_store->drafts(drafts[0].agent)->size(), size_t(2));
    }

    void anEmptiedDraftIsGone()
    {
        Draft draft{idOf<ConversationId>("c"),
                    idOf<AgentId>("a"),
                    DraftMode::Reply,
                    u"x"_s,
                    {},
                    {},
                    fixtures::Start};
        QVERIFY(m_store->saveDraft(draft));
        draft.text.clear();
        QVERIFY(m_store->saveDraft(draft));
        const auto gone = m_store->draft(draft.conversation, draft.agent, draft.mode);
        QCOMPARE(gone.error().code, Error::Code::NotFound);
        draft.attachments.text = "[1]";
        QVERIFY(m_store->saveDraft(draft));
        QCOMPARE(m_store->draft(draft.conversation, draft.agent, draft.mode)->text, QString());
    }

    void theOutboxKeepsOrderUntilAnswered()
    {
        std::vector<OutboxItem> items;
        for (int i = 0; i < 5; ++i) {
            items.push_back({idOf<CommandId>("k", i), idOf<AgentId>("a"), idOf<SessionId>("s"),
                             QByteArray::number(i), fixtures::Start});
            QVERIFY(m_store->addToOutbox(items.back()));
        }
        OutboxItem again = items[1];
        again.command = "another body";
        QVERIFY(m_store->addToOutbox(again));
        reopen();
        QCOMPARE(*m_store->outbox(), items);
        QVERIFY(m_store->removeFromOutbox(items[1].id));
        items.erase(items.begin() + 1);
        QCOMPARE(*m_store->outbox(), items);
    }

    void evidenceStaysUntilItIsCommitted()
    {
        const JournalItem sent{idOf<EffectId>("e"), idOf<CommandId>("r"), "sent", fixtures::Start};
        const JournalItem other{idOf<EffectId>("e"), idOf<CommandId>("r", 1), "", fixtures::Start};
        QVERIFY(m_store->journal(sent));
        QVERIFY(m_store->journal(sent));
        QVERIFY(m_store->journal(other));
        reopen();
        QCOMPARE(*m_store->journalled(), (std::vector<JournalItem>{sent, other}));
        QVERIFY(m_store->removeFromJournal(sent.command));
        QCOMPARE(*m_store->journalled(), std::vector<JournalItem>{other});
    }

    /// The log and its index are made with the rights that the file has at that moment, and keep
    /// them.
    void filesThatCannotBeWrittenAreNoticed_data()
    {
        QTest::addColumn<QString>("locked");
        for (const char *tail : {"", "-wal", "-shm"})
            QTest::newRow(*tail ? tail : "the file") << QString::fromLatin1(tail);
    }
    void filesThatCannotBeWrittenAreNoticed()
    {
        QFETCH(QString, locked);
        constexpr QFile::Permissions Everybody(0x7777);
        constexpr QFile::Permissions Readers(0x4444);
        const QString path = m_folder->filePath(u"local.db"_s);
        QVERIFY(QFile::setPermissions(m_folder->path(), Everybody));
        for (const char *tail : {"", "-wal", "-shm"})
            QVERIFY(QFile::setPermissions(path + QLatin1String(tail), Everybody));
        {
            const fixtures::OrdinaryUser user;
            QVERIFY(canBeWritten(path));
        }
        QVERIFY(QFile::setPermissions(path + locked, Readers));
        {
            const fixtures::OrdinaryUser user;
            QVERIFY(!canBeWritten(path));
        }
        QVERIFY(QFile::remove(path));
        QVERIFY(!canBeWritten(path));
    }

    void settingsAreKept()
    {
        QCOMPARE(*m_store->value(u"window"_s), QByteArray());
        QVERIFY(m_store->setValue(u"window"_s, QByteArray("a\0b", 3)));
        QVERIFY(m_store->setValue(u"empty"_s, {}));
        reopen();
        QCOMPARE(*m_store->value(u"window"_s), QByteArray("a\0b", 3));
        QCOMPARE(*m_store->value(u"empty"_s), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestLocalStore)
#include "tst_localstore.moc"
