/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cluster/raft_shim.h"

#include <raft.h>
#include <stdlib.h>
#include <string.h>

#if RAFT_VERSION_NUMBER != 2201
#error "written for libraft 0.22.1: other versions own memory differently"
#endif

struct raft_shim
{
    struct raft raft;
    void *batch; /* payloads of the last update's entries; ours until the next step */
    struct raft_snapshot_metadata installing; /* given to the library when it is on the disk */
    bool is_installing;
    void *chunk;                      /* data of the last update's snapshot */
    struct raft_buffer configuration; /* encoded, of the last update's snapshot */
    struct raft_shim_entry *entries;
    struct raft_shim_message *messages;
};

static struct raft_shim_bytes bytes_of(struct raft_buffer buffer)
{
    struct raft_shim_bytes bytes = {buffer.base, buffer.len};
    return bytes;
}

static int decode(struct raft_shim_bytes bytes, struct raft_configuration *out)
{
    struct raft_buffer buffer = {(void *)bytes.data, bytes.size};
    raft_configuration_init(out);
    return raft_configuration_decode(&buffer, out);
}

/* What the last update pointed to. */
static void forget(struct raft_shim *self)
{
    raft_free(self->batch);
    raft_free(self->chunk);
    raft_free(self->configuration.base);
    free(self->entries);
    free(self->messages);
    self->batch = self->chunk = self->configuration.base = NULL;
    self->entries = NULL;
    self->messages = NULL;
}

struct raft_shim *raft_shim_new(const struct raft_shim_settings *settings)
{
    struct raft_shim *self = calloc(1, sizeof *self);
    if (self == NULL)
        return NULL;
    if (raft_init(&self->raft, NULL, NULL, settings->id, settings->address) != 0) {
        free(self);
        return NULL;
    }
    raft_seed(&self->raft, settings->seed);
    raft_set_election_timeout(&self->raft, settings->election_ms);
    raft_set_heartbeat_timeout(&self->raft, settings->heartbeat_ms);
    raft_set_pre_vote(&self->raft, true);
    raft_set_install_snapshot_timeout(&self->raft, settings->snapshot_ms);
    raft_set_max_inflight_entries(&self->raft, settings->max_inflight);
    return self;
}

void raft_shim_free(struct raft_shim *self)
{
    if (self == NULL)
        return;
    forget(self);
    if (self->is_installing)
        raft_configuration_close(&self->installing.configuration);
    raft_close(&self->raft, NULL);
    free(self);
}

const char *raft_shim_error(int code)
{
    return raft_strerror(code);
}

static size_t padded(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

/* One raft_malloc'ed batch with all payloads, as the library wants them. */
static int make_batch(const struct raft_shim_entry *from, unsigned count, struct raft_entry *to,
                      void **batch)
{
    size_t total = 1;
    unsigned i;
    char *at;
    for (i = 0; i < count; i++)
        total += padded(from[i].payload.size);
    *batch = at = raft_malloc(total);
    if (at == NULL)
        return RAFT_NOMEM;
    for (i = 0; i < count; i++) {
        memset(&to[i], 0, sizeof to[i]);
        to[i].term = from[i].term;
        to[i].type = (enum raft_entry_type)from[i].kind;
        to[i].buf.base = at;
        to[i].buf.len = from[i].payload.size;
        to[i].batch = *batch;
        if (from[i].payload.size > 0)
            memcpy(at, from[i].payload.data, from[i].payload.size);
        at += padded(from[i].payload.size);
    }
    return 0;
}

static void tell_message(const struct raft_message *from, struct raft_shim_message *to)
{
    memset(to, 0, sizeof *to);
    to->type = (int)from->type;
    to->peer = from->server_id;
    to->address = from->server_address;
    switch (from->type) {
    case RAFT_APPEND_ENTRIES:
        to->term = from->append_entries.term;
        to->index = from->append_entries.prev_log_index;
        to->index_term = from->append_entries.prev_log_term;
        to->other = from->append_entries.leader_commit;
        to->entry_count = from->append_entries.n_entries;
        break;
    case RAFT_APPEND_ENTRIES_RESULT:
        to->term = from->append_entries_result.term;
        to->index = from->append_entries_result.rejected;
        to->other = from->append_entries_result.last_log_index;
        to->features = from->append_entries_result.features;
        to->capacity = from->append_entries_result.capacity;
        break;
    case RAFT_REQUEST_VOTE:
        to->term = from->request_vote.term;
        to->index = from->request_vote.last_log_index;
        to->index_term = from->request_vote.last_log_term;
        to->other = from->request_vote.candidate_id;
        to->is_granted = from->request_vote.disrupt_leader;
        to->is_pre_vote = from->request_vote.pre_vote;
        break;
    case RAFT_REQUEST_VOTE_RESULT:
        to->term = from->request_vote_result.term;
        to->is_granted = from->request_vote_result.vote_granted;
        to->is_pre_vote = from->request_vote_result.pre_vote;
        to->features = from->request_vote_result.features;
        to->capacity = from->request_vote_result.capacity;
        break;
    case RAFT_INSTALL_SNAPSHOT:
        to->term = from->install_snapshot.term;
        to->index = from->install_snapshot.last_index;
        to->index_term = from->install_snapshot.last_term;
        break;
    case RAFT_TIMEOUT_NOW:
        to->term = from->timeout_now.term;
        to->index = from->timeout_now.last_log_index;
        to->index_term = from->timeout_now.last_log_term;
        break;
    }
}

static int tell_entries(struct raft_shim *self, const struct raft_update *from,
                        struct raft_shim_update *to)
{
    unsigned i;
    self->batch = from->entries.batch[0].batch;
    self->entries = calloc(from->entries.n, sizeof *self->entries);
    if (self->entries == NULL)
        return RAFT_NOMEM;
    for (i = 0; i < from->entries.n; i++) {
        const struct raft_entry *entry = &from->entries.batch[i];
        self->entries[i].term = entry->term;
        self->entries[i].kind = (int)entry->type;
        self->entries[i].payload = bytes_of(entry->buf);
    }
    to->first = from->entries.index;
    to->entries = self->entries;
    to->entry_count = from->entries.n;
    return 0;
}

static int tell_snapshot(struct raft_shim *self, const struct raft_update *from,
                         struct raft_shim_update *to)
{
    if (self->is_installing) /* a newer one replaces it */
        raft_configuration_close(&self->installing.configuration);
    self->installing = from->snapshot.metadata;
    self->is_installing = true;
    self->chunk = from->snapshot.chunk.base;
    if (raft_configuration_encode(&self->installing.configuration, &self->configuration) != 0)
        return RAFT_NOMEM;
    to->has_snapshot = true;
    to->snapshot.index = self->installing.index;
    to->snapshot.term = self->installing.term;
    to->snapshot.configuration_index = self->installing.configuration_index;
    to->snapshot.configuration = bytes_of(self->configuration);
    to->snapshot_data = bytes_of(from->snapshot.chunk);
    return 0;
}

static int tell(struct raft_shim *self, const struct raft_update *from, struct raft_shim_update *to)
{
    int code = 0;
    unsigned i;
    to->has_vote =
        (from->flags & (RAFT_UPDATE_CURRENT_TERM)) || (from->flags & (RAFT_UPDATE_VOTED_FOR));
    to->has_commit = (from->flags & (RAFT_UPDATE_COMMIT_INDEX)) != 0;
    if ((from->flags & (RAFT_UPDATE_ENTRIES)) && from->entries.n > 0)
        code = tell_entries(self, from, to);
    if (code == 0 && (from->flags & (RAFT_UPDATE_SNAPSHOT)))
        code = tell_snapshot(self, from, to);
    if (code == 0 && (from->flags & (RAFT_UPDATE_MESSAGES)) && from->messages.n > 0) {
        self->messages = calloc(from->messages.n, sizeof *self->messages);
        if (self->messages == NULL)
            return RAFT_NOMEM;
        for (i = 0; i < from->messages.n; i++)
            tell_message(&from->messages.batch[i], &self->messages[i]);
        to->messages = self->messages;
        to->message_count = from->messages.n;
    }
    return code;
}

static int step(struct raft_shim *self, uint64_t now, struct raft_event *event,
                struct raft_shim_update *out)
{
    struct raft_update update;
    int code;
    forget(self);
    memset(out, 0, sizeof *out);
    memset(&update, 0, sizeof update);
    event->time = now;
    code = raft_step(&self->raft, event, &update);
    return code != 0 ? code : tell(self, &update, out);
}

static struct raft_server *own_server(struct raft *raft)
{
    unsigned i;
    for (i = 0; i < raft->configuration.n; i++) {
        if (raft->configuration.servers[i].id == raft->id)
            return &raft->configuration.servers[i];
    }
    return NULL;
}

static bool is_only_voter(const struct raft_configuration *configuration, raft_id id)
{
    bool is_only = false;
    unsigned i;
    for (i = 0; i < configuration->n; i++) {
        if (configuration->servers[i].role != RAFT_VOTER)
            continue;
        if (configuration->servers[i].id != id)
            return false;
        is_only = true;
    }
    return is_only;
}

/* Whether the newest configuration of what the disk has names only this server as voter. */
static int will_elect_itself(const struct raft_shim *self, const struct raft_shim_stored *stored,
                             bool *will)
{
    struct raft_shim_bytes newest = stored->base.configuration;
    struct raft_configuration configuration;
    unsigned i;
    int code;
    *will = false;
    for (i = 0; i < stored->count; i++) {
        if (stored->entries[i].kind == RAFT_CHANGE)
            newest = stored->entries[i].payload;
    }
    if (newest.size == 0)
        return 0;
    code = decode(newest, &configuration);
    if (code != 0)
        return code;
    *will = is_only_voter(&configuration, self->raft.id);
    raft_configuration_close(&configuration);
    return 0;
}

/* The library makes the only voter a leader without a new term. After a restart that is the term of
 * entries that a standby may hold and this disk has lost; others in their place would have the same
 * index and term, and the two would be taken for one. So the only voter begins a term as everybody
 * does who is elected. */
int raft_shim_start(struct raft_shim *self, uint64_t now, const struct raft_shim_stored *stored,
                    struct raft_shim_update *update)
{
    const struct raft_shim_base *base = &stored->base;
    struct raft_event event = {0};
    struct raft_snapshot_metadata metadata;
    struct raft_entry *list = calloc(stored->count + 1, sizeof *list);
    void *batch = NULL;
    bool is_new_term = false;
    int code = list == NULL ? RAFT_NOMEM : make_batch(stored->entries, stored->count, list, &batch);
    memset(update, 0, sizeof *update);
    if (code == 0)
        code = will_elect_itself(self, stored, &is_new_term);
    if (code == 0 && base->index > 0) {
        metadata.index = base->index;
        metadata.term = base->term;
        metadata.configuration_index = base->configuration_index;
        code = decode(base->configuration, &metadata.configuration);
        event.start.metadata = &metadata;
    }
    if (code == 0) {
        event.type = RAFT_START;
        event.start.term = stored->term + is_new_term;
        event.start.voted_for = is_new_term ? self->raft.id : stored->vote;
        event.start.start_index = base->index + 1;
        event.start.entries = list;
        event.start.n_entries = stored->count;
        code = step(self, now, &event, update);
        update->has_vote = update->has_vote || is_new_term;
    }
    raft_free(batch);
    free(list);
    return code;
}

int raft_shim_submit(struct raft_shim *self, uint64_t now, const struct raft_shim_entry *entries,
                     unsigned count, struct raft_shim_update *update)
{
    struct raft_event event = {0};
    struct raft_entry *list = calloc(count, sizeof *list);
    void *batch = NULL;
    int code = list == NULL ? RAFT_NOMEM : make_batch(entries, count, list, &batch);
    if (code == 0) {
        event.type = RAFT_SUBMIT;
        event.submit.entries = list;
        event.submit.n = count;
        code = step(self, now, &event, update);
        if (code != 0) /* refused: the batch is still ours */
            raft_free(batch);
    }
    free(list);
    return code;
}

/* The library's form of a received message; *batch is what its entries' payloads lie in. */
static int hear(const struct raft_shim_message *from, struct raft_message *to,
                struct raft_entry **list, void **batch)
{
    memset(to, 0, sizeof *to);
    to->type = (enum raft_message_type)from->type;
    to->server_id = from->peer;
    to->server_address = from->address;
    switch (to->type) {
    case RAFT_APPEND_ENTRIES:
        to->append_entries.term = from->term;
        to->append_entries.prev_log_index = from->index;
        to->append_entries.prev_log_term = from->index_term;
        to->append_entries.leader_commit = from->other;
        to->append_entries.n_entries = from->entry_count;
        if (from->entry_count == 0)
            return 0;
        *list = raft_calloc(from->entry_count, sizeof **list);
        to->append_entries.entries = *list;
        return *list == NULL ? RAFT_NOMEM
                             : make_batch(from->entries, from->entry_count, *list, batch);
    case RAFT_APPEND_ENTRIES_RESULT:
        to->append_entries_result.version = 2;
        to->append_entries_result.term = from->term;
        to->append_entries_result.rejected = from->index;
        to->append_entries_result.last_log_index = from->other;
        to->append_entries_result.features = from->features;
        to->append_entries_result.capacity = from->capacity;
        return 0;
    case RAFT_REQUEST_VOTE:
        to->request_vote.version = 2;
        to->request_vote.term = from->term;
        to->request_vote.candidate_id = from->other;
        to->request_vote.last_log_index = from->index;
        to->request_vote.last_log_term = from->index_term;
        to->request_vote.disrupt_leader = from->is_granted;
        to->request_vote.pre_vote = from->is_pre_vote;
        return 0;
    case RAFT_REQUEST_VOTE_RESULT:
        to->request_vote_result.version = 2;
        to->request_vote_result.term = from->term;
        to->request_vote_result.vote_granted = from->is_granted;
        to->request_vote_result.pre_vote = from->is_pre_vote;
        to->request_vote_result.features = from->features;
        to->request_vote_result.capacity = from->capacity;
        return 0;
    case RAFT_INSTALL_SNAPSHOT:
        to->install_snapshot.term = from->term;
        to->install_snapshot.last_index = from->index;
        to->install_snapshot.last_term = from->index_term;
        to->install_snapshot.conf_index = from->other;
        to->install_snapshot.data.len = from->data.size;
        to->install_snapshot.data.base = raft_malloc(from->data.size + 1);
        if (to->install_snapshot.data.base == NULL)
            return RAFT_NOMEM;
        if (from->data.size > 0)
            memcpy(to->install_snapshot.data.base, from->data.data, from->data.size);
        if (decode(from->configuration, &to->install_snapshot.conf) == 0)
            return 0;
        raft_free(to->install_snapshot.data.base);
        return RAFT_MALFORMED;
    case RAFT_TIMEOUT_NOW:
        to->timeout_now.term = from->term;
        to->timeout_now.last_log_index = from->index;
        to->timeout_now.last_log_term = from->index_term;
        return 0;
    }
    return RAFT_MALFORMED;
}

/* A refusal in the trial election has to show a term that is ahead of the candidate's, or the
 * candidate never reaches it: the library repeats the candidate's own. The one of the highest term
 * may lack entries, so that it cannot be elected itself. */
static void show_term(struct raft_shim *self, struct raft_shim_update *update)
{
    unsigned i;
    for (i = 0; i < update->message_count; i++) {
        struct raft_shim_message *said = &update->messages[i];
        if (said->type == RAFT_SHIM_VOTE_RESULT && said->is_pre_vote && !said->is_granted &&
            said->term < raft_current_term(&self->raft))
            said->term = raft_current_term(&self->raft);
    }
}

/* The library lets vote only who knows that it is a voter, and who is none believes in its last
 * leader for ever. But who was just made a voter may lack the entry that says so, and if its leader
 * has restarted meanwhile its vote is the one that is waited for. Whether a vote counts is for the
 * configuration of who asks; that one's log is looked at as ever. Source: Ongaro, "Consensus:
 * bridging theory and practice", 4.1: requests are answered whatever the own configuration says. */
static int hear_candidate(struct raft_shim *self, uint64_t now, struct raft_event *event,
                          struct raft_shim_update *update)
{
    struct raft *raft = &self->raft;
    struct raft_server *own = own_server(raft);
    const bool is_lent = own != NULL && own->role != RAFT_VOTER;
    const int role = is_lent ? own->role : RAFT_VOTER;
    int code;
    if (is_lent) {
        own->role = RAFT_VOTER;
        if (raft_state(raft) == RAFT_FOLLOWER &&
            now >= raft->election_timer_start + raft->election_timeout) {
            raft_free(raft->follower_state.current_leader.address);
            raft->follower_state.current_leader.id = 0;
            raft->follower_state.current_leader.address = NULL;
        }
    }
    code = step(self, now, event, update);
    own = own_server(raft);
    if (is_lent && own != NULL)
        own->role = role;
    if (code == 0)
        show_term(self, update);
    return code;
}

/* A refusal of an older term says nothing about the log: the library leaves the place unset. */
static void say_no_index(const struct raft_shim *self, const struct raft_shim_message *asked,
                         struct raft_shim_update *update)
{
    unsigned i;
    for (i = 0; i < update->message_count; i++) {
        struct raft_shim_message *said = &update->messages[i];
        if (said->type == RAFT_SHIM_APPEND_RESULT && asked->term < raft_current_term(&self->raft))
            said->other = 0;
    }
}

/* A vote is for a candidate. Who leads or follows by now has something else in the memory where
 * the library looks whether it was a trial election, and might take the term of one for its own:
 * the office would lose its leader to an answer that came late. */
static bool is_late_vote(struct raft_shim *self, const struct raft_shim_message *message)
{
    return message->type == RAFT_SHIM_VOTE_RESULT && raft_state(&self->raft) != RAFT_CANDIDATE;
}

int raft_shim_receive(struct raft_shim *self, uint64_t now, const struct raft_shim_message *from,
                      struct raft_shim_update *update)
{
    struct raft_event event = {0};
    struct raft_message message;
    struct raft_entry *list = NULL;
    void *batch = NULL;
    int code;
    memset(update, 0, sizeof *update);
    if (is_late_vote(self, from))
        return 0;
    code = hear(from, &message, &list, &batch);
    if (code == 0) {
        event.type = RAFT_RECEIVE;
        event.receive.message = &message;
        /* from here on the payloads are the library's */
        code = message.type == RAFT_REQUEST_VOTE ? hear_candidate(self, now, &event, update)
                                                 : step(self, now, &event, update);
        say_no_index(self, from, update);
    } else {
        raft_free(batch);
    }
    raft_free(list);
    return code;
}

int raft_shim_persisted(struct raft_shim *self, uint64_t now, uint64_t index,
                        struct raft_shim_update *update)
{
    struct raft_event event = {0};
    event.type = RAFT_PERSISTED_ENTRIES;
    event.persisted_entries.index = index;
    return step(self, now, &event, update);
}

int raft_shim_installed(struct raft_shim *self, uint64_t now, struct raft_shim_update *update)
{
    struct raft_event event = {0};
    memset(update, 0, sizeof *update);
    if (!self->is_installing)
        return RAFT_INVALID;
    self->is_installing = false; /* the library takes the configuration */
    event.type = RAFT_PERSISTED_SNAPSHOT;
    event.persisted_snapshot.metadata = self->installing;
    event.persisted_snapshot.last = true;
    return step(self, now, &event, update);
}

int raft_shim_configured(struct raft_shim *self, uint64_t now, uint64_t index,
                         struct raft_shim_bytes configuration, struct raft_shim_update *update)
{
    struct raft_event event = {0};
    int code = decode(configuration, &event.configuration.conf);
    memset(update, 0, sizeof *update);
    if (code != 0)
        return code;
    event.type = RAFT_CONFIGURATION;
    event.configuration.index = index;
    return step(self, now, &event, update);
}

/* The library goes back by one configuration at most: to the one that it was last told to be
 * committed, and it does not listen while a later one is in the log already. */
int raft_shim_renamed(struct raft_shim *self, uint64_t index, bool is_committed,
                      struct raft_shim_bytes configuration)
{
    struct raft_configuration named;
    const int code = decode(configuration, &named);
    if (code != 0)
        return code;
    raft_configuration_close(&self->raft.configuration);
    self->raft.configuration = named;
    self->raft.configuration_uncommitted_index = is_committed ? 0 : index;
    return 0;
}

int raft_shim_compacted(struct raft_shim *self, uint64_t now, const struct raft_shim_base *base,
                        unsigned trailing, struct raft_shim_update *update)
{
    struct raft_event event = {0};
    int code = decode(base->configuration, &event.snapshot.metadata.configuration);
    memset(update, 0, sizeof *update);
    if (code != 0)
        return code;
    event.type = RAFT_SNAPSHOT;
    event.snapshot.metadata.index = base->index;
    event.snapshot.metadata.term = base->term;
    event.snapshot.metadata.configuration_index = base->configuration_index;
    event.snapshot.trailing = trailing;
    return step(self, now, &event, update);
}

int raft_shim_timeout(struct raft_shim *self, uint64_t now, struct raft_shim_update *update)
{
    struct raft *raft = &self->raft;
    struct raft_event event = {0};
    const bool is_new_term = raft_state(raft) == RAFT_FOLLOWER && now >= raft_timeout(raft) &&
                             is_only_voter(&raft->configuration, raft->id);
    int code;
    if (is_new_term) {
        ++raft->current_term;
        raft->voted_for = raft->id;
    }
    event.type = RAFT_TIMEOUT;
    code = step(self, now, &event, update);
    update->has_vote = update->has_vote || is_new_term;
    return code;
}

int raft_shim_catch_up(struct raft_shim *self, uint64_t now, uint64_t server,
                       struct raft_shim_update *update)
{
    struct raft_event event = {0};
    event.type = RAFT_CATCH_UP;
    event.catch_up.server_id = server;
    return step(self, now, &event, update);
}

int raft_shim_transfer(struct raft_shim *self, uint64_t now, uint64_t server,
                       struct raft_shim_update *update)
{
    struct raft_event event = {0};
    event.type = RAFT_TRANSFER;
    event.transfer.server_id = server;
    return step(self, now, &event, update);
}

int raft_shim_state(struct raft_shim *self)
{
    return (int)raft_state(&self->raft);
}

uint64_t raft_shim_term(struct raft_shim *self)
{
    return raft_current_term(&self->raft);
}

uint64_t raft_shim_vote(struct raft_shim *self)
{
    return raft_voted_for(&self->raft);
}

uint64_t raft_shim_commit_index(struct raft_shim *self)
{
    return raft_commit_index(&self->raft);
}

uint64_t raft_shim_stored_index(struct raft_shim *self)
{
    return self->raft.last_stored;
}

uint64_t raft_shim_next_timeout(struct raft_shim *self)
{
    return raft_timeout(&self->raft);
}

uint64_t raft_shim_leader(struct raft_shim *self)
{
    raft_id id = 0;
    const char *address = NULL;
    raft_leader(&self->raft, &id, &address);
    return id;
}

bool raft_shim_is_changing(struct raft_shim *self)
{
    return self->raft.configuration_uncommitted_index != 0;
}

uint64_t raft_shim_configuration_index(struct raft_shim *self)
{
    return self->raft.configuration_committed_index;
}

int raft_shim_catch_up_state(struct raft_shim *self, uint64_t server)
{
    int status = 0;
    if (raft_state(&self->raft) != RAFT_LEADER || raft_catch_up(&self->raft, server, &status) != 0)
        return -1;
    return status;
}

uint64_t raft_shim_match_index(struct raft_shim *self, uint64_t server)
{
    raft_index index = 0;
    if (raft_state(&self->raft) != RAFT_LEADER ||
        raft_match_index(&self->raft, server, &index) != 0)
        return 0;
    return index;
}

static void tell_servers(const struct raft_configuration *configuration, raft_shim_server_sink sink,
                         void *context)
{
    unsigned i;
    for (i = 0; i < configuration->n; i++) {
        const struct raft_server *from = &configuration->servers[i];
        struct raft_shim_server server = {from->id, from->address, from->role};
        sink(context, &server);
    }
}

void raft_shim_servers(struct raft_shim *self, bool committed, raft_shim_server_sink sink,
                       void *context)
{
    tell_servers(committed ? &self->raft.configuration_committed : &self->raft.configuration, sink,
                 context);
}

bool raft_shim_decode(struct raft_shim_bytes bytes, raft_shim_server_sink sink, void *context)
{
    struct raft_configuration configuration;
    if (decode(bytes, &configuration) != 0)
        return false;
    tell_servers(&configuration, sink, context);
    raft_configuration_close(&configuration);
    return true;
}

bool raft_shim_encode(const struct raft_shim_server *servers, unsigned count,
                      raft_shim_bytes_sink sink, void *context)
{
    struct raft_configuration configuration;
    struct raft_buffer buffer = {NULL, 0};
    int code = 0;
    unsigned i;
    raft_configuration_init(&configuration);
    for (i = 0; i < count && code == 0; i++)
        code = raft_configuration_add(&configuration, servers[i].id, servers[i].address,
                                      servers[i].role);
    if (code == 0)
        code = raft_configuration_encode(&configuration, &buffer);
    raft_configuration_close(&configuration);
    if (code == 0)
        sink(context, bytes_of(buffer));
    raft_free(buffer.base);
    return code == 0;
}
