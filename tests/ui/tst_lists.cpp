// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/stage.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

std::vector<Conversation> rows(const QList<int> &numbers)
{
    std::vector<Conversation> out;
    for (const int number : numbers) {
        Conversation c;
        c.id = {QUuid(uint(number + 1), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)};
        c.customerName = QString::number(number);
        out.push_back(c);
    }
    return out;
}

QString order(const ConversationModel &model)
{
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
        names += model.at(row).customerName;
    return names.join(u' ');
}

/// What of a widget was painted.
class Painted : public QObject
{
public:
    QRegion region;

    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint)
            region += static_cast<QPaintEvent *>(event)->region();
        return false;
    }
};

} // namespace

class TestLists : public QObject
{
    Q_OBJECT

    FakeClock m_clock{demoTime()};
    FakeDesk m_desk{m_clock};
    std::unique_ptr<Look> m_look;
    std::unique_ptr<Directory> m_directory;
    std::unique_ptr<Announcer> m_announcer;
    std::unique_ptr<Context> m_context;

private Q_SLOTS:
    void initTestCase()
    {
        m_look = std::make_unique<Look>();
        m_directory = std::make_unique<Directory>(m_desk, nullptr);
        m_announcer = std::make_unique<Announcer>(nullptr);
        m_context = std::make_unique<Context>(Context{*m_look, m_desk, m_clock, *m_directory,
                                                      *m_announcer, DemoOffice(m_desk).linh()});
    }
    void cleanup()
    {
        m_desk.conversationsById.clear();
        m_desk.messagesById.clear();
    }

    void anyOrderIsReachedByTheSmallestSteps_data()
    {
        QTest::addColumn<QList<int>>("before");
        QTest::addColumn<QList<int>>("after");
        QTest::newRow("from nothing") << QList<int>{} << QList<int>{1, 2, 3};
        QTest::newRow("to nothing") << QList<int>{1, 2, 3} << QList<int>{};
        QTest::newRow("one goes up") << QList<int>{1, 2, 3, 4} << QList<int>{4, 1, 2, 3};
        QTest::newRow("one goes down") << QList<int>{1, 2, 3, 4} << QList<int>{2, 3, 4, 1};
        QTest::newRow("reversed") << QList<int>{1, 2, 3, 4} << QList<int>{4, 3, 2, 1};
        QTest::newRow("all others") << QList<int>{1, 2} << QList<int>{7, 8, 9};
        QTest::newRow("mixed") << QList<int>{1, 2, 3, 4, 5} << QList<int>{9, 5, 2, 8, 1};
    }
    void anyOrderIsReachedByTheSmallestSteps()
    {
        QFETCH(QList<int>, before);
        QFETCH(QList<int>, after);
        ConversationModel model(*m_context, nullptr);
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.reset(rows(before));
        model.merge(rows(after));
        QCOMPARE(resets.size(), 1);
        QStringList names;
        for (const int number : after)
            names += QString::number(number);
        QCOMPARE(order(model), names.join(u' '));
    }

    void aCalmListChangesInPlaceAndMovesOnlyWhenAsked()
    {
        ConversationModel model(*m_context, nullptr);
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.reset(rows({1, 2, 3}));
        model.setCalm(true);
        auto fresh = rows({3, 1, 2, 4});
        fresh[1].unread = 5;
        QSignalSpy pill(&model, &ConversationModel::pendingChanged);
        for (int i = 0; i < 500; ++i)
            model.merge(fresh);
        QCOMPARE(order(model), u"1 2 3"_s);
        QCOMPARE(model.at(0).unread, 5);
        QVERIFY(pill.last().first().toInt() > 0);
        model.applyPending();
        QCOMPARE(order(model), u"3 1 2 4"_s);
        QCOMPARE(pill.last().first().toInt(), 0);
    }

    void aRowThatChangesIsPaintedAlone()
    {
        ConversationModel model(*m_context, nullptr);
        ConversationList list(*m_context, model, nullptr);
        model.reset(rows({1, 2, 3, 4}));
        list.resize(320, 600);
        list.show();
        QVERIFY(QTest::qWaitForWindowExposed(&list));
        QCoreApplication::processEvents();
        Painted painted;
        list.viewport()->installEventFilter(&painted);
        std::vector<Conversation> next = rows({1, 2, 3, 4});
        next[2].snippet = u"new words"_s;
        model.merge(next);
        QTRY_VERIFY(!painted.region.isEmpty());
        QCoreApplication::processEvents();
        QCOMPARE(painted.region.boundingRect(), list.visualRect(model.index(2)));
    }

    void theSelectedConversationStaysWhenItLeavesTheView()
    {
        ConversationModel model(*m_context, nullptr);
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.reset(rows({1, 2, 3}));
        const ConversationId second = model.at(1).id;
        model.setPinned(second);
        model.merge(rows({1, 3}));
        QCOMPARE(order(model), u"1 2 3"_s);
        QVERIFY(model.isGone(1));
        model.setPinned(model.at(0).id);
        QCOMPARE(order(model), u"1 3"_s);
    }

    void aRowIsSpokenWithAllThatItShows()
    {
        ConversationModel model(*m_context, nullptr);
        auto one = rows({1});
        one[0].customerName = u"Aiko"_s;
        one[0].channel = u"whatsapp"_s;
        one[0].unread = 2;
        one[0].snippet = u"Yes."_s;
        one[0].replyDueAt = m_clock.wall() + Seconds(102);
        model.reset(one);
        model.setDraft(one[0].id, u"Thanks"_s);
        QCOMPARE(model.spokenText(0),
                 u"Aiko, WhatsApp, 2 unread, reply due in 1:42, draft. Yes."_s);
    }

    void messagesComeInPagesAndStayInOrder()
    {
        const ConversationId id = randomId<ConversationId>();
        for (int i = 0; i < 450; ++i) {
            Message message;
            message.id = derivedId<MessageId>(id, QByteArray::number(i));
            message.content.text = QString::number(i);
            message.createdAt = m_clock.wall() - Seconds(1000 - i);
            m_desk.add(id, message);
        }
        MessageModel model(*m_context, nullptr);
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.open(id);
        QCOMPARE(model.rowCount(), 200);
        model.loadOlder();
        model.loadOlder();
        model.loadOlder();
        QCOMPARE(model.rowCount(), 450);
        for (int i = 0; i < 450; ++i)
            QCOMPARE(model.at(i).content.text, QString::number(i));
        Message late;
        late.content.text = u"new"_s;
        QSignalSpy arrived(&model, &MessageModel::arrived);
        m_desk.add(id, late);
        m_desk.touch(id);
        QCOMPARE(model.at(450).content.text, u"new"_s);
        QCOMPARE(arrived.size(), 1);
        m_desk.messagesById[id][3].state = MessageState::Read;
        m_desk.touch(id);
        QCOMPARE(model.rowCount(), 451);
        QCOMPARE(model.at(3).state, MessageState::Read);
    }

    void heightsAreFoundByPixel()
    {
        HeightIndex index;
        QCOMPARE(index.rowAt(0), -1);
        std::vector<int> heights;
        for (int i = 0; i < 1000; ++i)
            heights.push_back(20 + i % 7);
        index.assign(heights);
        index.set(500, 300);
        heights[500] = 300;
        int y = 0;
        for (int i = 0; i < 1000; ++i) {
            QCOMPARE(index.before(i), y);
            QCOMPARE(index.rowAt(y), i);
            y += heights[size_t(i)];
            QCOMPARE(index.rowAt(y - 1), i);
        }
        QCOMPARE(index.total(), y);
        QCOMPARE(index.rowAt(y + 1000), 999);
    }

    void onlyWebAndMailAddressesBecomeLinks_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("links");
        QTest::newRow("none") << u"hello"_s << QStringList{};
        QTest::newRow("dot at the end")
            << u"see https://a.example/x."_s << QStringList{u"https://a.example/x"_s};
        QTest::newRow("script") << u"javascript:alert(1) file:///etc/passwd data:text/html,x"_s
                                << QStringList{};
        QTest::newRow("mail") << u"write to a.b@c.example, please"_s
                              << QStringList{u"mailto:a.b@c.example"_s};
        QTest::newRow("no host") << u"https:// x"_s << QStringList{};
        QTest::newRow("broken") << u"https://[::"_s << QStringList{};
    }
    void onlyWebAndMailAddressesBecomeLinks()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, links);
        QStringList got;
        for (const TextLink &link : findLinks(text))
            got += link.url.toString();
        QCOMPARE(got, links);
    }

    void quotedMailIsFolded_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::newRow("none") << u"Hello\nthere"_s << u"Hello\nthere"_s;
        QTest::newRow("marks") << u"Hello\n\n> old\n> older"_s << u"Hello"_s;
        QTest::newRow("english") << u"Yes\nOn Monday, Ana wrote:\n> old"_s << u"Yes"_s;
        QTest::newRow("german") << u"Ja\nAm Montag 1. Mai schrieb Ana:\n> alt"_s << u"Ja"_s;
        QTest::newRow("only quote") << u"> all of it"_s << u"> all of it"_s;
        QTest::newRow("greater sign inside") << u"3 > 2"_s << u"3 > 2"_s;
    }
    void quotedMailIsFolded()
    {
        QFETCH(QString, text);
        QFETCH(QString, shown);
        QCOMPARE(foldQuote(text).text, shown);
    }

    void fiveThousandMessagesOpenByMeasuringOnlyWhatIsSeen()
    {
        const ConversationId id = randomId<ConversationId>();
        for (int i = 0; i < 5000; ++i) {
            Message message;
            message.id = derivedId<MessageId>(id, QByteArray::number(i));
            message.content.text = u"word "_s.repeated(2 + i % 50);
            message.createdAt = m_clock.wall() - Seconds(6000 - i);
            m_desk.add(id, message);
        }
        MessageModel model(*m_context, nullptr);
        TimelineView view(*m_context, model, nullptr);
        view.resize(720, 800);
        view.show();
        model.open(id);
        QCoreApplication::processEvents();
        QVERIFY(view.isAtBottom());
        QVERIFY2(view.measuredRows() < 60, qPrintable(QString::number(view.measuredRows())));
    }
};

QTEST_MAIN(TestLists)
#include "tst_lists.moc"
