// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/demooffice.h"

#include "core/base/json.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

namespace peerdesk::test {

using namespace Qt::StringLiterals;

namespace {

template <typename IdType>
IdType idOf(const QString &name)
{
    const QByteArray hash = QCryptographicHash::hash(name.toUtf8(), QCryptographicHash::Sha256);
    return {QUuid::fromRfc4122(hash.left(16))};
}

const QStringList QueueNames{u"Billing"_s,  u"Orders"_s,  u"Sales"_s,
                             u"Sales ES"_s, u"Returns"_s, u"Bookings"_s};

} // namespace

Time demoTime()
{
    return {QDateTime(QDate(2026, 11, 21), QTime(10, 44)).toMSecsSinceEpoch()};
}

DemoOffice::DemoOffice(FakeDesk &desk)
    : m_desk(desk)
{}

api::Caller DemoOffice::linh() const
{
    return {idOf<AgentId>(u"Linh Tran"_s),
            {},
            Role::Agent,
            idOf<WorkerId>(u"Linh Tran"_s),
            u"Linh Tran"_s};
}

QueueId DemoOffice::queue(const QString &name) const
{
    return idOf<QueueId>(u"queue "_s + name);
}

void DemoOffice::fillPeople()
{
    const auto activity = [this](const QString &name, bool available) {
        Activity a;
        a.id = idOf<ActivityId>(name);
        a.friendlyName = name;
        a.available = available;
        m_desk.activityList.push_back(a);
    };
    activity(u"Available"_s, true);
    activity(u"Break"_s, false);
    activity(u"Lunch"_s, false);
    activity(u"Away"_s, false);
    for (const QString &name :
         {u"Linh Tran"_s, u"Minh Pham"_s, u"Sofia Ruiz"_s, u"Jonas Weber"_s}) {
        Agent agent;
        agent.id = idOf<AgentId>(name);
        agent.name = name;
        agent.worker = idOf<WorkerId>(name);
        m_desk.agentList.push_back(agent);
        Worker worker;
        worker.id = agent.worker;
        worker.friendlyName = name;
        worker.agent = agent.id;
        worker.available = true;
        worker.activity = idOf<ActivityId>(u"Available"_s);
        m_desk.workerList.push_back(worker);
    }
    for (const QString &name : QueueNames) {
        Queue q;
        q.id = queue(name);
        q.friendlyName = name;
        m_desk.queueList.push_back(q);
    }
}

void DemoOffice::fillStatus()
{
    for (const QString &name : {u"Front desk PC"_s, u"Office PC"_s, u"Back room"_s, u"Laptop"_s}) {
        api::MemberStatus member;
        member.node.id = idOf<NodeId>(name);
        member.node.name = name;
        member.isOnline = true;
        m_desk.office.members.push_back(member);
    }
    m_desk.office.node = m_desk.office.members[1].node.id;
    m_desk.office.leader = m_desk.office.members[0].node.id;
    for (const QString &name : {u"Mail"_s, u"Shop chat"_s, u"WhatsApp"_s, u"Telegram"_s,
                                u"Instagram"_s, u"LINE"_s, u"SMS"_s, u"Billing mail"_s}) {
        api::AccountStatus account;
        account.account.name = name;
        account.state = AccountState::Connected;
        m_desk.office.channels.push_back(account);
    }
    api::AccountStatus phone;
    phone.account.name = u"Phone"_s;
    phone.state = AccountState::Degraded;
    phone.detail = u"trunk reconnecting in 0:12"_s;
    m_desk.office.channels.push_back(phone);
}

ConversationId DemoOffice::addRow(const Row &row, bool isMine)
{
    Conversation c;
    c.id = idOf<ConversationId>(u"conversation "_s + row.name);
    c.customer = idOf<CustomerId>(row.name);
    c.customerName = row.name;
    c.channel = row.channel;
    c.status = ConversationStatus::Open;
    c.queue = queue(row.queue);
    c.createdAt = demoTime() - std::chrono::hours(2);
    c.task = idOf<TaskId>(row.name);
    Task task;
    task.id = c.task;
    task.assignmentStatus = isMine ? TaskStatus::Assigned : TaskStatus::Pending;
    task.conversation = c.id;
    task.taskQueue = c.queue;
    task.taskQueueEnteredDate = demoTime() - std::chrono::seconds(20);
    m_desk.tasksById[task.id] = task;
    if (isMine)
        c.assignee = linh().agent;
    m_desk.conversationsById[c.id] = c;
    Message message;
    message.content.text = row.text;
    message.createdAt = demoTime() - std::chrono::minutes(row.minutesAgo);
    m_desk.add(c.id, message);
    Conversation &stored = m_desk.conversationsById[c.id];
    stored.unread = row.unread;
    if (row.unread > 0)
        stored.readUpTo = message.createdAt - std::chrono::minutes(1);
    if (row.dueSeconds)
        stored.replyDueAt = demoTime() + std::chrono::seconds(*row.dueSeconds);
    Customer customer;
    customer.id = c.customer;
    customer.name = row.name;
    customer.createdAt = demoTime() - std::chrono::hours(24 * 300);
    m_desk.cards[c.customer].customer = customer;
    return c.id;
}

void DemoOffice::fill()
{
    fillPeople();
    fillStatus();
    const std::vector<Row> mine{
        {u"Aiko Tanaka"_s, u"whatsapp"_s, u"Billing"_s, u"-"_s, 1, 2, 102, 600},
        {u"Carla Díaz"_s,
         u"webchat"_s,
         u"Sales ES"_s,
         u"¿Y el precio por 40 unidades?"_s,
         3,
         0,
         {},
         0},
        {u"Bao Nguyen"_s, u"telegram"_s, u"Orders"_s, u"Cho mình hỏi đơn hàng 20417"_s, 4, 1, 400,
         600},
        {u"Farah Haddad"_s, u"instagram"_s, u"Orders"_s, u"مرحبا، متى يصل الطلب؟"_s, 9, 3, -45,
         600},
        {u"Dmitri Orlov"_s, u"email"_s, u"Billing"_s, u"The VAT number on it is not ours"_s, 12, 0,
         7300, 9000},
        {u"Eva Nováková"_s, u"webchat"_s, u"Sales"_s,
         u"I am on the pricing page and I cannot see it"_s, 18, 1, 800, 1800},
        {u"Kenji Mori"_s, u"line"_s, u"Orders"_s, u"はい、お願いします"_s, 26, 0, {}, 0},
    };
    for (const Row &row : mine) {
        const ConversationId id = addRow(row, true);
        if (row.name == u"Aiko Tanaka")
            m_aiko = id;
        if (row.name == u"Carla Díaz")
            m_carla = id;
    }
    m_desk.conversationsById[idOf<ConversationId>(u"conversation Dmitri Orlov"_s)].subject =
        u"Invoice 20417"_s;
    addRow({u"+84 90 555 0142"_s, u"sms"_s, u"Bookings"_s, u"CONFIRM 14:30"_s, 41, 0, {}, 0},
           false);
    addRow({u"Lena Fischer"_s, u"email"_s, u"Returns"_s,
            u"Return label does not print, see attached picture"_s, 62, 1, 7200, 9000},
           false);
    fillAiko();
    fillAikoCard();
}

Message DemoOffice::inbound(const QString &text, int minute) const
{
    Message m;
    m.content.text = text;
    m.createdAt = Time{QDateTime(QDate(2026, 11, 21), QTime(10, minute)).toMSecsSinceEpoch()};
    return m;
}

Message DemoOffice::ours(const QString &text, int minute, MessageKind kind,
                         MessageState state) const
{
    Message m = inbound(text, minute);
    m.kind = kind;
    m.state = state;
    m.authorKind = kind == MessageKind::System ? AuthorKind::System : AuthorKind::Agent;
    m.author = linh().agent;
    return m;
}

void DemoOffice::fillAiko()
{
    m_desk.messagesById[m_aiko].clear();
    m_desk.add(m_aiko,
               inbound(u"Hello, I was charged twice for order 20417. Could you have a look? "
                       "The shop link is https://harbor.example/orders/20417"_s,
                       31));
    Message statement = inbound({}, 32);
    statement.content.attachments = {
        {QByteArray(32, 'a'), u"card-statement.pdf"_s, u"application/pdf"_s, 84'000, {}, false}};
    m_desk.add(m_aiko, statement);
    m_desk.add(m_aiko, ours(u"Good morning Aiko-san, thank you for the statement. I can see both "
                            "charges - one of them is only a reservation and will be released "
                            "today."_s,
                            35, MessageKind::Reply, MessageState::Read));
    m_desk.add(m_aiko, ours(u"@Minh the second hold is from the terminal in the shop, can you "
                            "release it?"_s,
                            36, MessageKind::Note, MessageState::Sent));
    Message minh = ours(u"Done, released at 10:38. Bank may take a day to show it."_s, 38,
                        MessageKind::Note, MessageState::Sent);
    minh.author = idOf<AgentId>(u"Minh Pham"_s);
    m_desk.add(m_aiko, minh);
    Message question = ours(u"The extra charge is released. Shall we send the corrected invoice to "
                            "the same address?"_s,
                            41, MessageKind::Reply, MessageState::Delivered);
    question.content.quickReplies = {u"Yes, same address"_s, u"Another address"_s};
    m_desk.add(m_aiko, question);
    m_desk.add(m_aiko, inbound(u"Yes, that is the right address. ありがとうございます！"_s, 43));
    Conversation &c = m_desk.conversationsById[m_aiko];
    c.unread = 2;
    c.readUpTo = Time{};
    c.lastMessageAt = demoTime() - std::chrono::seconds(30);
    c.replyDueAt = demoTime() + std::chrono::seconds(102);
}

Message DemoOffice::makeComments(const QString &least)
{
    m_desk.types = {QJsonObject{
        {u"type"_s, u"facebook_comments"_s},
        {u"label"_s, u"Facebook comments"_s},
        {u"capabilities"_s,
         QJsonObject{{u"public"_s, true},
                     {u"private_answers"_s, true},
                     {u"actions"_s, QJsonArray{u"hide"_s, u"unhide"_s, u"delete"_s}}}}}};
    api::AccountStatus &page = m_desk.office.channels.front();
    page.account.id = idOf<AccountId>(u"page"_s);
    if (!least.isEmpty())
        page.account.settings = {{u"answers_by"_s, least}, {u"actions_by"_s, least}};
    Conversation &conversation = m_desk.conversationsById[m_aiko];
    conversation.account = page.account.id;
    conversation.channel = u"facebook_comments"_s;
    std::vector<Message> &all = m_desk.messagesById[m_aiko];
    for (Message &message : all) {
        if (message.kind == MessageKind::Inbound)
            message.providerId = message.id.toString();
    }
    return *std::ranges::find(all, MessageKind::Inbound, &Message::kind);
}

Message DemoOffice::makeChangeable()
{
    const QJsonArray own{u"edit"_s, u"delete"_s, u"react"_s};
    m_desk.types = {
        QJsonObject{{u"type"_s, u"telegram"_s},
                    {u"label"_s, u"Telegram"_s},
                    {u"capabilities"_s, QJsonObject{{u"actions"_s, QJsonArray{u"react"_s}},
                                                    {u"own_actions"_s, own}}}}};
    api::AccountStatus &bot = m_desk.office.channels.front();
    bot.account.id = idOf<AccountId>(u"bot"_s);
    Conversation &conversation = m_desk.conversationsById[m_aiko];
    conversation.account = bot.account.id;
    conversation.channel = u"telegram"_s;
    Message last;
    for (Message &message : m_desk.messagesById[m_aiko]) {
        message.providerId = message.id.toString();
        if (message.kind == MessageKind::Reply && message.state == MessageState::Read)
            last = message;
    }
    return last;
}

void DemoOffice::fillRich()
{
    const auto rich = [this](const char *json, int minute, MessageKind kind) {
        Message message = ours(u"the same in plain words"_s, minute, kind, MessageState::Delivered);
        if (kind == MessageKind::Inbound) {
            message.authorKind = AuthorKind::Customer;
            message.author = {};
            message.state = MessageState::Received;
        }
        message.content.rich = json::canonical(QJsonDocument::fromJson(json).object());
        m_desk.add(m_aiko, message);
    };
    m_desk.messagesById[m_aiko].clear();
    rich(R"({"kind":"list_picker","text":"Which tin shall we send instead?","button":"Choose",
        "options":[{"title":"Sencha","description":"100 g, in stock","section":"Green"},
                   {"title":"Gyokuro","description":"50 g, from Tuesday on","section":"Green"},
                   {"title":"Hojicha","section":"Roasted"}]})",
         31, MessageKind::Reply);
    rich(R"({"kind":"answer","title":"Gyokuro","option":"2"})", 32, MessageKind::Inbound);
    rich(R"({"kind":"adaptive_card","card":{"type":"AdaptiveCard","version":"1.5","body":[
        {"type":"TextBlock","text":"Your order **20417**","style":"heading"},
        {"type":"ColumnSet","columns":[
          {"type":"Column","width":"auto","items":[{"type":"Image","url":"https://shop.example/t.png","altText":"A tin of tea"}]},
          {"type":"Column","width":"stretch","items":[{"type":"TextBlock","text":"Gyokuro, 50 g","weight":"bolder"},{"type":"TextBlock","text":"Leaves on Tuesday","color":"good"}]}]},
        {"type":"FactSet","facts":[{"title":"Price","value":"24,00"},{"title":"Delivery","value":"before noon"}]},
        {"type":"Input.Text","label":"A note for the driver","placeholder":"Ring twice"},
        {"type":"Input.Toggle","title":"It is a gift","value":"true"}],
        "actions":[{"type":"Action.Submit","title":"Confirm the order"}]}})",
         33, MessageKind::Reply);
    rich(R"({"kind":"quick_replies","text":"Is the address still the same?",
        "options":[{"title":"Yes, same address"},{"title":"Another address"}]})",
         34, MessageKind::Reply);
}

void DemoOffice::fillAikoCard()
{
    api::CustomerCard &card = m_desk.cards[idOf<CustomerId>(u"Aiko Tanaka"_s)];
    card.customer.language = u"ja"_s;
    card.customer.tags = {u"VIP"_s, u"Wholesale"_s};
    card.customer.notes = u"Prefers short answers. Orders for two shops in Kyoto."_s;
    card.customer.facts = json::canonical({{u"customer_no"_s, u"C-10882"_s},
                                           {u"plan"_s, u"Wholesale 30 days"_s},
                                           {u"open_balance"_s, u"¥ 48,200"_s},
                                           {u"last_order"_s, u"20417 · 19 Nov"_s}});
    const auto address = [&](const QString &kind, const QString &value, Evidence evidence) {
        Address a;
        a.id = Address::newId("demo", kind, {}, value);
        a.customer = card.customer.id;
        a.kind = kind;
        a.value = value;
        a.evidence = evidence;
        card.addresses.push_back(a);
        return a.id;
    };
    m_desk.conversationsById[m_aiko].address =
        address(u"whatsapp"_s, u"+81 75 555 0199"_s, Evidence::Provider);
    address(u"email"_s, u"aiko@tanaka.example"_s, Evidence::Verified);
    address(u"webchat"_s, u"Visitor 7F3A"_s, Evidence::Typed);
    address(u"line"_s, u"@aiko_t"_s, Evidence::Provider);
    const auto entry = [&](const QString &channel, const QString &title, int hours) {
        card.timeline.push_back(
            {idOf<ConversationId>(title), channel, title, demoTime() - std::chrono::hours(hours)});
    };
    entry(u"whatsapp"_s, u"Charged twice, order 20417"_s, 0);
    card.timeline.front().conversation = m_aiko;
    entry(u"webchat"_s, u"Asked about delivery to Kyoto"_s, 4);
    entry(u"email"_s, u"Invoice 20388 paid"_s, 24 * 9);
    entry(u"phone"_s, u"Call 4:05 · change of address"_s, 24 * 19);
}

api::Offer DemoOffice::offer()
{
    api::Offer offer;
    offer.reservation.id = idOf<ReservationId>(u"offer"_s);
    offer.reservation.worker = linh().worker;
    offer.reservation.task = idOf<TaskId>(u"offered"_s);
    offer.reservation.why = u"Spanish, Sales, longest idle"_s;
    offer.task.id = offer.reservation.task;
    offer.task.conversation = m_carla;
    offer.task.taskChannel = u"chat"_s;
    offer.task.attributes = json::canonical({{u"channel"_s, u"webchat"_s}});
    offer.task.dateCreated = demoTime() - std::chrono::seconds(21);
    offer.customerName = u"Carla Díaz"_s;
    offer.queueName = u"Sales ES"_s;
    offer.snippet = u"¿Y el precio por 40 unidades?"_s;
    offer.earlierConversations = 3;
    offer.remaining = std::chrono::seconds(14);
    return offer;
}

void DemoOffice::makeBusy()
{
    for (int i = 0; i < 100; ++i) {
        const QString name =
            u"Maximiliana-Konstantinopolitanska von und zu Hohenlohe-Waldenburg %1"_s.arg(i);
        addRow({name, i % 2 ? u"email"_s : u"webchat"_s, u"Returns"_s,
                u"A very long message that goes on and on, with a code "
                "XK-20417-2219-AA-0042-REFUND-PENDING and more words after it"_s,
                30 + i, i % 3 ? 0 : 120, 60 * i - 120, 600},
               true);
    }
    Conversation &c = m_desk.conversationsById[m_aiko];
    c.customerName = u"Aiko Maximiliana Tanaka-Konstantinopolitanska von Hohenlohe"_s;
    api::CustomerCard &card = m_desk.cards[c.customer];
    card.customer.name = c.customerName;
    for (int i = 0; i < 12; ++i)
        card.customer.tags.push_back(u"tag number %1"_s.arg(i));
    Message failed = ours(u"Here is the invoice."_s, 43, MessageKind::Reply, MessageState::Failed);
    failed.failure = u"550 5.1.1 The mailbox aiko@tanaka.example does not exist at this server"_s;
    m_desk.add(m_aiko, failed);
    m_desk.add(m_aiko,
               ours(u"And the label: https://harbor.example/labels/"
                    "aVeryLongTokenThatHasNoPlaceToBreakAndGoesOnAndOnAndOnAndOnForever0042"_s,
                    43, MessageKind::Reply, MessageState::Uncertain));
}

void DemoOffice::goOffline()
{
    m_desk.office.leader = {};
    for (api::MemberStatus &member : m_desk.office.members)
        member.isOnline = member.node.id == m_desk.office.node;
    Q_EMIT m_desk.statusChanged();
}

void DemoOffice::breakChannel()
{
    api::AccountStatus &channel = m_desk.office.channels[2];
    channel.account.id = idOf<AccountId>(u"WhatsApp account"_s);
    channel.state = AccountState::Down;
    channel.detail = u"the provider refused the token"_s;
    m_desk.conversationsById[m_aiko].account = channel.account.id;
    Message failed = ours(u"Here is the invoice."_s, 43, MessageKind::Reply, MessageState::Failed);
    failed.failure = u"(#190) Error validating access token: the session has been invalidated"_s;
    m_desk.add(m_aiko, failed);
    m_desk.touch(m_aiko);
    Q_EMIT m_desk.statusChanged();
}

void DemoOffice::sendSomeAway()
{
    for (const size_t who : {size_t(1), size_t(3)}) {
        m_desk.workerList[who].activity = idOf<ActivityId>(who == 1 ? u"Break"_s : u"Lunch"_s);
        m_desk.workerList[who].available = false;
        m_desk.workerList[who].dateStatusChanged = demoTime() - std::chrono::minutes(9);
    }
    api::Changes changes;
    changes.workers = {m_desk.workerList[1].id, m_desk.workerList[3].id};
    Q_EMIT m_desk.changed(changes);
}

void DemoOffice::fillQueues()
{
    struct Wait
    {
        QString queue;
        int seconds;
        QString name;
        QString channel;
    };
    const std::vector<Wait> waits{{u"Orders"_s, 276, u"Marta Kov\u00e1cs"_s, u"whatsapp"_s},
                                  {u"Orders"_s, 120, u"Deepak Rao"_s, u"email"_s},
                                  {u"Orders"_s, 31, u"Yuki Mori"_s, u"line"_s},
                                  {u"Returns"_s, 130, u"Sam Okafor"_s, u"webchat"_s},
                                  {u"Billing"_s, 62, u"Greta Lind"_s, u"telegram"_s},
                                  {u"Sales ES"_s, 21, u"Iker Sol"_s, u"sms"_s}};
    std::map<QString, int> places;
    for (size_t i = 0; i < waits.size(); ++i) {
        const Wait &wait = waits[i];
        Task task;
        task.id = idOf<TaskId>(u"waiting %1"_s.arg(i));
        task.taskQueue = queue(wait.queue);
        task.taskChannel = u"chat"_s;
        task.taskQueueEnteredDate = demoTime() - std::chrono::seconds(wait.seconds);
        task.dateCreated = task.taskQueueEnteredDate;
        task.conversation = idOf<ConversationId>(u"conversation "_s + wait.name);
        m_desk.tasksById[task.id] = task;
        Conversation &conversation = m_desk.conversationsById[task.conversation];
        conversation.id = task.conversation;
        conversation.customerName = wait.name;
        conversation.channel = wait.channel;
        conversation.queue = task.taskQueue;
        conversation.task = task.id;
        conversation.lastMessageAt = task.dateCreated;
        const int place = ++places[wait.queue];
        m_desk.explanations[task.id] = {{u"status"_s, u"pending"_s},
                                        {u"queue"_s, wait.queue},
                                        {u"position"_s, place},
                                        {u"expected_wait"_s, 95.0 * place}};
    }
}

void DemoOffice::fillRouting()
{
    fillQueues();
    for (const QString &name : {u"voice"_s, u"chat"_s, u"email"_s})
        m_desk.taskChannelList.push_back({idOf<TaskChannelId>(name), name, name, 3});
    const std::array attributes{R"({"skills":["billing"],"languages":["en","ja"]})",
                                R"({"skills":["billing","returns"],"level":{"billing":7}})",
                                R"({"skills":["sales"],"languages":["es"]})"};
    for (size_t i = 0; i < m_desk.workerList.size(); ++i)
        m_desk.workerList[i].attributes = {attributes[i % attributes.size()]};
    for (Queue &one : m_desk.queueList)
        one.targetWorkers = one.friendlyName == u"Billing" ? u"skills HAS 'billing'"_s : u"1==1"_s;
    Workflow workflow;
    workflow.id = idOf<WorkflowId>(u"Support"_s);
    workflow.friendlyName = u"Support"_s;
    workflow.configuration = {
        R"({"task_routing":{"filters":[{"filter_friendly_name":"VIP","expression":"vip == true","targets":[{"queue":"Billing","order_by":"worker.level.billing DESC","timeout":60,"priority":50},{"queue":"Orders","priority":80}]},{"filter_friendly_name":"Spanish","expression":"language == 'es'","targets":[{"queue":"Sales ES","expression":"task.language IN worker.languages"}]}],"default_filter":{"queue":"Orders"}}})"};
    m_desk.workflowList.push_back(workflow);
}

void DemoOffice::fillLog()
{
    std::vector<api::RecordedTask> tasks;
    const Time nine = demoTime() - std::chrono::minutes(24 * 60 + 104);
    for (int i = 0; i < 120; ++i) {
        api::RecordedTask task;
        task.at = nine + std::chrono::minutes(i);
        task.workflow = idOf<WorkflowId>(u"Support"_s);
        task.taskChannel = u"chat"_s;
        task.attributes = {i % 3 == 0 ? R"({"vip":false,"language":"en"})"
                                      : R"({"vip":true,"language":"en"})"};
        task.work = std::chrono::minutes(8 + i % 11);
        task.wrapUp = std::chrono::minutes(1);
        task.patience = i % 20 == 19 ? Milliseconds(std::chrono::minutes(2)) : Milliseconds(0);
        tasks.push_back(task);
    }
    m_desk.recorded = tasks;
}

void DemoOffice::fillSettings()
{
    const std::vector<std::pair<QString, int>> channels{
        {u"voice"_s, 1}, {u"chat"_s, 3}, {u"sms"_s, 3}, {u"email"_s, 5}, {u"social"_s, 5}};
    for (const auto &[name, capacity] : channels)
        m_desk.taskChannelList.push_back({idOf<TaskChannelId>(name), name, name, capacity});
    for (const QString &name : {u"Reference"_s, u"To a person"_s}) {
        Flow flow;
        flow.id = idOf<FlowId>(name);
        flow.friendlyName = name;
        m_desk.flowList.push_back(flow);
    }
    const auto setting = [](const QString &key, const QString &label, const QString &form,
                            const QString &hint = {}) {
        return QJsonObject{{u"key"_s, key},
                           {u"label"_s, label},
                           {u"form"_s, form},
                           {u"hint"_s, hint},
                           {u"required"_s, form == u"email" || form == u"host"},
                           {u"secret"_s, key == u"password"}};
    };
    m_desk.types = {QJsonObject{
        {u"type"_s, u"email"_s},
        {u"settings"_s,
         QJsonArray{
             setting(u"address"_s, u"E-mail address"_s, u"email"_s),
             setting(u"imap_host"_s, u"Incoming mail server (IMAP)"_s, u"host"_s),
             setting(u"imap_port"_s, u"Port of incoming mail"_s, u"port"_s,
                     u"993 for TLS, 143 for STARTTLS"_s),
             setting(u"imap_security"_s, u"Encryption of incoming mail"_s,
                     u"one-of tls starttls none"_s),
             setting(u"password"_s, u"Password"_s, u"text"_s, u"Often an app password"_s),
             setting(u"keep_unread"_s, u"Leave mail unread in the mailbox"_s, u"switch"_s)}}}};
    const std::map<QString, QString> types{{u"Mail"_s, u"email"_s},
                                           {u"Billing mail"_s, u"email"_s},
                                           {u"Shop chat"_s, u"webchat"_s},
                                           {u"Phone"_s, u"phone"_s}};
    for (api::AccountStatus &status : m_desk.office.channels) {
        ChannelAccount &account = status.account;
        account.id = idOf<AccountId>(account.name);
        const auto type = types.find(account.name);
        account.type = type == types.end() ? account.name.toLower() : type->second;
        account.flow = m_desk.flowList[1].id;
        account.queue = queue(u"Orders"_s);
        account.owner = m_desk.office.leader;
        if (account.type == u"email")
            account.settings = {{u"address"_s, u"help@harbor.example"_s},
                                {u"imap_host"_s, u"imap.harbor.example"_s},
                                {u"imap_port"_s, u"993"_s},
                                {u"imap_security"_s, u"tls"_s}};
        if (account.name != u"Billing mail")
            continue;
        status.state = AccountState::Down;
        status.detail = u"The password was not accepted. Many providers want an app password."_s;
    }
}

void FakeDraftStore::load(AgentId, Completion<std::vector<ui::Draft>> done)
{
    done.answer(drafts);
}

void FakeDraftStore::save(const ui::Draft &draft, Completion<Done> done)
{
    ++saves;
    if (failWith)
        return done.answer(*failWith);
    std::erase_if(drafts, [&](const ui::Draft &other) {
        return other.conversation == draft.conversation && other.mode == draft.mode &&
               other.command == draft.command;
    });
    if (!draft.isEmpty())
        drafts.push_back(draft);
    done.answer(Done{});
}

} // namespace peerdesk::test
