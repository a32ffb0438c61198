/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that keeps only what was synced, for tests. Loaded with LD_PRELOAD before a node, it becomes
 * SQLite's default VFS over the real one and notes every write since the last xSync of its file, old
 * bytes and new; after a kill, losingdisk.py drops, tears and reorders them. It also notes which
 * attachments and folders were synced, dies at a chosen write, and fails writes when told to. The
 * product holds none of this. Folder and switches: PEERDESK_TEST_DISK, file "control" in it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FailNothing, FailFull, FailWrite, FailSync };
enum { RecordWrite = 1, RecordTruncate = 2, RecordCreated = 3 };

/* Shared with the test: which calls fail, and after how many writes and syncs the process dies. */
struct control
{
    volatile int32_t fail;
    volatile int32_t dieAfter; /* 0 = never */
    volatile int32_t failures; /* how many calls were failed */
    char only[64];             /* files with this in their path; empty = all */
};

struct record
{
    uint64_t offset;
    uint64_t oldSize;
    uint32_t oldLength;
    uint32_t newLength;
    uint32_t kind;
    uint32_t reserved;
};

struct tracked
{
    char path[512];
    int undo;
    struct tracked *next;
};

struct file
{
    sqlite3_file base;
    struct tracked *tracked; /* null: a temporary file */
    sqlite3_file *real;
};

static sqlite3_vfs *below;
static sqlite3_vfs losing;
static char folder[400];
static struct control *control;
static int trace = -1;
static struct tracked *all;
/* SQLite calls from several threads: one call at a time may note and write. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static struct file *of(sqlite3_file *f)
{
    return (struct file *)f;
}

static void mustWrite(int descriptor, struct iovec *parts, int count)
{
    ssize_t wanted = 0;
    for (int i = 0; i < count; ++i)
        wanted += (ssize_t)parts[i].iov_len;
    if (writev(descriptor, parts, count) != wanted)
        abort(); /* the test's own disk is full: nothing that follows would be true */
}

/* True if this very call is the one at which the process is to die. */
static int isLastCall(void)
{
    return control->dieAfter > 0 && --control->dieAfter == 0;
}

static int fails(const struct tracked *t, int kind, int code)
{
    if (control->fail != kind || !strstr(t->path, control->only))
        return SQLITE_OK;
    ++control->failures;
    return code;
}

static struct tracked *trackedAs(const char *path)
{
    struct tracked *found = all;
    while (found && strcmp(found->path, path) != 0)
        found = found->next;
    if (found)
        return found;
    found = calloc(1, sizeof *found);
    snprintf(found->path, sizeof found->path, "%s", path);
    char name[1024];
    snprintf(name, sizeof name, "%s/%s.undo", folder, strrchr(path, '/') + 1);
    found->undo = open(name, O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
    if (found->undo < 0)
        abort();
    found->next = all;
    all = found;
    return found;
}

static void note(struct tracked *t, struct record record, const void *old, const void *now)
{
    struct iovec parts[3] = {{&record, sizeof record},
                             {(void *)old, record.oldLength},
                             {(void *)now, record.newLength}};
    mustWrite(t->undo, parts, 3);
}

static int onClose(sqlite3_file *f)
{
    return of(f)->real->pMethods->xClose(of(f)->real);
}

static int onRead(sqlite3_file *f, void *to, int count, sqlite3_int64 at)
{
    return of(f)->real->pMethods->xRead(of(f)->real, to, count, at);
}

static int writeNoted(struct file *f, const void *from, int count, sqlite3_int64 at)
{
    sqlite3_file *real = f->real;
    sqlite3_int64 size = 0;
    real->pMethods->xFileSize(real, &size);
    char *old = calloc(1, (size_t)count);
    const sqlite3_int64 overlap = size > at ? (size - at < count ? size - at : count) : 0;
    if (overlap > 0)
        real->pMethods->xRead(real, old, (int)overlap, at);
    const struct record record = {
        (uint64_t)at, (uint64_t)size, (uint32_t)overlap, (uint32_t)count, RecordWrite, 0};
    note(f->tracked, record, old, from);
    free(old);
    if (isLastCall()) {
        real->pMethods->xWrite(real, from, count / 2, at);
        raise(SIGKILL);
    }
    return real->pMethods->xWrite(real, from, count, at);
}

static int onWrite(sqlite3_file *f, const void *from, int count, sqlite3_int64 at)
{
    if (!of(f)->tracked)
        return of(f)->real->pMethods->xWrite(of(f)->real, from, count, at);
    int code = fails(of(f)->tracked, FailFull, SQLITE_FULL);
    if (code == SQLITE_OK)
        code = fails(of(f)->tracked, FailWrite, SQLITE_IOERR_WRITE);
    if (code != SQLITE_OK)
        return code;
    pthread_mutex_lock(&guard);
    code = writeNoted(of(f), from, count, at);
    pthread_mutex_unlock(&guard);
    return code;
}

static int onTruncate(sqlite3_file *f, sqlite3_int64 size)
{
    sqlite3_file *real = of(f)->real;
    pthread_mutex_lock(&guard);
    sqlite3_int64 before = 0;
    real->pMethods->xFileSize(real, &before);
    if (of(f)->tracked && before > size) {
        const size_t count = (size_t)(before - size);
        char *old = calloc(1, count);
        real->pMethods->xRead(real, old, (int)count, size);
        const struct record record = {
            (uint64_t)size, (uint64_t)before, (uint32_t)count, 0, RecordTruncate, 0};
        note(of(f)->tracked, record, old, "");
        free(old);
    }
    const int code = real->pMethods->xTruncate(real, size);
    pthread_mutex_unlock(&guard);
    return code;
}

static int onSync(sqlite3_file *f, int flags)
{
    if (!of(f)->tracked)
        return of(f)->real->pMethods->xSync(of(f)->real, flags);
    const int refused = fails(of(f)->tracked, FailSync, SQLITE_IOERR_FSYNC);
    if (refused != SQLITE_OK)
        return refused;
    /* The real sync is left out: what reaches this machine's disk is not what is being tested. */
    pthread_mutex_lock(&guard);
    if (isLastCall())
        raise(SIGKILL);
    const int code = ftruncate(of(f)->tracked->undo, 0) == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
    pthread_mutex_unlock(&guard);
    return code;
}

static int onFileSize(sqlite3_file *f, sqlite3_int64 *size)
{
    return of(f)->real->pMethods->xFileSize(of(f)->real, size);
}
static int onLock(sqlite3_file *f, int level)
{
    return of(f)->real->pMethods->xLock(of(f)->real, level);
}
static int onUnlock(sqlite3_file *f, int level)
{
    return of(f)->real->pMethods->xUnlock(of(f)->real, level);
}
static int onCheckReservedLock(sqlite3_file *f, int *held)
{
    return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, held);
}
static int onFileControl(sqlite3_file *f, int what, void *value)
{
    return of(f)->real->pMethods->xFileControl(of(f)->real, what, value);
}
static int onSectorSize(sqlite3_file *f)
{
    return of(f)->real->pMethods->xSectorSize(of(f)->real);
}
static int onDeviceCharacteristics(sqlite3_file *f)
{
    return of(f)->real->pMethods->xDeviceCharacteristics(of(f)->real);
}
static int onShmMap(sqlite3_file *f, int page, int size, int extend, void volatile **at)
{
    return of(f)->real->pMethods->xShmMap(of(f)->real, page, size, extend, at);
}
static int onShmLock(sqlite3_file *f, int offset, int count, int flags)
{
    return of(f)->real->pMethods->xShmLock(of(f)->real, offset, count, flags);
}
static void onShmBarrier(sqlite3_file *f)
{
    of(f)->real->pMethods->xShmBarrier(of(f)->real);
}
static int onShmUnmap(sqlite3_file *f, int isDeleted)
{
    return of(f)->real->pMethods->xShmUnmap(of(f)->real, isDeleted);
}

/* Version 2: no memory mapping, so that no write goes past onWrite. */
static const sqlite3_io_methods methods = {
    2,          onClose,       onRead,       onWrite,  onTruncate,          onSync,        onFileSize,
    onLock,     onUnlock,      onCheckReservedLock,    onFileControl,       onSectorSize,
    onDeviceCharacteristics,   onShmMap,     onShmLock, onShmBarrier,       onShmUnmap,    NULL, NULL};

static int onOpen(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *got)
{
    (void)vfs;
    const int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
    const int isNew = name && access(name, F_OK) != 0;
    of(f)->base.pMethods = NULL;
    of(f)->real = (sqlite3_file *)(of(f) + 1);
    of(f)->tracked = NULL;
    const int code = below->xOpen(below, name, of(f)->real, flags, got);
    if (code != SQLITE_OK)
        return code;
    if (name && (flags & kept)) {
        pthread_mutex_lock(&guard);
        of(f)->tracked = trackedAs(name);
        if (isNew)
            note(of(f)->tracked, (struct record){0, 0, 0, 0, RecordCreated, 0}, "", "");
        pthread_mutex_unlock(&guard);
    }
    of(f)->base.pMethods = &methods;
    return SQLITE_OK;
}

static int onDelete(sqlite3_vfs *vfs, const char *name, int syncsFolder)
{
    (void)vfs;
    pthread_mutex_lock(&guard);
    const int code = below->xDelete(below, name, syncsFolder);
    if (code == SQLITE_OK && ftruncate(trackedAs(name)->undo, 0) != 0)
        abort();
    pthread_mutex_unlock(&guard);
    return code;
}

static int onAccess(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
    (void)vfs;
    return below->xAccess(below, name, flags, result);
}

static int onFullPathname(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    return below->xFullPathname(below, name, size, out);
}

/* Attachments are plain files: "S inode" when a file or folder was synced, "R path" when a file got
 * its name, in the order of happening. */
static void traced(const char *text)
{
    if (trace < 0)
        return;
    struct iovec part = {(void *)text, strlen(text)};
    mustWrite(trace, &part, 1);
}

static void noteSync(int descriptor)
{
    struct stat found;
    if (trace < 0 || fstat(descriptor, &found) != 0)
        return;
    char line[64];
    snprintf(line, sizeof line, "S %llu\n", (unsigned long long)found.st_ino);
    traced(line);
}

int fsync(int descriptor)
{
    int (*real)(int) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "fsync");
    const int code = real(descriptor);
    if (code == 0)
        noteSync(descriptor);
    return code;
}

int fdatasync(int descriptor)
{
    int (*real)(int) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
    const int code = real(descriptor);
    if (code == 0)
        noteSync(descriptor);
    return code;
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "rename");
    const int code = real(from, to);
    if (code == 0 && strstr(to, "/attachments/")) {
        char line[700];
        snprintf(line, sizeof line, "R %s\n", to);
        traced(line);
    }
    return code;
}

__attribute__((constructor)) static void becomeTheDisk(void)
{
    const char *wanted = getenv("PEERDESK_TEST_DISK");
    if (!wanted)
        return;
    snprintf(folder, sizeof folder, "%s", wanted);
    char name[500];
    snprintf(name, sizeof name, "%s/control", folder);
    const int descriptor = open(name, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        abort();
    control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    snprintf(name, sizeof name, "%s/trace", folder);
    trace = open(name, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    below = sqlite3_vfs_find(NULL);
    if (control == MAP_FAILED || trace < 0 || !below)
        abort();
    losing = *below;
    losing.zName = "losing";
    losing.szOsFile = (int)sizeof(struct file) + below->szOsFile;
    losing.xOpen = onOpen;
    losing.xDelete = onDelete;
    losing.xAccess = onAccess;
    losing.xFullPathname = onFullPathname;
    if (sqlite3_vfs_register(&losing, 1) != SQLITE_OK)
        abort();
}
