#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "visitlog/internal.h"

/*
 * How many visits there were before this start. The names of rotated segments tell the total at
 * their end; so the file in use is all that would have to be counted, were it not for the buckets.
 *
 *   the index is about the file in use           what is behind its offset is read
 *   it is about the segment that was rotated     a crash came between the renaming and the next
 *   last                                         index: that one's rest is read, and the file in
 * use none, a wrong one, or about another file     every segment is read again, and that is said
 */

enum { SCRATCH_BYTES = 16 << 20, SAVE_MS = 30000, REPORT_MS = 60000 };

struct opening {
    struct visitlog *log;
    struct arena *arena;
    struct segment_list list;
    struct file_id live;
    struct index_state index;
};

static bool id_of(int fd, struct file_id *id)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return false;
    *id = (struct file_id){ (uint64_t)st.st_dev, (uint64_t)st.st_ino };
    return true;
}

static bool same_file(struct file_id a, struct file_id b)
{
    return a.inode == b.inode && a.device == b.device;
}

static uint64_t rotated_total(const struct opening *o)
{
    return o->list.count ? o->list.items[o->list.count - 1].total : 0;
}

/* Reads the lines of a rotated segment from an offset on. */
static bool scan_segment(const struct opening *o, const struct segment_file *file, uint64_t from,
                         uint64_t *lines, struct err *err)
{
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return err_set_os(err, ERR_FAILED, "cannot read the segment %.200s", file->path);
    const struct scan_range range = { .fd = fd, .from = from, .to = file->size_bytes };
    bool good = scan_lines(&range, &o->log->history.summary, lines, err);
    close(fd);
    return good;
}

/* What the file in use has from an offset on. */
static bool scan_live(const struct opening *o, uint64_t from, uint64_t *lines, struct err *err)
{
    const struct segment *live = &o->log->segment;
    const struct scan_range range = { .fd = live->fd, .from = from, .to = live->size_bytes };
    return scan_lines(&range, &o->log->history.summary, lines, err);
}

static bool go_on_from_index(struct opening *o, uint64_t *total, struct err *err)
{
    uint64_t lines;
    o->log->history.summary = o->index.summary;
    if (!scan_live(o, o->index.offset_bytes, &lines, err))
        return false;
    *total = o->index.summary.visits + lines;
    return true;
}

/* The index is about the segment that was rotated last: its bytes must still be those. */
static bool index_is_of_last(const struct opening *o)
{
    if (!o->list.count)
        return false;
    const struct segment_file *last = &o->list.items[o->list.count - 1];
    if (!same_file(last->id, o->index.id))
        return false;
    int fd = open(last->path, O_RDONLY | O_CLOEXEC);
    bool good = fd != -1 && index_matches(&o->index, fd, last->size_bytes);
    if (fd != -1)
        close(fd);
    return good;
}

static bool go_on_from_last(struct opening *o, uint64_t *total, struct err *err)
{
    uint64_t lines;
    o->log->history.summary = o->index.summary;
    o->log->history.summary.rotations++;
    if (!scan_segment(o, &o->list.items[o->list.count - 1], o->index.offset_bytes, &lines, err) ||
        !scan_live(o, 0, &lines, err))
        return false;
    *total = rotated_total(o) + lines;
    return true;
}

static bool rebuild(struct opening *o, uint64_t *total, struct err *err)
{
    uint64_t lines;
    o->log->history.summary = (struct visitlog_summary){ .rotations = o->list.count };
    o->log->history.rebuilt = o->log->segment.size_bytes > 0 || o->list.count > 0;
    for (size_t i = 0; i < o->list.count; i++) {
        if (!scan_segment(o, &o->list.items[i], 0, &lines, err))
            return false;
    }
    if (!scan_live(o, 0, &lines, err))
        return false;
    *total = rotated_total(o) + lines;
    return true;
}

static bool find_history(struct opening *o, uint64_t *total, struct err *err)
{
    const struct segment *live = &o->log->segment;
    const char *why = "the log has changed since";
    enum index_result result = o->log->config.keep_index
                                   ? index_read(o->arena, o->log->config.path, &o->index, &why)
                                   : INDEX_MISSING;
    if (result == INDEX_GOOD && same_file(o->index.id, o->live) &&
        index_matches(&o->index, live->fd, live->size_bytes))
        return go_on_from_index(o, total, err);
    if (result == INDEX_GOOD && index_is_of_last(o))
        return go_on_from_last(o, total, err);
    if (result == INDEX_GOOD)
        why = "it is about another file, or the log has changed since";
    if (o->log->config.keep_index && result != INDEX_MISSING)
        diag(DIAG_WARN, "the index is made again from the log",
             diag_str("log", o->log->config.path), diag_str("why", why));
    else if (o->log->config.keep_index && (live->size_bytes || o->list.count))
        diag(DIAG_INFO, "there is no index: it is made from the log",
             diag_str("log", o->log->config.path));
    return rebuild(o, total, err);
}

/* How old the file in use is: by its first line, and never more than it may become, as a clock
 * that was wrong must not make it rotate again and again. */
static int64_t age_ms(const struct visitlog *log)
{
    char text[VISITLOG_LINE_MAX];
    int64_t first_s;
    ssize_t n = pread(log->segment.fd, text, sizeof(text), 0);
    if (n <= 0 || !scan_line_time(span_from(text, (size_t)n), &first_s))
        return 0;
    int64_t age_s = max_i64(0, clock_wall().tv_sec - first_s);
    return min_i64(age_s * 1000, log->config.rotate_ms);
}

/* A rotation that was cut short left the file in use a second name, that of a segment to be. */
static void drop_second_name(struct opening *o)
{
    while (o->list.count && same_file(o->list.items[o->list.count - 1].id, o->live)) {
        const char *path = o->list.items[--o->list.count].path;
        if (unlink(path) != 0)
            diag(DIAG_WARN, "the log has a second name that cannot be removed",
                 diag_str("name", path), diag_str("error", err_errno_name(errno)));
    }
}

static bool open_history(struct opening *o, uint64_t *total, struct err *err)
{
    const struct visitlog *log = o->log;
    if (!id_of(log->segment.fd, &o->live))
        return err_set_os(err, ERR_DISK, "cannot examine the log %.200s", log->config.path);
    if (!segments_list(o->arena, log->config.path, &o->list, err))
        return false;
    drop_second_name(o);
    return find_history(o, total, err);
}

bool history_open(struct visitlog *log, uint64_t *total, struct err *err)
{
    struct arena scratch;
    struct opening o = { .log = log, .arena = &scratch };
    if (!arena_init(&scratch, SCRATCH_BYTES, err))
        return false;
    bool good = open_history(&o, total, err);
    log->history.summary.segments = o.list.count;
    log->history.began_ms = clock_mono_ms() - age_ms(log);
    log->history.changed = true;
    arena_fini(&scratch);
    return good;
}

void history_merge(struct visitlog *log, const struct visitlog_summary *from)
{
    struct visitlog_summary *to = &log->history.summary;
    for (size_t i = 0; i < VISITLOG_HOURS; i++) {
        if (from->hours[i].count)
            buckets_add_hour(to, from->hours[i].id, from->hours[i].count);
    }
    for (size_t i = 0; i < VISITLOG_DAYS; i++) {
        if (from->days[i].count)
            buckets_add_day(to, from->days[i].id, from->days[i].count);
    }
    if (from->last_s) {
        buckets_note_time(to, from->first_s);
        buckets_note_time(to, from->last_s);
    }
    log->history.began_ms = clock_mono_ms();
    log->history.changed = true;
}

void history_note(struct visitlog *log, const struct visitlog_batch *batch)
{
    struct history *h = &log->history;
    for (size_t i = 0; i < countof(batch->parts); i++) {
        if (batch->parts[i].count)
            buckets_add(&h->summary, batch->parts[i].hour, batch->parts[i].day,
                        batch->parts[i].count);
    }
    buckets_note_time(&h->summary, batch->stamp_s);
    h->changed = true;
}

/* A state whose parts belong together, and a descriptor that stays when the file is exchanged. */
static int take_state(struct visitlog *log, struct index_state *state)
{
    pthread_mutex_lock(&log->append_lock);
    int fd = fcntl(log->segment.fd, F_DUPFD_CLOEXEC, 0);
    state->summary = log->history.summary;
    state->summary.visits = log->written;
    state->offset_bytes = log->segment.size_bytes;
    log->history.changed = false;
    pthread_mutex_unlock(&log->append_lock);
    return fd;
}

void history_save(struct visitlog *log, bool now)
{
    struct history *h = &log->history;
    struct index_state state = { 0 };
    struct err err = { 0 };
    int64_t suppressed;
    if (!log->config.keep_index || !h->changed || (!now && clock_mono_ms() < h->index_at_ms))
        return;
    int fd = take_state(log, &state);
    bool good = fd != -1 && id_of(fd, &state.id) && index_write(log->config.path, fd, &state, &err);
    if (fd != -1)
        close(fd);
    h->index_at_ms = clock_mono_ms() + SAVE_MS;
    if (!good && diag_allow(&h->limit, REPORT_MS, &suppressed))
        diag(DIAG_WARN, "the index cannot be written; the next start will read the log instead",
             diag_str("log", log->config.path), diag_str("error", err.text));
}
