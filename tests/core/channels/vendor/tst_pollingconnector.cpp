// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/pollingconnector.h"
#include "tests/support/vendors/vendorhost.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

/// Pauses pass quickly; what the time is, a test says.
class QuickClock final : public Clock
{
public:
    Time wall() const override { return m_now; }
    Milliseconds boot() const override { return Milliseconds(m_now.ms); }
    Milliseconds toReal(Milliseconds span) const override { return span / 200; }
    void advance(Milliseconds span) { m_now = m_now + span; }

private:
    Time m_now{1'790'000'000'000};
};

/// A provider that is a list of numbers; the cursor is how many were read.
class Counter final : public vendor::PollingConnector
{
public:
    explicit Counter(Host &host)
        : PollingConnector({}, host, {})
    {}
    void send(const Outgoing &, Completion<SendResult>) override {}
    void test(Completion<QString>) override {}

    using PollingConnector::pollSoon;

    int written = 0;
    int polls = 0;
    int atOnce = 0;
    int mostAtOnce = 0;
    std::optional<Error> failing;

protected:
    void poll(const QByteArray &cursor, Completion<Polled> done) override
    {
        ++polls;
        mostAtOnce = std::max(mostAtOnce, ++atOnce);
        const auto asker = std::make_shared<Completion<Polled>>(std::move(done));
        QTimer::singleShot(1, this, [this, cursor, asker] {
            --atOnce;
            if (failing)
                return asker->answer(*failing);
            const int from = cursor.toInt();
            const int upTo = std::min(written, from + 3);
            Polled polled;
            polled.page.cursorFrom = cursor;
            polled.page.cursorTo = upTo > from ? QByteArray::number(upTo) : cursor;
            for (int i = from; i < upTo; ++i)
                polled.page.items.push_back(
                    vendor::messageItem(QString::number(i), {}, u"x"_s, {1}, {}));
            polled.hasMore = upTo < written;
            asker->answer(polled);
        });
    }
    Milliseconds interval() const override { return Milliseconds(5); }
};

/// Of a PC that may, or may not, run the channel now.
class LeasingHost final : public VendorHost
{
public:
    using VendorHost::VendorHost;
    bool mayAct() const override { return isLeased; }
    bool isLeased = true;
};

} // namespace

class TestPollingConnector : public QObject
{
    Q_OBJECT
    QuickClock m_clock;

private Q_SLOTS:
    void everythingIsReadOnceAndInOrder()
    {
        VendorHost host(m_clock);
        Counter counter(host);
        counter.written = 10;
        counter.start();
        QTRY_COMPARE(host.items.size(), size_t(10));
        counter.written = 11;
        QTRY_COMPARE(host.items.size(), size_t(11));
        for (size_t i = 0; i < host.items.size(); ++i)
            QCOMPARE(host.items[i].providerId, QString::number(i));
        QCOMPARE(host.repeated, 0);
        QCOMPARE(counter.mostAtOnce, 1);
        QCOMPARE(host.lastState, AccountState::Connected);
    }

    void whatWasNotCommittedIsReadAgain()
    {
        VendorHost host(m_clock);
        host.failing = 3;
        Counter counter(host);
        counter.written = 4;
        counter.start();
        QTRY_COMPARE(host.items.size(), size_t(4));
        QVERIFY(host.ingests >= 4);
    }

    void nothingIsReadWhileACommitIsUnderWay()
    {
        VendorHost host(m_clock);
        host.isHolding = true;
        Counter counter(host);
        counter.written = 4;
        counter.start();
        QTRY_COMPARE(host.held.size(), size_t(1));
        const int polls = counter.polls;
        counter.pollSoon();
        QVERIFY(!QTest::qWaitFor([&] { return counter.polls != polls; }, 30));
        host.release();
        QTRY_COMPARE(host.items.size(), size_t(4));
    }

    /// The process was stopped during a poll, and another PC polls since.
    void withoutLeaseNobodyIsAsked()
    {
        LeasingHost host(m_clock);
        Counter counter(host);
        counter.start();
        QTRY_VERIFY(counter.polls > 1);
        host.isLeased = false;
        const int polls = counter.polls;
        counter.pollSoon();
        QVERIFY(!QTest::qWaitFor([&] { return counter.polls != polls; }, 30));
        host.isLeased = true;
        counter.written = 1;
        QTRY_COMPARE(host.items.size(), size_t(1));
    }

    void aFailureIsShownOnceItLasts()
    {
        VendorHost host(m_clock);
        Counter counter(host);
        counter.failing = Error{Error::Code::Unknown, u"The provider is ill"_s, {}};
        counter.start();
        QTRY_VERIFY(counter.polls >= 3);
        QCOMPARE(host.lastState, AccountState::Starting); // younger than half a minute
        m_clock.advance(Seconds(30));
        QTRY_COMPARE(host.lastState, AccountState::Degraded);
        QCOMPARE(host.lastDetail, u"The provider is ill"_s);
        counter.failing.reset();
        QTRY_COMPARE(host.lastState, AccountState::Connected);
    }

    void wrongCredentialsAreShownAtOnceAndNotTriedAgain()
    {
        VendorHost host(m_clock);
        Counter counter(host);
        counter.failing = Error{Error::Code::Unauthorized, u"The token is wrong"_s, {}};
        counter.start();
        QTRY_COMPARE(host.lastState, AccountState::Down);
        const int polls = counter.polls;
        QVERIFY(!QTest::qWaitFor([&] { return counter.polls != polls; }, 50));
    }

    void anAnswerOfAnEarlierStartIsNotForThisOne()
    {
        VendorHost host(m_clock);
        host.isHolding = true;
        Counter counter(host);
        counter.written = 2;
        counter.start();
        QTRY_COMPARE(host.held.size(), size_t(1));
        counter.stop();
        host.release();
        const int polls = counter.polls;
        QVERIFY(
            !QTest::qWaitFor([&] { return counter.polls != polls; }, 30)); // stopped means stopped
    }
};

QTEST_GUILESS_MAIN(TestPollingConnector)
#include "tst_pollingconnector.moc"
