// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/domain/permissions.h"
#include "core/domain/providerids.h"
#include "tests/core/node/smalloffice.h"

#include <QJsonArray>
#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace Qt::StringLiterals;

/// Messages that are changed, deleted, reacted to or answered by a choice, in any order; and the
/// time in which a customer may be answered.
class TestAlteration : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::World> m_world;
    std::unique_ptr<test::SmallOffice> m_office;
    int m_runs = 0;

    bool take(const InboundItem &item)
    {
        return bool(m_office->run("take" + QByteArray::number(++m_runs),
                                  api::Ingest{m_office->account(), {item}, {}, {}}));
    }
    InboundItem about(ItemKind kind, const QString &id, const QString &target, const QString &text)
    {
        InboundItem item = m_office->item(id, text);
        item.kind = kind;
        item.receiptFor = target;
        return item;
    }
    Decided reply(const Content &content)
    {
        api::SendMessage command;
        command.conversation = m_office->conversation();
        command.content = content;
        return m_office->run("reply" + QByteArray::number(++m_runs), command, m_office->boss());
    }
    static Json question()
    {
        return json::canonical(
            {{u"kind"_s, u"list_picker"_s},
             {u"text"_s, u"Which size?"_s},
             {u"options"_s, QJsonArray{QJsonObject{{u"id"_s, u"s"_s}, {u"title"_s, u"Small"_s}},
                                       QJsonObject{{u"id"_s, u"l"_s}, {u"title"_s, u"Large"_s}}}}});
    }
    QJsonObject lastRich() const { return json::object(m_office->messages().back().content.rich); }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<test::World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<test::SmallOffice>(*m_world);
        m_office->found();
        m_office->openChannel();
        QVERIFY(take(m_office->item(u"m1"_s, u"helo"_s)));
    }
    void cleanup()
    {
        m_office.reset();
        m_world.reset();
        m_folder.reset();
    }

    void anEditedMessageSaysWhatItSaysNow()
    {
        QVERIFY(take(about(ItemKind::Edited, u"e1"_s, u"m1"_s, u"hello"_s)));
        QVERIFY(take(about(ItemKind::Edited, u"e1"_s, u"m1"_s, u"once more"_s))); // known
        const std::vector<Message> all = m_office->messages();
        QCOMPARE(all.size(), size_t(1));
        QCOMPARE(all[0].content.text, u"hello"_s);
        QVERIFY(all[0].editedAt.isSet());
    }

    void anOlderEditThatComesLaterChangesNothing()
    {
        InboundItem older = about(ItemKind::Edited, u"e1"_s, u"m1"_s, u"first"_s);
        InboundItem newer = about(ItemKind::Edited, u"e2"_s, u"m1"_s, u"second"_s);
        newer.providerTime = older.providerTime + Milliseconds(1'000);
        QVERIFY(take(newer) && take(older));
        QCOMPARE(m_office->messages()[0].content.text, u"second"_s);
    }

    void anEditThatComesBeforeItsMessageIsThatMessage()
    {
        QVERIFY(take(about(ItemKind::Edited, u"e1"_s, u"m2"_s, u"as it is now"_s)));
        QVERIFY(take(m_office->item(u"m2"_s, u"as it was"_s)));
        const std::vector<Message> all = m_office->messages();
        QCOMPARE(all.size(), size_t(2));
        QCOMPARE(all[1].content.text, u"as it is now"_s);
        QCOMPARE(all[1].providerId, u"m2"_s);
    }

    void aDeletedMessageLeavesItsPlaceOnly()
    {
        QVERIFY(take(about(ItemKind::Deleted, u"d1"_s, u"m1"_s, {})));
        const Message gone = m_office->messages()[0];
        QCOMPARE(gone.content, Content());
        QVERIFY(gone.deletedAt.isSet());
        QVERIFY(take(about(ItemKind::Edited, u"e1"_s, u"m1"_s, u"back again"_s)));
        QCOMPARE(m_office->messages()[0].content.text, QString());
    }

    void aMessageDeletedBeforeItCameNeverShows()
    {
        QVERIFY(take(about(ItemKind::Deleted, u"d1"_s, u"m2"_s, {})));
        QVERIFY(take(m_office->item(u"m2"_s, u"you should not see this"_s)));
        QCOMPARE(m_office->messages().size(), size_t(1));
    }

    void reactionsStandOnceForEachPerson()
    {
        QVERIFY(take(about(ItemKind::Reacted, u"r1"_s, u"m1"_s, u"👍"_s)));
        QVERIFY(take(about(ItemKind::Reacted, u"r2"_s, u"m1"_s, u"❤"_s)));
        QCOMPARE(m_office->messages()[0].reactions,
                 (std::map<QString, QString>{{u"anna"_s, u"❤"_s}}));
        QVERIFY(take(about(ItemKind::Reacted, u"r3"_s, u"m1"_s, {})));
        QVERIFY(m_office->messages()[0].reactions.empty());
    }

    void nobodyOutsideChangesWhatWeWrote()
    {
        Content content;
        content.text = u"our word"_s;
        const Decided sent = reply(content);
        QVERIFY(bool(sent));
        m_office->settle();
        QCOMPARE(m_world->provider.waiting.size(), size_t(1));
        m_world->provider.answer(channels::SendResult::Kind::Accepted);
        QTRY_VERIFY((m_office->settle(), !m_office->messages().back().providerId.isEmpty()));
        const Message ours = m_office->messages().back();
        QVERIFY(take(about(ItemKind::Edited, u"e1"_s, ours.providerId, u"another word"_s)));
        QVERIFY(take(about(ItemKind::Deleted, u"d1"_s, ours.providerId, {})));
        QCOMPARE(m_office->messages().back().content.text, u"our word"_s);
    }

    /// A long text went out as three of the provider's: what is said of any is said of it.
    void whatWentOutInPartsIsFoundByEach_data()
    {
        QTest::addColumn<QString>("part");
        QTest::newRow("first") << u"p1"_s;
        QTest::newRow("last") << u"p3"_s;
    }
    void whatWentOutInPartsIsFoundByEach()
    {
        QFETCH(QString, part);
        Content content;
        content.text = u"our word"_s;
        QVERIFY(bool(reply(content)));
        m_office->settle();
        QCOMPARE(m_world->provider.waiting.size(), size_t(1));
        m_world->provider.answer(channels::SendResult::Kind::Accepted,
                                 joinedProviderIds({u"p1"_s, u"p2"_s, u"p3"_s}));
        QTRY_VERIFY((m_office->settle(), !m_office->messages().back().providerId.isEmpty()));
        QVERIFY(take(about(ItemKind::Reacted, u"r1"_s, part, u"👍"_s)));
        QCOMPARE(m_office->messages().back().reactions.size(), size_t(1));
        m_office->settle(); // in the store as before it
        QVERIFY(take(about(ItemKind::Reacted, u"r2"_s, part, {})));
        QVERIFY(m_office->messages().back().reactions.empty());
    }

    /// One part delivered is not all of it; one that failed is never all well again.
    void partsAreDeliveredTogetherAndFailEach_data()
    {
        using Receipts = std::vector<std::pair<QString, MessageState>>;
        QTest::addColumn<Receipts>("receipts");
        QTest::addColumn<int>("state");
        const auto row = [](const char *name, const Receipts &receipts, MessageState state) {
            QTest::newRow(name) << receipts << int(state);
        };
        using State = MessageState;
        row("another", {{u"p1"_s, State::Delivered}}, State::Sent);
        row("the main one", {{u"p1"_s, State::Read}, {u"p3"_s, State::Delivered}},
            State::Delivered);
        row("another failed", {{u"p1"_s, State::Failed}}, State::Failed);
        row("failed first", {{u"p1"_s, State::Failed}, {u"p3"_s, State::Delivered}}, State::Failed);
        row("failed last", {{u"p3"_s, State::Delivered}, {u"p2"_s, State::Failed}}, State::Failed);
    }
    void partsAreDeliveredTogetherAndFailEach()
    {
        using Receipts = std::vector<std::pair<QString, MessageState>>;
        QFETCH(Receipts, receipts);
        QFETCH(int, state);
        Content content;
        content.text = u"our word"_s;
        QVERIFY(bool(reply(content)));
        m_office->settle();
        m_world->provider.answer(channels::SendResult::Kind::Accepted,
                                 joinedProviderIds({u"p3"_s, u"p1"_s, u"p2"_s}));
        QTRY_VERIFY((m_office->settle(), !m_office->messages().back().providerId.isEmpty()));
        for (const auto &[part, said] : receipts) {
            channels::InboundPage page;
            page.items.push_back(about(ItemKind::Receipt, u"receipt:"_s + part, part, {}));
            page.items.back().receiptState = said;
            QVERIFY(take(page.items.back()));
        }
        QCOMPARE(int(m_office->messages().back().state), state);
    }

    /// M65: the answer to the API says so, and the text is what went out.
    void whatAChannelCannotShowBecomesNumberedText()
    {
        Content content;
        content.rich = question();
        QVERIFY(bool(reply(content)));
        QCOMPARE(m_office->messages().back().content.text, u"Which size?\n1. Small\n2. Large"_s);
        QCOMPARE(lastRich()[u"degraded"_s].toBool(), true);
        m_office->rules.nativeRich = {u"list_picker"_s};
        QVERIFY(bool(reply(content)));
        QVERIFY(!lastRich().contains(u"degraded"_s));
    }

    void badRichContentIsRefusedAndNothingIsSent()
    {
        Content content;
        content.rich = json::canonical({{u"kind"_s, u"list_picker"_s}, {u"text"_s, u"a"_s}});
        const Decided refused = reply(content);
        QVERIFY(!refused);
        QVERIFY2(refused.error().detail.startsWith(u"options: "_s),
                 qPrintable(refused.error().detail));
        QCOMPARE(m_office->messages().size(), size_t(1));
    }

    /// A link that went out behind a question asks nothing: "2" still answers the question.
    void anAnswerLeadsBackOverWhatHasNoChoices()
    {
        Content asked;
        asked.rich = question();
        const Decided first = reply(asked);
        QVERIFY(first);
        Content link;
        link.rich = json::canonical({{u"kind"_s, u"rich_link"_s},
                                     {u"url"_s, u"https://sizes.test"_s},
                                     {u"title"_s, u"Our sizes"_s}});
        QVERIFY(reply(link));
        QVERIFY(take(m_office->item(u"m2"_s, u"2"_s)));
        QCOMPARE(lastRich()[u"option"_s].toString(), u"l"_s);
        QCOMPARE(lastRich()[u"question"_s].toString(), first->as<MessageId>().toString());
        // A later one with choices is what is answered from then on.
        Content colours;
        colours.rich = json::canonical(
            {{u"kind"_s, u"quick_replies"_s},
             {u"text"_s, u"Which colour?"_s},
             {u"options"_s, QJsonArray{QJsonObject{{u"id"_s, u"r"_s}, {u"title"_s, u"Red"_s}},
                                       QJsonObject{{u"id"_s, u"b"_s}, {u"title"_s, u"Blue"_s}}}}});
        QVERIFY(reply(colours));
        QVERIFY(reply(link));
        QVERIFY(take(m_office->item(u"m3"_s, u"2"_s)));
        QCOMPARE(lastRich()[u"option"_s].toString(), u"b"_s);
    }

    /// What a change of its text would take away is not changed.
    void aMessageWithButtonsKeepsThem()
    {
        m_office->rules.ownActions = {MessageAction::Edit};
        Content content;
        content.text = u"Shall we?"_s;
        content.quickReplies = {u"Yes"_s, u"No"_s};
        m_office->rules.nativeRich = {u"quick_replies"_s};
        const Decided sent = reply(content);
        QVERIFY(sent);
        m_office->settle();
        m_world->provider.answer(channels::SendResult::Kind::Accepted);
        m_office->settle();
        api::SendMessage edit;
        edit.conversation = m_office->conversation();
        edit.replyTo = sent->as<MessageId>();
        edit.action = MessageAction::Edit;
        edit.content.text = u"Shall we not?"_s;
        const Decided refused = m_office->run("edit", edit, m_office->boss());
        QVERIFY(!refused);
        QCOMPARE(refused.error().state, u"not-possible"_s);
        QVERIFY2(refused.error().detail.contains(u"buttons"_s), qPrintable(refused.error().detail));
        QCOMPARE(m_world->provider.sent.size(), size_t(1));
    }

    void anAnswerLeadsBackToItsOption_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("payload");
        QTest::addColumn<QString>("option");
        QTest::newRow("number") << u"2"_s << QString() << u"l"_s;
        QTest::newRow("title") << u"small"_s << QString() << u"s"_s;
        QTest::newRow("button") << QString() << u"l"_s << u"l"_s;
        QTest::newRow("something else") << u"neither"_s << QString() << QString();
    }
    void anAnswerLeadsBackToItsOption()
    {
        QFETCH(QString, text);
        QFETCH(QString, payload);
        QFETCH(QString, option);
        Content content;
        content.rich = question();
        QVERIFY(bool(reply(content)));
        const QString asked = m_office->messages().back().id.toString();
        InboundItem answer = m_office->item(u"m2"_s, text);
        if (!payload.isEmpty())
            answer.content.rich =
                json::canonical({{u"kind"_s, u"answer"_s}, {u"payload"_s, payload}});
        QVERIFY(take(answer));
        QCOMPARE(lastRich()[u"option"_s].toString(), option);
        if (option.isEmpty())
            return;
        QCOMPARE(lastRich()[u"question"_s].toString(), asked);
        QVERIFY(!m_office->messages().back().content.text.isEmpty());
    }

    void afterTheWindowNothingIsSent_data()
    {
        QTest::addColumn<int>("after");
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<bool>("isTemplate");
        QTest::addColumn<bool>("isSent");
        using channels::AfterWindow;
        constexpr qint64 Day = 24 * 3'600;
        const auto row = [](const char *name, AfterWindow after, qint64 seconds, bool isTemplate,
                            bool isSent) {
            QTest::newRow(name) << int(after) << seconds << isTemplate << isSent;
        };
        row("on the boundary", AfterWindow::Nothing, Day, false, true);
        row("one second later", AfterWindow::Nothing, Day + 1, false, false);
        row("template", AfterWindow::Template, Day + 1, true, true);
        row("no template", AfterWindow::Template, Day + 1, false, false);
        row("a template where there are none", AfterWindow::Nothing, Day + 1, true, false);
        row("a person, seven days", AfterWindow::HumanTag, 7 * Day, false, true);
        row("a person, later", AfterWindow::HumanTag, 7 * Day + 1, false, false);
    }
    void afterTheWindowNothingIsSent()
    {
        QFETCH(int, after);
        QFETCH(qint64, seconds);
        QFETCH(bool, isTemplate);
        QFETCH(bool, isSent);
        m_office->rules.replyWindow = std::chrono::hours(24);
        m_office->rules.humanWindow = std::chrono::hours(7 * 24);
        m_office->rules.afterWindow = channels::AfterWindow(after);
        m_office->rules.nativeRich = {u"template"_s};
        const Time wrote =
            m_office->core().view().get<Conversation>(m_office->conversation())->lastInboundAt;
        QVERIFY(wrote.isSet());
        *m_world->now = wrote + Seconds(seconds);
        Content content;
        content.text = u"still there?"_s;
        if (isTemplate)
            content.rich = json::canonical({{u"kind"_s, u"template"_s}, {u"name"_s, u"hello"_s}});
        const Decided sent = reply(content);
        QCOMPARE(bool(sent), isSent);
        if (!isSent)
            QCOMPARE(sent.error().state, u"window-closed"_s);
    }

    void filesThatTheChannelDoesNotTakeAreRefused_data()
    {
        QTest::addColumn<QString>("mimeType");
        QTest::addColumn<int>("bytes");
        QTest::addColumn<bool>("isNote");
        QTest::addColumn<bool>("isTaken");
        QTest::newRow("named") << u"application/pdf"_s << 10 << false << true;
        QTest::newRow("of the kind") << u"Image/PNG; name=a"_s << 10 << false << true;
        QTest::newRow("another") << u"text/plain"_s << 10 << false << false;
        QTest::newRow("begins alike") << u"imagery/png"_s << 10 << false << false;
        QTest::newRow("unknown") << QString() << 10 << false << false;
        QTest::newRow("too large") << u"application/pdf"_s << 2'000'000 << false << false;
        QTest::newRow("too large for a picture") << u"image/png"_s << 500'001 << false << false;
        QTest::newRow("a large picture") << u"image/png"_s << 500'000 << false << true;
        QTest::newRow("larger than a picture") << u"application/pdf"_s << 500'001 << false << true;
        QTest::newRow("a note") << u"text/plain"_s << 10 << true << true;
    }
    void filesThatTheChannelDoesNotTakeAreRefused()
    {
        QFETCH(QString, mimeType);
        QFETCH(int, bytes);
        QFETCH(bool, isNote);
        QFETCH(bool, isTaken);
        FileRules &rules = m_office->rules.files;
        rules.types = {u"application/pdf"_s, u"image/*"_s};
        rules.maxPictureBytes = 500'000;
        api::SendMessage command;
        command.conversation = m_office->conversation();
        command.kind = isNote ? MessageKind::Note : MessageKind::Reply;
        command.content.attachments.push_back(
            {QByteArray(32, 'x'), u"a.bin"_s, mimeType, bytes, {}, false});
        const Decided sent = m_office->run("send", command, m_office->boss());
        QVERIFY2(bool(sent) == isTaken, sent ? "" : qPrintable(sent.error().detail));
        QVERIFY(isTaken || sent.error().detail.contains(u"a.bin"_s));
    }

    void filesTogetherAreCountedAndWeighed()
    {
        FileRules &rules = m_office->rules.files;
        rules.maxTotalBytes = 1'000'000;
        rules.maxCount = 3;
        const auto send = [&](int count, qint64 bytes) {
            api::SendMessage command;
            command.conversation = m_office->conversation();
            for (int i = 0; i < count; ++i)
                command.content.attachments.push_back(
                    {QByteArray(32, char('a' + i)), u"a.bin"_s, u"text/plain"_s, bytes, {}, false});
            return m_office->run("send" + QByteArray::number(count * bytes), command,
                                 m_office->boss());
        };
        QVERIFY(!send(4, 10));
        QVERIFY(send(3, 333'333));
        const Decided heavy = send(3, 333'334);
        QVERIFY(!heavy && heavy.error().detail.contains(u"together"_s));
        rules = {};
        QVERIFY(!send(1, 1));
    }

    /// M35, M39: the provider does it once; for the conversation nothing was answered.
    void whatIsDoneToAMessageReachesTheProvider()
    {
        openComments();
        const Time due = conversation().replyDueAt;
        const Decided done = act(MessageAction::Hide);
        QVERIFY(done);
        QCOMPARE(m_world->provider.sent.size(), size_t(1));
        const channels::Outgoing &out = m_world->provider.sent.front();
        QCOMPARE(json::object(out.message.headers)[u"action"_s].toString(), u"hide"_s);
        QCOMPARE(out.answered->providerId, u"m1"_s); // not what was said last
        m_world->provider.answer(channels::SendResult::Kind::Accepted);
        m_office->settle();
        const Message shown = *m_office->core().view().get<Message>(done->as<MessageId>());
        QCOMPARE(shown.kind, MessageKind::System);
        QCOMPARE(shown.state, MessageState::Sent);
        QCOMPARE(conversation().replyDueAt, due);
        QCOMPARE(conversation().snippet, u"helo again"_s);
    }
    void whatTheChannelCannotDoIsRefused()
    {
        openComments();
        QCOMPARE(act(MessageAction::Like).error().state, u"not-possible"_s);
        QVERIFY(!act(MessageAction::Hide, test::named<MessageId>("of nobody")));
        m_office->rules.privateAnswers = false;
        QCOMPARE(answer(Visibility::Private, m_office->boss()).error().state, u"not-possible"_s);
        QVERIFY(m_world->provider.sent.empty());
    }
    void aPrivateAnswerIsOneForTheConnectorToo()
    {
        openComments();
        QVERIFY(answer(Visibility::Private, m_office->boss()));
        const Message &sent = m_world->provider.sent.front().message;
        QCOMPARE(json::object(sent.headers)[u"visibility"_s].toString(), u"private"_s);
    }

    /// M29: the router refuses what the channel's settings keep from this role.
    void whoMayNotPublishDoesNot_data()
    {
        QTest::addColumn<QString>("least");
        QTest::addColumn<int>("role");
        QTest::addColumn<bool>("may");
        const auto row = [](const char *name, const QString &least, Role role, bool may) {
            QTest::newRow(name) << least << int(role) << may;
        };
        row("everybody", {}, Role::Agent, true);
        row("agents", u"agent"_s, Role::Agent, true);
        row("an agent among supervisors", u"supervisor"_s, Role::Agent, false);
        row("a supervisor", u"supervisor"_s, Role::Supervisor, true);
        row("a supervisor among admins", u"admin"_s, Role::Supervisor, false);
        row("an admin", u"admin"_s, Role::Admin, true);
        row("a word that nobody knows", u"the cat"_s, Role::Supervisor, false);
    }
    void whoMayNotPublishDoesNot()
    {
        QFETCH(QString, least);
        QFETCH(int, role);
        QFETCH(bool, may);
        openComments();
        auto account = *m_office->core().view().get<ChannelAccount>(m_office->account());
        if (!least.isEmpty())
            account.settings = {{AnswersBy, least}, {ActionsBy, least}};
        QVERIFY(m_office->run("rights", api::SaveAccount{account}, m_office->boss()));
        Agent mia{test::named<AgentId>("mia"), u"Mia"_s, Role(role), {}, {}, true};
        QVERIFY(m_office->run("hire", api::SaveAgent{mia, {}, {}}));
        const api::Caller caller{mia.id, {}, mia.role, m_office->workerOf(mia.id), mia.name};
        const auto isRight = [&](const Decided &decided) {
            return may ? bool(decided) : !decided && decided.error().state == u"not-permitted"_s;
        };
        QVERIFY(isRight(answer(Visibility::Public, caller)));
        QVERIFY(isRight(act(MessageAction::Hide, {}, caller)));
        QVERIFY(answer(Visibility::Private, caller)); // nobody else sees it
    }

private:
    void openComments()
    {
        m_office->rules.isPublic = true;
        m_office->rules.privateAnswers = true;
        m_office->rules.actions = {MessageAction::Hide};
        QVERIFY(take(m_office->item(u"m2"_s, u"helo again"_s)));
    }
    Conversation conversation() const
    {
        return *m_office->core().view().get<Conversation>(m_office->conversation());
    }
    Decided act(MessageAction action, MessageId target = {}, const api::Caller &caller = {})
    {
        api::SendMessage command;
        command.conversation = m_office->conversation();
        command.replyTo = target.isNull() ? m_office->messages().front().id : target;
        command.action = action;
        return m_office->run("act" + QByteArray::number(++m_runs), command,
                             caller.agent.isNull() ? m_office->boss() : caller);
    }
    Decided answer(Visibility visibility, const api::Caller &caller)
    {
        api::SendMessage command;
        command.conversation = m_office->conversation();
        command.content.text = u"Thank you"_s;
        command.visibility = visibility;
        return m_office->run("answer" + QByteArray::number(++m_runs), command, caller);
    }
};

QTEST_GUILESS_MAIN(TestAlteration)
#include "tst_alteration.moc"
