/* WRAP: write pwrite fdatasync ftruncate fsync */
#include "base/std.h"

#include <sys/mount.h>
#include <sys/resource.h>

#include "visitlog_helper.h"

/*
 * Faults as a loop on the real code: "append k batches, fail call N" for N = 1, 2, 3... until
 * no fault fires any more; then the log is opened again and compared with what was acknowledged.
 */

enum call { CALL_WRITE, CALL_PWRITE, CALL_FDATASYNC, CALL_FTRUNCATE, CALL_FSYNC, CALL_COUNT };

enum { SHORT = -1 }; /* instead of an errno: does a part of the work */

struct fault {
    int os_errno;
    unsigned at;  /* the how-manieth call fails, counted from 1; 0 = never */
    bool lasting; /* and all after it */
    unsigned seen;
    unsigned fired;
};

static struct fault faults[CALL_COUNT];

static void faults_clear(void)
{
    memset(faults, 0, sizeof(faults));
}

static bool fires(enum call call)
{
    struct fault *f = &faults[call];
    f->seen++;
    if (f->at == 0 || f->seen < f->at || (f->seen > f->at && !f->lasting))
        return false;
    f->fired++;
    errno = f->os_errno;
    return true;
}

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t offset);
int __real_fdatasync(int fd);
int __real_ftruncate(int fd, off_t size);
int __real_fsync(int fd);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset);
int __wrap_fdatasync(int fd);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_fsync(int fd);

/* A short write first, and only then the error: as a disk that becomes full does it. */
static bool short_part(enum call call, size_t *len)
{
    if (faults[call].os_errno != SHORT || *len < 2)
        return false;
    *len /= 2;
    return true;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
    if (fd > STDERR_FILENO && fires(CALL_WRITE) && !short_part(CALL_WRITE, &len)) {
        errno = errno == SHORT ? ENOSPC : errno; /* nothing left to halve */
        return -1;
    }
    return __real_write(fd, bytes, len);
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    if (fires(CALL_PWRITE) && !short_part(CALL_PWRITE, &len)) {
        errno = errno == SHORT ? ENOSPC : errno;
        return -1;
    }
    return __real_pwrite(fd, bytes, len, offset);
}

int __wrap_fdatasync(int fd)
{
    return fires(CALL_FDATASYNC) ? -1 : __real_fdatasync(fd);
}

int __wrap_ftruncate(int fd, off_t size)
{
    return fires(CALL_FTRUNCATE) ? -1 : __real_ftruncate(fd, size);
}

int __wrap_fsync(int fd)
{
    return fires(CALL_FSYNC) ? -1 : __real_fsync(fd);
}

/* ---- the set of what was acknowledged ---- */

enum { BATCHES = 6, BATCH_VISITS = 5, VISITS_LINE_LEN = 38 };

struct past {
    enum visitlog_result results[BATCHES];
    uint64_t firsts[BATCHES];
    int failures; /* calls of on_failure */
};

static void on_failure(void *data)
{
    ((struct past *)data)->failures++;
}

static struct visitlog *open_with_history(struct scratch *s, struct past *h,
                                          enum visitlog_fsync mode, struct err *err)
{
    struct visitlog_config config = {
        .path = s->path, .fsync = mode, .on_failure = on_failure, .on_failure_data = h
    };
    return visitlog_open(&s->arena, &config, err);
}

/* Does not wait a second between the tries on a full disk. */
static void append_all(struct visitlog *log, struct past *h)
{
    for (unsigned i = 0; i < BATCHES; i++) {
        log->health.retry_at_ms = 0;
        h->results[i] = append_visits(log, i * BATCH_VISITS, BATCH_VISITS, &h->firsts[i]);
        assert_int_equal(h->firsts[i] == 0, h->results[i] != VISITLOG_GOOD);
        if (i && h->results[i - 1] == VISITLOG_FAILED)
            assert_int_equal(h->results[i], VISITLOG_FAILED);
    }
}

/* The line of the visit `id` as visit_with makes it. */
static struct span line_for(unsigned id)
{
    static char line[64];
    snprintf(line, sizeof(line), "Visit at: 2022-06-29 14:17:37.%06u \n", id);
    return span_from(line, VISITS_LINE_LEN);
}

static unsigned occurrences(struct span content, struct span line)
{
    unsigned count = 0;
    for (size_t at = 0; at + line.len <= content.len; at += line.len)
        count += span_eq(span_from(content.ptr + at, line.len), line);
    return count;
}

static void check_batch(const struct past *h, unsigned batch, struct span content)
{
    for (unsigned i = 0; i < BATCH_VISITS; i++) {
        struct span line = line_for(batch * BATCH_VISITS + i);
        unsigned times = occurrences(content, line);
        assert_true(times <= 1);
        if (h->results[batch] == VISITLOG_FULL)
            assert_int_equal(times, 0);
        if (h->results[batch] == VISITLOG_GOOD) {
            size_t at = (size_t)(h->firsts[batch] - 1 + i) * VISITS_LINE_LEN;
            assert_true(at + VISITS_LINE_LEN <= content.len);
            assert_true(span_eq(span_from(content.ptr + at, VISITS_LINE_LEN), line));
        }
    }
}

/* Whatever went wrong: the next server finds whole lines, and every acknowledged one. */
static void check_history(struct scratch *s, const struct past *h)
{
    struct err err = { 0 };
    bool failed = false;
    faults_clear();
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    struct span content = file_get(s->path);
    assert_int_equal(content.len % VISITS_LINE_LEN, 0);
    assert_int_equal(visitlog_count(log), content.len / VISITS_LINE_LEN);
    for (unsigned i = 0; i < BATCHES; i++) {
        check_batch(h, i, content);
        failed = failed || h->results[i] == VISITLOG_FAILED;
    }
    assert_int_equal(h->failures, failed);
    assert_true(visitlog_close(log, &err));
}

/* What is only interrupted, or once short, is nobody's concern. */
static bool is_harmless(const struct fault *f)
{
    return f->os_errno == EINTR || (f->os_errno == SHORT && !f->lasting);
}

static void check_harmless(const struct past *h)
{
    for (unsigned i = 0; i < BATCHES; i++)
        assert_int_equal(h->results[i], VISITLOG_GOOD);
}

/* One run with the faults that are set; the number of them that fired. */
static unsigned run(struct scratch *s, enum call call, enum visitlog_fsync mode)
{
    struct past h = { 0 };
    struct err err = { 0 };
    struct fault wanted[CALL_COUNT];
    unlink(s->path);
    memcpy(wanted, faults, sizeof(wanted));
    faults_clear();
    struct visitlog *log = open_with_history(s, &h, mode, &err);
    assert_non_null(log);
    memcpy(faults, wanted, sizeof(wanted));
    append_all(log, &h);
    unsigned fired = faults[call].fired;
    bool failed = health_state(log) == VISITLOG_FAILED;
    faults_clear();
    /* A failed sync is never followed by one that is believed. */
    assert_int_equal(visitlog_close(log, &err), !failed);
    assert_int_equal(err.kind, failed ? ERR_DISK : ERR_NONE);
    if (failed)
        assert_int_equal(faults[CALL_FDATASYNC].seen, 0);
    if (is_harmless(&wanted[call]) && wanted[CALL_WRITE].os_errno != SHORT)
        check_harmless(&h);
    check_history(s, &h);
    scratch_forget(s);
    return fired;
}

static const int kinds[] = { EIO, ENOSPC, EDQUOT, EFBIG, EROFS, EINTR, EAGAIN, SHORT };

/* Lasting EINTR would be a call that never ends, on every implementation. */
static void sweep(struct scratch *s, enum call call, enum visitlog_fsync mode, bool short_writes)
{
    for (size_t kind = 0; kind < countof(kinds); kind++) {
        for (int lasting = 0; lasting <= (kinds[kind] != EINTR); lasting++) {
            unsigned n = 1;
            for (;; n++) {
                faults_clear();
                if (short_writes)
                    faults[CALL_WRITE] =
                        (struct fault){ .os_errno = SHORT, .at = 2, .lasting = true };
                faults[call] =
                    (struct fault){ .os_errno = kinds[kind], .at = n, .lasting = lasting };
                if (run(s, call, mode) == 0)
                    break;
            }
            assert_true(n > 1); /* the call was reached at all */
        }
    }
}

static void test_write_fails_at_any_call(void **state)
{
    sweep(*state, CALL_WRITE, VISITLOG_FSYNC_ALWAYS, false);
    sweep(*state, CALL_WRITE, VISITLOG_FSYNC_NO, false);
}

static void test_fdatasync_fails_at_any_call(void **state)
{
    struct scratch *s = *state;
    for (size_t kind = 0; kind < countof(kinds); kind++) {
        if (kinds[kind] == SHORT)
            continue;
        unsigned n = 1;
        for (;; n++) {
            faults_clear();
            faults[CALL_FDATASYNC] = (struct fault){ .os_errno = kinds[kind], .at = n };
            if (run(s, CALL_FDATASYNC, VISITLOG_FSYNC_ALWAYS) == 0)
                break;
        }
        assert_int_equal(n, BATCHES + 1);
    }
}

static void test_ftruncate_fails_at_any_call(void **state)
{
    struct scratch *s = *state;
    static const int errors[] = { EIO, ENOSPC, EINTR, EROFS };
    for (size_t i = 0; i < countof(errors); i++) {
        unsigned n = 1;
        for (;; n++) {
            faults_clear();
            faults[CALL_WRITE] = (struct fault){ .os_errno = SHORT, .at = 2, .lasting = true };
            faults[CALL_FTRUNCATE] = (struct fault){ .os_errno = errors[i], .at = n };
            if (run(s, CALL_FTRUNCATE, VISITLOG_FSYNC_ALWAYS) == 0)
                break;
        }
        assert_true(n > 1);
    }
}

/* ---- faults while the log is opened ---- */

#define LINES_BEFORE                                                                               \
    "Visit at: 2022-06-29 14:17:37.000000 \n"                                                      \
    "Visit at: 2022-06-29 14:17:37.000001 \n"

static void check_open_with_fault(struct scratch *s, const char *tail, size_t whole_lines,
                                  bool harmless)
{
    struct err err = { 0 };
    char content[256];
    snprintf(content, sizeof(content), LINES_BEFORE "%s", tail);
    file_put(s->path, span_of(content));
    struct visitlog *log = scratch_try_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS, &err);
    faults_clear();
    if (log) {
        assert_true(visitlog_count(log) == whole_lines || visitlog_count(log) == 2);
        scratch_close(log);
    } else {
        assert_false(harmless);
        assert_int_equal(err.kind, ERR_DISK);
        assert_true(strstr(err.text, s->path) != NULL);
    }
    log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    assert_true(span_starts(file_get(s->path), SPAN_LIT(LINES_BEFORE)));
    assert_true(visitlog_count(log) == whole_lines || visitlog_count(log) == 2);
    scratch_close(log);
    scratch_forget(s);
}

static void test_no_fault_while_opening_harms_what_is_there(void **state)
{
    static const char *const tails[] = { "", "Visit at", "Visit at: 2022-06-29 14:17:37.000002 " };
    static const enum call calls[] = { CALL_PWRITE, CALL_FTRUNCATE, CALL_FSYNC };
    for (size_t t = 0; t < countof(tails); t++) {
        for (size_t kind = 0; kind < countof(kinds); kind++) {
            for (size_t c = 0; c < countof(calls); c++) {
                for (unsigned n = 1; n <= 3; n++) {
                    faults_clear();
                    bool is_short = kinds[kind] == SHORT && calls[c] != CALL_PWRITE;
                    faults[calls[c]] =
                        (struct fault){ .os_errno = is_short ? EIO : kinds[kind], .at = n };
                    /* A full disk is no reason not to start. */
                    bool harmless = kinds[kind] == EINTR ||
                                    (calls[c] == CALL_PWRITE &&
                                     (segment_errno_is_full(kinds[kind]) || kinds[kind] == SHORT));
                    check_open_with_fault(*state, tails[t], t == 2 ? 3 : 2, harmless);
                }
            }
        }
    }
}

static void test_the_last_bytes_are_written_again_and_synced(void **state)
{
    struct scratch *s = *state;
    file_put(s->path, SPAN_LIT(LINES_BEFORE));
    faults_clear();
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_NO);
    assert_true(faults[CALL_PWRITE].seen >= 1);
    assert_true(faults[CALL_FSYNC].seen >= 2); /* the file and its directory */
    assert_true(span_eq_str(file_get(s->path), LINES_BEFORE));
    scratch_close(log);
}

/* ---- how many syncs ---- */

static void test_modes_sync_as_often_as_they_promise(void **state)
{
    struct scratch *s = *state;
    static const unsigned expected[] = { 3, 1, 0 }; /* of three batches and one tick */
    for (int mode = VISITLOG_FSYNC_ALWAYS; mode <= VISITLOG_FSYNC_NO; mode++) {
        uint64_t number;
        unlink(s->path);
        struct visitlog *log = scratch_open(s, VISITLOG_VISITS, (enum visitlog_fsync)mode);
        faults_clear();
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(append_visits(log, i, 1, &number), VISITLOG_GOOD);
            assert_int_equal(visitlog_count(log), i + 1);
        }
        visitlog_tick(log);
        visitlog_tick(log);
        assert_int_equal(faults[CALL_FDATASYNC].seen, expected[mode]);
        scratch_close(log);
        assert_int_equal(faults[CALL_FDATASYNC].seen, max_i64(expected[mode], 1));
        assert_int_equal(faults[CALL_WRITE].seen, 3);
    }
}

/* ---- real limits ---- */

/* Not in memory: tmpfs heeds the limit where disks' file systems do not. */
static void test_a_file_size_limit_is_a_full_disk(void **state)
{
    struct scratch on_disk = *(struct scratch *)*state;
    struct scratch *s = &on_disk;
    struct rlimit kept;
    uint64_t number;
    snprintf(s->path, sizeof(s->path), "/tmp/visitlog-limit-%d", (int)getpid());
    faults_clear();
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &kept), 0);
    struct rlimit small = { 1000, kept.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(append_visits(log, 0, 20, &number), VISITLOG_GOOD);
    assert_int_equal(append_visits(log, 20, 20, &number), VISITLOG_FULL);
    assert_int_equal(file_get(s->path).len, 20 * VISITS_LINE_LEN);
    visitlog_tick(log); /* sees that the limit stands */
    assert_int_equal(visitlog_status(log).state, VISITLOG_FULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &kept), 0);
    visitlog_tick(log);
    assert_int_equal(visitlog_status(log).state, VISITLOG_GOOD);
    assert_int_equal(append_visits(log, 40, 1, &number), VISITLOG_GOOD);
    assert_int_equal(number, 21);
    scratch_close(log);
    unlink(s->path);
    ((struct scratch *)*state)->arena = s->arena;
}

/* Also after a failure no mount stays behind. */
static int unmount_disk(void **state)
{
    char mounted[80];
    snprintf(mounted, sizeof(mounted), "%s/disk", ((struct scratch *)*state)->directory);
    return umount2(mounted, MNT_DETACH);
}

/* Fills a real, small file system to its end. */
static void test_a_real_full_disk(void **state)
{
    struct scratch *s = *state;
    struct scratch disk = *s;
    uint64_t number;
    uint64_t last = 0;
    char mounted[80];
    snprintf(mounted, sizeof(mounted), "%s/disk", s->directory);
    snprintf(disk.path, sizeof(disk.path), "%s/disk/log", s->directory);
    assert_int_equal(mkdir(mounted, 0755), 0);
    /* Only root may mount: say so rather than pass without having looked. */
    assert_int_equal(mount("none", mounted, "tmpfs", 0, "size=64k"), 0);
    faults_clear();
    struct visitlog *log = scratch_open(&disk, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    unsigned id = 0;
    while (append_visits(log, id, 50, &number) == VISITLOG_GOOD) {
        last = number + 49;
        id += 50;
        assert_true(id < 10000);
    }
    struct visitlog_status status = visitlog_status(log);
    assert_int_equal(status.state, VISITLOG_FULL);
    assert_true(strstr(status.reason, "ENOSPC") != NULL);
    assert_true(faults[CALL_FTRUNCATE].seen > 0);
    assert_int_equal(file_get(disk.path).len, last * VISITS_LINE_LEN);
    assert_int_equal(status.size_bytes, last * VISITS_LINE_LEN);
    /* Between two tries the disk is left alone. */
    unsigned writes = faults[CALL_WRITE].seen;
    assert_int_equal(append_visits(log, id, 1, &number), VISITLOG_FULL);
    assert_int_equal(faults[CALL_WRITE].seen, writes);
    visitlog_tick(log);
    assert_int_equal(visitlog_status(log).state, VISITLOG_FULL);
    assert_int_equal(mount("none", mounted, "tmpfs", MS_REMOUNT, "size=256k"), 0);
    visitlog_tick(log);
    assert_int_equal(visitlog_status(log).state, VISITLOG_GOOD);
    assert_string_equal(visitlog_status(log).reason, "");
    assert_int_equal(append_visits(log, id, 50, &number), VISITLOG_GOOD);
    assert_int_equal(number, last + 1);
    assert_int_equal(file_get(disk.path).len, (last + 50) * VISITS_LINE_LEN);
    scratch_close(log);
    s->arena = disk.arena;
}

/* The retry of an append is enough: nobody has to tick. */
static void test_a_full_disk_is_tried_again_once_a_second(void **state)
{
    struct scratch *s = *state;
    uint64_t number;
    unlink(s->path);
    faults_clear();
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    faults[CALL_WRITE] = (struct fault){ .os_errno = ENOSPC, .at = 1 };
    assert_int_equal(append_visits(log, 0, 3, &number), VISITLOG_FULL);
    assert_int_equal(append_visits(log, 0, 3, &number), VISITLOG_FULL);
    assert_int_equal(faults[CALL_WRITE].seen, 1);
    nanosleep(&(struct timespec){ .tv_sec = VISITLOG_RETRY_MS / 1000, .tv_nsec = 10000000 }, NULL);
    assert_int_equal(append_visits(log, 0, 3, &number), VISITLOG_GOOD);
    assert_int_equal(number, 1);
    assert_int_equal(visitlog_status(log).state, VISITLOG_GOOD);
    scratch_close(log);
}

/* Another program may copy the file and empty it in place. */
static void test_a_file_emptied_by_somebody_is_not_filled_with_nuls(void **state)
{
    struct scratch *s = *state;
    uint64_t number;
    unlink(s->path);
    faults_clear();
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    assert_int_equal(append_visits(log, 0, 10, &number), VISITLOG_GOOD);
    assert_int_equal(truncate(s->path, 0), 0);
    faults_clear();
    faults[CALL_WRITE] = (struct fault){ .os_errno = SHORT, .at = 1, .lasting = true };
    while (append_visits(log, 10, 10, &number) == VISITLOG_GOOD)
        faults[CALL_WRITE].os_errno = ENOSPC;
    assert_int_equal(file_get(s->path).len % VISITS_LINE_LEN, 0);
    assert_false(memchr(file_get(s->path).ptr, '\0', file_get(s->path).len) != NULL);
    faults_clear();
    scratch_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_fails_at_any_call),
        cmocka_unit_test(test_fdatasync_fails_at_any_call),
        cmocka_unit_test(test_ftruncate_fails_at_any_call),
        cmocka_unit_test(test_no_fault_while_opening_harms_what_is_there),
        cmocka_unit_test(test_the_last_bytes_are_written_again_and_synced),
        cmocka_unit_test(test_modes_sync_as_often_as_they_promise),
        cmocka_unit_test(test_a_file_size_limit_is_a_full_disk),
        cmocka_unit_test_teardown(test_a_real_full_disk, unmount_disk),
        cmocka_unit_test(test_a_full_disk_is_tried_again_once_a_second),
        cmocka_unit_test(test_a_file_emptied_by_somebody_is_not_filled_with_nuls),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
