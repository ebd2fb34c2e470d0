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

#include "base/clock.h"
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
enum disk_step { DISK_WRITE, DISK_CUT, DISK_SYNC, DISK_ROTATE };

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

/* A file of the log, as the index or a listing of the directory knows it. */
struct file_id {
    uint64_t device;
    uint64_t inode;
};

/* What is known of the whole log: the index, in memory. append_lock guards it. */
struct history {
    struct visitlog_summary summary; /* `visits` is kept in visitlog.written */
    bool changed;                    /* since the index was written */
    bool rebuilt;                    /* at this start, by reading everything */
    int64_t index_at_ms;             /* when it may be written again */
    int64_t began_ms;                /* when the file in use began, by the monotonic clock */
    int64_t rotate_at_ms;            /* not to be tried before, after a failure */
    int64_t look_at_ms;              /* when the segments' ages are looked at again */
    struct diag_limit limit;
};

struct visitlog {
    struct visitlog_config config;
    struct history history;
    struct template *template; /* of VISITLOG_TEMPLATE */
    struct span django_end;    /* " views 18 A client visited\n", with our process id */
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
    _Atomic bool room_low;
    _Atomic uint64_t room_bytes;
    struct health health;
};

/* ---- line.c ---- */

/*
 * How many bytes of a line each client field may take, escapes included. What is longer is cut
 * at a whole character. Together with what is not the client's they fit the longest line.
 */
enum {
    LINE_ADDRESS_MAX = 64,
    LINE_METHOD_MAX = 32,
    LINE_TARGET_MAX = 1700,
    LINE_REFERRER_MAX = 700,
    LINE_USER_AGENT_MAX = 800,
    LINE_FORWARDED_MAX = 180,
    LINE_REQUEST_ID_MAX = 64,
    LINE_POD_MAX = 253, /* a DNS subdomain (RFC 1123), as Kubernetes names pods */
    LINE_FIXED_MAX = 256,
};

/* Appends a client's field in at most `max` bytes, "-" for an empty one. */
void line_add_field(struct buf *b, struct span s, size_t max);

/* "29/Jun/2022:14:17:37 +0000" and "2022-06-29T14:17:37+00:00". */
void line_add_local_time(struct buf *b, const struct civil *c);
void line_add_iso_time(struct buf *b, const struct civil *c);

/* ---- whole.c ---- */

/* True when the bytes (without a line end) are one whole line in any of our formats, also as
 * the Python programs wrote them that came before us. */
bool line_is_whole(struct span line);

/* ---- buckets.c ---- */

/* The number of an hour, and of a local day, since the epoch. */
int64_t buckets_hour(int64_t epoch_s);
int64_t buckets_day(const struct civil *local);

void buckets_add_hour(struct visitlog_summary *s, int64_t hour, uint64_t count);
void buckets_add_day(struct visitlog_summary *s, int64_t day, uint64_t count);
void buckets_add(struct visitlog_summary *s, int64_t hour, int64_t day, uint64_t count);

/* Takes a visit's time for first_s and last_s. */
void buckets_note_time(struct visitlog_summary *s, int64_t epoch_s);

/* ---- scan.c ---- */

/* The bytes [from, to) of an open file, and who looks at each line beside. */
struct scan_range {
    int fd;
    uint64_t from;
    uint64_t to;
    void (*each)(void *data, struct span line); /* may be NULL */
    void *data;
};

/* Counts the whole lines and puts those that have a time into the buckets. */
must_use bool scan_lines(const struct scan_range *range, struct visitlog_summary *summary,
                         uint64_t *lines, struct err *err);

/* The wall time of a line in any of our formats; false when it has none. */
bool scan_line_time(struct span line, int64_t *epoch_s);

/* ---- segments.c ---- */

/*
 * A rotated segment: <log>.<when>-<total>, when = 20261231T235959Z of its rotation, total = the
 * visits of the whole log up to its end, in at least 12 digits. So names sort by time; and where a
 * clock went backwards, the totals still tell the order, which nothing else is taken for.
 */
struct segment_file {
    const char *path;
    uint64_t total;
    int64_t ended_s; /* by its name */
    uint64_t size_bytes;
    struct file_id id;
};

struct segment_list {
    struct segment_file *items; /* the oldest first */
    size_t count;
};

/* Lists them. A directory that cannot be read is an error; one that is not there is empty. */
must_use bool segments_list(struct arena *a, const char *path, struct segment_list *list,
                            struct err *err);

/* The name that the file in use would get now, in the arena. */
const char *segments_name(struct arena *a, const char *path, int64_t now_s, uint64_t total);

/* ---- index.c ---- */

/* What an index says: all of a summary, and up to where. */
struct index_state {
    struct visitlog_summary summary;
    struct file_id id;     /* the file that was in use */
    uint64_t offset_bytes; /* in it, all before which is counted */
    char end[64];          /* SHA-256 of the last bytes before it, in hexadecimal */
};

enum index_result { INDEX_GOOD, INDEX_MISSING, INDEX_BAD };

/* Reads <log>.index. BAD: another version, a wrong sum, no text of ours; *why tells. */
enum index_result index_read(struct arena *a, const char *path, struct index_state *state,
                             const char **why);

/* True when the file has these bytes still: its end before the offset has the sum that the index
 * has. */
bool index_matches(const struct index_state *state, int fd, uint64_t size_bytes);

/* Writes it in the place of the old one, whole or not at all. */
must_use bool index_write(const char *path, int fd, const struct index_state *state,
                          struct err *err);

/* ---- history.c ---- */

/* Finds out how many visits there were, and when, in all segments: by the index, and by reading
 * what it does not cover. *total is the number of the last visit. The file is open, recovered. */
must_use bool history_open(struct visitlog *log, uint64_t *total, struct err *err);

/* Takes the visits of a file that comes in the place of the other one; append_lock is held. */
void history_merge(struct visitlog *log, const struct visitlog_summary *from);

/* Notes a batch that is in the file; append_lock is held. */
void history_note(struct visitlog *log, const struct visitlog_batch *batch);

/* Writes the index when something changed; at most now and then, unless it must be `now`. */
void history_save(struct visitlog *log, bool now);

/* ---- read.c ---- */

/* A log on its way to a descriptor: the bytes [at, to) are still to go. */
struct read_job {
    int fd;
    const char *path; /* for messages */
    int out;
    uint64_t at;
    uint64_t to;
};

/* Sends them; `at` tells how far it came. */
must_use bool read_send(struct read_job *job, struct err *err);

/* The offset behind the last newline before `size`. */
must_use bool read_whole_end(int fd, uint64_t size, uint64_t *end);

/* ---- rotate.c ---- */

/* Rotates when the file is large or old enough, and removes what is not to be kept. Called by
 * one thread at a time, without locks. */
void rotate_if_due(struct visitlog *log);

/* ---- acquire.c ---- */

/* True when the path still names the file that is open. */
bool acquire_still_named(int fd, const char *path);

/* Opens or creates the file and takes its lock; the descriptor is not yet in append mode.
 * -1 on an error, which says what to do. Close releases the lock. */
must_use int acquire_file(const char *path, int64_t lock_wait_ms, struct err *err);

/* ---- recover.c ---- */

/* Mends the tail, writes the last bytes again, syncs, and sets append mode. `path` is for messages
 * and for the directory's sync. */
must_use bool recover_file(int fd, const char *path, uint64_t *size_bytes, struct err *err);

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

/* ---- room.c ---- */

/* Looks how much room is left; called about once a second. */
void room_look(struct visitlog *log);

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
