// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/codec.h"
#include "core/cluster/joiner.h"
#include "core/cluster/links.h"

#include <QTcpServer>
#include <QTest>

#include <arpa/inet.h>
#include <sys/socket.h>

using namespace peerdesk;
using namespace peerdesk::cluster;
using namespace Qt::StringLiterals;

namespace {

constexpr int Long = 20'000; ///< milliseconds

Identity identityOf(const QString &name)
{
    return *Identity::make(name);
}

QSslConfiguration tlsOf(const Identity &identity)
{
    QSslConfiguration tls;
    tls.setProtocol(QSsl::TlsV1_3OrLater);
    tls.setLocalCertificate(identity.certificate);
    tls.setPrivateKey(identity.key);
    tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
    return tls;
}

/// The PC that invites, with the person before it.
struct Inviter
{
    explicit Inviter(int uses = 1, Milliseconds expires = std::chrono::minutes(15),
                     Milliseconds patience = Doorkeeper::AskPatience)
        : identity(identityOf(u"front"_s))
        , links(std::make_unique<Links>(optionsOf(identity, patience), nullptr))
    {
        QObject::connect(links.get(), &Network::asksChanged, &context, [this](const auto &now) {
            asks = now;
            ++changes;
            mostAsks = std::max(mostAsks, now.size());
        });
        QObject::connect(links.get(), &Network::knocked, &context,
                         [this](const Newcomer &newcomer) { knocks.push_back(newcomer); });
        if (!links->listen())
            qFatal("no port");
        invitation = {randomBytes(16), randomBytes(32), uses, QDeadlineTimer(expires)};
        if (uses > 0)
            links->invite(invitation);
    }
    static Links::Options optionsOf(const Identity &identity, Milliseconds patience)
    {
        Links::Options options{identity, u"front"_s, u"127.0.0.1:0"_s};
        options.askPatience = patience;
        return options;
    }
    QString address() const { return links->address(); }
    /// The office takes in whoever knocked last.
    void welcome()
    {
        const Membership office{
            "office", u"Harbor Shop"_s, {{u"front"_s, identity.fingerprint(), address()}}, {}};
        links->welcome(knocks.back().node, office);
    }

    Identity identity;
    QObject context;
    std::unique_ptr<Links> links;
    Invitation invitation;
    std::vector<Asker> asks;
    std::vector<Newcomer> knocks;
    int changes = 0;
    size_t mostAsks = 0;
};

/// A newcomer with Peerdesk.
struct Hopeful
{
    explicit Hopeful(const QString &address)
        : identity(identityOf(u"attic"_s))
        , joiner(new Joiner({address, {}, identity, u"attic"_s, u"Attic"_s, 7},
                            {&context, [this](const auto &r) { result = r; }}, &context))
    {
        QObject::connect(joiner, &Joiner::wordsMade, &context,
                         [this](const QStringList &made) { words = made; });
        QObject::connect(joiner, &Joiner::letIn, &context, [this] { isLetIn = true; });
        joiner->start();
    }
    QString state() const { return result && !*result ? result->error().state : u"-"_s; }

    Identity identity;
    QObject context;
    Joiner *joiner;
    QStringList words;
    bool isLetIn = false;
    std::optional<Result<Membership>> result;
};

/// Somebody who says what they like, from any address of this PC.
class Stranger : public QSslSocket
{
public:
    explicit Stranger(const QString &to, const char *from = "127.0.0.1")
        : identity(identityOf(u"stranger"_s))
    {
        const int link = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        inet_pton(AF_INET, from, &at.sin_addr);
        bool isGood = ::bind(link, reinterpret_cast<sockaddr *>(&at), sizeof at) == 0;
        inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
        at.sin_port = htons(splitAddress(to).second);
        isGood = isGood && ::connect(link, reinterpret_cast<sockaddr *>(&at), sizeof at) == 0;
        if (!isGood || !setSocketDescriptor(link))
            qFatal("no link");
        setSslConfiguration(tlsOf(identity));
        connect(this, &QSslSocket::sslErrors, this, [this] { ignoreSslErrors(); });
        startClientEncryption();
    }
    template <typename Body>
    void say(const Body &body)
    {
        write(encode(Frame{Channel::Join, codec::encode(body)}));
    }
    void ask() { say(JoinAsk{joinCommitment(nonce), node, name}); }
    void reveal() { say(JoinReveal{nonce}); }
    /// Whether what the other side says next has come, or came before.
    template <typename Body>
    bool hear(std::optional<Body> &said)
    {
        buffer += readAll();
        const auto frame =
            said ? Result<std::optional<Frame>>(std::nullopt) : takeFrame(buffer, MaxFrameBytes);
        if (frame && *frame) {
            if (const Result<Body> body = codec::decode<Body>((*frame)->body))
                said = *body;
        }
        return said.has_value();
    }
    /// Asks, and shows its nonce once it is known how it may come in.
    void askInFull()
    {
        ask();
        QTRY_VERIFY_WITH_TIMEOUT(hear(offer), Long);
        if (offer->way == JoinWay::Words)
            reveal();
    }
    QStringList words() const
    {
        const Handshake said{offer->nonce, nonce, Identity::fingerprintOf(peerCertificate()),
                             identity.fingerprint()};
        return comparedWords(said, node, name);
    }
    bool isEnded() const { return state() == UnconnectedState; }

    Identity identity;
    QByteArray buffer;
    QByteArray nonce = randomBytes(NonceBytes);
    QString node = u"stranger"_s;
    QString name = u"Stranger"_s;
    std::optional<JoinOffer> offer;
};

/// Takes links by TLS with a key of its own, and does with them what it is told.
class Impostor final : public QTcpServer
{
public:
    explicit Impostor(std::function<void(QSslSocket *)> onLink)
        : m_onLink(std::move(onLink))
    {
        listen(QHostAddress::LocalHost);
    }
    QString address() const { return u"127.0.0.1:%1"_s.arg(serverPort()); }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *socket = new QSslSocket(this);
        socket->setSocketDescriptor(descriptor);
        socket->setSslConfiguration(tlsOf(m_identity));
        connect(socket, &QSslSocket::sslErrors, socket, [socket] { socket->ignoreSslErrors(); });
        connect(socket, &QSslSocket::encrypted, this, [this, socket] { m_onLink(socket); });
        socket->startServerEncryption();
    }

private:
    Identity m_identity = identityOf(u"between"_s);
    std::function<void(QSslSocket *)> m_onLink;
};

} // namespace

/// Joining without a code: a person lets somebody in after three words were compared (M144).
class TestAsking : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twoPeopleSeeTheSameWordsAndBothSayYes_data();
    void twoPeopleSeeTheSameWordsAndBothSayYes();
    void whoStandsBetweenMakesTheWordsDiffer();
    void aNonceThatWasNotPromisedIsCutOff();
    void oddAsksAreCutOff_data();
    void oddAsksAreCutOff();
    void whoIsTurnedAwayIsTold();
    void whereNobodyInvitesNobodyAsks();
    void anAskEndsWithTheInvitation();
    void anAskEndsWhenNobodyAnswers();
    void aLinkThatEndsIsSaid();
    void whoDoesNotWaitAnyMoreIsGone();
    void severalAskAndOneIsLetIn();
    void onlyTheNewestLinkOfAnAddressAsks();
    void whatAPersonDidNotSeeIsNotLetIn();
    void whoAsksAgainAndAgainIsBraked();
    void anOlderPeerdeskIsSaid();
    void aNameShowsWhatItIs();
};

void TestAsking::twoPeopleSeeTheSameWordsAndBothSayYes_data()
{
    QTest::addColumn<bool>("isNewcomerFirst");
    QTest::newRow("the office first") << false;
    QTest::newRow("the newcomer first") << true;
}

void TestAsking::twoPeopleSeeTheSameWordsAndBothSayYes()
{
    QFETCH(bool, isNewcomerFirst);
    Inviter front;
    Hopeful attic(front.address());
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    const Asker asked = front.asks.front();
    QTRY_COMPARE_WITH_TIMEOUT(attic.words, asked.words, Long);
    QCOMPARE(asked.words.size(), 3);
    for (const QString &word : asked.words)
        QVERIFY(joinWords().contains(word));
    QCOMPARE(asked.name, u"Attic"_s);
    QCOMPARE(asked.host, u"127.0.0.1"_s);
    QVERIFY(front.knocks.empty()); // an ask alone is nothing
    if (isNewcomerFirst)
        attic.joiner->confirm();
    front.links->admit(asked, true);
    QCOMPARE(front.knocks.size(), size_t(1));
    const Newcomer knock = front.knocks.front();
    QCOMPARE(knock.invitation, front.invitation.id);
    QCOMPARE(knock.use, 1);
    QCOMPARE(knock.fingerprint, attic.identity.fingerprint());
    QCOMPARE(knock.featureLevel, 7);
    front.welcome();
    if (!isNewcomerFirst) {
        QTRY_VERIFY_WITH_TIMEOUT(attic.isLetIn, Long);
        QTRY_VERIFY_WITH_TIMEOUT(front.asks.empty(), Long); // the link is over
        QVERIFY(!attic.result);                             // it could be anybody
        attic.joiner->confirm();
    }
    QTRY_VERIFY_WITH_TIMEOUT(attic.result, Long);
    QVERIFY2(*attic.result, qPrintable(attic.state()));
    QCOMPARE((*attic.result)->name, u"Harbor Shop"_s);
    Hopeful late(front.address()); // that was the only use
    QTRY_COMPARE_WITH_TIMEOUT(late.state(), u"not-inviting"_s, Long);
}

/// It has a certificate of its own for each side, and passes on every byte that is said.
void TestAsking::whoStandsBetweenMakesTheWordsDiffer()
{
    Inviter front;
    std::unique_ptr<Stranger> onward;
    Impostor between([&](QSslSocket *inward) {
        onward = std::make_unique<Stranger>(front.address());
        Stranger *other = onward.get();
        connect(inward, &QSslSocket::readyRead, other, [=] { other->write(inward->readAll()); });
        connect(other, &QSslSocket::readyRead, inward, [=] { inward->write(other->readAll()); });
        other->write(inward->readAll());
    });
    Hopeful attic(between.address());
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    QTRY_COMPARE_WITH_TIMEOUT(attic.words.size(), 3, Long);
    QCOMPARE(front.asks.front().name, u"Attic"_s);
    QVERIFY(front.asks.front().words != attic.words);
    attic.joiner->deleteLater();
}

/// Whoever may choose its nonce after it has seen the other's finds one for words that fit.
void TestAsking::aNonceThatWasNotPromisedIsCutOff()
{
    Inviter front;
    Stranger guest(front.address());
    guest.ask();
    QTRY_VERIFY_WITH_TIMEOUT(guest.hear(guest.offer), Long);
    QCOMPARE(guest.offer->way, JoinWay::Words);
    guest.nonce = randomBytes(NonceBytes);
    guest.reveal();
    QTRY_VERIFY_WITH_TIMEOUT(guest.isEnded() || front.mostAsks > 0, Long);
    QCOMPARE(front.mostAsks, size_t(0)); // nobody saw it
    QVERIFY(guest.isEnded());
}

void TestAsking::oddAsksAreCutOff_data()
{
    QTest::addColumn<QByteArray>("frame");
    const auto ask = [](const QByteArray &commitment, const QString &node, const QString &name) {
        return codec::encode(JoinAsk{commitment, node, name});
    };
    const QByteArray good(NonceBytes, 'c');
    const QString tooLong(101, u'x');
    QTest::newRow("nothing of ours") << QByteArray("hello");
    QTest::newRow("nothing in it") << codec::encode(JoinAsk());
    QTest::newRow("a short promise") << ask(good.chopped(1), u"n"_s, u"Attic"_s);
    QTest::newRow("nobody") << ask(good, {}, u"Attic"_s);
    QTest::newRow("no name") << ask(good, u"n"_s, u" \u202e\n"_s);
    QTest::newRow("an endless name") << ask(good, u"n"_s, tooLong);
    QTest::newRow("an endless node") << ask(good, tooLong, u"Attic"_s);
}

void TestAsking::oddAsksAreCutOff()
{
    QFETCH(QByteArray, frame);
    Inviter front;
    Stranger guest(front.address());
    guest.write(encode(Frame{Channel::Join, frame}));
    QTRY_VERIFY_WITH_TIMEOUT(guest.isEnded(), Long);
    QVERIFY(!guest.hear(guest.offer));
    QCOMPARE(front.changes, 0);
    QVERIFY(front.knocks.empty());
}

void TestAsking::whoIsTurnedAwayIsTold()
{
    Inviter front;
    {
        Hopeful attic(front.address());
        attic.joiner->confirm();
        QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
        front.links->admit(front.asks.front(), false);
        QVERIFY(front.asks.empty());
        QTRY_COMPARE_WITH_TIMEOUT(attic.state(), u"declined"_s, Long);
        QVERIFY(attic.result->error().detail.contains(u"did not let this PC in"_s));
    }
    QVERIFY(front.knocks.empty());
    Hopeful again(front.address()); // the invitation is as good as before
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    front.links->admit(front.asks.front(), true);
    QCOMPARE(front.knocks.size(), size_t(1));
    front.links->welcome(front.knocks.back().node, rejected(u"the log says no"_s, u"x"_s));
    QTRY_COMPARE_WITH_TIMEOUT(again.state(), u"declined"_s, Long);
    QCOMPARE(again.result->error().detail, u"the log says no"_s);
}

void TestAsking::whereNobodyInvitesNobodyAsks()
{
    Inviter front(0);
    Hopeful attic(front.address());
    QTRY_COMPARE_WITH_TIMEOUT(attic.state(), u"not-inviting"_s, Long);
    QCOMPARE(front.changes, 0);
    QVERIFY(attic.words.isEmpty());
}

void TestAsking::anAskEndsWithTheInvitation()
{
    Inviter front(1, std::chrono::seconds(2));
    Hopeful attic(front.address());
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    QTRY_COMPARE_WITH_TIMEOUT(attic.state(), u"declined"_s, Long);
    QVERIFY(front.asks.empty());
}

/// The invitation is good for longer, and for whoever asks next.
void TestAsking::anAskEndsWhenNobodyAnswers()
{
    Inviter front(1, std::chrono::hours(24), std::chrono::seconds(2));
    Hopeful attic(front.address());
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    QTRY_COMPARE_WITH_TIMEOUT(attic.state(), u"declined"_s, Long);
    QVERIFY(attic.result->error().detail.contains(u"in time"_s));
    QVERIFY(front.asks.empty());
    Hopeful again(front.address());
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    QCOMPARE(Doorkeeper::AskPatience, Milliseconds(std::chrono::minutes(15)));
}

void TestAsking::aLinkThatEndsIsSaid()
{
    Inviter front;
    Hopeful attic(front.address());
    QTRY_COMPARE_WITH_TIMEOUT(attic.words.size(), 3, Long);
    front.links.reset();
    QTRY_COMPARE_WITH_TIMEOUT(attic.state(), u"lost"_s, Long);
}

void TestAsking::whoDoesNotWaitAnyMoreIsGone()
{
    Inviter front;
    Hopeful attic(front.address());
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    QTRY_COMPARE_WITH_TIMEOUT(attic.words.size(), 3, Long);
    delete attic.joiner;
    QVERIFY(attic.result);
    QCOMPARE(attic.result->error().code, Error::Code::Cancelled);
    QTRY_VERIFY_WITH_TIMEOUT(front.asks.empty(), Long);
}

void TestAsking::severalAskAndOneIsLetIn()
{
    Inviter front;
    std::vector<std::unique_ptr<Stranger>> guests;
    for (const char *from : {"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"}) {
        guests.push_back(std::make_unique<Stranger>(front.address(), from));
        guests.back()->node = QString::fromLatin1(from);
        guests.back()->askInFull();
        QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), std::min(guests.size(), Doorkeeper::MaxAsks),
                                  Long);
    }
    QCOMPARE(guests.back()->offer->way, JoinWay::Busy);
    QTRY_VERIFY_WITH_TIMEOUT(guests.back()->isEnded(), Long);
    for (size_t i = 0; i < front.asks.size(); ++i)
        QCOMPARE(front.asks[i].node, guests[i]->node); // in the order in which they came
    const auto chosen = std::find_if(front.asks.begin(), front.asks.end(),
                                     [](const Asker &one) { return one.node == u"127.0.0.3"; });
    QVERIFY(chosen != front.asks.end());
    QCOMPARE(chosen->words, guests[1]->words());
    const Asker asked = *chosen;
    front.links->admit(asked, true);
    QCOMPARE(front.knocks.size(), size_t(1));
    const auto other = std::find_if(front.asks.begin(), front.asks.end(),
                                    [&](const Asker &one) { return one.node != asked.node; });
    front.links->admit(*other, true); // the only use is under way
    QCOMPARE(front.knocks.size(), size_t(1));
    front.welcome();
    std::optional<JoinWelcome> welcome;
    QTRY_VERIFY_WITH_TIMEOUT(guests[1]->hear(welcome), Long);
    QCOMPARE(welcome->membership.name, u"Harbor Shop"_s);
    QVERIFY(welcome->proof.isEmpty()); // what the code makes is for who knows it
    for (const size_t turnedAway : {size_t(0), size_t(2)}) {
        welcome.reset();
        QTRY_VERIFY_WITH_TIMEOUT(guests[turnedAway]->hear(welcome), Long);
        QVERIFY(!welcome->refusal.isEmpty());
        QVERIFY(welcome->membership.members.empty());
    }
    QTRY_VERIFY_WITH_TIMEOUT(front.asks.empty(), Long);
}

void TestAsking::onlyTheNewestLinkOfAnAddressAsks()
{
    Inviter front;
    Stranger first(front.address(), "127.0.0.2");
    first.askInFull();
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    const Asker before = front.asks.front();
    Stranger second(front.address(), "127.0.0.2");
    second.askInFull();
    QTRY_VERIFY_WITH_TIMEOUT(first.isEnded(), Long);
    QTRY_VERIFY_WITH_TIMEOUT(!front.asks.empty() && front.asks.front() != before, Long);
    QCOMPARE(front.mostAsks, size_t(1));
    QCOMPARE(front.asks.front().words, second.words());
    front.links->admit(before, true); // clicked too late: it is not the one that was compared
    QVERIFY(front.knocks.empty());
}

void TestAsking::whatAPersonDidNotSeeIsNotLetIn()
{
    Inviter front;
    Stranger guest(front.address());
    guest.askInFull();
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    Asker other = front.asks.front();
    other.words = QStringList{u"bada"_s, u"bada"_s, u"bada"_s};
    const int changes = front.changes;
    front.links->admit(other, true);
    other.words.clear();
    front.links->admit(other, true);
    QVERIFY(front.knocks.empty());
    QCOMPARE(front.changes, changes + 2); // whoever waits for an answer learns it
}

void TestAsking::whoAsksAgainAndAgainIsBraked()
{
    Inviter front;
    for (int i = 0; i < 5; ++i) {
        Stranger guest(front.address(), "127.0.0.2");
        guest.askInFull();
        QCOMPARE(guest.offer->way, JoinWay::Words);
        QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
        guest.abort();
        QTRY_VERIFY_WITH_TIMEOUT(front.asks.empty(), Long);
    }
    Stranger again(front.address(), "127.0.0.2");
    again.ask();
    QTRY_VERIFY_WITH_TIMEOUT(again.isEnded(), Long);
    QVERIFY(!again.hear(again.offer));
    Stranger other(front.address(), "127.0.0.3");
    other.askInFull();
    QCOMPARE(other.offer->way, JoinWay::Words); // and the invitation stands
}

/// It takes the ask for the beginning of a proof.
void TestAsking::anOlderPeerdeskIsSaid()
{
    Impostor older([](QSslSocket *socket) {
        connect(socket, &QSslSocket::readyRead, socket, [socket] {
            JoinOffer offer;
            offer.invitations = {randomBytes(16)};
            offer.nonce = randomBytes(NonceBytes);
            socket->readAll();
            socket->write(encode(Frame{Channel::Join, codec::encode(offer)}));
        });
    });
    Hopeful attic(older.address());
    QTRY_COMPARE_WITH_TIMEOUT(attic.state(), u"older"_s, Long);
    QVERIFY(attic.words.isEmpty());
}

void TestAsking::aNameShowsWhatItIs()
{
    Inviter front;
    Stranger guest(front.address());
    guest.name = u"\u202eAttic\u2069 \n PC \u0007"_s;
    guest.askInFull();
    QTRY_COMPARE_WITH_TIMEOUT(front.asks.size(), size_t(1), Long);
    QCOMPARE(front.asks.front().name, u"Attic PC"_s);
    QCOMPARE(front.asks.front().words, guest.words());
}

QTEST_GUILESS_MAIN(TestAsking)
#include "tst_asking.moc"
