// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/act.h"
#include "core/channels/vendor/partsending.h"
#include "core/domain/providerids.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::vendor;
using namespace Qt::StringLiterals;
using Kind = SendResult::Kind;

class TestAct : public QObject
{
    Q_OBJECT

    /// What is told if the calls end so, one after the other, and how many of them were made.
    static std::pair<SendResult, int> told(MessageAction action, const std::vector<Kind> &ends)
    {
        QObject guard;
        std::pair<SendResult, int> out{{}, 0};
        std::vector<ActCall> calls;
        for (const Kind kind : ends)
            calls.push_back([&out, kind](Completion<SendResult> called) {
                ++out.second;
                called.answer(SendResult{kind, {}, u"too old"_s, {}});
            });
        inTurn(std::move(calls), {action, u"1"_s, {}, {}, true, {u"1"_s, u"2"_s}}, &guard,
               {&guard, [&out](const Result<SendResult> &result) {
                    if (result)
                        out.first = *result;
                }});
        return out;
    }

private Q_SLOTS:
    void allIdsAreKeptTheMainOneFirst()
    {
        QObject guard;
        SystemClock clock;
        for (const char main : {'b', '-'}) {
            std::vector<SendPart> parts;
            for (const char *id : {"a", "b", "c"})
                parts.push_back(
                    {u"the text"_s,
                     [id](Completion<SendResult> sent) {
                         sent.answer(SendResult{Kind::Accepted, QString::fromLatin1(id), {}, {}});
                     },
                     id[0] == main});
            QString kept;
            const auto keep = [&kept](const Result<SendResult> &whole) {
                kept = whole->providerId;
            };
            (new PartSending(std::move(parts), clock, {&guard, keep}, &guard))->start();
            QCOMPARE(providerIdsIn(kept), main == 'b' ? (QStringList{u"b"_s, u"a"_s, u"c"_s})
                                                      : (QStringList{u"a"_s, u"b"_s, u"c"_s}));
        }
    }

    void whatWasDoneByHalvesSaysWhatIsLeft()
    {
        const auto [result, calls] =
            told(MessageAction::Delete, {Kind::Accepted, Kind::Refused, Kind::Accepted});
        QCOMPARE(calls, 2);
        QCOMPARE(result.kind, Kind::Refused);
        QCOMPARE(result.detail,
                 u"This went out as 3 messages. The first 1 were changed or deleted, "
                 "the others the customer still sees as they were: too old"_s);
        QCOMPARE(told(MessageAction::Delete, {Kind::Refused}).first.detail, u"too old"_s);
        QCOMPARE(told(MessageAction::React, {Kind::Accepted, Kind::Refused}).first.detail,
                 u"too old"_s); // one message only
    }

    void whatIsNotCertainIsTriedAgainAsAWhole()
    {
        const auto [result, calls] =
            told(MessageAction::Delete, {Kind::Accepted, Kind::Uncertain, Kind::Accepted});
        QCOMPARE(calls, 2);
        QCOMPARE(result.kind, Kind::Later);
        const auto [done, all] = told(MessageAction::Delete, {Kind::Accepted, Kind::Accepted});
        QCOMPARE(all, 2);
        QCOMPARE(done.kind, Kind::Accepted);
        QCOMPARE(done.providerId, u"1#delete"_s);
    }
};

QTEST_GUILESS_MAIN(TestAct)
#include "tst_act.moc"
