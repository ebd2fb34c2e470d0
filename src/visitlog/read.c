#include "base/std.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "visitlog/internal.h"

enum { COPY_BYTES = 64 << 10, SEND_BYTES = 1 << 30 };

static bool fail(const char *path, struct err *err)
{
    return err_set_os(err, ERR_FAILED, "cannot read the log %.200s", path);
}

static ssize_t read_at(int fd, char *to, size_t room, uint64_t offset)
{
    ssize_t n;
    do {
        n = pread(fd, to, room, (off_t)offset);
    } while (n == -1 && errno == EINTR);
    return n;
}

/* Sets *end to the offset behind the last newline: a line that is being written is not shown. */
bool read_whole_end(int fd, uint64_t size, uint64_t *end)
{
    char window[COPY_BYTES];
    for (uint64_t from = size; from > 0;) {
        size_t len = min_size(from, sizeof(window));
        ssize_t n = read_at(fd, window, len, from - len);
        if (n == -1)
            return false;
        const char *newline = memrchr(window, '\n', (size_t)n);
        if (newline) {
            *end = from - len + (size_t)(newline + 1 - window);
            return true;
        }
        from -= len;
    }
    *end = 0;
    return true;
}

static bool explain_output(struct err *err)
{
    return err_set_os(err, ERR_FAILED, "cannot write to standard output");
}

/* For an output that sendfile(2) does not take, such as a file in append mode. */
static bool copy(struct read_job *p, struct err *err)
{
    char window[COPY_BYTES];
    while (p->at < p->to) {
        ssize_t n = read_at(p->fd, window, min_size(p->to - p->at, sizeof(window)), p->at);
        if (n == -1)
            return fail(p->path, err);
        if (n == 0)
            return true; /* emptied by somebody meanwhile */
        if (!file_write_all(p->out, span_from(window, (size_t)n)))
            return explain_output(err);
        p->at += (uint64_t)n;
    }
    return true;
}

bool read_send(struct read_job *p, struct err *err)
{
    while (p->at < p->to) {
        off_t at = (off_t)p->at;
        ssize_t n = sendfile(p->out, p->fd, &at, min_size(p->to - p->at, SEND_BYTES));
        if (n == 0)
            return true;
        /* EIO may be the log's or the output's: reading it ourselves tells which. */
        if (n == -1 && (errno == EINVAL || errno == ENOSYS || errno == EIO))
            return copy(p, err);
        if (n == -1 && errno != EINTR)
            return explain_output(err);
        p->at = (uint64_t)at;
    }
    return true;
}

static bool print_open(struct read_job *p, struct err *err)
{
    struct stat st;
    if (fstat(p->fd, &st) != 0)
        return fail(p->path, err);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_FAILED, "the log %.200s is no regular file", p->path);
    if (!read_whole_end(p->fd, (uint64_t)st.st_size, &p->to))
        return fail(p->path, err);
    return read_send(p, err);
}

static bool print_file(const char *path, int out, struct err *err)
{
    struct read_job p = { .path = path, .out = out };
    p.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    /* A segment that is not to be kept may go while we read those before it. */
    if (p.fd == -1 && errno == ENOENT)
        return true;
    if (p.fd == -1)
        return fail(path, err);
    bool good = print_open(&p, err);
    close(p.fd);
    return good;
}

static bool is_open(const struct segment_file *file, int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && file->id.inode == (uint64_t)st.st_ino &&
           file->id.device == (uint64_t)st.st_dev;
}

/* The file in use is opened before the others are listed: when it is rotated meanwhile, it stands
 * among them, and is left out there. So no line is missed, and none is printed twice. */
static bool print_all(struct arena *a, struct read_job *live, struct err *err)
{
    struct segment_list list;
    if (!segments_list(a, live->path, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        if (is_open(&list.items[i], live->fd))
            break;
        if (!print_file(list.items[i].path, live->out, err))
            return false;
    }
    return print_open(live, err);
}

bool visitlog_print(const char *path, int out, struct err *err)
{
    enum { LIST_BYTES = 16 << 20 };
    struct read_job p = { .path = path, .out = out };
    struct arena scratch;
    p.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (p.fd == -1)
        return fail(path, err);
    bool good = arena_init(&scratch, LIST_BYTES, err);
    if (good) {
        good = print_all(&scratch, &p, err);
        arena_fini(&scratch);
    }
    close(p.fd);
    return good;
}
