// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/clock.h"

#include <QTimer>

#include <map>

namespace peerdesk::ui {

/// How the office is, from where this PC stands, in the words that every part of the window uses.
/// Asks the Desk again when it says that something changed; for messages that go their way at most
/// once a second. GUI thread.
class OfficeState : public QObject
{
    Q_OBJECT

public:
    enum class Link {
        Unknown,  ///< not asked yet
        Online,   ///< a router decides
        Choosing, ///< enough PCs are on; a router is being elected
        TooFew,   ///< fewer PCs than a majority
        Alone,    ///< this PC sees no other of several
        Halted    ///< this PC cannot keep new work: disk full, read-only, broken file
    };

    OfficeState(api::Desk &desk, const Clock &clock, QObject *parent);

    Link link() const { return m_link; }
    const api::OfficeStatus &status() const { return m_status; }
    /// A command would be taken now.
    bool canDecide() const { return m_link == Link::Online || m_link == Link::Unknown; }
    /// "Office online · 4 of 4 PCs · router: Front desk PC"
    QString headline() const;
    /// Those whose agreement makes a decision, and how many of them it takes.
    struct Quorum
    {
        int all = 0;
        int on = 0;
        int needed = 0;
        QStringList missing; ///< names of those that are off
    };
    Quorum quorum() const;
    /// "2 of 3 needed, 3 on", or who decides alone.
    QString quorumSentence() const;
    /// The PC that routes, by name; empty if none does.
    QString router() const;
    QString nameOf(NodeId node) const;
    /// What is wrong, whom it waits for, and what still works; empty = all is well.
    QString trouble() const;
    /// What does not work while all else does, a sentence each.
    QStringList notices() const;
    /// The channel account by id, if the status names it.
    const api::AccountStatus *account(AccountId id) const;
    /// Another PC that is on runs it, and knows how it is; this one does not.
    bool isElsewhere(const api::AccountStatus &channel) const;
    /// Since when this window has seen an account in its present state.
    Time since(AccountId id) const;
    void refresh();

Q_SIGNALS:
    void changed();

private:
    void onChanged(const api::Changes &changes);
    void take(const api::OfficeStatus &status);
    Link derive(const api::OfficeStatus &status) const;
    int online() const;
    QString awaited() const;
    QString waiting() const;

    api::Desk &m_desk;
    const Clock &m_clock;
    api::OfficeStatus m_status;
    Link m_link = Link::Unknown;
    QTimer m_pause; ///< messages changed; what changes meanwhile is read together
    std::map<AccountId, std::pair<AccountState, Time>> m_since;
};

} // namespace peerdesk::ui
