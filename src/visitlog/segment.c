#include "base/std.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "visitlog/internal.h"

/*
 * What a failure of the disk means, and what is done:
 *
 *   write        short                   the rest is tried at once: that tells the reason
 *   any          EINTR                   again
 *   write        ENOSPC EDQUOT EFBIG     cut back to the last whole batch; FULL: the batch is
 *                                        refused; tried again once a second, in between refused
 *                                        without a try
 *   write        anything else           cut back if that works; FAILED
 *   ftruncate    anything                FAILED: what stands at the end is not known
 *   fdatasync    anything                FAILED: the kernel may have marked the pages clean, so
 *                                        a second fdatasync that succeeds proves nothing
 *
 * FAILED sticks: nothing is written, synced or acknowledged again by this process. The next one
 * writes the last bytes again before it believes them (recover.c).
 */

static struct disk_end end_of(enum disk_step step, int os_errno)
{
    bool full = step == DISK_WRITE && segment_errno_is_full(os_errno);
    return (struct disk_end){ full ? VISITLOG_FULL : VISITLOG_FAILED, step, os_errno };
}

bool segment_errno_is_full(int os_errno)
{
    return os_errno == ENOSPC || os_errno == EDQUOT || os_errno == EFBIG;
}

/* Writes all of it, 0, or what can be written, the errno that stopped it. */
static int write_lines(int fd, struct span lines, size_t *written)
{
    *written = 0;
    while (*written < lines.len) {
        ssize_t n = write(fd, lines.ptr + *written, lines.len - *written);
        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? ENOSPC : errno;
        *written += (size_t)n;
    }
    return 0;
}

/* Takes `written` bytes off the end again. The file's own size is asked because another program
 * may have emptied the file meanwhile: cutting to what we remember would fill it with NULs. */
static int cut_back(struct segment *segment, size_t written)
{
    struct stat st;
    if (written == 0)
        return 0;
    if (fstat(segment->fd, &st) != 0)
        return errno;
    uint64_t before = (uint64_t)max_i64(0, st.st_size - (int64_t)written);
    int result;
    do {
        result = ftruncate(segment->fd, (off_t)before);
    } while (result == -1 && errno == EINTR);
    if (result == -1)
        return errno;
    segment->size_bytes = before;
    return 0;
}

struct disk_end segment_append(struct segment *segment, struct span lines)
{
    size_t written;
    assert(lines.len > 0 && lines.ptr[lines.len - 1] == '\n');
    int failure = write_lines(segment->fd, lines, &written);
    if (failure == 0) {
        segment->size_bytes += lines.len;
        return (struct disk_end){ .result = VISITLOG_GOOD };
    }
    struct disk_end end = end_of(DISK_WRITE, failure);
    int cut_failure = cut_back(segment, written);
    /* The first cause is the one to tell, when it is as bad. */
    if (cut_failure && end.result == VISITLOG_FULL)
        return end_of(DISK_CUT, cut_failure);
    return end;
}

struct disk_end segment_sync(const struct segment *segment)
{
    int result;
    do {
        result = fdatasync(segment->fd);
    } while (result == -1 && errno == EINTR);
    return result == -1 ? end_of(DISK_SYNC, errno) : (struct disk_end){ .result = VISITLOG_GOOD };
}

/* Allocation past the end does not heed the limit that write(2) heeds. */
static bool within_file_limit(uint64_t size_bytes)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
           size_bytes <= limit.rlim_cur;
}

bool segment_has_room(const struct segment *segment)
{
    if (!within_file_limit(segment->size_bytes + VISITLOG_ROOM_BYTES))
        return false;
    if (fallocate(segment->fd, FALLOC_FL_KEEP_SIZE, (off_t)segment->size_bytes,
                  VISITLOG_ROOM_BYTES) == 0)
        return true;
    struct statvfs fs;
    return (errno == EOPNOTSUPP || errno == ENOSYS) && fstatvfs(segment->fd, &fs) == 0 &&
           (uint64_t)fs.f_bavail * fs.f_frsize >= VISITLOG_ROOM_BYTES;
}
