// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include "core/store/database.h"
#include "core/store/officeschema.h"
#include "core/store/rebuild.h"

#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

namespace {

const std::array Words{u"Ottilie"_s,        u"+4915112345678"_s, u"parcel is wet"_s,
                       u"o@brunnen.test"_s, u"m-id@brunnen"_s,   u"gold customer"_s,
                       u"calls at noon"_s,  u"very angry"_s,     u"de-Bavaria"_s};

} // namespace

/// What is left of a person when the content rows are deleted: nothing that tells or can be tried.
class TestErasable : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QByteArrayList column(const QString &sql) const
    {
        const auto db =
            store::Database::open(m_folder.filePath(u"office.db"_s),
                                  {store::Access::ReadOnly, store::officeSchema(), 512, {}});
        QByteArrayList values;
        const auto rows = (*db)->run(sql);
        while (rows && (*rows)->next())
            values += (*rows)->value(0).toByteArray();
        return values;
    }
    /// A customer comes, is served in every way that takes words, and goes.
    static void serve(SmallOffice &office)
    {
        InboundItem item = office.item(Words[4], Words[2]);
        item.sender = {u"wire"_s, office.account().toString(), Words[1], Words[0],
                       Evidence::Provider};
        item.also = {{u"email"_s, {}, Words[3], {}, Evidence::Typed}};
        item.senderName = Words[0];
        item.language = Words[8];
        item.content.subject = Words[2];
        QVERIFY(office.run("hello", api::Ingest{office.account(), {item}, {}, {}}));
        const auto conversation = office.core().view().get<Conversation>(office.conversation());
        QVERIFY(conversation);
        api::SaveCustomer card;
        card.customer = conversation->customer;
        card.tags = {Words[5]};
        card.notes = Words[6];
        QVERIFY(office.run("card", card, office.boss()));
        api::UpdateConversation tagged{conversation->id, {}, {{Words[5]}}, {}};
        QVERIFY(office.run("tags", tagged, office.boss()));
        api::UpdateTask noted{conversation->task, Json{"{\"mood\":\"very angry\"}"}, {}};
        QVERIFY(office.run("task", noted, office.boss()));
        QVERIFY(office.run("cancel", api::CancelTask{conversation->task, Words[7]}, office.boss()));
        QVERIFY(office.run("gone", api::Ingest{office.account(), {receipt(office)}, {}, {}}));
    }
    static InboundItem receipt(const SmallOffice &office)
    {
        InboundItem item = office.item(u"receipt of "_s + Words[4], {});
        item.kind = ItemKind::Receipt;
        item.receiptFor = Words[4];
        return item;
    }

private Q_SLOTS:
    void nothingOfACustomerStandsOutsideTheContentRows()
    {
        World world;
        world.folder = m_folder.path();
        SmallOffice office(world);
        office.found();
        serve(office);
        const QByteArrayList bodies = column(u"SELECT body FROM fact"_s);
        QVERIFY(bodies.size() > 20);
        const QByteArray all = bodies.join() + column(u"SELECT command FROM batch"_s).join();
        for (const QString &word : Words) {
            QVERIFY2(!all.contains(word.toUtf8()), qPrintable(word));
            for (const QByteArray &plain : {word.toUtf8(), codec::encode(word)}) {
                const auto hash = QCryptographicHash::hash(plain, QCryptographicHash::Sha256);
                QVERIFY2(!all.contains(hash.left(16)), qPrintable(word));
            }
        }
        const QString account = office.account().toString();
        QVERIFY(!all.contains(Address::lookupKey(u"wire"_s, account, Words[1])));
        QVERIFY(!all.contains(Address::lookupKey(u"email"_s, {}, Words[3])));
        // It is all there, apart.
        const QByteArray content = column(u"SELECT personal FROM content"_s).join();
        for (const QString &word : Words)
            QVERIFY2(content.contains(word.toUtf8()), qPrintable(word));
    }

    /// The archive and its content rows hold everything that the tables hold.
    void theArchiveGivesTheTablesBack()
    {
        const auto report = store::rebuild(m_folder.filePath(u"office.db"_s));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
        QCOMPARE(report->digestAfter, report->digestBefore);
    }

    void theSameAddressIsOneRowUnderAnIdThatTellsNothing()
    {
        std::set<AddressId> ids;
        for (const int salts : {0, 1000}) {
            QTemporaryDir folder;
            World world;
            world.folder = folder.path();
            world.salts = salts;
            SmallOffice office(world);
            office.found();
            for (const char *name : {"one", "two"}) {
                const InboundItem item = office.item(QString::fromLatin1(name), u"hello"_s);
                QVERIFY(office.run(name, api::Ingest{office.account(), {item}, {}, {}}));
            }
            const auto conversation = office.core().view().get<Conversation>(office.conversation());
            const std::vector<Address> all =
                office.core().reader().addressesOf(conversation->customer);
            QCOMPARE(all.size(), size_t(1));
            ids.insert(all.front().id);
        }
        QCOMPARE(ids.size(), size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestErasable)
#include "tst_erasable.moc"
