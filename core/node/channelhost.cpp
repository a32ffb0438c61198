// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/channelhost.h"

#include "core/base/memory.h"
#include "core/node/quarantine.h"

#include <QRandomGenerator>
#include <QTimer>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// Most encoded bytes of items in one command, unless one item alone has more: a flow keeps up to
/// three copies of a text, and the batch may have 256 KiB.
constexpr qsizetype MaxChunkBytes = 32 * 1024;
/// No command is more than its channel's share: whoever comes next waits for the whole of it.
constexpr size_t MaxChunkItems = Intake::MaxUnderWay;
constexpr int MaxHistory = 500;
constexpr int GeneratedSecretBytes = 32;
/// Attachments of a page that are stored at once; more go to the pool.
constexpr qsizetype MaxBytesAtOnce = 64 * 1024;
/// After a page with more than this, freed memory goes back to the machine: a little later, when
/// whoever brought it has let go of it too.
constexpr qsizetype LargePageBytes = 4 * 1024 * 1024;
constexpr Milliseconds GiveBackAfter = std::chrono::seconds(5);

/// Cuts a page into commands of bounded size; the last one moves the cursor.
std::deque<api::Ingest> cut(AccountId account, const channels::InboundPage &page)
{
    std::deque<api::Ingest> chunks;
    qsizetype bytes = 0;
    for (const InboundItem &item : page.items) {
        const qsizetype size = codec::encode(item).size();
        if (chunks.empty() || bytes + size > MaxChunkBytes ||
            chunks.back().items.size() >= MaxChunkItems) {
            chunks.push_back({account, {}, {}, {}});
            bytes = 0;
        }
        chunks.back().items.push_back(item);
        bytes += size;
    }
    if (chunks.empty())
        chunks.push_back({account, {}, {}, {}});
    chunks.back().cursorFrom = page.cursorFrom;
    chunks.back().cursorTo = page.cursorTo;
    return chunks;
}

} // namespace

QString secretKey(AccountId account, const QString &name)
{
    return account.toString() + u'/' + name;
}

ChannelHost::ChannelHost(Parts parts, const ChannelAccount &account, QObject *parent)
    : QObject(parent)
    , m_parts(parts)
    , m_account(account)
    , m_work(parts.attachments)
{}

ChannelHost::~ChannelHost()
{
    if (m_connector)
        m_connector->stop();
}

void ChannelHost::start()
{
    fetchSecrets(0);
}

void ChannelHost::fetchSecrets(size_t from)
{
    const auto &settings = m_parts.type.settings;
    while (from < settings.size() && !settings[from].isSecret)
        ++from;
    if (from == settings.size())
        return run();
    m_parts.secrets.fetch(
        secretKey(m_account.id, settings[from].key),
        {this, [this, from](const Result<QByteArray> &secret) { onSecret(from, secret); }});
}

void ChannelHost::onSecret(size_t index, const Result<QByteArray> &secret)
{
    const channels::Setting &setting = m_parts.type.settings[index];
    if (secret) {
        m_secrets[setting.key] = *secret;
    } else if (secret.error().code != Error::Code::NotFound) {
        return setState(
            AccountState::Down,
            tr("The secrets of this channel cannot be read: %1").arg(secret.error().detail));
    } else if (setting.isGenerated) {
        QByteArray made(GeneratedSecretBytes, Qt::Uninitialized);
        QRandomGenerator::system()->fillRange(reinterpret_cast<quint32 *>(made.data()),
                                              GeneratedSecretBytes / 4);
        m_secrets[setting.key] = made;
        return m_parts.secrets.store(secretKey(m_account.id, setting.key), made,
                                     {this, [this, index](const Result<Done> &stored) {
                                          if (!stored)
                                              return setState(AccountState::Down,
                                                              stored.error().detail);
                                          fetchSecrets(index + 1);
                                      }});
    }
    fetchSecrets(index + 1);
}

void ChannelHost::run()
{
    m_connector = m_parts.type.make(m_account, *this);
    m_connector->start();
}

void ChannelHost::ingest(channels::InboundPage page, Completion<Done> done)
{
    qsizetype size = 0;
    std::vector<QByteArray> files;
    for (const auto &[sha256, bytes] : page.attachments) {
        files.push_back(bytes);
        size += bytes.size();
    }
    if (size > LargePageBytes)
        QTimer::singleShot(GiveBackAfter, this, [] { giveBackMemory(); });
    const auto arriving = std::make_shared<Arriving>(Arriving{std::move(page), std::move(done)});
    m_arriving.push_back(arriving); // it waits for those before it: what one says stays in order
    if (size > MaxBytesAtOnce || m_work.isBusy()) {
        return m_work.put(files,
                          {this, [this, arriving](const Result<std::vector<QByteArray>> &stored) {
                               onStored(arriving, stored);
                           }});
    }
    std::vector<QByteArray> hashes;
    for (const QByteArray &bytes : files) {
        const Result<QByteArray> stored = m_parts.attachments.put(bytes);
        if (!stored)
            return drop(arriving, stored.error());
        hashes.push_back(*stored);
    }
    onStored(arriving, hashes);
}

Result<Done> ChannelHost::compare(const channels::InboundPage &page,
                                  const std::vector<QByteArray> &hashes)
{
    const auto isSame = [](const auto &entry, const QByteArray &hash) {
        return entry.first == hash;
    };
    if (!std::equal(page.attachments.begin(), page.attachments.end(), hashes.begin(), hashes.end(),
                    isSame))
        return invalid(u"an attachment is not what its hash says"_s);
    return Done{};
}

/// Bytes first: an acknowledgement means that they are on the disk, here and on another PC that is
/// on (design rule 7).
void ChannelHost::onStored(const std::shared_ptr<Arriving> &arriving,
                           const Result<std::vector<QByteArray>> &stored)
{
    if (!stored)
        return drop(arriving, stored.error());
    if (const Result<Done> same = compare(arriving->page, *stored); !same)
        return drop(arriving, same.error());
    arriving->page.attachments.clear();
    if (!m_parts.exchange)
        return onCopied(arriving);
    m_parts.exchange->share(*stored,
                            {this, [this, arriving](const Result<bool> &) { onCopied(arriving); }});
}

void ChannelHost::onCopied(const std::shared_ptr<Arriving> &arriving)
{
    arriving->isKept = true;
    submitKept();
}

void ChannelHost::drop(const std::shared_ptr<Arriving> &arriving, const Error &error)
{
    std::erase(m_arriving, arriving);
    arriving->done.answer(error);
    submitKept();
}

void ChannelHost::submitKept()
{
    while (!m_arriving.empty() && m_arriving.front()->isKept) {
        const std::shared_ptr<Arriving> next = m_arriving.front();
        m_arriving.pop_front();
        submitNext(
            std::make_shared<Page>(Page{cut(m_account.id, next->page), std::move(next->done)}));
    }
}

void ChannelHost::submitNext(const std::shared_ptr<Page> &page)
{
    const QPointer<ChannelHost> self(this);
    m_parts.core.submitInternal(randomId<CommandId>(), page->commands.front(),
                                [self, page](const Decided &decided) {
                                    if (self)
                                        self->onIngested(page, decided);
                                    else
                                        page->done.answer(Error{Error::Code::Cancelled, {}, {}});
                                });
}

void ChannelHost::onIngested(const std::shared_ptr<Page> &page, const Decided &decided)
{
    if (!decided && decided.error().code == Error::Code::TooLarge) {
        if (const Result<Done> smaller = makeSmaller(*page); !smaller)
            return page->done.answer(smaller.error());
        return submitNext(page);
    }
    if (!decided)
        return page->done.answer(decided.error());
    page->commands.pop_front();
    if (page->commands.empty())
        return page->done.answer(Done{});
    submitNext(page);
}

Result<Done> ChannelHost::makeSmaller(Page &page) const
{
    const api::Ingest large = page.commands.front();
    const bool isAlone = large.items.size() == 1 && large.cursorFrom == large.cursorTo;
    if (large.items.empty() || (isAlone && large.items.front().kind == ItemKind::Quarantined))
        return Error{Error::Code::TooLarge, u"the channel's cursor is too large"_s, {}};
    page.commands.pop_front();
    if (isAlone) {
        const Result<InboundItem> item =
            quarantined(large.items.front(), tr("This message was too large to be taken as it is."),
                        m_parts.attachments);
        if (!item)
            return item.error();
        page.commands.push_front({large.account, {*item}, {}, {}});
        return Done{};
    }
    if (large.cursorFrom != large.cursorTo)
        page.commands.push_front({large.account, {}, large.cursorFrom, large.cursorTo});
    for (auto item = large.items.rbegin(); item != large.items.rend(); ++item)
        page.commands.push_front({large.account, {*item}, {}, {}});
    return Done{};
}

QByteArray ChannelHost::cursor() const
{
    const auto account = m_parts.core.view().get<ChannelAccount>(m_account.id);
    return account ? account->cursor : QByteArray();
}

void ChannelHost::setState(AccountState state, const QString &detail)
{
    if (m_state == state && m_detail == detail)
        return;
    m_state = state;
    m_detail = detail;
    Q_EMIT stateChanged();
}

void ChannelHost::customerTyping(const QString &thread, bool isTyping)
{
    if (const auto conversation = m_parts.core.view().byThread(m_account.id, thread))
        Q_EMIT presenceChanged({conversation->id, {}, conversation->customerName, isTyping});
}

void ChannelHost::history(const QString &thread, Completion<std::vector<Message>> done)
{
    const auto conversation = m_parts.core.view().byThread(m_account.id, thread);
    if (!conversation)
        return done.answer(std::vector<Message>());
    auto page = m_parts.core.reader().messages(conversation->id, {MaxHistory, {}});
    if (!page)
        return done.answer(page.error());
    std::erase_if(page->items, [](const Message &m) {
        return m.kind == MessageKind::Note || m.kind == MessageKind::System;
    });
    done.answer(std::move(page->items));
}

void ChannelHost::attachment(const QString &thread, const QByteArray &sha256,
                             Completion<QByteArray> done)
{
    const auto conversation = m_parts.core.view().byThread(m_account.id, thread);
    const auto page = conversation
                          ? m_parts.core.reader().messages(conversation->id, {MaxHistory, {}})
                          : Result<api::PageOf<Message>>(notFound(u"no such conversation"_s));
    if (!page)
        return done.answer(page.error());
    for (const Message &message : page->items) {
        for (const Attachment &held : message.content.attachments) {
            if (held.sha256 == sha256 && message.kind != MessageKind::Note)
                return readAttachment(sha256, std::move(done));
        }
    }
    done.answer(notFound(u"no such attachment"_s));
}

void ChannelHost::readAttachment(const QByteArray &sha256, Completion<QByteArray> done)
{
    if (!m_parts.exchange || m_parts.attachments.has(sha256))
        return done.answer(m_parts.attachments.get(sha256));
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    m_parts.exchange->fetch({sha256}, {this, [this, asker, sha256](const Result<Done> &here) {
                                           asker->answer(here ? m_parts.attachments.get(sha256)
                                                              : here.error());
                                       }});
}

Time ChannelHost::agentReadUpTo(const QString &thread) const
{
    const auto conversation = m_parts.core.view().byThread(m_account.id, thread);
    return conversation ? conversation->readUpTo : Time{};
}

bool ChannelHost::isAnyoneAvailable() const
{
    const auto &workers = m_parts.core.view().warm().set.workers;
    return std::any_of(workers.begin(), workers.end(),
                       [](const auto &entry) { return entry.second.available; });
}

QByteArray ChannelHost::secret(const QString &name) const
{
    const auto it = m_secrets.find(name);
    return it == m_secrets.end() ? QByteArray() : it->second;
}

/// In the keychain and sealed for the other PCs first: a token that only this process knows would
/// be lost with it.
void ChannelHost::storeSecret(const QString &name, const QByteArray &value, Completion<Done> done)
{
    const auto asker = std::make_shared<Completion<Done>>(std::move(done));
    m_parts.secrets.store(secretKey(m_account.id, name), value,
                          {this, [this, asker, name, value](const Result<Done> &stored) {
                               if (stored)
                                   m_secrets[name] = value;
                               asker->answer(stored);
                           }});
}

QString ChannelHost::agentName(const AgentId &agent) const
{
    const auto &agents = m_parts.core.view().warm().agents;
    const auto it = agents.find(agent);
    return it == agents.end() ? QString() : it->second.name;
}

} // namespace peerdesk::node

#include "moc_channelhost.cpp"
