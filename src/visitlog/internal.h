/*
 * internal.h: what the files of this folder share.
 *
 * Two things guard the file: append_lock is held while bytes are written, and one thread at a
 * time has the turn to commit (commit_begin); so a batch is written while an earlier one is being
 * synced. Where both are taken, the turn comes first. `segment.fd` may be used with either, and
 * is changed with both. commit_lock guards the turn itself and is never held during a sync.
 *
 * Visits are numbered from 1 over the whole log, and that number is also the ticket of group
 * commit: `written` visits are in the file, the first `durable` of them are synced. Unlike an
 * offset it only grows, also when the file is exchanged.
 */
#ifndef VISITLOG_INTERNAL_H
#define VISITLOG_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/diag.h"
#include "visitlog/visitlog.h"

enum {
    VISITLOG_TAIL_BYTES = 64 << 10,     /* how far back a torn line is looked for */
    VISITLOG_REWRITE_BYTES = 256 << 10, /* the largest batch: what a crash can leave unsure */
    VISITLOG_RETRY_MS = 1000,           /* between two tries on a full disk */
    VISITLOG_ROOM_BYTES = 64 << 10,     /* room that ends a full disk */
};

static_assert((int)VISITLOG_TAIL_BYTES > (int)VISITLOG_LINE_MAX,
              "a torn line lies within the tail");

/* What a system call on the log was for, as far as it can fail in service. */
enum disk_step { DISK_WRITE, DISK_CUT, DISK_SYNC };

/* How an operation on the disk ended. GOOD has no step and no errno. */
struct disk_end {
    enum visitlog_result result;
    enum disk_step step;
    int os_errno;
};

/* One file: whole lines, and nothing else, up to size_bytes. */
struct segment {
    int fd;
    _Atomic uint64_t size_bytes;
};

struct health {
    /* result, step and errno in one word, so that readers see them together. */
    _Atomic uint64_t packed;
    _Atomic int64_t retry_at_ms; /* while FULL: when the next append may try */
    _Atomic int64_t refused;     /* visits since the disk became full */
    struct diag_limit full_limit;
};

struct visitlog {
    struct visitlog_config config;
    struct span django_end; /* " views 18 A client visited\n", with our process id */
    pthread_mutex_t reopen_lock;
    pthread_mutex_t commit_lock;
    pthread_cond_t commit_done;
    bool commit_busy; /* somebody has the turn */
    pthread_mutex_t append_lock;
    struct segment segment;
    _Atomic uint64_t written;
    _Atomic uint64_t durable;
    _Atomic int64_t append_began_ms; /* 0 = nothing is running */
    _Atomic int64_t commit_began_ms;
    _Atomic int64_t last_visit_s;
    struct health health;
};

/* ---- line.c ---- */

/* True when the bytes (without a line end) are one whole line in any of our formats, also as
 * the Python programs wrote them that came before us. */
bool line_is_whole(struct span line);

/* ---- acquire.c ---- */

/* Opens or creates the file and takes its lock; the descriptor is not yet in append mode.
 * -1 on an error, which says what to do. Close releases the lock. */
must_use int acquire_file(const char *path, int64_t lock_wait_ms, struct err *err);

/* ---- recover.c ---- */

/* Mends the tail, writes the last bytes again, syncs, counts the lines, and sets append mode.
 * `path` is for messages and for the directory's sync. */
must_use bool recover_file(int fd, const char *path, uint64_t *size_bytes, uint64_t *lines,
                           struct err *err);

/* ---- segment.c ---- */

/* All of it, or none of it; append_lock is held. */
must_use struct disk_end segment_append(struct segment *segment, struct span lines);

/* fdatasync; the caller has the turn to commit. */
must_use struct disk_end segment_sync(const struct segment *segment);

/* True when VISITLOG_ROOM_BYTES more would fit; append_lock is held. Takes the room. */
bool segment_has_room(const struct segment *segment);

/* True for the errors that mean "no room": ENOSPC, EDQUOT, EFBIG. */
bool segment_errno_is_full(int os_errno);

/* ---- commit.c ---- */

/* Returns when the first `ticket` visits are synced (GOOD), or never will be (FAILED). */
must_use enum visitlog_result commit_wait(struct visitlog *log, uint64_t ticket);

/* Takes the turn to commit, and gives it to the next. */
void commit_begin(struct visitlog *log);
void commit_end(struct visitlog *log);

/* Syncs all that is written; the caller has the turn. */
must_use enum visitlog_result commit_all(struct visitlog *log);

/* ---- health.c ---- */

enum visitlog_result health_state(const struct visitlog *log);

/* False: answer with health_state without touching the disk. */
bool health_may_append(const struct visitlog *log);

/* Takes note of how an operation ended. FAILED sticks, and calls on_failure once. */
void health_note(struct visitlog *log, struct disk_end end);

/* Visits that were refused because the disk is full. */
void health_note_refused(struct visitlog *log, uint32_t visits);

/* "" when good. */
void health_describe(const struct visitlog *log, char *text, size_t capacity);

#endif
