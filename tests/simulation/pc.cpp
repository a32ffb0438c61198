// SPDX-License-Identifier: GPL-3.0-or-later
#include "pc.h"

#include "core/store/localstore.h"

#include <QDir>
#include <QThreadPool>
#include <QTimer>

namespace peerdesk::simulation {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t PageOfProvider = 5;

/// A keychain that nothing but the PC's user empties.
class Keychain final : public secrets::SecretStore
{
public:
    explicit Keychain(std::map<QString, QByteArray> &kept)
        : m_kept(kept)
    {}
    void store(const QString &key, const QByteArray &secret, Completion<Done> done) override
    {
        m_kept[key] = secret;
        done.answer(Done{});
    }
    void fetch(const QString &key, Completion<QByteArray> done) override
    {
        const auto kept = m_kept.find(key);
        if (kept == m_kept.end())
            return done.answer(notFound(u"not in the keychain"_s));
        done.answer(kept->second);
    }
    void remove(const QString &key, Completion<Done> done) override
    {
        m_kept.erase(key);
        done.answer(Done{});
    }

private:
    std::map<QString, QByteArray> &m_kept;
};

/// Polls, as most connectors do, and does not trust its memory of what it has seen.
class Wire final : public channels::Connector
{
public:
    Wire(const ChannelAccount &account, channels::Host &host, const Pc::Surroundings &world,
         QString pc)
        : m_account(account)
        , m_host(host)
        , m_provider(world.provider)
        , m_dice(world.dice)
        , m_watch(world.watch)
        , m_pc(std::move(pc))
    {
        connect(&m_poll, &QTimer::timeout, this, &Wire::poll);
    }
    void start() override
    {
        m_host.setState(AccountState::Connected, {});
        m_poll.start(1000);
    }
    void stop() override { m_poll.stop(); }
    void test(Completion<QString> done) override { done.answer(QString()); }

    void send(const channels::Outgoing &outgoing, Completion<channels::SendResult> done) override
    {
        using Kind = channels::SendResult::Kind;
        const QByteArray id = outgoing.message.id.toBytes();
        noteFence();
        const unsigned luck = m_provider.isCalm ? 0 : unsigned(m_dice() % 100);
        channels::SendResult result{
            Kind::Accepted, u"out-"_s + outgoing.message.id.toString(), {}, Seconds(0)};
        if (luck >= 96)
            result = {Kind::Refused, {}, u"The provider refuses this"_s, Seconds(0)};
        else if (luck >= 90)
            result = {Kind::Later, {}, u"Too many"_s, Seconds(2)};
        else if (luck >= 84)
            result = {Kind::Uncertain, {}, u"The connection broke"_s, Seconds(0)};
        const bool isPerformed =
            result.kind == Kind::Accepted || (result.kind == Kind::Uncertain && m_dice() % 2 == 0);
        if (isPerformed && ++m_provider.performed[id] > 1)
            m_watch.breach(u"a customer got message %1 twice, the second time from %2"_s.arg(
                outgoing.message.id.toString(), m_pc));
        const bool isSilent = luck >= 80 && luck < 84;
        if (isSilent)
            return m_unanswered.push_back(std::move(done));
        const auto answer = std::make_shared<Completion<channels::SendResult>>(std::move(done));
        QTimer::singleShot(m_provider.isCalm ? 5 : int(m_dice() % 400), this,
                           [answer, result] { answer->answer(result); });
    }

private:
    void onAcknowledged(const std::vector<InboundItem> &items)
    {
        for (const InboundItem &item : items) {
            m_provider.acknowledged.insert(item.providerId);
            m_watch.acknowledged(item, m_pc);
        }
    }
    void noteFence()
    {
        if (!m_provider.newestFence)
            return;
        if (m_account.fence < *m_provider.newestFence)
            m_watch.breach(u"%1 acts for the channel although another PC has since"_s.arg(m_pc));
        m_provider.newestFence = m_account.fence;
    }
    void poll()
    {
        if (m_isBusy || !m_host.mayAct())
            return;
        noteFence();
        const size_t from = size_t(m_host.cursor().toULongLong());
        for (size_t i = 0; i < from; ++i) // what the log's cursor is behind is in the log
            m_provider.acknowledged.insert(m_provider.items[i].providerId);
        const size_t to = std::min(m_provider.items.size(), from + PageOfProvider);
        const size_t overlap = std::min<size_t>(from, m_dice() % 3);
        if (from == to && (overlap == 0 || m_dice() % 8 != 0))
            return;
        channels::InboundPage page;
        page.items = {m_provider.items.begin() + qsizetype(from - overlap),
                      m_provider.items.begin() + qsizetype(to)};
        page.cursorFrom = m_host.cursor();
        page.cursorTo = QByteArray::number(qulonglong(to));
        const std::vector<InboundItem> items = page.items;
        for (const InboundItem &item : items) {
            for (const Attachment &file : item.content.attachments)
                page.attachments[file.sha256] = m_provider.files.at(file.sha256);
        }
        m_isBusy = true;
        m_host.ingest(std::move(page), {this, [this, items](const Result<Done> &done) {
                                            m_isBusy = false;
                                            if (done)
                                                onAcknowledged(items);
                                        }});
    }

    ChannelAccount m_account;
    channels::Host &m_host;
    Provider &m_provider;
    std::mt19937_64 &m_dice;
    Watch &m_watch;
    QString m_pc;
    QTimer m_poll;
    bool m_isBusy = false;
    std::vector<Completion<channels::SendResult>> m_unanswered;
};

} // namespace

Pc::Pc(int number, const QString &folder, Surroundings surroundings)
    : m_number(number)
    , m_name(u"pc%1"_s.arg(number))
    , m_folder(folder + u'/' + m_name)
    , m_surroundings(surroundings)
    , m_disk(m_folder)
{
    m_disk.onSync = [this] {
        if (m_surroundings.dice() % 400 == 0)
            m_busyUntil = now() + Instant(m_surroundings.dice() % 80) * 1_msec;
    };
}

Pc::~Pc()
{
    if (isOn())
        crash();
}

node::Doors Pc::doors() const
{
    channels::ChannelType wire;
    wire.type = u"wire"_s;
    wire.label = u"Wire"_s;
    wire.settings = {{u"token"_s, u"Token"_s, true, true, {}, {}, true}};
    wire.capabilities.files.maxBytes = 1'000'000;
    const Surroundings world = m_surroundings;
    wire.make = [world, name = m_name](const ChannelAccount &account, channels::Host &host) {
        return std::make_unique<Wire>(account, host, world, name);
    };
    node::Doors out;
    out.channelTypes = {wire};
    return out;
}

void Pc::start()
{
    if (m_isRetired || isAway || isOn())
        return;
    ++m_lives;
    m_isStarted = m_isEnded = m_isSuperseded = false;
    m_stillUntil = 0;
    m_life = std::make_unique<Life>(m_clock);
    m_life->call([this] { build(); });
}

void Pc::build()
{
    auto folder = store::DataFolder::open(m_folder);
    if (!folder)
        return notStarted(folder.error());
    m_dataFolder = std::move(*folder);
    Result<node::OfficeParts> parts = node::readFolder(*m_dataFolder);
    if (!parts)
        return notStarted(parts.error());
    m_id = parts->node;
    parts->peer = address();
    parts->version = u"simulated"_s;
    parts->makeDoors = [this](api::Desk &) { return doors(); };
    parts->openSecrets = [this](const QString &, const QString &) {
        return Result<std::unique_ptr<secrets::SecretStore>>(
            std::make_unique<Keychain>(m_keychain));
    };
    parts->makeReplica = [this](cluster::Replica::Options options) {
        options.hasThreads = false;
        options.timing = m_surroundings.timing;
        options.makeNetwork = [this](const cluster::Links::Options &links, QObject *parent) {
            return std::make_unique<Port>(m_surroundings.board, links, parent);
        };
        return cluster::Replica::make(std::move(options));
    };
    m_readers = std::make_unique<node::ReadService>(node::ReadService::Files{
        m_dataFolder->office(), m_dataFolder->search(), m_dataFolder->attachments()});
    m_journal = std::make_unique<node::Journal>(m_dataFolder->local());
    m_office = std::make_unique<node::OfficeService>(std::move(*parts), *m_readers, *m_journal);
    m_applier =
        std::make_unique<node::Applier>(m_dataFolder->office(), m_dataFolder->attachments());
    node::connectApplier(*m_office, *m_applier);
    QObject::connect(m_office.get(), &node::OfficeService::salvaged, m_journal.get(),
                     &node::Journal::forgetSalvage);
    QObject::connect(m_office.get(), &node::OfficeService::started, m_office.get(),
                     [this](const Result<Done> &started) {
                         m_isStarted = bool(started);
                         if (!started)
                             notStarted(started.error());
                     });
    QObject::connect(m_office.get(), &node::OfficeService::changed, m_office.get(), [this] {
        if (onApplied)
            onApplied(*this);
    });
    QObject::connect(m_office.get(), &node::OfficeService::statusChanged, m_office.get(),
                     [this] { m_office->status(0); });
    QObject::connect(m_office.get(), &node::OfficeService::answered, m_office.get(),
                     [this](const node::Answer &answer) { readStatus(answer); });
    QObject::connect(m_office.get(), &node::OfficeService::superseded, m_office.get(),
                     [this] { m_isSuperseded = true; });
    QObject::connect(m_office.get(), &node::OfficeService::stopped, m_office.get(),
                     [this] { m_isEnded = true; });
    m_office->start();
}

void Pc::notStarted(const Error &error)
{
    if (!m_disk.isCut())
        m_surroundings.watch.breach(m_name + u" does not start: "_s + error.detail);
}

void Pc::readStatus(const node::Answer &answer)
{
    const auto *status = std::any_cast<Result<api::OfficeStatus>>(&answer.value);
    if (!status || !*status)
        return;
    const auto &notices = (*status)->notices;
    m_isHoldingAlone = std::any_of(notices.begin(), notices.end(), [](const QString &notice) {
        return notice.contains(u"on this PC only");
    });
}

void Pc::endLife()
{
    m_life->call([this] {
        m_office.reset();
        m_applier.reset();
        m_journal.reset();
        m_readers.reset();
        m_dataFolder.reset();
    });
    m_life.reset();
    m_isStarted = false;
    m_isHoldingAlone = false;
    m_stillUntil = 0;
    m_surroundings.board.setStill(idText(), false);
}

void Pc::crash()
{
    m_surroundings.watch.say(m_name + u" loses its power"_s);
    m_disk.cut();
    endLife();
    m_disk.goOn(m_surroundings.dice);
}

void Pc::retire()
{
    m_isRetired = true;
    if (isOn())
        crash();
}

void Pc::close()
{
    m_surroundings.watch.say(m_name + u" is closed"_s);
    m_life->call([this] { m_office->stop(); });
}

void Pc::standStill(Instant span, bool isAsleep)
{
    m_stillUntil = now() + span;
    m_isAsleep = isAsleep;
    m_surroundings.board.setStill(idText(), true);
    m_surroundings.agenda.at(m_stillUntil, [this, span, life = m_lives] {
        if (life != m_lives || !isOn())
            return;
        m_surroundings.board.setStill(idText(), false);
        if (m_isAsleep)
            m_clock.slept += span;
    });
}

Instant Pc::nextTime() const
{
    if (!isOn())
        return Never;
    const TurnDispatcher &turns = m_life->dispatcher();
    const bool isWoken = turns.isWoken() || m_isEnded || m_isSuperseded || m_disk.isCut();
    const Instant due = isWoken ? now() : turns.nextTimer();
    return std::max({due, m_stillUntil, m_busyUntil});
}

bool Pc::isDue() const
{
    return nextTime() <= now();
}

void Pc::run()
{
    m_life->dispatcher().giveTurn();
    if (m_disk.isCut()) {
        crash();
        m_surroundings.agenda.in(Instant(1 + m_surroundings.dice() % 60) * 1_sec,
                                 [this] { start(); });
    } else if (m_isEnded) {
        endLife();
    } else if (m_isSuperseded) {
        m_surroundings.watch.say(m_name + u" was left behind and begins anew"_s);
        endLife();
        start();
    }
}

void Pc::call(std::function<void()> work)
{
    m_life->call(std::move(work));
}

} // namespace peerdesk::simulation

/// Work for a pool is done at once: nothing in a simulated office runs beside anything else.
void QThreadPool::start(std::function<void()> work, int)
{
    work();
}
