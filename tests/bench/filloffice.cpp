// SPDX-License-Identifier: GPL-3.0-or-later
/// Fills an existing, stopped office with a history, as facts through the log and through apply, so
/// that every file is what a node would have written.
/// Arguments: data folder, conversations, messages of the longest one (default 5000), how many of
/// the conversations are mine (default 60).
/// The first agent of the office answers "mine"; the longest conversation is theirs as well.
#include "core/store/datafolder.h"
#include "core/store/logstore.h"
#include "core/store/officereader.h"
#include "core/store/officestore.h"
#include "core/store/searchstore.h"
#include "tests/bench/figures.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QElapsedTimer>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;

namespace {

constexpr size_t BatchesPerCommit = 1000;
constexpr Milliseconds Step{200}; ///< between two messages
constexpr std::array Names{u"Đặng Thị Ánh", u"Zofia Wójcik", u"Aiko 田中", u"Jonas Weber",
                           u"Nur Aisyah",   u"Ada Miller",   u"Søren Øst", u"Lucía Pérez"};
constexpr std::array Texts{u"Where is my parcel? It should have been here on Monday.",
                           u"Đơn hàng của tôi vẫn chưa đến.",
                           u"我想查询订单状态，谢谢。",
                           u"Dziękuję, a kiedy będzie zwrot pieniędzy?",
                           u"Could you send the invoice again, please? I need it for my records.",
                           u"配送状況を教えてください。"};

struct Plan
{
    int conversations = 0;
    int longest = 5000;
    int mine = 60;
};

template <typename T>
T required(Result<T> result)
{
    if (!result)
        qFatal("%s", qPrintable(result.error().detail));
    return std::move(*result);
}

/// Where the history is written to: log, office.db and search.db, group by group.
class History
{
public:
    explicit History(const DataFolder &folder)
        : m_log(required(LogStore::open(folder.raft())))
        , m_office(required(OfficeStore::open(folder.office())))
        , m_search(required(SearchStore::open(folder.search())))
    {
        m_term = m_log->term();
        m_index = m_log->lastIndex();
    }

    void add(const events::Batch &batch)
    {
        events::Batch decided = batch;
        decided.term = m_term;
        decided.command = derivedId<CommandId>(CommandId{}, QByteArray::number(++m_index));
        decided.salt = decided.command.toBytes();
        m_group.push_back({m_index, m_term, events::encode(decided)});
        if (m_group.size() >= BatchesPerCommit)
            flush();
    }
    void find(const Message &message, const QString &name)
    {
        m_found.push_back({message.id, message.conversation, message.createdAt,
                           message.content.text + u'\n' + name});
    }
    void flush()
    {
        required(m_log->append(m_group));
        const Applied applied = required(m_office->apply(m_group));
        if (applied.stoppedBy)
            qFatal("%s", qPrintable(applied.stoppedBy->detail));
        required(m_search->index(m_found, m_index));
        required(m_log->cutBelow(std::max<quint64>(1, applied.synced)));
        m_group.clear();
        m_found.clear();
    }

private:
    std::unique_ptr<LogStore> m_log;
    std::unique_ptr<OfficeStore> m_office;
    std::unique_ptr<SearchStore> m_search;
    std::vector<LogEntry> m_group;
    std::vector<SearchDocument> m_found;
    quint64 m_term = 0;
    quint64 m_index = 0;
};

template <typename IdType>
IdType idOf(const char *word, int number)
{
    return derivedId<IdType>(NodeId{}, QByteArray(word) + QByteArray::number(number));
}

class Writer
{
public:
    Writer(History &history, const Agent &agent, const ChannelAccount &account, const Plan &plan)
        : m_history(history)
        , m_agent(agent)
        , m_account(account)
        , m_plan(plan)
        , m_time{QDateTime::currentMSecsSinceEpoch() -
                 (plan.conversations + plan.longest) * Step.count()}
    {}

    void write()
    {
        for (int number = 0; number < m_plan.conversations; ++number)
            open(number);
        for (int i = 1; i < m_plan.longest; ++i)
            goOn(0, i);
        m_history.flush();
    }

private:
    static QString nameOf(int number)
    {
        return u"%1 %2"_s.arg(QStringView(Names[size_t(number) % Names.size()])).arg(number);
    }

    Message messageOf(int conversation, int number)
    {
        Message message;
        message.id = idOf<MessageId>("message", conversation * 10'000 + number);
        message.conversation = idOf<ConversationId>("conversation", conversation);
        message.content.text =
            u"%1 (%2)"_s.arg(QStringView(Texts[size_t(conversation + number) % Texts.size()]))
                .arg(number);
        message.createdAt = m_time;
        message.providerId = u"fill-%1-%2"_s.arg(conversation).arg(number);
        m_history.find(message, nameOf(conversation));
        return message;
    }

    std::vector<events::Fact> received(const Message &message) const
    {
        return {events::MessageReceived{message, m_account.id, m_time + std::chrono::hours(4)},
                events::ItemSeen{m_account.id,
                                 {Seen::idFor(m_account.id, message.providerId), message.id}}};
    }

    void open(int number)
    {
        m_time = m_time + Step;
        Customer customer;
        customer.id = idOf<CustomerId>("customer", number);
        customer.name = nameOf(number);
        customer.createdAt = m_time;
        Conversation conversation;
        conversation.id = idOf<ConversationId>("conversation", number);
        conversation.customer = customer.id;
        conversation.account = m_account.id;
        conversation.channel = m_account.type;
        conversation.thread = u"fill-%1"_s.arg(number);
        conversation.customerName = customer.name;
        conversation.createdAt = m_time;
        events::Batch batch;
        batch.time = m_time;
        batch.facts = {events::CustomerCreated{customer}, events::ConversationOpened{conversation}};
        for (events::Fact &fact : received(messageOf(number, 0)))
            batch.facts.push_back(std::move(fact));
        if (number < m_plan.mine)
            batch.facts.push_back(events::ConversationAssigned{conversation.id, m_agent.id});
        m_history.add(batch);
    }

    /// Every third message of a long conversation is an answer.
    void goOn(int conversation, int number)
    {
        m_time = m_time + Step;
        Message message = messageOf(conversation, number);
        events::Batch batch;
        batch.time = m_time;
        if (number % 3 != 0) {
            batch.facts = received(message);
        } else {
            message.kind = MessageKind::Reply;
            message.state = MessageState::Delivered;
            message.authorKind = AuthorKind::Agent;
            message.author = m_agent.id;
            batch.facts = {events::MessageAdded{message}};
        }
        m_history.add(batch);
    }

    History &m_history;
    Agent m_agent;
    ChannelAccount m_account;
    Plan m_plan;
    Time m_time;
};

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    const Plan plan{arguments.value(2).toInt(), arguments.value(3, u"5000"_s).toInt(),
                    arguments.value(4, u"60"_s).toInt()};
    if (plan.conversations < 1)
        qFatal("usage: bench_filloffice FOLDER CONVERSATIONS [LONGEST [MINE]]");
    const auto folder = required(DataFolder::open(arguments[1]));
    const auto reader = required(OfficeReader::open(folder->office()));
    const std::vector<Agent> agents = reader->all<Agent>();
    const std::vector<ChannelAccount> accounts = reader->all<ChannelAccount>();
    const auto first = std::find_if(agents.begin(), agents.end(), [](const Agent &agent) {
        return agent.role != Role::Channel && agent.name == u"Linh";
    });
    if (first == agents.end() || accounts.empty())
        qFatal("the office needs an agent called Linh and a channel account");
    QElapsedTimer timer;
    timer.start();
    History history(*folder);
    Writer(history, *first, accounts.front(), plan).write();
    bench::print({{u"bench"_s, u"fill an office"_s},
                  {u"conversations"_s, plan.conversations},
                  {u"seconds"_s, double(timer.elapsed()) / 1000}});
    return 0;
}
