#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "visitlog/internal.h"

/*
 * What a crash can leave, and what becomes of it. A record is a line that ends in a newline.
 *
 *   the file ends in a newline        nothing to mend
 *   NULs at the end                   cut: the size reached the disk, the bytes did not
 *   a whole line without newline      gets its newline (who came before us may have written
 *                                     newlines first: cutting would lose a visit)
 *   any other beginning of a line     cut, and reported with its bytes
 *   more than VISITLOG_TAIL_BYTES     no line of ours is as long: it is kept, gets a newline,
 *   without newline                   and is reported
 *
 * Then the last VISITLOG_REWRITE_BYTES are written again in place and synced. After a failed
 * fdatasync the kernel may hold pages that it calls clean and that never reached the disk; what
 * we read here would be lost by the next power cut (Rebello et al., "Can Applications Recover
 * from fsync Failures?", USENIX ATC 2020). Nothing before the tail is ever changed.
 */

enum { SCRATCH_BYTES = 2 * VISITLOG_REWRITE_BYTES };

struct recovery {
    int fd;
    const char *path;
    uint64_t size;
    char *window; /* VISITLOG_REWRITE_BYTES */
};

static_assert((int)VISITLOG_REWRITE_BYTES >= (int)VISITLOG_TAIL_BYTES, "one window serves both");

static bool fail(const struct recovery *r, const char *what, struct err *err)
{
    return err_set_os(err, ERR_DISK, "cannot %s the log %.200s", what, r->path);
}

/* Reads [offset, offset + len) into the window. A file that has become shorter is an error, as
 * nobody else may write while we hold the lock. */
static bool read_window(const struct recovery *r, uint64_t offset, size_t len, struct err *err)
{
    assert(len <= VISITLOG_REWRITE_BYTES);
    size_t have = 0;
    while (have < len) {
        ssize_t n = pread(r->fd, r->window + have, len - have, (off_t)(offset + have));
        if (n == -1 && errno == EINTR)
            continue;
        if (n == 0)
            errno = EIO;
        if (n <= 0)
            return fail(r, "read", err);
        have += (size_t)n;
    }
    return true;
}

/* 0, or the errno that stopped it. */
static int write_at(int fd, struct span bytes, uint64_t offset)
{
    while (bytes.len) {
        ssize_t n = pwrite(fd, bytes.ptr, bytes.len, (off_t)offset);
        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? ENOSPC : errno;
        bytes = span_from_offset(bytes, (size_t)n);
        offset += (uint64_t)n;
    }
    return 0;
}

static bool cut_to(struct recovery *r, uint64_t size, struct err *err)
{
    int result;
    do {
        result = ftruncate(r->fd, (off_t)size);
    } while (result == -1 && errno == EINTR);
    if (result == -1)
        return fail(r, "cut the torn end off", err);
    r->size = size;
    return true;
}

/* Tells what is cut, at most its first bytes. */
static void tell_cut(const struct recovery *r, struct span torn, uint64_t bytes)
{
    enum { EXCERPT_BYTES = 200 };
    diag(DIAG_WARN, "cut a torn end off the log", diag_str("log", r->path),
         diag_num("bytes", (int64_t)bytes), diag_num("kept_bytes", (int64_t)(r->size - bytes)),
         diag_span("torn", span_from(torn.ptr, min_size(torn.len, EXCERPT_BYTES))));
}

/* The size without a hole at the end: a file of terabytes that is all hole is not read. Where the
 * file system does not tell, the size itself. */
static uint64_t size_of_data(const struct recovery *r)
{
    off_t end = 0;
    for (;;) {
        off_t data = lseek(r->fd, end, SEEK_DATA);
        if (data == -1)
            return errno == ENXIO ? (uint64_t)end : r->size;
        end = lseek(r->fd, data, SEEK_HOLE);
        if (end == -1 || (uint64_t)end >= r->size)
            return r->size;
    }
}

/* Sets *end to the size without the NULs at the end. */
static bool find_end(const struct recovery *r, uint64_t *end, struct err *err)
{
    *end = size_of_data(r);
    while (*end) {
        size_t len = min_size(*end, VISITLOG_TAIL_BYTES);
        if (!read_window(r, *end - len, len, err))
            return false;
        while (len && r->window[len - 1] == '\0') {
            len--;
            (*end)--;
        }
        if (len)
            return true;
    }
    return true;
}

static bool cut_nuls(struct recovery *r, struct err *err)
{
    uint64_t end;
    if (!find_end(r, &end, err))
        return false;
    if (end == r->size)
        return true;
    tell_cut(r, SPAN_LIT("(NUL bytes)"), r->size - end);
    return cut_to(r, end, err);
}

static bool end_line(struct recovery *r, struct span line, struct err *err)
{
    int failure = write_at(r->fd, SPAN_LIT("\n"), r->size);
    if (failure == 0) {
        r->size++;
        diag(DIAG_WARN, "gave the log's last line its newline", diag_str("log", r->path));
        return true;
    }
    errno = failure;
    if (!segment_errno_is_full(failure))
        return fail(r, "end the last line of", err);
    /* No room for one byte: the next visit must not be glued to this line. We never
     * acknowledged it, as we acknowledge nothing without its newline. */
    tell_cut(r, line, line.len);
    return cut_to(r, r->size - line.len, err);
}

/* A byte order mark at the start of the file is no part of the first line. */
static struct span without_mark(struct span line, uint64_t offset)
{
    struct span mark = SPAN_LIT("\xef\xbb\xbf");
    return offset == 0 && span_starts(line, mark) ? span_from_offset(line, mark.len) : line;
}

static bool mend_tail(struct recovery *r, struct err *err)
{
    if (!cut_nuls(r, err))
        return false;
    size_t len = min_size(r->size, VISITLOG_TAIL_BYTES);
    uint64_t offset = r->size - len;
    if (!read_window(r, offset, len, err))
        return false;
    const char *newline = len ? memrchr(r->window, '\n', len) : NULL;
    struct span line = span_from(r->window, len);
    if (newline)
        line = span_from_offset(line, (size_t)(newline + 1 - r->window));
    else
        line = without_mark(line, offset);
    if (line.len == 0)
        return true;
    if (line_is_whole(line) || (!newline && offset > 0))
        return end_line(r, line, err);
    tell_cut(r, line, line.len);
    return cut_to(r, r->size - line.len, err);
}

static bool rewrite_end(const struct recovery *r, struct err *err)
{
    size_t len = min_size(r->size, VISITLOG_REWRITE_BYTES);
    if (!read_window(r, r->size - len, len, err))
        return false;
    int failure = write_at(r->fd, span_from(r->window, len), r->size - len);
    if (failure == 0)
        return true;
    errno = failure;
    if (!segment_errno_is_full(failure))
        return fail(r, "write again the end of", err);
    /* A copy-on-write file system that is full. What is unsure then was never acknowledged: a
     * server whose sync fails acknowledges nothing from then on. */
    diag(DIAG_WARN, "no room to write the end of the log again", diag_str("log", r->path),
         diag_str("error", err_errno_name(failure)));
    return true;
}

/* The name is synced, too: it may be new, or its creator may have died before it did so. Where
 * the path is a symbolic link, what counts is the directory of the file itself. */
static bool sync_all(const struct recovery *r, struct err *err)
{
    int result;
    do {
        result = fsync(r->fd);
    } while (result == -1 && errno == EINTR);
    if (result == -1)
        return fail(r, "sync", err);
    char *real = realpath(r->path, (char[PATH_MAX]){ 0 });
    do {
        result = file_sync_directory(real ? real : r->path);
    } while (result == -1 && errno == EINTR);
    if (result == 0)
        return true;
    /* Not every file system can sync a directory, and not every user may read one. */
    if (errno != EINVAL && errno != EACCES && errno != EPERM)
        return fail(r, "sync the directory of", err);
    diag(DIAG_WARN, "cannot sync the log's directory", diag_str("log", r->path),
         diag_str("error", err_errno_name(errno)));
    return true;
}

static bool start_appending(const struct recovery *r, struct err *err)
{
    /* O_NONBLOCK, which only opening needed, goes. */
    if (fcntl(r->fd, F_SETFL, O_APPEND) != 0)
        return err_set_os(err, ERR_FAILED, "cannot append to the log %.200s", r->path);
    return true;
}

static bool recover_all(struct recovery *r, struct err *err)
{
    struct stat st;
    if (fstat(r->fd, &st) != 0)
        return fail(r, "examine", err);
    r->size = (uint64_t)st.st_size;
    return mend_tail(r, err) && rewrite_end(r, err) && sync_all(r, err) && start_appending(r, err);
}

bool recover_file(int fd, const char *path, uint64_t *size_bytes, struct err *err)
{
    /* An arena of its own, so that the window is given back. */
    struct arena scratch;
    if (!arena_init(&scratch, SCRATCH_BYTES, err))
        return false;
    struct recovery r = { .fd = fd, .path = path };
    r.window = arena_alloc(&scratch, VISITLOG_REWRITE_BYTES);
    assert(r.window);
    bool ok = recover_all(&r, err);
    *size_bytes = r.size;
    arena_fini(&scratch);
    return ok;
}
