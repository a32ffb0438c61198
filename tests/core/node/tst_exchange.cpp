// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/attachmentexchange.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace Qt::StringLiterals;

namespace {

struct Pc
{
    std::unique_ptr<store::AttachmentStore> attachments;
    std::unique_ptr<AttachmentExchange> exchange;
    std::set<QString> sees; ///< whom it can reach
    bool isMute = false;    ///< hears and does not answer
};

} // namespace

class TestExchange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        for (const QString &name : {u"a"_s, u"b"_s, u"c"_s})
            add(name);
        connectAll();
    }
    void cleanup() { m_pcs.clear(); }

    void aFileComesInPartsFromWhoeverHasIt()
    {
        const QByteArray bytes(3 * AttachmentExchange::PartBytes + 17, 'x');
        const QByteArray sha = *pc(u"c"_s).attachments->put(bytes);
        QVERIFY(fetch(u"a"_s, {sha})); // b is asked first, and has it not
        QCOMPARE(*pc(u"a"_s).attachments->get(sha), bytes);
        QVERIFY(fetch(u"a"_s, {sha, *pc(u"c"_s).attachments->put({})})); // of no bytes too
    }

    void whatNobodyHasIsSaidAndComesWhenSomebodyHasIt()
    {
        const QByteArray bytes("late");
        const QByteArray sha = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
        const Result<Done> none = fetch(u"a"_s, {sha});
        QVERIFY(!none);
        QCOMPARE(none.error().code, Error::Code::NotFound);
        QVERIFY(pc(u"b"_s).attachments->put(bytes));
        pc(u"a"_s).exchange->onReachableChanged();
        QTRY_VERIFY(pc(u"a"_s).attachments->has(sha));
    }

    void whoGivesOtherBytesIsPassedOver()
    {
        const QByteArray bytes("the right ones");
        const QByteArray sha = *pc(u"c"_s).attachments->put(bytes);
        QFile forged(pc(u"b"_s).attachments->pathOf(sha));
        QVERIFY(QDir().mkpath(QFileInfo(forged).path()));
        QVERIFY(forged.open(QIODevice::WriteOnly) && forged.write("something else") > 0);
        forged.close();
        QVERIFY(fetch(u"a"_s, {sha}));
        QCOMPARE(*pc(u"a"_s).attachments->get(sha), bytes);
    }

    void whoDoesNotAnswerIsPassedOver()
    {
        const QByteArray sha = *pc(u"c"_s).attachments->put("patience");
        pc(u"b"_s).isMute = true;
        QVERIFY(fetch(u"a"_s, {sha}));
    }

    void aSecondCopyIsThereWhenItIsSaidSo()
    {
        const QByteArray sha = *pc(u"a"_s).attachments->put(QByteArray(200'000, 'y'));
        const Result<bool> shared = share(u"a"_s, {sha});
        QVERIFY(shared && *shared);
        QVERIFY(pc(u"b"_s).attachments->has(sha) || pc(u"c"_s).attachments->has(sha));
        QVERIFY(!pc(u"a"_s).exchange->isHoldingAlone());
    }

    void whatNobodyTakesIsHeldAloneAndOfferedAgain()
    {
        const std::set<QString> others = std::exchange(pc(u"a"_s).sees, {});
        const QByteArray sha = *pc(u"a"_s).attachments->put("alone");
        const Result<bool> shared = share(u"a"_s, {sha});
        QVERIFY(shared && !*shared);
        QVERIFY(pc(u"a"_s).exchange->isHoldingAlone());
        pc(u"a"_s).sees = others;
        pc(u"a"_s).exchange->onReachableChanged();
        QTRY_VERIFY(!pc(u"a"_s).exchange->isHoldingAlone());
        QVERIFY(pc(u"b"_s).attachments->has(sha) || pc(u"c"_s).attachments->has(sha));
    }

    void aPcAloneWaitsForNobody()
    {
        m_replicas.clear();
        const QByteArray sha = *pc(u"a"_s).attachments->put("one PC");
        const Result<bool> shared = share(u"a"_s, {sha});
        QVERIFY(shared && *shared);
        QVERIFY(!pc(u"a"_s).exchange->isHoldingAlone());
    }

    void partsThatNobodyAskedForAreDropped()
    {
        const QByteArray bytes("unasked");
        const QByteArray sha = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
        using Kind = AttachmentNote::Kind;
        pc(u"a"_s).exchange->hear(u"b"_s, {Kind::Part, sha, 0, bytes.size(), bytes});
        pc(u"a"_s).exchange->hear(u"b"_s, {Kind::Held, sha, 0, 0, {}});
        pc(u"a"_s).exchange->hear(u"b"_s, {Kind::Ask, sha, -5, 0, {}});
        QVERIFY(!pc(u"a"_s).attachments->has(sha));
    }

private:
    Pc &pc(const QString &name) { return m_pcs.at(name); }

    void add(const QString &name)
    {
        Pc &one = m_pcs[name];
        one.attachments =
            std::make_unique<store::AttachmentStore>(m_folder->filePath(name + u"/attachments"_s));
        const auto tell = [this, name](const QString &to, const AttachmentNote &note) {
            QMetaObject::invokeMethod(
                this,
                [this, name, to, note] {
                    const auto it = m_pcs.find(to);
                    if (it != m_pcs.end() && !it->second.isMute && pc(name).sees.contains(to))
                        it->second.exchange->hear(name, note);
                },
                Qt::QueuedConnection);
        };
        const auto others = [this, name] {
            std::vector<QString> out;
            for (const QString &other : m_replicas) {
                if (other != name)
                    out.push_back(other);
            }
            return out;
        };
        const auto reachable = [this, name] {
            return std::vector<QString>(pc(name).sees.begin(), pc(name).sees.end());
        };
        one.exchange = std::make_unique<AttachmentExchange>(
            AttachmentExchange::Parts{*one.attachments, tell, others, reachable});
    }
    void connectAll()
    {
        m_replicas = {u"a"_s, u"b"_s, u"c"_s};
        for (auto &[name, one] : m_pcs) {
            one.sees = m_replicas;
            one.sees.erase(name);
        }
    }
    Result<Done> fetch(const QString &name, const std::vector<QByteArray> &hashes)
    {
        std::optional<Result<Done>> answer;
        pc(name).exchange->fetch(
            hashes, {this, [&answer](const Result<Done> &result) { answer = result; }});
        [&] { QTRY_VERIFY_WITH_TIMEOUT(answer, 20'000); }();
        return answer.value_or(invalid(u"no answer"_s));
    }
    Result<bool> share(const QString &name, const std::vector<QByteArray> &hashes)
    {
        std::optional<Result<bool>> answer;
        pc(name).exchange->share(
            hashes, {this, [&answer](const Result<bool> &result) { answer = result; }});
        [&] { QTRY_VERIFY_WITH_TIMEOUT(answer, 20'000); }();
        return answer.value_or(invalid(u"no answer"_s));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::map<QString, Pc> m_pcs;
    std::set<QString> m_replicas;
};

QTEST_GUILESS_MAIN(TestExchange)
#include "tst_exchange.moc"
