#include "base/std.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "visitlog/internal.h"

enum {
    POLL_MS = 100,
    FILE_MODE = 0640,
    DIRECTORY_MODE = 0750,
    OPEN_FLAGS = O_RDWR | O_NONBLOCK | O_CLOEXEC, /* O_NONBLOCK: a FIFO must not hang us */
    OPEN_TRIES_MAX = 100,
};

/* The directory that holds `path`, in the caller's memory; false when it does not fit. */
static bool directory_of(const char *path, char *memory, size_t capacity)
{
    const char *slash = strrchr(path, '/');
    struct buf b = buf_on(memory, capacity);
    if (!slash)
        buf_add_str(&b, ".");
    else
        buf_add(&b, path, slash == path ? 1 : (size_t)(slash - path));
    return buf_cstr(&b) != NULL;
}

/* Who we are, and who may: the two halves of every permission problem. */
static void explain_access(const char *path, int cause, struct err *err)
{
    char directory[PATH_MAX];
    struct stat st;
    const char *what = path;
    if (stat(path, &st) != 0) {
        what = directory_of(path, directory, sizeof(directory)) ? directory : path;
        if (stat(what, &st) != 0)
            st = (struct stat){ 0 };
    }
    errno = cause;
    err_set_os(err, ERR_FAILED,
               "cannot open the log %.120s as uid %u, gid %u: %.120s has mode %04o, owner %u:%u; "
               "let this user write there (in Kubernetes: securityContext.fsGroup)",
               path, (unsigned)geteuid(), (unsigned)getegid(), what, (unsigned)(st.st_mode & 07777),
               (unsigned)st.st_uid, (unsigned)st.st_gid);
}

static void explain_open(const char *path, int cause, struct err *err)
{
    errno = cause;
    switch (cause) {
    case EACCES:
    case EPERM:
        explain_access(path, cause, err);
        break;
    case EISDIR:
        err_set(err, ERR_FAILED, "the log %.200s is a directory; name a file in it", path);
        break;
    case ENXIO:
        err_set(err, ERR_FAILED, "the log %.200s is no regular file; name another path", path);
        break;
    case EROFS:
        err_set_os(err, ERR_DISK, "cannot open the log %.200s; mount a volume that can be written",
                   path);
        break;
    case EIO:
        err_set_os(err, ERR_DISK, "cannot open the log %.200s", path);
        break;
    case ENOENT:
        err_set_os(err, ERR_FAILED, "cannot create the log %.200s; create its directory", path);
        break;
    default:
        err_set_os(err, ERR_FAILED, "cannot open the log %.200s", path);
        break;
    }
}

/* Makes the directory of the log, but not that one's: a whole path that is missing is rather
 * a volume that is not mounted. True when there is a directory now. */
static bool make_directory(const char *path)
{
    char directory[PATH_MAX];
    if (!directory_of(path, directory, sizeof(directory)))
        return false;
    if (mkdir(directory, DIRECTORY_MODE) != 0)
        return errno == EEXIST;
    if (file_sync_directory(directory) != 0)
        diag(DIAG_WARN, "cannot sync the directory above the log's", diag_str("log", path),
             diag_str("error", err_errno_name(errno)));
    return true;
}

static int open_or_create(const char *path)
{
    int fd = open(path, OPEN_FLAGS | O_CREAT, FILE_MODE);
    if (fd == -1 && errno == ENOENT && make_directory(path))
        fd = open(path, OPEN_FLAGS | O_CREAT, FILE_MODE);
    return fd;
}

static void warn_of_network(int fd, const char *path)
{
    struct statfs fs;
    if (fstatfs(fd, &fs) != 0)
        return;
    uint32_t magic = (uint32_t)fs.f_type;
    if (magic == NFS_SUPER_MAGIC || magic == SMB_SUPER_MAGIC || magic == SMB2_SUPER_MAGIC ||
        magic == CIFS_SUPER_MAGIC)
        diag(DIAG_WARN,
             "the log is on a network file system, where locks and syncs may promise more than "
             "they keep",
             diag_str("log", path));
}

static bool is_regular(int fd, const char *path, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set_os(err, ERR_FAILED, "cannot examine the log %.200s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_FAILED, "the log %.200s is no regular file; name another path",
                       path);
    return true;
}

/* True when the path still names the file that is open: a holder that we waited for may have
 * renamed it before it went. */
bool acquire_still_named(int fd, const char *path)
{
    struct stat ours;
    struct stat named;
    return fstat(fd, &ours) == 0 && stat(path, &named) == 0 && ours.st_ino == named.st_ino &&
           ours.st_dev == named.st_dev;
}

/* The n-th field of a line of words, counted from 0; empty when there is none. */
static struct span word_at(struct span line, unsigned n)
{
    struct span word = { 0 };
    while (span_split(&line, ' ', &word)) {
        if (word.len && n-- == 0)
            return word;
    }
    return (struct span){ 0 };
}

/* proc_locks(5): "1: FLOCK  ADVISORY  WRITE 1234 fd:00:12345 0 EOF". 0 when the holder is in
 * another PID namespace or cannot be told. */
static uint64_t holder_in(struct span locks, const struct stat *st)
{
    char memory[64];
    struct buf id = BUF_OF(memory);
    buf_printf(&id, "%02x:%02x:%ju", major(st->st_dev), minor(st->st_dev), (uintmax_t)st->st_ino);
    struct span line;
    uint64_t pid;
    while (span_split(&locks, '\n', &line)) {
        if (span_eq_str(word_at(line, 1), "FLOCK") && span_eq(word_at(line, 5), buf_span(&id)) &&
            span_to_u64(word_at(line, 4), &pid))
            return pid;
    }
    return 0;
}

static uint64_t holder_pid(int log_fd)
{
    char text[16 << 10];
    size_t len = 0;
    struct stat st;
    int fd = open("/proc/locks", O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return 0;
    ssize_t n;
    while (len < sizeof(text) && (n = read(fd, text + len, sizeof(text) - len)) > 0)
        len += (size_t)n;
    close(fd);
    return fstat(log_fd, &st) == 0 ? holder_in(span_from(text, len), &st) : 0;
}

static bool explain_held(int fd, const char *path, int64_t lock_wait_ms, struct err *err)
{
    uint64_t pid = holder_pid(fd);
    char who[48] = "another server";
    if (pid)
        snprintf(who, sizeof(who), "process %ju", (uintmax_t)pid);
    return err_set(err, ERR_HELD,
                   "the log %.200s is held by %s, also after waiting %jd ms; end that one, or give "
                   "this server a log of its own",
                   path, who, (intmax_t)lock_wait_ms);
}

/* flock(2) dies with its holder, so there is never a stale lock to remove by hand. */
static bool take_lock(int fd, const char *path, int64_t lock_wait_ms, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + lock_wait_ms;
    bool told = false;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return err_set_os(err, ERR_FAILED,
                              "cannot lock the log %.200s; use a file system that has locks", path);
        if (clock_mono_ms() >= until_ms)
            return explain_held(fd, path, lock_wait_ms, err);
        if (!told)
            diag(DIAG_INFO, "waiting for the server that holds the log", diag_str("log", path),
                 diag_num("holder", (int64_t)holder_pid(fd)), diag_num("wait_ms", lock_wait_ms));
        told = true;
        nanosleep(&(struct timespec){ .tv_nsec = POLL_MS * 1000000L }, NULL);
    }
    return true;
}

int acquire_file(const char *path, int64_t lock_wait_ms, struct err *err)
{
    for (int tries = 0; tries < OPEN_TRIES_MAX; tries++) {
        int fd = open_or_create(path);
        if (fd == -1) {
            explain_open(path, errno, err);
            return -1;
        }
        if (!is_regular(fd, path, err) || !take_lock(fd, path, lock_wait_ms, err)) {
            close(fd);
            return -1;
        }
        if (acquire_still_named(fd, path)) {
            warn_of_network(fd, path);
            return fd;
        }
        close(fd);
    }
    err_set(err, ERR_FAILED, "the log %.200s is renamed faster than it can be opened", path);
    return -1;
}
