// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/salvager.h"

#include "core/base/codec.h"
#include "core/node/joining.h"
#include "core/store/filesync.h"

#include <QDir>
#include <QFile>
#include <QSaveFile>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

constexpr QStringView SalvageKey = u"salvage";
constexpr int FactsAtOnce = 1000;

/// Everything of one database file.
constexpr std::array Suffixes{"", "-wal", "-shm"};

/// The members that the old tables name, as a newcomer is told them.
Result<cluster::Membership> membershipIn(const QString &officeFile,
                                         const cluster::Takeover &takeover)
{
    const auto office = store::OfficeReader::open(officeFile);
    if (!office)
        return office.error();
    cluster::Membership out{takeover.office, {}, {}, codec::encode(takeover)};
    for (const Office &one : (*office)->all<Office>())
        out.name = one.name;
    for (const Node &node : (*office)->all<Node>()) {
        if (!node.isRemoved)
            out.members.push_back({node.id.toString(), node.fingerprint, node.addresses});
    }
    if (const std::optional<Error> trouble = (*office)->takeTrouble())
        return *trouble;
    return out;
}

Result<Done> moveAside(const QStringList &files, const QString &folder)
{
    if (!QDir().mkpath(folder))
        return Error{Error::Code::Storage, u"cannot create "_s + folder, {}};
    for (const QString &file : files) {
        for (const char *suffix : Suffixes) {
            const QString from = file + QLatin1String(suffix);
            const QString to = folder + u'/' + QFileInfo(from).fileName();
            if (QFile::exists(from) && !QFile::rename(from, to))
                return Error{Error::Code::Storage, u"cannot move %1 to %2"_s.arg(from, to), {}};
        }
    }
    const bool isSafe =
        store::syncFolder(folder) && store::syncFolderOf(folder); // and its own name
    return isSafe ? Result<Done>(Done{})
                  : Error{Error::Code::Storage, u"cannot sync "_s + folder, {}};
}

/// Every fact behind an index, oldest first.
Result<Done> walk(const store::OfficeReader &office, quint64 after,
                  const std::function<void(const events::Fact &)> &visit)
{
    quint64 index = after + 1;
    int ordinal = -1;
    for (;;) {
        const auto facts = office.eventsAfter(index, ordinal, FactsAtOnce);
        if (!facts)
            return facts.error();
        if (facts->empty())
            return Done{};
        for (const store::HistoricFact &historic : *facts)
            visit(historic.fact);
        index = facts->back().at.index;
        ordinal = facts->back().at.ordinal;
    }
}

} // namespace

QString supersededNote(const QString &folder)
{
    return folder + u"/superseded"_s;
}

Result<Done> noteSuperseded(const QString &folder, const QByteArray &takeover)
{
    QSaveFile note(supersededNote(folder));
    if (!note.open(QIODevice::WriteOnly) || note.write(takeover) != takeover.size() ||
        !note.flush() || !note.commit() || !store::syncFolder(folder))
        return Error{Error::Code::Storage, note.errorString(), {}};
    return Done{};
}

Result<Done> setSupersededAside(const store::DataFolder &folder)
{
    QFile file(supersededNote(folder.path()));
    if (!file.exists())
        return Done{};
    if (!file.open(QIODevice::ReadOnly))
        return Error{Error::Code::Storage, file.errorString(), {}};
    const auto takeover = cluster::decodeTakeover(file.readAll());
    if (!takeover)
        return Error{Error::Code::Storage, u"%1 is damaged"_s.arg(file.fileName()), u"corrupt"_s};
    const QString aside = folder.path() + u"/superseded-%1"_s.arg(takeover->generation);
    const QString oldOffice = aside + u"/office.db"_s;
    // Each step is the same when it is done again: the note goes last.
    if (QFile::exists(folder.office()) && !QFile::exists(oldOffice)) {
        const Result<cluster::Membership> members = membershipIn(folder.office(), *takeover);
        if (!members)
            return members.error();
        const auto local = store::LocalStore::open(folder.local());
        if (!local)
            return local.error();
        const SalvageNote note{oldOffice, takeover->index, takeover->generation};
        Result<Done> kept = (*local)->setValue(MembershipKey.toString(), codec::encode(*members));
        if (kept)
            kept = (*local)->setValue(SalvageKey.toString(), codec::encode(note));
        if (!kept)
            return kept;
    }
    // Tables last: while they are there, the step above has what it reads.
    const Result<Done> moved = moveAside({folder.raft(), folder.search(), folder.office()}, aside);
    if (!moved)
        return moved;
    QFile::remove(folder.raft() + u".installing"_s);
    file.remove();
    return Done{};
}

Result<std::optional<SalvageNote>> salvageNoteIn(store::LocalStore &local)
{
    const Result<QByteArray> bytes = local.value(SalvageKey.toString());
    if (!bytes)
        return bytes.error();
    if (bytes->isEmpty())
        return std::optional<SalvageNote>();
    const Result<SalvageNote> note = codec::decode<SalvageNote>(*bytes);
    if (!note)
        return note.error();
    return std::optional(*note);
}

Result<Done> endSalvage(store::LocalStore &local)
{
    return local.setValue(SalvageKey.toString(), {});
}

Salvager::Salvager(Core &core, SalvageNote note, QString pcName)
    : m_core(core)
    , m_note(std::move(note))
    , m_pcName(std::move(pcName))
{}

Salvager::~Salvager() = default;

void Salvager::run()
{
    if (std::exchange(m_isRunning, true))
        return;
    if (const Result<Done> done = m_old ? Result<Done>(Done{}) : read(); !done) {
        m_isRunning = false;
        return Q_EMIT failed(done.error());
    }
    next();
}

/// Which messages and cards were touched behind the point where the logs part, each once.
Result<Done> Salvager::read()
{
    auto old = store::OfficeReader::open(m_note.officeFile);
    if (!old)
        return old.error();
    std::set<QByteArray> known;
    std::deque<std::pair<bool, QByteArray>> cards;
    const auto add = [&known](auto &list, bool isCard, const QByteArray &id) {
        if (known.insert(id).second)
            list.emplace_back(isCard, id);
    };
    const auto take = [&](const events::Fact &fact) {
        if (const auto *received = std::get_if<events::MessageReceived>(&fact))
            add(m_left, false, received->message.id.toBytes());
        else if (const auto *added = std::get_if<events::MessageAdded>(&fact))
            add(m_left, false, added->message.id.toBytes());
        else if (const auto *state = std::get_if<events::MessageStateChanged>(&fact))
            add(m_left, false, state->message.toBytes());
        else if (const auto *altered = std::get_if<events::MessageAltered>(&fact))
            add(m_left, false, altered->message.toBytes());
        else if (const auto *card = std::get_if<events::CustomerUpdated>(&fact))
            add(cards, true, card->customer.toBytes());
    };
    if (const Result<Done> walked = walk(**old, m_note.after, take); !walked)
        return walked;
    if (!cards.empty()) {
        const auto note = [this](const events::Fact &fact) {
            if (const auto *card = std::get_if<events::CustomerUpdated>(&fact))
                m_changedHere.insert(card->customer);
        };
        if (const Result<Done> walked = walk(m_core.reader(), m_note.after, note); !walked)
            return walked;
    }
    m_left.insert(m_left.end(), cards.begin(), cards.end());
    m_old = std::move(*old);
    return Done{};
}

std::optional<api::Command> Salvager::messageCommand(MessageId id) const
{
    const auto message = m_old->find<Message>(id);
    const auto conversation =
        message ? m_old->find<Conversation>(message->conversation) : std::nullopt;
    const auto card = conversation ? m_old->card(conversation->customer)
                                   : Result<api::CustomerCard>(notFound({}));
    if (!card)
        return std::nullopt; // erased there
    const auto newest = m_old->messages(conversation->id, {1, {}});
    const bool isLast = newest && !newest->items.empty() && newest->items.back().id == message->id;
    return api::SalvageMessage{*message, *conversation, card->customer, card->addresses, isLast};
}

std::optional<api::Command> Salvager::customerCommand(CustomerId id) const
{
    const auto customer = m_old->find<Customer>(id);
    if (!customer)
        return std::nullopt; // merged or erased there
    return api::SalvageCustomer{*customer, m_changedHere.contains(id), m_pcName};
}

void Salvager::next()
{
    if (m_left.empty()) {
        m_isRunning = false;
        return Q_EMIT finished(m_broughtBack, m_held);
    }
    const auto &[isCard, id] = m_left.front();
    const auto command = isCard ? customerCommand(CustomerId{QUuid::fromRfc4122(id)})
                                : messageCommand(MessageId{QUuid::fromRfc4122(id)});
    if (!command) {
        m_left.pop_front();
        return QMetaObject::invokeMethod(this, &Salvager::next, Qt::QueuedConnection), void();
    }
    const auto commandId = derivedId<CommandId>(MessageId{QUuid::fromRfc4122(id)},
                                                "salvage " + QByteArray::number(m_note.generation));
    m_core.submitInternal(commandId, *command, [self = QPointer(this)](const Decided &decided) {
        if (!self)
            return;
        if (!decided && decided.error().code != Error::Code::Conflict) {
            self->m_isRunning = false; // the same one is asked again
            return Q_EMIT self->failed(decided.error());
        }
        const bool isNews = decided && !decided->wasRepeat;
        if (isNews && decided->state != u"known"_s)
            ++self->m_broughtBack;
        if (isNews && (decided->state == u"failed"_s || decided->state == u"uncertain"_s ||
                       decided->state == u"conflict"_s))
            ++self->m_held;
        self->m_left.pop_front();
        self->next();
    });
}

} // namespace peerdesk::node

#include "moc_salvager.cpp"
