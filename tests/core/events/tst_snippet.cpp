// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/codec.h"
#include "core/events/apply.h"
#include "tests/core/events/memorytables.h"

#include <QTest>

using namespace peerdesk;
using namespace Qt::StringLiterals;

/// The line that lists show of a conversation is the same in memory, in the stored row and on every
/// node.
class TestSnippet : public QObject
{
    Q_OBJECT

private:
    static Conversation after(const QString &text)
    {
        tests::MemoryTables tables;
        Conversation conversation;
        conversation.id = derivedId<ConversationId>(NodeId{}, "conversation");
        tables.of<Conversation>().put(conversation);
        Message message;
        message.id = derivedId<MessageId>(NodeId{}, "message");
        message.conversation = conversation.id;
        message.content.text = text;
        events::apply(events::MessageReceived{message, {}, std::nullopt}, {1, 0, Time{5}}, tables);
        return *tables.of<Conversation>().find(conversation.id);
    }

private Q_SLOTS:
    void aTextBecomesOneShortLine_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("snippet");
        const QString smile = u"😀"_s;
        const QString a118(118, u'a');
        QTest::newRow("empty") << u""_s << u""_s;
        QTest::newRow("white only") << u" \t\r\n\u3000"_s << u""_s;
        QTest::newRow("words") << u"  Hello,\r\n\r\n  world \t! "_s << u"Hello, world !"_s;
        QTest::newRow("every white space")
            << u"a\u0009b\u000bc\u000cd\u0085e\u00a0f\u1680g\u2000h\u200ai\u2028j\u2029k\u202fl\u205fm\u3000n"_s
            << u"a b c d e f g h i j k l m n"_s;
        QTest::newRow("no white space")
            << u"a\u180eb\u200bc\u2060d\ufeffe"_s << u"a\u180eb\u200bc\u2060d\ufeffe"_s;
        QTest::newRow("exactly full") << QString(120, u'a') << QString(120, u'a');
        QTest::newRow("one too many") << QString(121, u'a') << QString(120, u'a');
        QTest::newRow("pair fits") << a118 + smile + u'b' << a118 + smile;
        QTest::newRow("pair would be cut") << a118 + u'b' + smile << a118 + u'b';
        QTest::newRow("pair after a space would be cut") << a118 + u' ' + smile << a118;
        QTest::newRow("ends before a space") << a118 + u"b c"_s << a118 + u'b';
        QTest::newRow("pairs throughout") << smile.repeated(100) << smile.repeated(60);
    }
    void aTextBecomesOneShortLine()
    {
        QFETCH(QString, text);
        QFETCH(QString, snippet);
        QCOMPARE(after(text).snippet, snippet);
    }

    void theStoredRowSaysTheSame_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("pair at the end") << QString(119, u'a') + u"😀"_s;
        QTest::newRow("lone high") << u"a"_s + QChar(0xd83d) + u"b"_s;
        QTest::newRow("lone low") << u"a"_s + QChar(0xde00);
        QTest::newRow("lone high at the end") << QString(119, u'a') + QChar(0xd83d);
        QTest::newRow("lone high, then too much") << QString(119, u'a') + QChar(0xd83d) + u'b';
        QTest::newRow("low before high") << QString(QChar(0xde00)) + QChar(0xd83d);
    }
    void theStoredRowSaysTheSame()
    {
        QFETCH(QString, text);
        const Conversation inMemory = after(text);
        const auto stored = codec::decode<Conversation>(codec::encode(inMemory));
        QVERIFY(stored);
        QCOMPARE(stored->snippet, inMemory.snippet);
        // Another node reads the message from the log before it applies it.
        const auto replicated = codec::decode<QString>(codec::encode(text));
        QVERIFY(replicated);
        QCOMPARE(after(*replicated).snippet, inMemory.snippet);
    }
};

QTEST_GUILESS_MAIN(TestSnippet)
#include "tst_snippet.moc"
