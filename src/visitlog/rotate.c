#include "base/std.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "visitlog/internal.h"

/*
 * Rotation. One thread does it, and only a link and a rename stand between two batches of a
 * worker:
 *
 *   1  sync what is written                       so that the last sync, in 6, is short
 *   2  create <log>.new, lock it                  whoever opens the log next finds it held
 *   3  with append_lock: link <log> to its segment's name
 *   4                    rename <log>.new to <log>; from here on visits go to it
 *   5  without it: sync the directory             before that, nothing in the new file may be
 *   6  sync the old file, and close it            acknowledged as synced
 *
 * The turn to commit is held from 1 to 6, so nobody acknowledges a visit in the new file before
 * its name is safe, nor takes a sync of the new file for one of the old.
 *
 * So there is a file of the log's name at every moment, and it is locked: nobody who starts
 * meanwhile can begin one of their own. (Where a file system has no links, 3 is a rename.)
 *
 * A crash before 3 leaves an empty <log>.new, which the next rotation takes; between 3 and 4, one
 * file of two names, of which the next start takes the segment's away (history.c).
 * When 3 or 4 fails, the old file gets its name back and stays in use, and rotation is tried again
 * later; an input/output error ends the server, as it does anywhere near the log.
 */

enum { RETRY_MS = 60000, FILE_MODE = 0640, SCRATCH_BYTES = 16 << 20 };

struct rotation {
    struct visitlog *log;
    struct arena arena;
    const char *fresh;   /* <log>.new */
    const char *rotated; /* the segment's name */
    int fd;              /* of the new file */
    int old_fd;
    uint64_t old_size;
};

static bool is_due(const struct visitlog *log)
{
    const struct visitlog_config *c = &log->config;
    int64_t now_ms = clock_mono_ms();
    if (log->segment.size_bytes == 0 || now_ms < log->history.rotate_at_ms)
        return false;
    return (c->rotate_bytes && log->segment.size_bytes >= c->rotate_bytes) ||
           (c->rotate_ms && now_ms - log->history.began_ms >= c->rotate_ms);
}

/* Not now: said, and tried again later. EIO is the disk's end. */
static bool put_off(struct rotation *r, const char *what)
{
    int reason = errno;
    int64_t suppressed;
    r->log->history.rotate_at_ms = clock_mono_ms() + RETRY_MS;
    if (diag_allow(&r->log->history.limit, RETRY_MS, &suppressed))
        diag(DIAG_WARN, "the log is not rotated now; it goes on as it is",
             diag_str("log", r->log->config.path), diag_str("what", what),
             diag_str("error", err_errno_name(reason)));
    if (reason == EIO)
        health_note(r->log, (struct disk_end){ VISITLOG_FAILED, DISK_ROTATE, reason });
    return false;
}

static bool make_fresh(struct rotation *r)
{
    r->fresh = arena_printf(&r->arena, "%s.new", r->log->config.path);
    r->fd = open(r->fresh, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, FILE_MODE);
    if (r->fd == -1)
        return put_off(r, "create the next file");
    if (flock(r->fd, LOCK_EX | LOCK_NB) != 0)
        return put_off(r, "lock the next file");
    return true;
}

/* Steps 3 and 4; append_lock is held. */
static bool exchange_names(struct rotation *r)
{
    struct visitlog *log = r->log;
    if (!acquire_still_named(log->segment.fd, log->config.path)) {
        errno = ENOENT;
        return put_off(r, "find the log under its name");
    }
    r->rotated = segments_name(&r->arena, log->config.path, clock_wall().tv_sec, log->written);
    if (access(r->rotated, F_OK) == 0) {
        errno = EEXIST;
        return put_off(r, "name the segment");
    }
    bool linked = link(log->config.path, r->rotated) == 0;
    bool no_links = !linked && (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS);
    if (!linked && !(no_links && rename(log->config.path, r->rotated) == 0))
        return put_off(r, "name the segment");
    if (rename(r->fresh, log->config.path) == 0)
        return true;
    put_off(r, "rename the next file");
    if ((linked ? unlink(r->rotated) : rename(r->rotated, log->config.path)) != 0)
        health_note(log, (struct disk_end){ VISITLOG_FAILED, DISK_ROTATE, errno });
    return false;
}

/* append_lock is held. */
static bool exchange(struct rotation *r)
{
    struct visitlog *log = r->log;
    if (!exchange_names(r))
        return false;
    r->old_fd = log->segment.fd;
    r->old_size = log->segment.size_bytes;
    log->segment.fd = r->fd;
    log->segment.size_bytes = 0;
    log->history.began_ms = clock_mono_ms();
    log->history.summary.rotations++;
    log->history.summary.segments++;
    log->history.changed = true;
    return true;
}

/* Steps 5 and 6: `covered` visits were written to the old file. */
static void settle(struct rotation *r, uint64_t covered)
{
    struct visitlog *log = r->log;
    const struct segment old = { .fd = r->old_fd };
    if (file_sync_directory(log->config.path) != 0 && errno != EINVAL && errno != EACCES &&
        errno != EPERM) {
        health_note(log, (struct disk_end){ VISITLOG_FAILED, DISK_ROTATE, errno });
        return;
    }
    struct disk_end end = segment_sync(&old);
    if (end.result == VISITLOG_GOOD)
        log->durable = covered;
    else
        health_note(log, end);
}

static void rotate_with_turn(struct rotation *r)
{
    struct visitlog *log = r->log;
    if (commit_all(log) != VISITLOG_GOOD || !make_fresh(r))
        return;
    pthread_mutex_lock(&log->append_lock);
    uint64_t covered = log->written;
    bool done = exchange(r);
    pthread_mutex_unlock(&log->append_lock);
    if (!done)
        return;
    r->fd = -1;
    settle(r, covered);
    close(r->old_fd);
    diag(DIAG_INFO, "rotated the log", diag_str("segment", r->rotated),
         diag_num("bytes", (int64_t)r->old_size), diag_num("visits", (int64_t)covered));
}

static bool rotate(struct visitlog *log)
{
    struct rotation r = { .log = log, .fd = -1 };
    struct err err = { 0 };
    uint64_t before = log->history.summary.rotations;
    if (!arena_init(&r.arena, SCRATCH_BYTES, &err))
        return false;
    commit_begin(log);
    rotate_with_turn(&r);
    commit_end(log);
    if (r.fd != -1) {
        close(r.fd);
        unlink(r.fresh);
    }
    arena_fini(&r.arena);
    return log->history.summary.rotations != before;
}

/* ---- what is not to be kept ---- */

static bool is_too_old(const struct visitlog_config *c, const struct segment_file *file)
{
    return c->keep_ms && (clock_wall().tv_sec - file->ended_s) * 1000 > c->keep_ms;
}

static void remove_segment(struct visitlog *log, const struct segment_file *file, const char *why)
{
    if (unlink(file->path) != 0 && errno != ENOENT) {
        diag(DIAG_WARN, "a segment that is not to be kept cannot be removed",
             diag_str("segment", file->path), diag_str("error", err_errno_name(errno)));
        return;
    }
    pthread_mutex_lock(&log->append_lock);
    log->history.summary.segments -= log->history.summary.segments > 0;
    log->history.summary.removed++;
    log->history.changed = true;
    pthread_mutex_unlock(&log->append_lock);
    diag(DIAG_INFO, "removed a segment that is not to be kept", diag_str("segment", file->path),
         diag_str("why", why), diag_num("bytes", (int64_t)file->size_bytes));
}

/* The oldest go first; the file in use is no segment yet, and never goes. */
static void retain(struct visitlog *log, const struct segment_list *list)
{
    const struct visitlog_config *c = &log->config;
    uint64_t bytes = 0;
    for (size_t i = 0; i < list->count; i++)
        bytes += list->items[i].size_bytes;
    for (size_t i = 0; i < list->count; i++) {
        const struct segment_file *file = &list->items[i];
        if (c->keep_segments && list->count - i > c->keep_segments)
            remove_segment(log, file, "log.keep");
        else if (c->keep_bytes && bytes > c->keep_bytes)
            remove_segment(log, file, "log.keep_bytes");
        else if (is_too_old(c, file))
            remove_segment(log, file, "log.keep_days");
        else
            return;
        bytes -= file->size_bytes;
    }
}

static void retain_listed(struct visitlog *log)
{
    struct arena scratch;
    struct segment_list list;
    struct err err = { 0 };
    if (!arena_init(&scratch, SCRATCH_BYTES, &err))
        return;
    if (segments_list(&scratch, log->config.path, &list, &err))
        retain(log, &list);
    else
        diag(DIAG_WARN, "the segments cannot be listed", diag_str("error", err.text));
    arena_fini(&scratch);
}

void rotate_if_due(struct visitlog *log)
{
    enum { LOOK_MS = 60000 };
    const struct visitlog_config *c = &log->config;
    bool rotated = is_due(log) && rotate(log);
    bool keeps_some = c->keep_segments || c->keep_bytes || c->keep_ms;
    bool look = rotated || clock_mono_ms() >= log->history.look_at_ms;
    if (keeps_some && look) {
        retain_listed(log);
        log->history.look_at_ms = clock_mono_ms() + LOOK_MS;
    }
    if (rotated)
        history_save(log, true);
}
