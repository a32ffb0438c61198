// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/takeover.h"
#include "core/node/core.h"
#include "core/store/datafolder.h"
#include "core/store/localstore.h"

namespace peerdesk::node {

/// What a folder that was left behind keeps: its old databases, as they were, in
/// superseded-GENERATION/, and this note in local.db until they were salvaged.
struct SalvageNote
{
    QString officeFile; ///< the old office.db
    quint64 after = 0;  ///< facts behind this index are not in the office's log
    quint64 generation = 0;

    static constexpr auto fields()
    {
        return FieldList{field(1, "office_file", &SalvageNote::officeFile),
                         field(2, "after", &SalvageNote::after),
                         field(3, "generation", &SalvageNote::generation)};
    }
    bool operator==(const SalvageNote &) const = default;
};

/// The file in the data folder that says that the office went on without this PC.
QString supersededNote(const QString &folder);
/// Keeps the Takeover there durably; the next start sets the old databases aside.
Result<Done> noteSuperseded(const QString &folder, const QByteArray &takeover);
/// At start: sets the old databases aside and makes the folder that of a newcomer who knows its
/// members. Nothing is deleted. Errors: Storage.
Result<Done> setSupersededAside(const store::DataFolder &folder);
/// What is still to be salvaged.
Result<std::optional<SalvageNote>> salvageNoteIn(store::LocalStore &local);
/// Nothing is to be salvaged any more; the old databases stay where they are.
Result<Done> endSalvage(store::LocalStore &local);

/// Brings back what this PC did while the office went on without it, as commands whose ids derive
/// from what they bring: a repeat is recognised. Thread: node.
class Salvager final : public QObject
{
    Q_OBJECT

public:
    Salvager(Core &core, SalvageNote note, QString pcName);
    ~Salvager() override;

    /// Goes on from where it stopped when it is called again.
    void run();

Q_SIGNALS:
    /// All of it is in the office's log: how much was brought back, and how much waits for a
    /// person.
    void finished(int broughtBack, int held);
    void failed(const peerdesk::Error &error);

private:
    Result<Done> read();
    void next();
    std::optional<api::Command> commandFor(const QByteArray &subject);
    std::optional<api::Command> messageCommand(MessageId id) const;
    std::optional<api::Command> customerCommand(CustomerId id) const;

    Core &m_core;
    SalvageNote m_note;
    QString m_pcName;
    std::unique_ptr<store::OfficeReader> m_old;
    std::deque<std::pair<bool, QByteArray>> m_left; ///< whether it is a card, and its id
    std::set<CustomerId> m_changedHere; ///< cards that the office changed since the logs parted
    int m_broughtBack = 0;
    int m_held = 0;
    bool m_isRunning = false;
};

} // namespace peerdesk::node
