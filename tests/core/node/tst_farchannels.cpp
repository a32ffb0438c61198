// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/farchannels.h"

#include <QSignalSpy>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace Qt::StringLiterals;

/// What comes to a PC for a channel that another one runs.
class TestFarChannels : public QObject
{
    Q_OBJECT

    inline static const NodeId Owner = derivedId<NodeId>(NodeId{}, "owner");
    inline static const QString Asker = derivedId<NodeId>(NodeId{}, "asker").toString();
    inline static const AccountId Account = derivedId<AccountId>(NodeId{}, "account");

    struct Side
    {
        SystemClock clock{1'000.0};
        std::vector<std::pair<QString, ChannelNote>> told;
        std::set<QString> reachable{Owner.toString(), Asker};
        std::map<AccountId, ChannelHealth> running;
        Result<QByteArray> answer = QByteArrayLiteral("the answer");
        int answered = 0;
        FarChannels channels{{clock,
                              [this](const QString &node, const ChannelNote &note) {
                                  told.emplace_back(node, note);
                              },
                              [this] { return reachable; }, [this] { return running; },
                              [this](const ChannelNote &, FarChannels::Answered done) {
                                  ++answered;
                                  done.answer(answer);
                              }}};
    };
    static ChannelNote question(const QByteArray &bytes = "a call")
    {
        ChannelNote note;
        note.kind = ChannelNote::Kind::Hook;
        note.account = Account;
        note.bytes = bytes;
        return note;
    }
    /// As it travels.
    static ChannelNote sent(const ChannelNote &note)
    {
        const auto decoded = decodeRelay(encode(note));
        const auto *arrived = decoded ? std::get_if<ChannelNote>(&*decoded) : nullptr;
        return arrived ? *arrived : ChannelNote();
    }
    std::shared_ptr<std::optional<Result<QByteArray>>> ask(Side &side, const ChannelNote &note)
    {
        auto said = std::make_shared<std::optional<Result<QByteArray>>>();
        side.channels.ask(Owner, note, {this, [said](const Result<QByteArray> &answer) {
                                            said->emplace(answer);
                                        }});
        return said;
    }

private Q_SLOTS:
    void aQuestionGoesThereAndItsAnswerComesBack()
    {
        Side here;
        Side there;
        const auto said = ask(here, question());
        QVERIFY(!said->has_value()); // nothing is acknowledged before it is answered
        QCOMPARE(here.told.size(), size_t(1));
        QCOMPARE(here.told[0].first, Owner.toString());
        const ChannelNote arrived = sent(here.told[0].second);
        QCOMPARE(arrived.bytes, QByteArray("a call"));
        QCOMPARE(arrived.account, question().account);
        there.channels.hear(Asker, arrived);
        QCOMPARE(there.answered, 1);
        QCOMPARE(there.told[0].first, Asker);
        const ChannelNote answer = sent(there.told[0].second);
        here.channels.hear(Asker, answer); // not whom it was asked
        QVERIFY(!said->has_value());
        here.channels.hear(Owner.toString(), answer);
        QVERIFY(said->has_value());
        QCOMPARE(***said, QByteArray("the answer"));
        here.channels.hear(Owner.toString(), answer); // twice is once
    }
    void aRefusalComesBackAsOne()
    {
        Side here;
        Side there;
        there.answer = isElsewhere();
        const auto said = ask(here, question());
        there.channels.hear(Asker, sent(here.told[0].second));
        here.channels.hear(Owner.toString(), sent(there.told[0].second));
        QVERIFY(said->has_value() && !**said);
        QCOMPARE((*said)->error().state, u"elsewhere"_s);
    }
    void whoIsNotInReachIsNotWaitedFor()
    {
        Side here;
        here.reachable.clear();
        const auto said = ask(here, question());
        QVERIFY(said->has_value() && !**said);
        QCOMPARE((*said)->error().state, u"elsewhere"_s);
        QVERIFY(here.told.empty());
    }
    void whoGoesIsNotWaitedForAnyMore()
    {
        Side here;
        const auto said = ask(here, question());
        here.channels.onReachableChanged();
        QVERIFY(!said->has_value());
        here.reachable.clear();
        here.channels.onReachableChanged();
        QVERIFY(said->has_value() && !**said);
    }
    void withoutAnAnswerItIsElsewhere()
    {
        Side here; // a thousand times as fast
        const auto said = ask(here, question());
        QTRY_VERIFY(said->has_value());
        QCOMPARE((*said)->error().state, u"elsewhere"_s);
    }
    void whatIsTooMuchIsNotTakenAndNotLost()
    {
        Side here;
        const auto large = ask(here, question(QByteArray(FarChannels::MaxBytes + 1, 'x')));
        QVERIFY(large->has_value() && !**large);
        std::vector<std::shared_ptr<std::optional<Result<QByteArray>>>> waiting;
        for (size_t i = 0; i < FarChannels::MaxWaiting; ++i)
            waiting.push_back(ask(here, question()));
        QVERIFY(!waiting.back()->has_value());
        const auto more = ask(here, question());
        QVERIFY(more->has_value() && !**more);
        Side there;
        there.answer = QByteArray(FarChannels::MaxBytes + 1, 'x');
        there.channels.hear(Asker, sent(here.told[0].second));
        QVERIFY(there.told[0].second.error.has_value());
    }
    /// At once when it changes, and whoever comes into reach later; who is gone says nothing.
    void howAChannelDoesIsKnownEverywhere()
    {
        Side there;
        Side here;
        const ChannelHealth bad{AccountState::Down, u"The password was refused"_s};
        there.running[Account] = bad;
        there.reachable = {Asker};
        there.channels.onReachableChanged();
        QCOMPARE(there.told.size(), size_t(1));
        QCOMPARE(there.told[0].first, Asker);
        there.channels.onReachableChanged();
        QCOMPARE(there.told.size(), size_t(1)); // told once
        QSignalSpy heard(&here.channels, &FarChannels::healthHeard);
        here.channels.hear(Owner.toString(), sent(there.told[0].second));
        QCOMPARE(heard.size(), 1);
        QCOMPARE(here.channels.healthOf(Account, Owner), bad);
        QVERIFY(!here.channels.healthOf(Account, derivedId<NodeId>(NodeId{}, "another")));
        const ChannelHealth good{AccountState::Connected, {}};
        there.channels.tellHealth(Account, good);
        here.channels.hear(Owner.toString(), sent(there.told[1].second));
        QCOMPARE(here.channels.healthOf(Account, Owner), good);
        here.reachable.erase(Owner.toString());
        here.channels.onReachableChanged();
        QVERIFY(!here.channels.healthOf(Account, Owner));
    }
    void healthThatSaysNothingIsNotKept()
    {
        Side here;
        Side there;
        there.channels.tellHealth(Account, {AccountState(77), {}});
        there.channels.tellHealth(Account, {AccountState::Down, QString(100'000, u'x')});
        ChannelNote rubbish = there.told[0].second;
        rubbish.bytes = "rubbish";
        here.channels.hear(Owner.toString(), rubbish);
        here.channels.hear(Owner.toString(), sent(there.told[0].second));
        QVERIFY(!here.channels.healthOf(Account, Owner));
        here.channels.hear(Owner.toString(), sent(there.told.back().second));
        QCOMPARE(here.channels.healthOf(Account, Owner)->detail.size(), FarChannels::MaxDetail);
        for (size_t i = 0; i < 2 * FarChannels::MaxTold; ++i) {
            ChannelNote more = there.told.back().second;
            more.account = derivedId<AccountId>(Owner, QByteArray::number(qulonglong(i)));
            here.channels.hear(Owner.toString(), more);
            if (i + 1 == FarChannels::MaxTold)
                QVERIFY(!here.channels.healthOf(more.account, Owner));
        }
        QVERIFY(here.channels.healthOf(Account, Owner));
    }
    /// Who writes is seen on every PC; what is told again and again within a second goes out once.
    void whoWritesIsSeenOnEveryPc()
    {
        Side there;
        Side here;
        const api::Presence typing{derivedId<ConversationId>(NodeId{}, "conversation"),
                                   derivedId<AgentId>(NodeId{}, "minh"), u"Minh"_s, true};
        there.channels.tellPresence(typing);
        QCOMPARE(there.told.size(), size_t(2)); // both PCs
        api::Presence seen;
        connect(&here.channels, &FarChannels::presenceHeard, this,
                [&](const api::Presence &presence) { seen = presence; });
        here.channels.hear(Asker, sent(there.told[0].second));
        QCOMPARE(seen.conversation, typing.conversation);
        QCOMPARE(seen.agent, typing.agent);
        QCOMPARE(seen.name, typing.name);
        QVERIFY(seen.isTyping);
        FakeClock clock;
        std::vector<ChannelNote> told;
        FarChannels still({clock,
                           [&](const QString &, const ChannelNote &note) { told.push_back(note); },
                           [] { return std::set{Asker}; },
                           [] { return std::map<AccountId, ChannelHealth>(); },
                           {}});
        for (int i = 0; i < 100; ++i)
            still.tellPresence(typing);
        QCOMPARE(told.size(), size_t(1));
        api::Presence stopped = typing;
        stopped.isTyping = false;
        still.tellPresence(stopped);
        QCOMPARE(told.size(), size_t(2)); // that is news
        clock.advance(FarChannels::SameAgain);
        still.tellPresence(typing);
        QCOMPARE(told.size(), size_t(3));
    }
    void callsAndAnswersTravelAsTheyAre()
    {
        const HookCall call{"POST",
                            u"media/ł"_s,
                            {{u"hub.mode"_s, u"a b"_s}},
                            {{"x-hub-signature-256", "sha256=\xff"}},
                            QByteArray("\0\xff raw", 6)};
        const auto arrived = decodeCall(encodeCall(call));
        QVERIFY(arrived);
        QCOMPARE(arrived->method, call.method);
        QCOMPARE(arrived->rest, call.rest);
        QCOMPARE(arrived->query, call.query);
        QCOMPARE(arrived->headers, call.headers);
        QCOMPARE(arrived->body, call.body);
        const auto answer = decodeAnswer(encodeAnswer({202, "image/png", "\xff"}));
        QVERIFY(answer);
        QCOMPARE(answer->status, 202);
        QCOMPARE(answer->contentType, QByteArray("image/png"));
        QCOMPARE(answer->body, QByteArray("\xff"));
        QVERIFY(!decodeCall("rubbish") && !decodeAnswer("rubbish"));
    }
};

QTEST_GUILESS_MAIN(TestFarChannels)
#include "tst_farchannels.moc"
