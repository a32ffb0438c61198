// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/farchannels.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace Qt::StringLiterals;

/// What comes to a PC for a channel that another one runs.
class TestFarChannels : public QObject
{
    Q_OBJECT

    struct Side
    {
        SystemClock clock{1'000.0};
        std::vector<std::pair<QString, ChannelNote>> told;
        bool isReachable = true;
        Result<QByteArray> answer = QByteArrayLiteral("the answer");
        int answered = 0;
        FarChannels channels{{clock,
                              [this](const QString &node, const ChannelNote &note) {
                                  told.emplace_back(node, note);
                              },
                              [this](const QString &) { return isReachable; },
                              [this](const ChannelNote &, FarChannels::Answered done) {
                                  ++answered;
                                  done.answer(answer);
                              }}};
    };
    const NodeId m_owner = derivedId<NodeId>(NodeId{}, "owner");
    const QString m_asker = derivedId<NodeId>(NodeId{}, "asker").toString();

    static ChannelNote question(const QByteArray &bytes = "a call")
    {
        ChannelNote note;
        note.kind = ChannelNote::Kind::Hook;
        note.account = derivedId<AccountId>(NodeId{}, "account");
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
        side.channels.ask(m_owner, note, {this, [said](const Result<QByteArray> &answer) {
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
        QCOMPARE(here.told[0].first, m_owner.toString());
        const ChannelNote arrived = sent(here.told[0].second);
        QCOMPARE(arrived.bytes, QByteArray("a call"));
        QCOMPARE(arrived.account, question().account);
        there.channels.hear(m_asker, arrived);
        QCOMPARE(there.answered, 1);
        QCOMPARE(there.told[0].first, m_asker);
        const ChannelNote answer = sent(there.told[0].second);
        here.channels.hear(m_asker, answer); // not whom it was asked
        QVERIFY(!said->has_value());
        here.channels.hear(m_owner.toString(), answer);
        QVERIFY(said->has_value());
        QCOMPARE(***said, QByteArray("the answer"));
        here.channels.hear(m_owner.toString(), answer); // twice is once
    }
    void aRefusalComesBackAsOne()
    {
        Side here;
        Side there;
        there.answer = isElsewhere();
        const auto said = ask(here, question());
        there.channels.hear(m_asker, sent(here.told[0].second));
        here.channels.hear(m_owner.toString(), sent(there.told[0].second));
        QVERIFY(said->has_value() && !**said);
        QCOMPARE((*said)->error().state, u"elsewhere"_s);
    }
    void whoIsNotInReachIsNotWaitedFor()
    {
        Side here;
        here.isReachable = false;
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
        here.isReachable = false;
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
        there.channels.hear(m_asker, sent(here.told[0].second));
        QVERIFY(there.told[0].second.error.has_value());
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
