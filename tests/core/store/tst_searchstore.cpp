// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/searchstore.h"
#include "core/store/textfold.h"
#include "storefixtures.h"

#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;
using fixtures::idOf;

class TestSearchStore : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<SearchStore> m_store;
    int m_count = 0;

    MessageId add(const QString &text)
    {
        const SearchDocument document{idOf<MessageId>("m", ++m_count),
                                      idOf<ConversationId>("c", m_count / 2), fixtures::Start,
                                      text};
        const auto indexed = m_store->index({document}, quint64(m_count));
        if (!indexed)
            qWarning("%s", qPrintable(indexed.error().detail));
        return document.message;
    }
    bool isFound(MessageId message, const QString &text)
    {
        const auto hits = m_store->search(text, 500);
        if (!hits)
            qWarning("%s", qPrintable(hits.error().detail));
        return hits && std::any_of(hits->begin(), hits->end(),
                                   [&](const SearchHit &hit) { return hit.message == message; });
    }

private Q_SLOTS:
    void initTestCase()
    {
        auto store = SearchStore::open(m_folder.filePath(u"search.db"_s));
        QVERIFY2(store, qPrintable(store.error().detail));
        m_store = std::move(*store);
    }

    void wordsAreFoundHoweverTheyAreTyped_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("query");
        QTest::addColumn<bool>("found");
        QTest::newRow("same") << u"Where is my parcel"_s << u"parcel"_s << true;
        QTest::newRow("case") << u"Where is my PARCEL"_s << u"pArcel"_s << true;
        QTest::newRow("beginning of the last") << u"Where is my parcel"_s << u"where par"_s << true;
        QTest::newRow("beginning of the first")
            << u"Where is my parcel"_s << u"whe parcel"_s << false;
        QTest::newRow("order does not matter") << u"red green blue"_s << u"blue red"_s << true;
        QTest::newRow("one word missing") << u"red green blue"_s << u"blue yellow"_s << false;
        QTest::newRow("Vietnamese without marks")
            << u"Đặng Thị Ánh gửi đơn hàng"_s << u"dang thi anh don"_s << true;
        QTest::newRow("marks typed, none there") << u"dang thi anh"_s << u"Đặng"_s << true;
        QTest::newRow("decomposed marks") << u"cafe\u0301 cre\u0300me"_s << u"café crème"_s << true;
        QTest::newRow("German") << u"Straße und Grüße"_s << u"strasse grusse"_s << true;
        QTest::newRow("stroke") << u"Łódź Søren"_s << u"lodz soren"_s << true;
        QTest::newRow("Chinese part") << u"我想查询订单状态"_s << u"订单"_s << true;
        QTest::newRow("Chinese long part") << u"我想查询订单状态"_s << u"查询订单"_s << true;
        QTest::newRow("Chinese, pairs elsewhere") << u"查询 订单"_s << u"查询订单"_s << false;
        QTest::newRow("one character") << u"我想查询订单状态"_s << u"订"_s << true;
        QTest::newRow("last character") << u"我想查询订单状态"_s << u"态"_s << true;
        QTest::newRow("Japanese part") << u"注文の状況を確認したい"_s << u"状況"_s << true;
        QTest::newRow("half width kana") << u"ﾃﾚﾋﾞを買いました"_s << u"テレビ"_s << true;
        QTest::newRow("Korean part") << u"주문상태를 알려주세요"_s << u"상태"_s << true;
        QTest::newRow("Thai part") << u"สั่งซื้อสินค้า"_s << u"สินค้า"_s << true;
        QTest::newRow("mixed") << u"iPhone手机坏了"_s << u"iphone 手机"_s << true;
        QTest::newRow("beyond the basic plane") << u"𠮷野家"_s << u"𠮷野"_s << true;
        QTest::newRow("number") << u"order 4711-22"_s << u"4711"_s << true;
    }
    void wordsAreFoundHoweverTheyAreTyped()
    {
        QFETCH(QString, text);
        QFETCH(QString, query);
        QFETCH(bool, found);
        QCOMPARE(isFound(add(text), query), found);
    }

    void whatIsTypedIsNeverSyntax_data()
    {
        QTest::addColumn<QString>("query");
        QTest::newRow("quote") << u"par\"cel"_s;
        QTest::newRow("operators") << u"AND OR NOT NEAR( * ^ : -"_s;
        QTest::newRow("column") << u"text: x"_s;
        QTest::newRow("sql") << u"'; DROP TABLE words; --"_s;
        QTest::newRow("lone surrogate") << QString(QChar(0xd800)) + u" x"_s;
        QTest::newRow("zero") << QString(QChar(u'\0'));
        QTest::newRow("marks only") << u"\u0301\u0302"_s;
        QTest::newRow("very long") << QString(100'000, u'a');
        QTest::newRow("many words") << u"ab "_s.repeated(10'000);
    }
    void whatIsTypedIsNeverSyntax()
    {
        QFETCH(QString, query);
        const auto hits = m_store->search(query, 10);
        QVERIFY2(hits, qPrintable(hits.error().detail));
    }

    void nothingToLookForFindsNothing()
    {
        for (const QString &query : {u""_s, u"   "_s, u"!?*"_s})
            QVERIFY(m_store->search(query, 10)->empty());
    }

    void theNewestComeFirstPageByPage()
    {
        std::vector<MessageId> added;
        for (int i = 0; i < 25; ++i)
            added.push_back(add(u"zebra %1"_s.arg(i)));
        std::vector<MessageId> found;
        qint64 before = 0;
        for (int page = 0; page < 3; ++page) {
            const auto hits = m_store->search(u"zebra"_s, 10, before);
            for (const SearchHit &hit : *hits)
                found.push_back(hit.message);
            before = hits->back().position;
        }
        std::reverse(added.begin(), added.end());
        QCOMPARE(found, added);
        QCOMPARE(m_store->conversations(u"zebra"_s, 5)->size(), size_t(5));
        QCOMPARE(m_store->conversations(u"zebra"_s, 500)->size(), size_t(13));
    }

    void indexingAgainReplacesInPlace()
    {
        const MessageId message = add(u"quagga first"_s);
        add(u"quagga later"_s);
        QVERIFY(m_store->index({{message, {}, fixtures::Start, u"quagga okapi"_s}}, 999));
        QVERIFY(!isFound(message, u"first"_s));
        QVERIFY(isFound(message, u"okapi"_s));
        QCOMPARE(m_store->search(u"quagga"_s, 10)->back().message, message);
        QCOMPARE(m_store->appliedIndex(), 999U);
    }

    void aRemovedMessageIsNoLongerFound()
    {
        const MessageId message = add(u"secret aardvark"_s);
        QVERIFY(isFound(message, u"aardvark"_s));
        QVERIFY(m_store->remove({message, idOf<MessageId>("never")}));
        QVERIFY(!isFound(message, u"aardvark"_s));
    }
};

QTEST_GUILESS_MAIN(TestSearchStore)
#include "tst_searchstore.moc"
