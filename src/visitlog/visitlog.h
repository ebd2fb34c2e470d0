/*
 * visitlog.h: the append-only visit log; the only header of this folder that others include.
 *
 * A plain text file, one visit per line. What users trust us with:
 *  1. A visit that visitlog_append called good is in the log after kill -9 (every mode) and
 *     after a power cut (VISITLOG_FSYNC_ALWAYS).
 *  2. A torn tail is cut off at open, and said so; nothing before it is touched.
 *  3. No line is interleaved, doubled or half-written by us, also when write(2) is short.
 *  4. Full disk: nothing is acknowledged, what stands stays whole, and appending resumes by
 *     itself when there is room.
 *  5. EIO from a write, or any failed fdatasync: nothing is acknowledged any more, on_failure
 *     is called, and no sync is ever tried again and believed.
 *  6. After a crash the last bytes are written again and synced before the log is used.
 *
 * All functions may be called from any thread, but for open and close.
 */
#ifndef VISITLOG_VISITLOG_H
#define VISITLOG_VISITLOG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"

/* In the order of the names in visitlog_format_names. */
enum visitlog_format {
    VISITLOG_VISITS,
    VISITLOG_DJANGO,
    VISITLOG_COMBINED,
    VISITLOG_JSON,
    VISITLOG_TEMPLATE
};

enum visitlog_fsync {
    VISITLOG_FSYNC_ALWAYS,   /* good = synced */
    VISITLOG_FSYNC_EVERYSEC, /* good = written; synced once a second by visitlog_tick */
    VISITLOG_FSYNC_NO,       /* good = written; the kernel decides */
};

struct visitlog_config {
    const char *path;
    enum visitlog_format format;
    enum visitlog_fsync fsync;
    const char *template;   /* of VISITLOG_TEMPLATE */
    const char *pod;        /* the `pod` of json lines */
    int64_t lock_wait_ms;   /* how long open waits for another server's lock */
    unsigned low_percent;   /* less of the file system free than this is little room; 0: never */
    bool keep_index;        /* whether there is an index beside the log */
    uint64_t rotate_bytes;  /* a larger log is rotated; 0: never */
    int64_t rotate_ms;      /* an older one, too; 0: never */
    uint64_t keep_segments; /* of more rotated segments the oldest are removed; 0: keep all */
    uint64_t keep_bytes;    /* the same for their bytes together */
    int64_t keep_ms;        /* the same for their age */
    void (*on_failure)(void *); /* called once, from the thread that saw the failure */
    void *on_failure_data;
};

struct visitlog;

/* How many visits there were in each hour and day: rings, in which a visit of an hour or day claims
 * the place of one that is much older. */
enum { VISITLOG_HOURS = 512, VISITLOG_DAYS = 800 };

struct visitlog_bucket {
    int64_t id;     /* hours, or days of the log's zone, since the epoch */
    uint64_t count; /* 0: empty */
};

struct visitlog_summary {
    uint64_t visits;   /* over the whole log, removed segments included */
    int64_t first_s;   /* wall time of the first visit that is known, 0 = none */
    int64_t last_s;    /* and of the newest */
    uint64_t segments; /* rotated and still there */
    uint64_t rotations;
    uint64_t removed; /* segments, since the index began */
    struct visitlog_bucket hours[VISITLOG_HOURS];
    struct visitlog_bucket days[VISITLOG_DAYS];
};

/*
 * Opens or creates the log (mode 0640), takes its lock (flock(2), so it dies with its holder),
 * recovers the tail and counts the visits that are there. The directory is created, too, when
 * only its last component is missing. Symbolic links are followed; what is no regular file is
 * refused. A file of any content is taken as it is but for a torn end (recover.c). NULL on an
 * error, which says what to do: ERR_HELD when another server holds the log, ERR_DISK when the
 * disk failed or is read-only, else ERR_FAILED.
 */
struct visitlog *visitlog_open(struct arena *a, const struct visitlog_config *config,
                               struct err *err);

/* Syncs what is not synced (every mode), unlocks and closes. False: the disk failed. */
must_use bool visitlog_close(struct visitlog *log, struct err *err);

/* One visit. Spans may hold any bytes a client sent; they are escaped and bounded. */
struct visitlog_visit {
    struct timespec when; /* wall time */
    struct span address;  /* of the client, in text; empty = unknown */
    struct span method;
    struct span target;
    unsigned minor; /* HTTP/1.minor */
    unsigned status;
    struct span referrer;
    struct span user_agent;
    struct span forwarded;  /* what proxies said of the client, as it came */
    struct span request_id; /* what they called the request */
};

/* The longest line, its newline included: what clients send is cut to fit. */
enum { VISITLOG_LINE_MAX = 4096 };

/* Lines that go to the log together. Belongs to one thread. */
struct visitlog_batch {
    struct buf lines;
    uint32_t count;
    /* Where the visits belong: a batch is short, so it touches two hours at most. */
    struct {
        int64_t hour;
        int64_t day;
        uint32_t count;
    } parts[2];
    /* The formatted whole second is kept from line to line. */
    int64_t stamp_s;
    int64_t hour;
    int64_t day;
    struct civil civil;
    bool has_stamp;
    char stamp[48];
    size_t stamp_len;
};

/* An empty batch on memory of the caller; at least VISITLOG_LINE_MAX bytes. */
struct visitlog_batch visitlog_batch_on(void *memory, size_t capacity);

/* Formats one line into the batch. False when a longest line would not fit any more: append
 * the batch first. */
must_use bool visitlog_batch_add(const struct visitlog *log, struct visitlog_batch *batch,
                                 const struct visitlog_visit *visit);

enum visitlog_result {
    VISITLOG_GOOD,   /* as safe as the fsync mode promises */
    VISITLOG_FULL,   /* no room (ENOSPC, EDQUOT, EFBIG): none of the batch is in the log */
    VISITLOG_FAILED, /* fail-stop: see promise 5 */
};

/*
 * Appends the whole batch, or nothing of it, with one write; in VISITLOG_FSYNC_ALWAYS returns
 * after the sync (group commit: one fdatasync serves every batch written before it began).
 * *first is the number of the batch's first visit, counted from 1 over the whole log. The
 * batch is empty afterwards, whatever the result.
 */
must_use enum visitlog_result visitlog_append(struct visitlog *log, struct visitlog_batch *batch,
                                              uint64_t *first);

/* What the index knows, at this moment. */
void visitlog_summary(struct visitlog *log, struct visitlog_summary *summary);

/* Visits in the log that are as safe as promised. */
uint64_t visitlog_count(const struct visitlog *log);

struct visitlog_status {
    enum visitlog_result state;
    char reason[160];     /* for people; "" when the state is VISITLOG_GOOD */
    int64_t disk_wait_ms; /* how long the disk operation that now runs has been running, or 0 */
    uint64_t size_bytes;
    int64_t last_visit_s; /* wall time of the newest visit of this run, 0 = none */
    bool room_low;        /* little room is left; the log goes on */
    uint64_t room_bytes;  /* free, as of the last tick that looked */
};

struct visitlog_status visitlog_status(const struct visitlog *log);

/* To be called about once a second from one thread that may block: syncs in everysec, while the
 * disk is full finds out whether there is room again, begins a new file when somebody has deleted
 * the log, rotates it, removes what is not to be kept, and writes the index. */
void visitlog_tick(struct visitlog *log);

/* Commits, closes and opens the path again (SIGHUP, after somebody renamed the file). The count
 * goes on; lines found in the file that is there now are counted, too. When the path still names
 * the same file, that is only committed. On an error the old file stays in use. */
must_use bool visitlog_reopen(struct visitlog *log, struct err *err);

/*
 * Writes the complete lines of a log (also one that a server is appending to) to the descriptor
 * `out`; a last line without newline is left out. Needs no lock. False: it could not be read, or
 * not all be written; err->os_errno is EPIPE when the reader of a pipe has gone away.
 */
must_use bool visitlog_print(const char *path, int out, struct err *err);

/*
 * Writes the last `lines` lines to `out`, over segments; with `follow`, goes on with what is
 * appended, through rotations, until the output ends or the process does. Errors as above.
 */
must_use bool visitlog_tail(const char *path, uint64_t lines, bool follow, int out,
                            struct err *err);

/* What a whole log says, read once; the summary's buckets are complete as far as they reach. */
enum { VISITLOG_TOP = 10 };

struct visitlog_top {
    struct span text;
    uint64_t count;
};

struct visitlog_stats {
    struct visitlog_summary summary;
    uint64_t bytes;
    uint64_t free_bytes;                       /* for this user, on the log's file system */
    struct visitlog_top targets[VISITLOG_TOP]; /* the most frequent first; empty ones at the end */
    struct visitlog_top referrers[VISITLOG_TOP];
};

/* Reads all segments and the log, also while a server writes to it. Texts live in the arena. */
must_use bool visitlog_stats(struct arena *a, const char *path, struct visitlog_stats *stats,
                             struct err *err);

/* True for a template that visitlog_open takes; the error tells what is wrong with another. */
must_use bool visitlog_template_check(struct span text, struct err *err);

/* NULL-terminated: "visits", "django", "combined", "json", "template". */
extern const char *const visitlog_format_names[];

#endif
