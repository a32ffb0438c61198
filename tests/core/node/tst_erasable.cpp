// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include "core/store/database.h"
#include "core/store/officeschema.h"
#include "core/store/rebuild.h"

#include <QDirIterator>
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
    static bool holds(const QString &folder, const QString &word)
    {
        QDirIterator files(folder, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.open(QIODevice::ReadOnly) && file.readAll().contains(word.toUtf8()))
                return true;
        }
        return false;
    }
    static bool isAnywhere(const QString &folder)
    {
        return std::all_of(Words.begin(), Words.end(),
                           [&](const QString &word) { return holds(folder, word); });
    }
    static void rebuildsToTheSame(const World &world, const SmallOffice &office)
    {
        const QByteArray digest = office.digest();
        QFile::copy(world.path(u"office.db"_s), world.path(u"copy.db"_s));
        const auto report = store::rebuild(world.path(u"copy.db"_s));
        QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
        QCOMPARE(report->digestBefore, digest);
        QCOMPARE(report->digestAfter, digest);
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

    void anErasedPersonIsInNoFileOfTheTables()
    {
        QTemporaryDir folder;
        World world;
        world.folder = folder.path();
        SmallOffice office(world);
        office.found();
        serve(office);
        const auto before = office.core().view().get<Conversation>(office.conversation());
        QVERIFY(before);
        QVERIFY(isAnywhere(folder.path()));
        const Decided erased =
            office.run("erase", api::EraseCustomer{before->customer}, office.boss());
        QVERIFY2(erased, qPrintable(erased ? QString() : erased.error().detail));
        QCOMPARE(erased->state, u"erased"_s);
        for (const QString &word : Words)
            QVERIFY2(!holds(folder.path(), word), qPrintable(word));
        QVERIFY(!office.core().view().get<Customer>(before->customer));
        QVERIFY(!office.core().view().get<Conversation>(before->id));
        const auto repeat =
            office.run("erase", api::EraseCustomer{before->customer}, office.boss());
        QVERIFY(repeat && repeat->wasRepeat);
        rebuildsToTheSame(world, office);
    }

    /// What is decided and not yet applied belongs to the person as well.
    void whatIsInFlightIsErasedToo()
    {
        QTemporaryDir folder;
        World world;
        world.folder = folder.path();
        SmallOffice office(world);
        office.found();
        serve(office);
        const auto before = office.core().view().get<Conversation>(office.conversation());
        api::SendMessage reply;
        reply.conversation = before->id;
        reply.content.text = Words[2];
        const auto sent = office.submit("reply", reply, office.boss());
        const auto written = office.submit(
            "more", api::Ingest{office.account(), {office.item(u"two"_s, Words[2])}, {}, {}});
        const auto erased =
            office.submit("erase", api::EraseCustomer{before->customer}, office.boss());
        office.settle();
        QVERIFY(sent->front() && written->front() && erased->front());
        for (const QString &word : Words)
            QVERIFY2(!holds(folder.path(), word), qPrintable(word));
        rebuildsToTheSame(world, office);
    }

    void whatWasErasedDoesNotComeBackByTheChannelNorByAnotherPc()
    {
        QTemporaryDir folder;
        World world;
        world.folder = folder.path();
        SmallOffice office(world);
        office.found();
        const InboundItem item = office.item(u"m1"_s, u"hello"_s);
        QVERIFY(office.run("hello", api::Ingest{office.account(), {item}, {}, {}}));
        const auto conversation = office.core().view().get<Conversation>(office.conversation());
        const auto customer = office.core().view().get<Customer>(conversation->customer);
        const Message message = office.messages().front();
        QVERIFY(office.run("erase", api::EraseCustomer{customer->id}, office.boss()));
        QVERIFY(office.run("again", api::Ingest{office.account(), {item}, {}, {}}));
        QVERIFY(office.conversation().isNull());
        const api::SalvageMessage salvage{message, *conversation, *customer, {}, true};
        QCOMPARE(office.run("salvage", salvage)->state, u"erased"_s);
        QCOMPARE(office.run("import", api::ImportCard{*customer, {}}, office.boss())->state,
                 u"erased"_s);
        QVERIFY(!office.core().view().get<Customer>(customer->id));
        // Who writes again is somebody new.
        QVERIFY(
            office.run("new", api::Ingest{office.account(), {office.item(u"m2"_s, {})}, {}, {}}));
        QVERIFY(!office.conversation().isNull());
    }

    void onlyAnAdministratorErases()
    {
        QTemporaryDir folder;
        World world;
        world.folder = folder.path();
        SmallOffice office(world);
        office.found();
        serve(office);
        Agent anna;
        anna.name = u"Anna"_s;
        anna.role = Role::Supervisor;
        const Decided saved = office.run("anna", api::SaveAgent{anna, {}, {}}, office.boss());
        const auto before = office.core().view().get<Conversation>(office.conversation());
        const api::Caller caller{saved->as<AgentId>(), {}, Role::Supervisor, {}, anna.name};
        const Decided erased = office.run("erase", api::EraseCustomer{before->customer}, caller);
        QCOMPARE(erased.error().code, Error::Code::Forbidden);
        QVERIFY(office.core().view().get<Customer>(before->customer));
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
