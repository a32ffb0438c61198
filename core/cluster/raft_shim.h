/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The consensus library behind plain structs: its own header is no valid C++. All memory rules of
 * the library are kept in raft_shim.c; whoever calls this copies what an update points to before
 * the next call. One handle belongs to one thread. */
#ifndef PEERDESK_CLUSTER_RAFT_SHIM_H
#define PEERDESK_CLUSTER_RAFT_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct raft_shim; /* one node's state machine */

struct raft_shim_bytes
{
    const void *data;
    size_t size;
};

/* kind: 1 command, 2 barrier, 3 change of the configuration. */
struct raft_shim_entry
{
    uint64_t term;
    int kind;
    struct raft_shim_bytes payload;
};

/* role: 0 standby, 1 voter, 2 spare. */
struct raft_shim_server
{
    uint64_t id;
    const char *address;
    int role;
};

/* What the last entry of a snapshot was, and the configuration then (encoded). */
struct raft_shim_base
{
    uint64_t index;
    uint64_t term;
    uint64_t configuration_index;
    struct raft_shim_bytes configuration;
};

/* What the disk has; the entries follow the base. */
struct raft_shim_stored
{
    uint64_t term;
    uint64_t vote;
    struct raft_shim_base base;
    const struct raft_shim_entry *entries;
    unsigned count;
};

enum raft_shim_message_type {
    RAFT_SHIM_APPEND = 1,
    RAFT_SHIM_APPEND_RESULT,
    RAFT_SHIM_VOTE,
    RAFT_SHIM_VOTE_RESULT,
    RAFT_SHIM_SNAPSHOT,
    RAFT_SHIM_TIMEOUT_NOW
};

/* One message; which fields count depends on the type. On sending, APPEND has only the number of
 * its entries (entries is null), which follow `index`. */
struct raft_shim_message
{
    int type;
    uint64_t peer; /* receiver, or sender of a received one */
    const char *address;
    uint64_t term;
    uint64_t index;      /* APPEND: previous; VOTE, TIMEOUT_NOW: last; APPEND_RESULT: rejected */
    uint64_t index_term; /* term of the entry at `index` */
    uint64_t other; /* APPEND: commit; APPEND_RESULT: last; VOTE: candidate; SNAPSHOT: conf index */
    bool is_granted; /* VOTE: disrupt the leader; VOTE_RESULT: granted */
    bool is_pre_vote;
    uint16_t features;
    uint16_t capacity;
    struct raft_shim_entry *entries;
    unsigned entry_count;
    struct raft_shim_bytes configuration; /* SNAPSHOT */
    struct raft_shim_bytes data;          /* SNAPSHOT */
};

/* What a step wants done. Handle in this order: vote (durable before anything is sent), entries
 * (drop the own log from `first` on, append, fsync later), snapshot, messages, commit. */
struct raft_shim_update
{
    bool has_vote;
    bool has_commit;
    uint64_t first; /* index of entries[0]; 0 = no entries */
    struct raft_shim_entry *entries;
    unsigned entry_count;
    struct raft_shim_message *messages;
    unsigned message_count;
    bool has_snapshot;
    struct raft_shim_base snapshot;
    struct raft_shim_bytes snapshot_data;
};

struct raft_shim_settings
{
    uint64_t id;
    const char *address;
    unsigned seed;
    unsigned election_ms;
    unsigned heartbeat_ms;
    unsigned max_inflight;
    unsigned snapshot_ms; /* after so long without an answer a snapshot is offered again */
};

/* Null without memory. */
struct raft_shim *raft_shim_new(const struct raft_shim_settings *settings);
void raft_shim_free(struct raft_shim *self);
const char *raft_shim_error(int code);

/* Steps: 0, or the library's error code, and then nothing has changed. `now`: monotonic ms from 1.
 */
int raft_shim_start(struct raft_shim *self, uint64_t now, const struct raft_shim_stored *stored,
                    struct raft_shim_update *update);
int raft_shim_submit(struct raft_shim *self, uint64_t now, const struct raft_shim_entry *entries,
                     unsigned count, struct raft_shim_update *update);
int raft_shim_receive(struct raft_shim *self, uint64_t now, const struct raft_shim_message *message,
                      struct raft_shim_update *update);
int raft_shim_persisted(struct raft_shim *self, uint64_t now, uint64_t index,
                        struct raft_shim_update *update);
int raft_shim_installed(struct raft_shim *self, uint64_t now, struct raft_shim_update *update);
int raft_shim_configured(struct raft_shim *self, uint64_t now, uint64_t index,
                         struct raft_shim_bytes configuration, struct raft_shim_update *update);
/* After entries were replaced: which configuration the log of a follower names last, and whether
 * that is committed. No step. */
int raft_shim_renamed(struct raft_shim *self, uint64_t index, bool is_committed,
                      struct raft_shim_bytes configuration);
int raft_shim_compacted(struct raft_shim *self, uint64_t now, const struct raft_shim_base *base,
                        unsigned trailing, struct raft_shim_update *update);
int raft_shim_timeout(struct raft_shim *self, uint64_t now, struct raft_shim_update *update);
int raft_shim_catch_up(struct raft_shim *self, uint64_t now, uint64_t server,
                       struct raft_shim_update *update);
int raft_shim_transfer(struct raft_shim *self, uint64_t now, uint64_t server,
                       struct raft_shim_update *update);

/* Between steps. */
int raft_shim_state(struct raft_shim *self); /* 0 unavailable, 1 follower, 2 candidate, 3 leader */
uint64_t raft_shim_term(struct raft_shim *self);
uint64_t raft_shim_vote(struct raft_shim *self);
uint64_t raft_shim_commit_index(struct raft_shim *self);
uint64_t raft_shim_stored_index(struct raft_shim *self);
uint64_t raft_shim_next_timeout(struct raft_shim *self); /* when to step with a timeout */
uint64_t raft_shim_leader(struct raft_shim *self);       /* 0 = none known */
bool raft_shim_is_changing(struct raft_shim *self);      /* a configuration is not committed yet */
uint64_t raft_shim_configuration_index(struct raft_shim *self); /* of the committed one */
/* 0 never started, 1 running, 2 given up, 3 done. Leader only; -1 otherwise. */
int raft_shim_catch_up_state(struct raft_shim *self, uint64_t server);
/* 0 = not known. Leader only. */
uint64_t raft_shim_match_index(struct raft_shim *self, uint64_t server);

/* The servers in force (committed or not). `sink` gets each; the address lives until it returns. */
typedef void (*raft_shim_server_sink)(void *context, const struct raft_shim_server *server);
void raft_shim_servers(struct raft_shim *self, bool committed, raft_shim_server_sink sink,
                       void *context);
/* Encoded configurations as entries carry them. False for bytes that are none. */
bool raft_shim_decode(struct raft_shim_bytes bytes, raft_shim_server_sink sink, void *context);
typedef void (*raft_shim_bytes_sink)(void *context, struct raft_shim_bytes bytes);
bool raft_shim_encode(const struct raft_shim_server *servers, unsigned count,
                      raft_shim_bytes_sink sink, void *context);

#ifdef __cplusplus
}
#endif
#endif
