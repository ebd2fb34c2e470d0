#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "visitlog/internal.h"

enum { WINDOW_BYTES = 64 << 10, LIST_BYTES = 16 << 20, POLL_MS = 200 };

/* The file in use, and how far it was printed. */
struct tail {
    const char *path;
    int out;
    int fd;
    uint64_t at;
};

static bool send_to(struct tail *t, uint64_t end, struct err *err)
{
    struct read_job job = { t->fd, t->path, t->out, t->at, end };
    bool good = read_send(&job, err);
    t->at = job.at;
    return good;
}

static bool fail(const struct tail *t, struct err *err)
{
    return err_set_os(err, ERR_FAILED, "cannot read the log %.200s", t->path);
}

/* Where the last `*lines` lines before `end` begin; *lines is how many more are wanted then. */
static bool find_start(int fd, uint64_t end, uint64_t *lines, uint64_t *start)
{
    char window[WINDOW_BYTES];
    uint64_t at = end;
    *start = end;
    while (at > 0 && *lines > 0) {
        size_t len = min_size(at, sizeof(window));
        ssize_t n = pread(fd, window, len, (off_t)(at - len));
        if (n != (ssize_t)len)
            return false;
        for (size_t i = len; i-- > 0 && *lines > 0;) {
            bool ends_line = window[i] == '\n' && at - len + i + 1 < end;
            if (ends_line && --*lines == 0)
                *start = at - len + i + 1;
        }
        at -= len;
    }
    if (*lines > 0 && end > 0) {
        *start = 0;
        --*lines; /* the first line has no newline before it */
    }
    return true;
}

static bool is_file(const struct segment_file *file, int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && file->id.inode == (uint64_t)st.st_ino &&
           file->id.device == (uint64_t)st.st_dev;
}

/* Prints a rotated segment from an offset on. */
static bool print_segment(const struct tail *t, const struct segment_file *file, uint64_t from,
                          struct err *err)
{
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return errno == ENOENT || fail(t, err);
    struct read_job job = { fd, file->path, t->out, from, file->size_bytes };
    bool good = read_send(&job, err);
    close(fd);
    return good;
}

/* How many segments from the end on are needed, and from where the first of them. */
static bool find_segments(const struct tail *t, const struct segment_list *list, uint64_t lines,
                          size_t *first, uint64_t *from)
{
    *first = list->count;
    *from = 0;
    while (lines > 0 && *first > 0) {
        const struct segment_file *file = &list->items[*first - 1];
        int fd = open(file->path, O_RDONLY | O_CLOEXEC);
        bool good = fd != -1 && find_start(fd, file->size_bytes, &lines, from);
        if (fd != -1)
            close(fd);
        if (!good)
            return t->fd == -1;
        --*first;
    }
    return true;
}

static bool print_last(struct tail *t, struct arena *a, uint64_t lines, struct err *err)
{
    struct stat st;
    struct segment_list list;
    uint64_t end;
    size_t first;
    uint64_t from;
    if (fstat(t->fd, &st) != 0 || !read_whole_end(t->fd, (uint64_t)st.st_size, &end) ||
        !find_start(t->fd, end, &lines, &t->at))
        return fail(t, err);
    if (!segments_list(a, t->path, &list, err))
        return false;
    while (list.count && is_file(&list.items[list.count - 1], t->fd))
        list.count--;
    if (!find_segments(t, &list, lines, &first, &from))
        return fail(t, err);
    for (size_t i = first; i < list.count; i++) {
        if (!print_segment(t, &list.items[i], i == first ? from : 0, err))
            return false;
    }
    return send_to(t, end, err);
}

/* What was appended since. A file that became shorter was emptied by somebody: from its start. */
static bool print_more(struct tail *t, struct err *err)
{
    struct stat st;
    uint64_t end;
    if (fstat(t->fd, &st) != 0 || !read_whole_end(t->fd, (uint64_t)st.st_size, &end))
        return fail(t, err);
    if (end < t->at)
        t->at = 0;
    return end == t->at || send_to(t, end, err);
}

/* The file that we have was rotated: what came between it and the file in use now, then that. */
static bool go_on(struct tail *t, struct arena *a, struct err *err)
{
    struct segment_list list;
    int next = open(t->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (next == -1)
        return errno == ENOENT || fail(t, err);
    bool good = print_more(t, err) && segments_list(a, t->path, &list, err);
    size_t i = 0;
    while (good && i < list.count && !is_file(&list.items[i], t->fd))
        i++;
    for (i++; good && i < list.count && !is_file(&list.items[i], next); i++)
        good = print_segment(t, &list.items[i], 0, err);
    close(t->fd);
    t->fd = next;
    t->at = 0;
    return good && print_more(t, err);
}

static bool follow_on(struct tail *t, struct err *err)
{
    bool good = true;
    while (good) {
        struct arena scratch;
        nanosleep(&(struct timespec){ .tv_nsec = POLL_MS * 1000000L }, NULL);
        if (acquire_still_named(t->fd, t->path)) {
            good = print_more(t, err);
            continue;
        }
        if (!arena_init(&scratch, LIST_BYTES, err))
            return false;
        good = go_on(t, &scratch, err);
        arena_fini(&scratch);
    }
    return false;
}

bool visitlog_tail(const char *path, uint64_t lines, bool follow, int out, struct err *err)
{
    struct tail t = { .path = path, .out = out };
    struct arena scratch;
    t.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (t.fd == -1)
        return fail(&t, err);
    bool good = arena_init(&scratch, LIST_BYTES, err);
    if (good) {
        good = print_last(&t, &scratch, lines, err);
        arena_fini(&scratch);
    }
    if (good && follow)
        good = follow_on(&t, err);
    close(t.fd);
    return good;
}
