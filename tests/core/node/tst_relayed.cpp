// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include <QCborMap>
#include <QFile>
#include <QTemporaryDir>

#include <cstdio>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

namespace {

/// How a command is written for the router: its place, and its fields.
template <typename Command>
QByteArray lineOf()
{
    const QByteArray name = QMetaType::fromType<Command>().name();
    QByteArray line = name.mid(name.lastIndexOf(':') + 1) + ':';
    Command::fields().each([&](const auto &field) {
        line += ' ' + QByteArray::number(field.key) + ' ' + QByteArray(field.name);
    });
    return line;
}
template <typename... Commands>
QByteArrayList linesOf(std::variant<Commands...> *)
{
    return {lineOf<Commands>()...};
}

} // namespace

/// Commands between the PC where they are asked and the router.
class TestRelayed : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<World> m_world;
    std::unique_ptr<SmallOffice> m_office;
    const QString m_other = derivedId<NodeId>(NodeId{}, "the other node").toString();

    SmallOffice &office() { return *m_office; }
    HeldLog &log() { return office().held(); }
    api::SaveCustomer anna()
    {
        api::SaveCustomer command;
        command.name = u"Anna"_s;
        return command;
    }
    std::vector<RelayedCommand> asked()
    {
        std::vector<RelayedCommand> out;
        for (const auto &[node, bytes] : log().told) {
            const auto note = decodeRelay(bytes);
            if (!note || node != m_other)
                continue;
            if (const auto *command = std::get_if<RelayedCommand>(&*note))
                out.push_back(*command);
        }
        return out;
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<SmallOffice>(*m_world);
        office().found();
    }
    void cleanup() { m_office.reset(); }

    /// The cable was cut, or the router died after it had heard: it is asked again, long before the
    /// asker's patience ends, and as the same command.
    void whatIsLostOnTheWayIsAskedAgainUnderTheSameId()
    {
        log().follow(m_other);
        QElapsedTimer clock;
        clock.start();
        const auto answers = office().submit("anna", anna(), office().boss());
        QCOMPARE(asked().size(), size_t(1));
        QTRY_COMPARE_WITH_TIMEOUT(asked().size(), size_t(2), 4'000);
        QVERIFY(clock.elapsed() >= 1'500);
        QCOMPARE(asked()[0].id, asked()[1].id);
        QCOMPARE(encode(asked()[0]), encode(asked()[1]));
        QVERIFY(answers->empty());
        const RelayAnswer answer{asked()[0].id, 0, api::Outcome{"x", {}, false}};
        Q_EMIT log().heard(m_other, encode(answer));
        Q_EMIT log().heard(m_other, encode(answer));
        QCOMPARE(answers->size(), size_t(1));
        QVERIFY(answers->front());
    }

    /// The router's answer makes room for the channel's next, whatever is applied here.
    void aChannelHasItsShareUnderWayAtTheRouterToo()
    {
        log().follow(m_other);
        for (int i = 0; i < 20; ++i) {
            const InboundItem item = office().item(u"m%1"_s.arg(i), u"hello"_s);
            (void)office().submit("m" + QByteArray::number(i),
                                  api::Ingest{office().account(), {item}, {}, {}});
        }
        QCOMPARE(asked().size(), Intake::MaxUnderWay);
        const RelayAnswer answer{asked().front().id, 0, api::Outcome{"x", {}, false}};
        Q_EMIT log().heard(m_other, encode(answer));
        QTRY_COMPARE(asked().size(), Intake::MaxUnderWay + 1);
    }

    /// Its disk was full and takes what the router sends again: it may be asked again, too.
    void aFullDiskIsOverWhereAnotherIsTheRouter()
    {
        (void)office().submit("anna", anna(), office().boss());
        const Log theirs = log().waiting();
        log().follow(m_other);
        Q_EMIT log().lost({Error::Code::Storage, u"The disk is full"_s, u"disk-full"_s}, false);
        QCOMPARE(office().core().trouble(), u"The disk is full"_s);
        log().commitTheirs(office().core().term(), theirs);
        office().apply();
        QCOMPARE(office().core().trouble(), QString());
    }

    /// M145: an older program routes. What it does not know, or not all of, it leaves whole, and
    /// says so at once instead of leaving the asker to its patience.
    void whatANewerProgramAsksIsNotDoneByHalf()
    {
        constexpr int Index = 9, Body = 10; // keys of the envelope
        const QByteArray whole = encode(RelayedCommand{named("anna"), office().boss(), anna()});
        QCborMap partly = QCborValue::fromCbor(whole).toMap();
        QCborMap body = QCborValue::fromCbor(partly[Body].toByteArray()).toMap();
        body[999] = true;
        partly[Body] = body.toCborValue().toCbor();
        QCborMap unknown = QCborValue::fromCbor(whole).toMap();
        unknown[Index] = 999;
        for (const QCborMap &command : {partly, unknown}) {
            log().told.clear();
            Q_EMIT log().heard(m_other, command.toCborValue().toCbor());
            office().settle();
            QCOMPARE(log().told.size(), size_t(1));
            const auto note = decodeRelay(log().told[0].second);
            const auto *answer = note ? std::get_if<RelayAnswer>(&*note) : nullptr;
            QVERIFY(answer && answer->command == named("anna") && !answer->decided);
            QCOMPARE(answer->decided.error().state, u"older-program"_s);
            QVERIFY(answer->decided.error().detail.startsWith(
                u"PC, which routes now, runs an older Peerdesk"_s));
        }
        QVERIFY(office().core().reader().all<Customer>().empty());
        Q_EMIT log().heard(m_other, whole);
        office().settle();
        QCOMPARE(office().core().reader().all<Customer>().size(), size_t(1));
    }

    /// M145: programs of different age put their commands to each other.
    void commandsKeepTheirPlacesAndFields()
    {
        QFile file(QStringLiteral(GOLDEN_FILE));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        const QByteArrayList kept = file.readAll().trimmed().split('\n');
        const QByteArrayList now = linesOf(static_cast<api::Command *>(nullptr));
        for (qsizetype i = 0; i < now.size(); ++i) {
            const bool isKept = i < kept.size() && kept[i] == now[i];
            if (!isKept) // in full: Qt Test cuts messages short
                std::fprintf(stderr, "%s\n", now[i].constData());
        }
        for (qsizetype i = 0; i < kept.size(); ++i)
            QVERIFY2(i < now.size() && (now[i] + ' ').startsWith(kept[i] + ' '),
                     "A command must stay at its place in api::Command with its fields; new ones "
                     "and new fields come last: " +
                         kept[i]);
        QVERIFY2(kept == now, "New commands or fields: bring tests/core/node/commands.golden to "
                              "what is printed above");
    }

    /// The router that hears a command twice does it once, and answers both.
    void whatComesTwiceIsDoneOnce()
    {
        const QByteArray command = encode(RelayedCommand{named("anna"), office().boss(), anna()});
        Q_EMIT log().heard(m_other, command);
        Q_EMIT log().heard(m_other, command);
        office().settle();
        Q_EMIT log().heard(m_other, command);
        std::vector<RelayAnswer> answers;
        for (const auto &[node, bytes] : log().told) {
            if (const auto note = decodeRelay(bytes);
                note && std::holds_alternative<RelayAnswer>(*note))
                answers.push_back(std::get<RelayAnswer>(*note));
        }
        QCOMPARE(answers.size(), size_t(3));
        for (const RelayAnswer &answer : answers) {
            QVERIFY(answer.decided);
            QCOMPARE(answer.decided->subject, answers[0].decided->subject);
        }
        QCOMPARE(office().core().reader().all<Customer>().size(), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestRelayed)
#include "tst_relayed.moc"
