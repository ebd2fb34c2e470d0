#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

/* read(2) that goes on after EINTR. */
static ssize_t read_some(int fd, char *to, size_t room)
{
    ssize_t n;
    do {
        n = read(fd, to, room);
    } while (n == -1 && errno == EINTR);
    return n;
}

/* Reads to the end into `room` bytes: the length, -1 on an error, -2 when there is more. */
static ssize_t read_to_end(int fd, char *to, size_t room)
{
    size_t len = 0;
    for (;;) {
        char extra;
        ssize_t n = len < room ? read_some(fd, to + len, room - len) : read_some(fd, &extra, 1);
        if (n <= 0)
            return n == 0 ? (ssize_t)len : -1;
        if (len == room)
            return -2;
        len += (size_t)n;
    }
}

/* How much to make ready: a regular file's size, else the limit. */
static size_t expected_size(int fd, size_t max_bytes)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size < max_bytes)
        return (size_t)st.st_size;
    return max_bytes;
}

static bool read_fd(struct arena *a, int fd, size_t max_bytes, struct span *content)
{
    size_t room = expected_size(fd, max_bytes);
    char *bytes = arena_alloc(a, room + 1);
    if (!bytes) {
        errno = ENOMEM;
        return false;
    }
    ssize_t n = read_to_end(fd, bytes, room);
    if (n == -2)
        errno = EFBIG;
    if (n < 0)
        return false;
    bytes[n] = '\0';
    *content = span_from(bytes, (size_t)n);
    return true;
}

bool file_read(struct arena *a, const char *path, size_t max_bytes, struct span *content,
               struct err *err)
{
    bool from_stdin = strcmp(path, "-") == 0;
    int fd = from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return err_set_os(err, ERR_REQUEST, "cannot open %s", path);
    bool ok = read_fd(a, fd, max_bytes, content);
    if (!ok && errno == EFBIG)
        err_set(err, ERR_REQUEST, "%s is larger than %zu bytes", path, max_bytes);
    else if (!ok)
        err_set_os(err, ERR_REQUEST, "cannot read %s", path);
    if (!from_stdin)
        close(fd);
    return ok;
}

bool file_write_all(int fd, struct span bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return false;
        bytes = span_from_offset(bytes, (size_t)n);
    }
    return true;
}

int file_sync_directory(const char *path)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    struct buf b = BUF_OF(directory);
    if (!slash)
        buf_add_str(&b, ".");
    else
        buf_add(&b, path, slash == path ? 1 : (size_t)(slash - path));
    const char *name = buf_cstr(&b);
    if (!name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1)
        return -1;
    int result = fsync(fd);
    int cause = errno;
    close(fd);
    errno = cause;
    return result;
}

/* Writes and syncs a new file; it is taken away again when that fails. */
static bool write_new(const char *path, struct span content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd == -1)
        return false;
    bool good = file_write_all(fd, content) && fsync(fd) == 0;
    int reason = errno;
    if (close(fd) == -1 && good) {
        good = false;
        reason = errno;
    }
    if (!good)
        unlink(path);
    errno = reason;
    return good;
}

bool file_replace(const char *path, struct span content, struct err *err)
{
    char memory[4096 + 8];
    struct buf b = BUF_OF(memory);
    buf_printf(&b, "%s.tmp", path);
    const char *temporary = buf_cstr(&b);
    if (!temporary)
        return err_set(err, ERR_REQUEST, "the path %.100s... is too long", path);
    if (!write_new(temporary, content))
        return err_set_os(err, ERR_FAILED, "cannot write %s", temporary);
    if (rename(temporary, path) == 0 && file_sync_directory(path) == 0)
        return true;
    return err_set_os(err, ERR_FAILED, "cannot put %s in its place", path);
}
