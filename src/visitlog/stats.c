#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "visitlog/internal.h"

/*
 * Which targets and referrers are the most frequent: every one is counted, in a table that has a
 * limit. What comes when it is full is not counted; a log with as many different ones has no top.
 */

enum { SLOTS = 1 << 16, USED_MAX = SLOTS / 4 * 3, TEXT_MAX = 200 };

struct counter {
    struct arena *arena;
    struct visitlog_top *slots;
    size_t used;
};

struct reading {
    struct visitlog_stats *stats;
    struct counter targets;
    struct counter referrers;
};

/* FNV-1a, 64 bits. */
static uint64_t hash_of(struct span text)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001b3;
    return hash;
}

static void count_text(struct counter *c, struct span text)
{
    text.len = min_size(text.len, TEXT_MAX);
    if (text.len == 0 || span_eq_str(text, "-"))
        return;
    for (uint64_t at = hash_of(text);; at++) {
        struct visitlog_top *slot = &c->slots[at % SLOTS];
        if (slot->count && !span_eq(slot->text, text))
            continue;
        if (slot->count == 0 && c->used == USED_MAX)
            return;
        if (slot->count++ == 0) {
            slot->text = arena_copy(c->arena, text);
            c->used++;
        }
        return;
    }
}

/* The text between the n-th pair of quotes; a backslash escapes. */
static struct span quoted(struct span line, unsigned n)
{
    size_t from = 0;
    unsigned quotes = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '\\') {
            i++;
        } else if (line.ptr[i] == '"') {
            if (++quotes == 2 * n)
                return span_from(line.ptr + from, i - from);
            from = i + 1;
        }
    }
    return (struct span){ 0 };
}

/* The text behind "key":" in a line of JSON as we write it. */
static struct span member(struct span line, const char *key)
{
    size_t len = strlen(key);
    for (size_t i = 0; i + len < line.len; i++) {
        if (line.ptr[i] == key[0] && memcmp(line.ptr + i, key, len) == 0)
            return quoted(span_from_offset(line, i + len - 1), 1);
    }
    return (struct span){ 0 };
}

/* "GET /path HTTP/1.1" */
static struct span target_of(struct span request)
{
    struct span word;
    span_split(&request, ' ', &word);
    return span_split(&request, ' ', &word) ? word : (struct span){ 0 };
}

static void take_line(void *data, struct span line)
{
    struct reading *r = data;
    if (line.len && line.ptr[0] == '{') {
        count_text(&r->targets, member(line, "\"target\":\""));
        count_text(&r->referrers, member(line, "\"referrer\":\""));
    } else if (!span_starts(line, SPAN_LIT("Visit at:")) && !span_starts(line, SPAN_LIT("INFO "))) {
        count_text(&r->targets, target_of(quoted(line, 1)));
        count_text(&r->referrers, quoted(line, 2));
    }
}

static void find_top(const struct counter *c, struct visitlog_top top[VISITLOG_TOP])
{
    for (size_t i = 0; i < SLOTS; i++) {
        size_t at = VISITLOG_TOP;
        while (at > 0 && c->slots[i].count > top[at - 1].count)
            at--;
        if (at == VISITLOG_TOP)
            continue;
        memmove(&top[at + 1], &top[at], (VISITLOG_TOP - 1 - at) * sizeof(top[0]));
        top[at] = c->slots[i];
    }
}

static bool read_file(struct reading *r, int fd, uint64_t size, struct err *err)
{
    const struct scan_range range = { .fd = fd, .to = size, .each = take_line, .data = r };
    uint64_t lines;
    if (!scan_lines(&range, &r->stats->summary, &lines, err))
        return false;
    r->stats->summary.visits += lines;
    r->stats->bytes += size;
    return true;
}

static bool read_segment(struct reading *r, const struct segment_file *file, struct err *err)
{
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return errno == ENOENT ||
               err_set_os(err, ERR_FAILED, "cannot read the segment %.200s", file->path);
    bool good = read_file(r, fd, file->size_bytes, err);
    r->stats->summary.segments += good;
    close(fd);
    return good;
}

/* As for printing: the file in use is open before the others are listed. */
static bool read_all(struct reading *r, struct arena *a, const char *path, int fd, struct err *err)
{
    struct segment_list list;
    struct stat st;
    if (!segments_list(a, path, &list, err))
        return false;
    if (fstat(fd, &st) != 0)
        return err_set_os(err, ERR_FAILED, "cannot read the log %.200s", path);
    uint64_t removed = 0;
    for (size_t i = 0; i < list.count && list.items[i].id.inode != (uint64_t)st.st_ino; i++) {
        if (!read_segment(r, &list.items[i], err))
            return false;
        if (i == 0 && list.items[0].total > r->stats->summary.visits)
            removed = list.items[0].total - r->stats->summary.visits;
    }
    r->stats->summary.visits += removed;
    return read_file(r, fd, (uint64_t)st.st_size, err);
}

bool visitlog_stats(struct arena *a, const char *path, struct visitlog_stats *stats,
                    struct err *err)
{
    struct reading r = { .stats = stats, .targets = { .arena = a }, .referrers = { .arena = a } };
    struct statvfs fs;
    *stats = (struct visitlog_stats){ 0 };
    r.targets.slots = arena_alloc_array(a, SLOTS, sizeof(struct visitlog_top));
    r.referrers.slots = arena_alloc_array(a, SLOTS, sizeof(struct visitlog_top));
    if (!r.targets.slots || !r.referrers.slots)
        return err_set(err, ERR_FAILED, "out of memory");
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd == -1)
        return err_set_os(err, ERR_FAILED, "cannot read the log %.200s", path);
    if (fstatvfs(fd, &fs) == 0)
        stats->free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    bool good = read_all(&r, a, path, fd, err);
    close(fd);
    find_top(&r.targets, stats->targets);
    find_top(&r.referrers, stats->referrers);
    return good;
}
