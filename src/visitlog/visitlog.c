#include "base/std.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "visitlog/internal.h"
#include "visitlog/template.h"

static bool prepare_template(struct arena *a, struct visitlog *log, struct err *err)
{
    if (log->config.format != VISITLOG_TEMPLATE)
        return true;
    log->template = arena_alloc(a, sizeof(*log->template));
    return log->template &&
           template_compile(log->template, arena_copy(a, span_of(log->config.template)), err);
}

static bool prepare_text(struct arena *a, struct visitlog *log)
{
    log->config.path = arena_copy(a, span_of(log->config.path)).ptr;
    log->django_end = span_of(arena_printf(a, " views %d A client visited\n", (int)getpid()));
    return !a->exhausted;
}

/* Opens, locks and recovers a file into *segment. */
static bool open_segment(const struct visitlog_config *config, int64_t lock_wait_ms,
                         struct segment *segment, struct err *err)
{
    uint64_t size_bytes;
    int fd = acquire_file(config->path, lock_wait_ms, err);
    if (fd == -1)
        return false;
    if (!recover_file(fd, config->path, &size_bytes, err)) {
        close(fd);
        return false;
    }
    segment->fd = fd;
    segment->size_bytes = size_bytes;
    return true;
}

struct visitlog *visitlog_open(struct arena *a, const struct visitlog_config *config,
                               struct err *err)
{
    uint64_t total;
    struct visitlog *log = arena_alloc(a, sizeof(*log));
    if (log)
        log->config = *config;
    if (!log || !prepare_text(a, log) || !prepare_template(a, log, err)) {
        err_set(err, ERR_FAILED, "out of memory for the log");
        return NULL;
    }
    if (!open_segment(&log->config, config->lock_wait_ms, &log->segment, err))
        return NULL;
    if (!history_open(log, &total, err)) {
        close(log->segment.fd);
        return NULL;
    }
    pthread_mutex_init(&log->reopen_lock, NULL);
    pthread_mutex_init(&log->commit_lock, NULL);
    pthread_cond_init(&log->commit_done, NULL);
    pthread_mutex_init(&log->append_lock, NULL);
    log->written = total;
    log->durable = total;
    /* What took long to read is not read twice, also when this server is killed at once. */
    if (log->history.rebuilt)
        history_save(log, true);
    return log;
}

static bool explain_failure(const struct visitlog *log, struct err *err)
{
    char reason[sizeof(((struct visitlog_status *)NULL)->reason)];
    health_describe(log, reason, sizeof(reason));
    return err_set(err, ERR_DISK, "%s", reason);
}

bool visitlog_close(struct visitlog *log, struct err *err)
{
    bool good =
        commit_wait(log, log->written) == VISITLOG_GOOD && health_state(log) != VISITLOG_FAILED;
    if (good)
        history_save(log, true);
    close(log->segment.fd);
    pthread_mutex_destroy(&log->append_lock);
    pthread_cond_destroy(&log->commit_done);
    pthread_mutex_destroy(&log->commit_lock);
    pthread_mutex_destroy(&log->reopen_lock);
    return good || explain_failure(log, err);
}

/* append_lock is held. On GOOD the batch's visits have the numbers up to *ticket. */
static enum visitlog_result append_locked(struct visitlog *log, const struct visitlog_batch *batch,
                                          uint64_t *ticket)
{
    /* While we waited for the lock, another batch may have met the end of the disk. */
    if (!health_may_append(log))
        return health_state(log);
    log->append_began_ms = clock_mono_ms();
    struct disk_end end = segment_append(&log->segment, buf_span(&batch->lines));
    log->append_began_ms = 0;
    if (end.result == VISITLOG_GOOD) {
        *ticket = log->written + batch->count;
        log->written = *ticket;
        log->last_visit_s = batch->stamp_s;
        history_note(log, batch);
    }
    health_note(log, end);
    return end.result;
}

static enum visitlog_result append(struct visitlog *log, const struct visitlog_batch *batch,
                                   uint64_t *ticket)
{
    if (!health_may_append(log))
        return health_state(log);
    pthread_mutex_lock(&log->append_lock);
    enum visitlog_result result = append_locked(log, batch, ticket);
    pthread_mutex_unlock(&log->append_lock);
    if (result == VISITLOG_GOOD && log->config.fsync == VISITLOG_FSYNC_ALWAYS)
        result = commit_wait(log, *ticket);
    return result;
}

enum visitlog_result visitlog_append(struct visitlog *log, struct visitlog_batch *batch,
                                     uint64_t *first)
{
    uint64_t ticket = 0;
    *first = 0;
    if (batch->count == 0)
        return health_state(log);
    enum visitlog_result result = append(log, batch, &ticket);
    if (result == VISITLOG_GOOD)
        *first = ticket - batch->count + 1;
    if (result == VISITLOG_FULL)
        health_note_refused(log, batch->count);
    buf_reset(&batch->lines);
    batch->count = 0;
    batch->parts[0].count = 0;
    batch->parts[1].count = 0;
    return result;
}

void visitlog_summary(struct visitlog *log, struct visitlog_summary *summary)
{
    pthread_mutex_lock(&log->append_lock);
    *summary = log->history.summary;
    pthread_mutex_unlock(&log->append_lock);
    summary->visits = visitlog_count(log);
}

uint64_t visitlog_count(const struct visitlog *log)
{
    return log->config.fsync == VISITLOG_FSYNC_ALWAYS ? log->durable : log->written;
}

static int64_t running_ms(int64_t began_ms, int64_t now_ms)
{
    return began_ms ? max_i64(1, now_ms - began_ms) : 0;
}

struct visitlog_status visitlog_status(const struct visitlog *log)
{
    int64_t now_ms = clock_mono_ms();
    struct visitlog_status status = {
        .disk_wait_ms = max_i64(running_ms(log->append_began_ms, now_ms),
                                running_ms(log->commit_began_ms, now_ms)),
        .size_bytes = log->segment.size_bytes,
        .last_visit_s = log->last_visit_s,
        .room_low = log->room_low,
        .room_bytes = log->room_bytes,
    };
    health_describe(log, status.reason, sizeof(status.reason));
    status.state = health_state(log);
    return status;
}

/* ---- once a second ---- */

static void look_for_room(struct visitlog *log)
{
    pthread_mutex_lock(&log->append_lock);
    log->append_began_ms = clock_mono_ms();
    if (health_state(log) == VISITLOG_FULL && segment_has_room(&log->segment))
        health_note(log, (struct disk_end){ .result = VISITLOG_GOOD });
    log->append_began_ms = 0;
    pthread_mutex_unlock(&log->append_lock);
}

/* A file without a name takes visits that nobody will ever read. */
static bool lost_its_name(struct visitlog *log)
{
    struct stat st;
    pthread_mutex_lock(&log->append_lock);
    bool lost = fstat(log->segment.fd, &st) == 0 && st.st_nlink == 0;
    pthread_mutex_unlock(&log->append_lock);
    return lost;
}

static void replace_deleted(struct visitlog *log)
{
    struct err err = { 0 };
    bool good = visitlog_reopen(log, &err);
    diag(good ? DIAG_WARN : DIAG_ERROR, "somebody deleted the log; a new one is begun",
         diag_str("log", log->config.path), diag_str("error", err.text));
}

void visitlog_tick(struct visitlog *log)
{
    switch (health_state(log)) {
    case VISITLOG_FAILED:
        return;
    case VISITLOG_FULL:
        look_for_room(log);
        break;
    case VISITLOG_GOOD:
        break;
    }
    if (log->config.fsync == VISITLOG_FSYNC_EVERYSEC &&
        commit_wait(log, log->written) == VISITLOG_FAILED)
        return;
    if (lost_its_name(log))
        replace_deleted(log);
    pthread_mutex_lock(&log->reopen_lock);
    rotate_if_due(log);
    room_look(log);
    history_save(log, false);
    pthread_mutex_unlock(&log->reopen_lock);
}

/* ---- another file under the path ---- */

/* True when the path names the file that is open. Its size is asked again: somebody may have
 * copied it and emptied it in place. */
static bool is_current(struct visitlog *log)
{
    struct stat ours;
    struct stat named;
    pthread_mutex_lock(&log->append_lock);
    bool current = fstat(log->segment.fd, &ours) == 0 && stat(log->config.path, &named) == 0 &&
                   ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
    if (current)
        log->segment.size_bytes = (uint64_t)ours.st_size;
    pthread_mutex_unlock(&log->append_lock);
    return current;
}

/* The caller has the turn to commit, and append_lock. */
static bool exchange_locked(struct visitlog *log, const struct segment *next, uint64_t lines)
{
    if (commit_all(log) != VISITLOG_GOOD)
        return false;
    close(log->segment.fd);
    log->segment.fd = next->fd;
    log->segment.size_bytes = next->size_bytes;
    log->written += lines;
    log->durable = log->written;
    return true;
}

/* Everything that takes long is done before the locks are taken. */
static bool exchange(struct visitlog *log, struct err *err)
{
    struct segment next;
    uint64_t lines;
    struct visitlog_summary found = { 0 };
    if (!open_segment(&log->config, 0, &next, err))
        return false;
    const struct scan_range range = { .fd = next.fd, .to = next.size_bytes };
    if (!scan_lines(&range, &found, &lines, err)) {
        close(next.fd);
        return false;
    }
    commit_begin(log);
    pthread_mutex_lock(&log->append_lock);
    bool good = exchange_locked(log, &next, lines);
    if (good)
        history_merge(log, &found);
    pthread_mutex_unlock(&log->append_lock);
    commit_end(log);
    if (!good) {
        close(next.fd);
        return explain_failure(log, err);
    }
    return true;
}

bool visitlog_reopen(struct visitlog *log, struct err *err)
{
    pthread_mutex_lock(&log->reopen_lock);
    bool good;
    if (is_current(log))
        good = commit_wait(log, log->written) == VISITLOG_GOOD || explain_failure(log, err);
    else
        good = exchange(log, err);
    pthread_mutex_unlock(&log->reopen_lock);
    return good;
}
