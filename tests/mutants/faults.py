# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults that mutants.py plants: what is broken, where, and which test has to notice.

A fault is a piece of text that must stand exactly once in its file, and what stands there instead.
When the code changes so that a fault no longer fits, the fault is written anew, not taken out.
"""
from dataclasses import dataclass

PROMISES = "core_node_tst_promises"
DECISIONS = "core_node_tst_samedecisions"
WHOLE = "core_node_tst_wholenode"
OFFICE = "core_store_tst_officestore"
RIGHTS = "core_node_tst_rights"
FACTS = "core_events_tst_facts"
SALVAGE = "core_node_tst_salvage"
EXCHANGE = "core_node_tst_exchange"
TAKEOVER = "core_cluster_tst_takeover"
MEMBERSHIP = "core_cluster_tst_membership"
ENGINE = "core_cluster_tst_engine"
RELAYED = "core_node_tst_relayed"
LEVELS = "core_node_tst_levels"
REPLICA = "core_cluster_tst_replica"
# Whole offices in virtual time; a fixed set of seeds.
SIMULATION = "simulation_sim_office"
# The whole program under power cuts, on a disk that keeps only what was synced.
POWER = "power"


@dataclass(frozen=True)
class Fault:
    name: str
    rule: str
    caught_by: str
    edits: tuple  # (file, what stands there, what the fault makes of it), ...


def fault(name, rule, caught_by, *edits):
    return Fault(name, rule, caught_by, edits)


FAULTS = (
    fault("the only voter leads on in the term it had", "promise 3", ENGINE,
          ("core/cluster/raft_shim.c", "stored->term + is_new_term", "stored->term")),
    fault("a grant of the trial election counts", "promise 1", ENGINE,
          ("core/cluster/raft_shim.c", "to->request_vote_result.version = 2", "to->request_vote_result.version = 1")),
    fault("a refusal hides the term that is ahead", "promise 1", ENGINE,
          ("core/cluster/raft_shim.c", "        show_term(self, update);", "        (void)show_term;")),
    fault("who does not know that it votes refuses its vote", "promise 1", ENGINE,
          ("core/cluster/raft_shim.c", "const bool is_lent = own != NULL", "const bool is_lent = false && own != NULL")),
    fault("a change goes out before it is on the leader's disk", "promise 1", ENGINE,
          ("core/cluster/engine.cpp", "        isChange && message.entries", "        false && isChange && message.entries")),
    fault("the library goes back by one change", "promise 1", ENGINE,
          ("core/cluster/engine.cpp", "if (isReplaced) {", "if (false && isReplaced) {")),
    fault("a newcomer chooses its nonce after the inviter's", "joining", "core_cluster_tst_asking",
          ("core/cluster/doorkeeper.cpp", "!isFirst || joinCommitment(reveal.nonce) != guest.ask->commitment", "!isFirst")),
    fault("who was not compared is let in", "joining", "core_cluster_tst_asking",
          ("core/cluster/doorkeeper.cpp", "guest.second.asker == asker", "guest.second.asker.node == asker.node")),
    fault("an office that nobody compared is believed", "joining", "core_cluster_tst_asking",
          ("core/cluster/joiner.cpp", "if (!isAsking() || m_isConfirmed)", "if (true)")),
    fault("a router that slept acts at once", "rule 6", "core_node_tst_lease",
          ("core/node/core.cpp", "(m_isReady && agreedAt() == now)", "m_isReady")),
    fault("who lags behind acts for what was its own", "rule 5", "core_node_tst_lease",
          ("core/node/core.cpp", "if (position <= m_appliedIndex)", "if (true)")),
    fault("a lease is anybody's yes", "rule 6", "core_node_tst_lease",
          ("core/node/core.cpp", "if (!m_isReady && node != m_cluster.leader)", "if (false)")),
    fault("a folder from a backup is the member it was", "rule 10", "core_cluster_tst_lives",
          ("core/cluster/lives.cpp", "said.startedWith < known.acknowledged", "false")),
    fault("a folder that runs twice is one member", "rule 10", "core_cluster_tst_lives",
          ("core/cluster/lives.cpp", "        return Refusal::Twin;", "        return Refusal::None;")),
    fault("a voter is counted that lacks the log", "promise 1", MEMBERSHIP,
          ("core/cluster/membership.cpp", "votes(server) && isReachable(server) && !isBehind(server)",
           "votes(server) && isReachable(server)")),
    fault("a router that says nothing is not asked again", "rule 2", RELAYED,
          ("core/node/core.cpp", " && !ask.askAgain.hasExpired()", "")),
    fault("reply before commit", "rule 2", PROMISES,
          ("core/node/core.cpp", "    m_consensus->submit(events::encode(batch));",
           "    for (const Reply &waiter : std::exchange(m_flights[index].waiters, {}))\n"
           "        waiter(decided);\n"
           "    m_consensus->submit(events::encode(batch));")),
    fault("a repeat is answered from what is in flight", "rule 2", PROMISES,
          ("core/node/core.cpp",
           "        return same->waiters.push_back(asker);", "        return asker(same->outcome);")),
    fault("a used id takes another body", "rule 2", PROMISES,
          ("core/node/core.cpp",
           "    if (same && same->bodyHash != ask.bodyHash)\n        return asker(sameIdOtherBody());\n", "")),
    fault("what is committed is called lost", "rule 2", PROMISES,
          ("core/node/core.cpp", "takeFlights(m_committedIndex + 1)", "takeFlights(0)")),
    fault("decisions before everything in the log is applied", "rule 1", PROMISES,
          ("core/node/core.cpp",
           "    m_readyAt = m_consensus->nextIndex() - 1;\n    if (m_appliedIndex >= m_readyAt)\n        beReady();",
           "    m_readyAt = m_consensus->nextIndex() - 1;\n    beReady();")),
    fault("effect from apply", "rule 4", WHOLE,
          ("core/node/gate.h", "    void stop() { m_isStopped = true; }",
           "    void stop() { m_isStopped = true; }\n"
           "    void act(const Effect &effect) { send(effect); }"),
          ("core/node/office.cpp", "    m_core->onApplied(applied, changes, digest);",
           "    m_core->onApplied(applied, changes, digest);\n"
           "    for (const store::AppliedBatch &batch : applied->batches) {\n"
           "        for (const events::Fact &fact : batch.batch.facts) {\n"
           "            const auto *intended = std::get_if<events::EffectIntended>(&fact);\n"
           "            if (intended && m_gate && intended->effect.kind == EffectKind::SendMessage)\n"
           "                m_gate->act(intended->effect);\n"
           "        }\n"
           "    }")),
    fault("the act begins before its claim is committed", "rule 4", PROMISES,
          ("core/node/gate.cpp", "    m_running.insert(effect.id);\n",
           "    m_running.insert(effect.id);\n"
           "    if (effect.kind == EffectKind::SendMessage)\n        return send(effect);\n")),
    fault("a claim ignores the fence", "rule 4", PROMISES,
          ("core/node/effects.cpp",
           "    if (!account || account->owner != command.node || account->fence != command.fence)",
           "    if (!account)")),
    fault("what was being sent at a crash is sent again", "rule 5", PROMISES,
          ("core/node/gate.cpp", "            ended.detail = u\"Peerdesk ended while this was being sent\"_s;",
           "            ended.state = EffectState::Ready;")),
    fault("late evidence refused", "rule 5", PROMISES,
          ("core/node/effects.cpp",
           "        return to == EffectState::Succeeded || to == EffectState::Failed;",
           "        return false;")),
    fault("evidence of a former owner refused", "rule 5", PROMISES,
          ("core/node/effects.cpp",
           "    if (!mayEnd(effect->state, command.state) || isStale(*effect, command))",
           "    const auto account = decision.get<ChannelAccount>(effect->account);\n"
           "    if (!account || account->owner != decision.node())\n"
           "        return rejected(u\"not the owner\"_s, u\"fenced\"_s);\n"
           "    if (!mayEnd(effect->state, command.state) || isStale(*effect, command))")),
    fault("a stale answer is taken for the newest", "rule 5", PROMISES,
          ("core/node/effects.cpp", "    return report.attempt != effect.attempts &&",
           "    return report.attempt > effect.attempts + 1000 &&")),
    fault("\"maybe sent\" undoes \"sent\"", "rule 5", PROMISES,
          ("core/node/effects.cpp", "    case EffectState::Succeeded:\n        return false;",
           "    case EffectState::Succeeded:\n        return true;")),
    fault("an answer after the wait is dropped", "rule 5", PROMISES,
          ("core/node/gate.cpp", "send(*out, {this, answered}", "send(*out, {timer, answered}")),
    fault("an answer to an earlier attempt stands for the last one", "rule 5", PROMISES,
          ("core/node/gate.cpp", "m_answered.insert({report->effect, report->attempt});",
           "for (int attempt = 0; attempt < 100; ++attempt)\n"
           "                m_answered.insert({report->effect, attempt});")),
    fault("what a former life claimed is looked for before it can be seen", "rule 5", SIMULATION,
          ("core/node/gate.cpp", "    if (!couldAct)\n        endLeftBehind();\n",
           "    std::ignore = couldAct;\n"),
          ("core/node/gate.cpp", "        propose(item);\n    }\n}",
           "        propose(item);\n    }\n    endLeftBehind();\n}")),
    fault("who belongs to the office is not synced", "rule 8", SIMULATION,
          ("core/store/officestore.cpp", "isErasing || saysWhoBelongs(group.batches) ||",
           "isErasing || (false && saysWhoBelongs(group.batches)) ||")),
    fault("an answer is proposed before it is journalled", "rule 5", PROMISES,
          ("core/node/gate.cpp", "[journal = &m_parts.journal, item] { journal->keep(item); }",
           "[this, item] { propose(item); }")),
    fault("an answer that was not taken is dropped", "rule 5", PROMISES,
          ("core/node/gate.cpp", "        return keep(item);", "        return void(m_running.erase(item.effect));")),
    fault("cursor without compare-and-set", "rule 7", PROMISES,
          ("core/node/ingest.cpp", "    if (moves && account->cursor != command.cursorFrom)",
           "    if (moves && account->cursor.size() > 1'000'000)")),
    fault("acknowledgement although the attachment is not safe", "rule 7", PROMISES,
          ("core/node/channelhost.cpp",
           "    if (!stored)\n        return drop(arriving, stored.error());\n"
           "    if (const Result<Done> same = compare(arriving->page, *stored); !same)\n",
           "    if (const Result<Done> same = stored ? compare(arriving->page, *stored) : Done{}; !same)\n"),
          ("core/node/channelhost.cpp",
           "        if (!stored)\n            return drop(arriving, stored.error());\n", "        if (!stored)\n            continue;\n")),
    fault("what was not sent before a takeover is sent by itself", "rule 10", SALVAGE,
          ("core/node/salvage.cpp", "    case MessageState::Queued:\n    case MessageState::Scheduled:\n        return MessageState::Failed;",
           "    case MessageState::Queued:\n    case MessageState::Scheduled:\n        return MessageState::Queued;")),
    fault("a takeover forgets what the others may have sent", "rule 10", SALVAGE,
          ("core/node/directory.cpp", "account->owner != command.node &&\n               effect.retryAt",
           "account->owner == command.node &&\n               effect.retryAt")),
    fault("anybody can sign a takeover", "rule 10", TAKEOVER,
          ("core/cluster/takeover.cpp", "                                       raw(publicKey)) == 0;",
           "                                       raw(publicKey)) >= -1;")),
    fault("a change of voters that nobody can commit", "rule 1", MEMBERSHIP,
          ("core/cluster/membership.cpp", "    return isPossible ? step : Step{};",
           "    return isPossible || true ? step : Step{};")),
    fault("facts are written that an older PC cannot read", "rule 9", LEVELS,
          ("core/node/core.cpp", "decided ? everyPcReads(batch.facts) : Done{}", "Result<Done>(Done{})")),
    fault("a fact of a later level is applied", "rule 9", FACTS,
          ("core/events/batch.cpp", " || levelOf(stored.type, stored.version) > featureLevel()) {", ") {")),
    fault("a command of a newer program is done by half", "rule 9", RELAYED,
          ("core/node/relay.cpp", "    if (codec::encode(*command) != bytes)", "    if (false)")),
    fault("a PC that sleeps keeps what it does for the office", "rule 1", REPLICA,
          ("core/cluster/member.cpp", "    m_saidGoodbyeTo.clear();\n    m_handOver.start(HandOver);\n    flush();\n    signOff();",
           "    m_handOver.start(HandOver);\n    signedOff();")),
    fault("an attachment is kept under another's name", "rule 7", EXCHANGE,
          ("core/node/attachmentexchange.cpp", "if (stored->front() != sha256)", "if (false)")),
    fault("an attachment's bytes are not synced", "rule 7", POWER,
          ("core/store/attachmentstore.cpp", "        fsync(file.handle()) != 0)", "        false)")),
    fault("an attachment's name is not synced", "rule 7", POWER,
          ("core/store/attachmentstore.cpp",
           "    return syncFolder(shard) && syncFolder(folder) &&",
           "    return true || syncFolder(shard) ||")),
    fault("commits are not synced", "rule 8", POWER,
          ("core/store/database.cpp", "WAL\"_s, u\"PRAGMA synchronous = FULL\"_s",
           "WAL\"_s, u\"PRAGMA synchronous = NORMAL\"_s")),
    fault("a batch of another term is applied", "rule 1", OFFICE,
          ("core/store/officestore.cpp", "    applied.isDropped = batch->term != entry.term;",
           "    applied.isDropped = false;")),
    fault("a rebuild takes an unreadable page for the end", "rule 9", OFFICE,
          ("core/store/rebuild.cpp", "        if (good && (*rows)->lastError().isValid())",
           "        if (false)")),
    fault("a session outlives the password", "rule 10", RIGHTS,
          ("core/domain/office.h", "agent.isActive && session.beganAt >= agent.sessionsFrom",
           "agent.isActive")),
    fault("personal content is hashed without salt", "data", FACTS,
          ("core/events/batch.cpp", "hash(salt + path + ':' + plain,", "hash(plain,")),
    fault("a decision follows the locale", "rule 3", DECISIONS,
          ("core/node/ingest.cpp", "        conversation.subject = m_item.content.subject;",
           "        conversation.subject = QLocale().toLower(m_item.content.subject);")),
    fault("a decision follows the hash seed", "rule 3", DECISIONS,
          ("core/node/ingest.cpp", "        conversation.subject = m_item.content.subject;",
           "        conversation.subject = QString::number(qHash(m_item.content.subject,\n"
           "                                                     QHashSeed::globalSeed()));")),
    fault("a decision follows the time zone", "rule 3", DECISIONS,
          ("core/node/ingest.cpp", "        conversation.subject = m_item.content.subject;",
           "        conversation.subject =\n"
           "            QDateTime::fromMSecsSinceEpoch(m_decision.now().ms).time().toString();")),
)
