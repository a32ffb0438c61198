// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "tests/core/node/smalloffice.h"

#include <QRandomGenerator>
#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace Qt::StringLiterals;

/// One person on several channels: a conversation that goes on elsewhere, cards that are joined and
/// parted, and who wants no more messages.
class TestOnePerson : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::World> m_world;
    std::unique_ptr<test::SmallOffice> m_office;
    int m_runs = 0;

    Decided run(const api::Command &command)
    {
        return m_office->run("run" + QByteArray::number(++m_runs), command, m_office->boss());
    }
    const Overlay &view() const { return m_office->core().view(); }
    AccountId second() const { return derivedId<AccountId>(test::named("second"), "account"); }
    InboundItem from(AccountId account, const Identity &sender, const QString &id,
                     const QString &text)
    {
        InboundItem item = m_office->item(id, text);
        item.sender = sender;
        item.sender.scope = sender.kind == u"wire"_s ? account.toString() : sender.scope;
        item.thread.clear(); // one thread for each sender
        item.senderName = sender.display;
        return item;
    }
    bool take(AccountId account, const InboundItem &item)
    {
        return bool(m_office->run("take" + QByteArray::number(++m_runs),
                                  api::Ingest{account, {item}, {}, {}}));
    }
    Conversation conversation(ConversationId id) const
    {
        return view().get<Conversation>(id).value_or(Conversation{});
    }
    ConversationId anna() const { return m_office->conversation(); }
    static Identity mail(Evidence evidence = Evidence::Provider)
    {
        return {u"email"_s, {}, u"anna@shop.test"_s, u"anna@shop.test"_s, evidence};
    }
    AddressId addressOf(const Identity &identity) const
    {
        return view().addressOf(identity).value_or(Address{}).id;
    }
    void addMailToTheCard()
    {
        api::SaveCustomer save;
        save.customer = conversation(anna()).customer;
        save.addresses = {mail()};
        QVERIFY(run(save));
    }
    Decided goOn(AccountId account, const Identity &identity)
    {
        return run(api::ContinueConversation{anna(), account, addressOf(identity)});
    }
    Decided reply(ConversationId id, const QString &text, Time at = {})
    {
        api::SendMessage command;
        command.conversation = id;
        command.content.text = text;
        command.sendAt = at;
        return run(command);
    }
    const channels::Outgoing &lastSent() const { return m_world->provider.sent.back(); }
    void accept()
    {
        m_world->provider.answer(channels::SendResult::Kind::Accepted);
        m_office->settle();
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<test::World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<test::SmallOffice>(*m_world);
        m_office->found();
        ChannelAccount account;
        account.type = u"mail"_s;
        account.name = u"Post"_s;
        account.flow = derivedId<FlowId>(test::named("found"), "direct");
        account.queue = derivedId<QueueId>(test::named("found"), "everyone");
        QVERIFY(m_office->run("second", api::SaveAccount{account}));
        m_office->rules.reaches = {u"email"_s};
        m_office->openChannel();
        QVERIFY(take(m_office->account(), m_office->item(u"m1"_s, u"hello"_s)));
    }
    void cleanup()
    {
        m_office.reset();
        m_world.reset();
        m_folder.reset();
    }

    /// M15: what the card says decides the queue, also over a channel that has one of its own.
    void aCustomerFlaggedOnTheCardGoesToTheirQueueOnAnotherChannel()
    {
        Queue vip;
        vip.friendlyName = u"VIP"_s;
        vip.targetWorkers = u"1==1"_s;
        const Decided queue = run(api::SaveQueue{vip});
        QVERIFY(queue);
        Workflow workflow = view().warm().set.workflows.at(view().warm().office.defaultWorkflow);
        workflow.configuration = {R"({"task_routing":{
            "filters":[{"expression":"customer.vip == true","targets":[{"queue":"VIP"}]}],
            "default_filter":{"queue":"Everyone"}}})"};
        QVERIFY(run(api::SaveWorkflow{workflow}));
        addMailToTheCard();
        const auto queueOf = [&](const QString &id, const Identity &sender) {
            if (!take(second(), from(second(), sender, id, u"hello"_s)))
                return QueueId{};
            const auto route = view().byProviderId(second(), id);
            const std::vector<Task> tasks =
                view().tasksOf(route ? route->conversation : ConversationId{});
            return tasks.empty() ? QueueId{} : tasks.back().taskQueue;
        };
        const QueueId everyone = derivedId<QueueId>(test::named("found"), "everyone");
        const Identity stranger{
            u"email"_s, {}, u"bert@shop.test"_s, u"bert@shop.test"_s, Evidence::Provider};
        QCOMPARE(queueOf(u"other"_s, stranger), everyone);
        api::SaveCustomer flag;
        flag.customer = conversation(anna()).customer;
        flag.customerFacts = json::canonical({{u"vip"_s, true}});
        QVERIFY(run(flag));
        QCOMPARE(queueOf(u"hers"_s, mail()), queue->as<QueueId>());
        QCOMPARE(view().tasksOf(anna()).front().taskQueue, everyone); // it was there before
    }
    /// M25: days later it is the same conversation with all that was said, and a task of its own.
    void aConversationGoesOnAfterDays_data()
    {
        QTest::addColumn<int>("days");
        QTest::addColumn<bool>("isTheSame");
        QTest::newRow("after nine days") << 9 << true;
        QTest::newRow("on the thirtieth day") << 30 << true;
        QTest::newRow("a month and a day later") << 31 << false;
    }
    void aConversationGoesOnAfterDays()
    {
        QFETCH(int, days);
        QFETCH(bool, isTheSame);
        const ConversationId before = anna();
        const TaskId first = conversation(before).task;
        QVERIFY(reply(before, u"good day"_s));
        QVERIFY(run(api::UpdateConversation{before, ConversationStatus::Closed, {}, {}}));
        QVERIFY(conversation(before).task.isNull());
        for (int day = 1; day <= days; ++day) {
            *m_world->now = *m_world->now + std::chrono::days(1);
            QVERIFY(m_office->run("day" + QByteArray::number(day),
                                  api::TimeReached{*m_world->now})); // what is over is swept
        }
        QVERIFY(take(m_office->account(), m_office->item(u"m2"_s, u"it broke again"_s)));
        const auto second = view().byProviderId(m_office->account(), u"m2"_s);
        QVERIFY(second);
        QCOMPARE(second->conversation == before, isTheSame);
        const Conversation now = conversation(second->conversation);
        QCOMPARE(now.status, isTheSame ? ConversationStatus::Open : ConversationStatus::New);
        QVERIFY(!now.task.isNull() && now.task != first);
        QCOMPARE(now.customer, conversation(before).customer);
        const auto history = m_office->core().reader().messages(before, {10, {}});
        QVERIFY(history);
        QCOMPARE(history->items.size(), size_t(isTheSame ? 3 : 2));
        QCOMPARE(view().tasksOf(before).size(), size_t(isTheSame ? 2 : 1));
    }
    /// M03: the same conversation, out on the new channel, and back from it.
    void aConversationGoesOnElsewhereAndComesBack()
    {
        addMailToTheCard();
        const ConversationId id = anna();
        QVERIFY(goOn(second(), mail()));
        QCOMPARE(conversation(id).channel, u"mail"_s);
        QVERIFY(reply(id, u"by mail now"_s));
        QCOMPARE(lastSent().conversation.id, id);
        QCOMPARE(lastSent().conversation.account, second());
        QCOMPARE(lastSent().address.value, mail().value);
        QVERIFY(!lastSent().answered); // "hello" was said elsewhere
        accept();
        QVERIFY(take(second(), from(second(), mail(), u"x1"_s, u"thank you"_s)));
        QCOMPARE(view().get<Message>(view().byProviderId(second(), u"x1"_s)->id)->conversation, id);
        QVERIFY(reply(id, u"you are welcome"_s));
        QCOMPARE(lastSent().answered->providerId, u"x1"_s);
        accept();
    }

    /// Who writes on the old channel again is answered there.
    void theConversationFollowsTheCustomer()
    {
        addMailToTheCard();
        const ConversationId id = anna();
        QVERIFY(goOn(second(), mail()));
        const Time asked = *m_world->now;
        *m_world->now = asked + Seconds(60);
        QVERIFY(take(m_office->account(), m_office->item(u"m2"_s, u"still here"_s)));
        QCOMPARE(view().byProviderId(m_office->account(), u"m2"_s)->conversation, id);
        QCOMPARE(conversation(id).account, m_office->account());
        QCOMPARE(conversation(id).lastInboundAt, *m_world->now);
        QVERIFY(reply(id, u"here too"_s));
        QCOMPARE(lastSent().conversation.account, m_office->account());
        QCOMPARE(lastSent().address.value, u"anna"_s);
    }

    /// An automatic answer is nobody who writes: neither the way nor its clock change.
    void anAutomaticAnswerMovesNothing()
    {
        addMailToTheCard();
        const ConversationId id = anna();
        QVERIFY(goOn(second(), mail()));
        InboundItem away = m_office->item(u"m2"_s, u"I am away"_s);
        away.isAutomatic = true;
        QVERIFY(take(m_office->account(), away));
        QCOMPARE(view().byProviderId(m_office->account(), u"m2"_s)->conversation, id);
        QCOMPARE(conversation(id).account, second());
        QVERIFY(!conversation(id).lastInboundAt.isSet()); // never wrote there
    }

    /// What was queued for a channel leaves there, to whom it was written.
    void whatWasQueuedLeavesWhereItWasMeantTo()
    {
        addMailToTheCard();
        const ConversationId id = anna();
        QVERIFY(reply(id, u"later"_s, *m_world->now + Seconds(600)));
        QVERIFY(goOn(second(), mail()));
        QVERIFY(m_world->provider.sent.empty());
        *m_world->now = *m_world->now + Seconds(601);
        m_office->gate().pump();
        m_office->settle();
        QCOMPARE(m_world->provider.sent.size(), size_t(1));
        QCOMPARE(lastSent().conversation.account, m_office->account());
        QCOMPARE(lastSent().address.value, u"anna"_s);
    }

    /// The window of a channel is its own: writing here opens nothing there.
    void theReplyWindowIsTheChannels()
    {
        addMailToTheCard();
        m_office->rules.replyWindow = std::chrono::hours(24);
        QVERIFY(reply(anna(), u"in time"_s));
        accept();
        QVERIFY(goOn(second(), mail()));
        QCOMPARE(reply(anna(), u"too early"_s).error().state, u"window-closed"_s);
    }

    void whatCannotGoOnIsRefusedWithTheReason()
    {
        addMailToTheCard();
        QCOMPARE(goOn(m_office->account(), mail()).error().state, u"same-channel"_s);
        Identity typed{u"email"_s, {}, u"typed@shop.test"_s, {}, Evidence::Typed};
        InboundItem said = m_office->item(u"m2"_s, u"write to me"_s);
        said.also = {typed};
        QVERIFY(take(m_office->account(), said));
        QCOMPARE(goOn(second(), typed).error().state, u"not-verified"_s);
        m_office->rules.reaches = {};
        QCOMPARE(goOn(second(), mail()).error().state, u"not-possible"_s);
        m_office->rules.reaches = {u"email"_s};
        m_office->rules.isPublic = true;
        QCOMPARE(goOn(second(), mail()).error().state, u"not-possible"_s);
        m_office->rules.isPublic = false;
        QVERIFY(take(second(), from(second(), mail(), u"x1"_s, u"a mail of its own"_s)));
        QCOMPARE(goOn(second(), mail()).error().state, u"open-elsewhere"_s);
    }

    /// After the other conversation is done the answer still comes to the one that goes on.
    void theAnswerComesToTheOneThatIsOpen()
    {
        addMailToTheCard();
        QVERIFY(take(second(), from(second(), mail(), u"x1"_s, u"a mail of its own"_s)));
        const ConversationId other = view().byProviderId(second(), u"x1"_s)->conversation;
        api::UpdateConversation done;
        done.conversation = other;
        done.status = ConversationStatus::Closed;
        QVERIFY(run(done));
        const ConversationId id = anna();
        QVERIFY(id != other);
        QVERIFY(goOn(second(), mail()));
        QVERIFY(conversation(id).lastInboundAt.isSet()); // they wrote there once
        QVERIFY(take(second(), from(second(), mail(), u"x2"_s, u"thank you"_s)));
        QCOMPARE(view().byProviderId(second(), u"x2"_s)->conversation, id);
    }

    /// M27: who wrote STOP gets nothing until START, from nobody.
    void whoWroteStopIsLeftAlone()
    {
        const auto say = [&](const QString &id, const QString &word, const QString &opt) {
            InboundItem item = m_office->item(id, word);
            item.isAutomatic = true;
            item.headers = json::canonical({{u"opt"_s, opt}});
            return take(m_office->account(), item);
        };
        const auto customer = conversation(anna()).customer;
        QVERIFY(say(u"m2"_s, u"STOP"_s, u"out"_s));
        const Decided refused = reply(anna(), u"one more thing"_s);
        QVERIFY(!refused);
        QCOMPARE(refused.error().state, u"opted-out"_s);
        QVERIFY(m_world->provider.sent.empty());
        const auto card = m_office->core().reader().card(customer);
        QVERIFY(card);
        QCOMPARE(card->optOuts.size(), size_t(1));
        QCOMPARE(card->optOuts[0].message, view().byProviderId(m_office->account(), u"m2"_s)->id);
        QVERIFY(say(u"m3"_s, u"HELP"_s, u"help"_s));
        QVERIFY(!reply(anna(), u"still not"_s));
        QVERIFY(say(u"m4"_s, u"START"_s, u"in"_s));
        QVERIFY(reply(anna(), u"welcome back"_s));
        QVERIFY(m_office->core().reader().card(customer)->optOuts.empty());
    }

    /// M129: merges and splits over random cards, undone in the opposite order, leave everything as
    /// it was after each step.
    void joinsAreUndoneExactly_data()
    {
        QTest::addColumn<quint32>("seed");
        bool isGiven = false;
        const quint32 given = qEnvironmentVariable("PEERDESK_SEED").toUInt(&isGiven);
        for (quint32 seed = 1; seed <= (isGiven ? 1 : 12); ++seed)
            QTest::addRow("seed %u", isGiven ? given : seed) << (isGiven ? given : seed);
    }
    void joinsAreUndoneExactly()
    {
        QFETCH(quint32, seed);
        QRandomGenerator random(seed);
        std::vector<CustomerId> cards = makeCards(random);
        std::vector<QByteArray> states;
        std::vector<api::Command> undoing;
        for (int step = 0; step < 8; ++step) {
            const QByteArray before = everything();
            const size_t a = random.bounded(quint32(cards.size()));
            const size_t b = random.bounded(quint32(cards.size()));
            const auto addresses = view().addressesOf(cards[a]);
            if (a != b) {
                QVERIFY(run(api::MergeCustomers{cards[a], cards[b]}));
                undoing.push_back(api::UndoMerge{cards[a]});
                cards.erase(cards.begin() + qsizetype(a));
            } else if (addresses.size() > 1) {
                const Decided split = run(api::SplitCustomer{cards[a], {}, {addresses.front().id}});
                QVERIFY(split);
                undoing.push_back(api::MergeCustomers{split->as<CustomerId>(), cards[a]});
                cards.push_back(split->as<CustomerId>());
            } else {
                continue;
            }
            states.push_back(before);
            QVERIFY(everything() != before);
        }
        QVERIFY(!states.empty());
        while (!states.empty()) {
            const Decided undone = run(undoing.back());
            QVERIFY2(undone, qPrintable(undone ? QString() : undone.error().detail));
            QCOMPARE(everything(), states.back());
            states.pop_back();
            undoing.pop_back();
        }
    }

    /// What people did after a join stays when it is undone; what the join did goes.
    void whatWasChangedAfterAJoinStays()
    {
        QVERIFY(take(second(), from(second(), mail(), u"x1"_s, u"hello"_s)));
        const CustomerId stays = conversation(anna()).customer;
        const CustomerId goes =
            conversation(view().byProviderId(second(), u"x1"_s)->conversation).customer;
        api::SaveCustomer tag;
        tag.customer = goes;
        tag.tags = std::vector<QString>{u"vip"_s};
        tag.notes = u"likes tea"_s;
        QVERIFY(run(tag));
        QVERIFY(run(api::MergeCustomers{goes, stays}));
        api::SaveCustomer note;
        note.customer = stays;
        note.notes = u"written later"_s;
        QVERIFY(run(note));
        QVERIFY(take(second(), from(second(), mail(), u"x2"_s, u"more"_s)));
        QVERIFY(run(api::UndoMerge{goes}));
        QCOMPARE(view().get<Customer>(stays)->tags, std::vector<QString>());
        QCOMPARE(view().get<Customer>(stays)->notes, u"written later"_s);
        QCOMPARE(view().get<Customer>(goes)->tags, std::vector<QString>{u"vip"_s});
        QCOMPARE(view().get<Customer>(goes)->notes, u"likes tea"_s);
        QCOMPARE(conversation(view().byProviderId(second(), u"x2"_s)->conversation).customer, goes);
        QVERIFY(!run(api::UndoMerge{goes})); // there is nothing left to undo
    }

    void joinsIntoOneCardAreUndoneLastFirst()
    {
        const CustomerId stays = conversation(anna()).customer;
        std::vector<CustomerId> gone;
        for (const QString &name : {u"b"_s, u"c"_s}) {
            api::SaveCustomer save;
            save.name = name;
            save.tags = std::vector<QString>{name};
            const Decided made = run(save);
            QVERIFY(made && run(api::MergeCustomers{made->as<CustomerId>(), stays}));
            gone.push_back(made->as<CustomerId>());
        }
        QCOMPARE(run(api::UndoMerge{gone[0]}).error().state, u"not-last"_s);
        QVERIFY(run(api::UndoMerge{gone[1]}));
        QVERIFY(run(api::UndoMerge{gone[0]}));
        QCOMPARE(view().get<Customer>(stays)->tags, std::vector<QString>());
    }

    /// Erasing who was merged and parted again takes nobody else's card away.
    void whoWasPartedIsErasedAlone()
    {
        QVERIFY(take(second(), from(second(), mail(), u"x1"_s, u"hello"_s)));
        const CustomerId stays = conversation(anna()).customer;
        const CustomerId goes =
            conversation(view().byProviderId(second(), u"x1"_s)->conversation).customer;
        QVERIFY(run(api::MergeCustomers{goes, stays}));
        QVERIFY(run(api::UndoMerge{goes}));
        QVERIFY(run(api::EraseCustomer{stays}));
        QVERIFY(!view().get<Customer>(stays));
        QVERIFY(view().get<Customer>(goes));
    }

    /// M129: a channel that vouches for somebody else's address suggests, a name or a typed address
    /// does not; who was told apart is not suggested again.
    void likenessNeedsAChannelThatVouches()
    {
        const Identity phone{
            u"phone"_s, {}, u"+4930123456"_s, u"+49 30 123456"_s, Evidence::Provider};
        InboundItem other = from(second(), phone, u"x1"_s, u"hello"_s);
        other.senderName = u"Anna"_s; // the same name
        QVERIFY(take(second(), other));
        const CustomerId one = conversation(anna()).customer;
        const auto suggested = [&] { return m_office->core().reader().card(one)->sameMaybe; };
        QVERIFY(suggested().empty());
        InboundItem typed = m_office->item(u"m2"_s, u"call me"_s);
        typed.also = {phone};
        typed.also[0].evidence = Evidence::Typed;
        QVERIFY(take(m_office->account(), typed));
        QVERIFY(suggested().empty());
        InboundItem vouched = m_office->item(u"m3"_s, u"my contact"_s);
        vouched.also = {phone};
        QVERIFY(take(m_office->account(), vouched));
        QCOMPARE(suggested().size(), size_t(1));
        QCOMPARE(suggested()[0].address.value, phone.value);
        const CustomerId two = suggested()[0].customer.id;
        QCOMPARE(m_office->core().reader().card(two)->sameMaybe.size(), size_t(1));
        QVERIFY(run(api::DenyLikeness{two, one}));
        QVERIFY(suggested().empty());
        vouched.providerId = u"m4"_s;
        QVERIFY(take(m_office->account(), vouched));
        QVERIFY(suggested().empty());
        QVERIFY(view().get<Customer>(one) && view().get<Customer>(two)); // nothing merges by itself
    }

    /// M49, M53: what was done to our message shows on it once the provider has done it.
    void ourMessageIsChangedWhereTheChannelCan_data()
    {
        QTest::addColumn<int>("action");
        QTest::newRow("edit") << int(MessageAction::Edit);
        QTest::newRow("delete") << int(MessageAction::Delete);
    }
    void ourMessageIsChangedWhereTheChannelCan()
    {
        QFETCH(int, action);
        const auto act = [&](const api::Caller &caller) {
            api::SendMessage command;
            command.conversation = anna();
            command.replyTo = ours();
            command.action = MessageAction(action);
            command.content.text = u"better"_s;
            return m_office->run("act" + QByteArray::number(++m_runs), command, caller);
        };
        QVERIFY(reply(anna(), u"wrong"_s));
        m_office->rules.ownActions = {MessageAction::Edit, MessageAction::Delete};
        QVERIFY(!act(m_office->boss())); // it has not left yet
        accept();
        m_office->rules.ownActions = {};
        QCOMPARE(act(m_office->boss()).error().state, u"not-possible"_s);
        m_office->rules.ownActions = {MessageAction::Edit, MessageAction::Delete};
        Agent mia{test::named<AgentId>("mia"), u"Mia"_s, Role::Agent, {}, {}, true};
        QVERIFY(m_office->run("hire", api::SaveAgent{mia, {}, {}}));
        const api::Caller colleague{mia.id, {}, mia.role, m_office->workerOf(mia.id), mia.name};
        QCOMPARE(act(colleague).error().state, u"not-permitted"_s);
        const Decided asked = act(m_office->boss());
        QVERIFY(asked);
        QCOMPARE(lastSent().answered->id, ours());
        QCOMPARE(view().get<Message>(ours())->content.text, u"wrong"_s); // not before it is done
        accept();
        const Message now = *view().get<Message>(ours());
        const bool isEdit = action == int(MessageAction::Edit);
        QCOMPARE(now.content.text, isEdit ? u"better"_s : QString());
        QVERIFY(isEdit ? now.editedAt.isSet() : now.deletedAt.isSet());
        QCOMPARE(m_office->stateOf(asked->as<MessageId>()), MessageState::Sent);
    }
    void anActionThatIsNotKnownToHaveWorkedChangesNothing()
    {
        m_office->rules.ownActions = {MessageAction::Edit};
        QVERIFY(reply(anna(), u"wrong"_s));
        accept();
        api::SendMessage command;
        command.conversation = anna();
        command.replyTo = ours();
        command.action = MessageAction::Edit;
        command.content.text = u"better"_s;
        const Decided asked = run(command);
        QVERIFY(asked);
        m_world->provider.answer(channels::SendResult::Kind::Uncertain);
        m_office->settle();
        QCOMPARE(m_office->stateOf(asked->as<MessageId>()), MessageState::Uncertain);
        QCOMPARE(view().get<Message>(ours())->content.text, u"wrong"_s);
    }
    void theOfficeReactsOnce()
    {
        m_office->rules.actions = {MessageAction::React};
        const MessageId theirs = m_office->messages().front().id;
        for (const QString &emoji : {u"👍"_s, u"❤"_s, QString()}) {
            api::SendMessage command;
            command.conversation = anna();
            command.replyTo = theirs;
            command.action = MessageAction::React;
            command.content.text = emoji;
            QVERIFY(run(command));
            accept();
            std::map<QString, QString> wanted;
            if (!emoji.isEmpty())
                wanted[OfficeReacts] = emoji;
            QCOMPARE(view().get<Message>(theirs)->reactions, wanted);
        }
    }

private:
    MessageId ours() const
    {
        for (const Message &message : m_office->messages()) {
            if (message.kind == MessageKind::Reply)
                return message.id;
        }
        return {};
    }
    std::vector<CustomerId> makeCards(QRandomGenerator &random)
    {
        std::vector<CustomerId> cards{conversation(anna()).customer};
        for (int i = 0; i < 6; ++i) {
            const QString name = u"Person %1"_s.arg(i);
            api::SaveCustomer save;
            save.name = name;
            save.notes = random.bounded(2) ? u"note %1"_s.arg(i) : QString();
            save.tags = std::vector<QString>{u"tag %1"_s.arg(random.bounded(3))};
            save.customerFacts = json::canonical(
                {{u"plan"_s, int(random.bounded(3))}, {u"only %1"_s.arg(random.bounded(4)), i}});
            for (int k = 0; k <= int(random.bounded(3)); ++k)
                save.addresses.push_back(
                    {u"email"_s, {}, u"p%1-%2@shop.test"_s.arg(i).arg(k), {}, Evidence::Provider});
            const Decided made = run(save);
            if (!made)
                return {};
            cards.push_back(made->as<CustomerId>());
            const Identity writer = save.addresses.front();
            (void)take(second(), from(second(), writer, u"w%1"_s.arg(i), u"hello"_s));
        }
        return cards;
    }
    /// Cards, whose every address and conversation is, as bytes.
    QByteArray everything() const
    {
        QByteArray all;
        api::Page page{500, {}};
        const auto customers = m_office->core().reader().customers({}, page);
        std::map<CustomerId, QByteArray> sorted;
        for (const Customer &customer : customers ? customers->items : std::vector<Customer>()) {
            QByteArray card = codec::encode(customer);
            for (const Address &address : view().addressesOf(customer.id))
                card += codec::encode(address);
            std::map<ConversationId, QByteArray> conversations;
            for (const Conversation &one : view().conversationsOf(customer.id, 500))
                conversations[one.id] = codec::encode(one);
            for (const auto &[id, bytes] : conversations)
                card += bytes;
            sorted[customer.id] = card;
        }
        for (const auto &[id, card] : sorted)
            all += id.toBytes() + card;
        return all;
    }
};

QTEST_GUILESS_MAIN(TestOnePerson)
#include "tst_oneperson.moc"
