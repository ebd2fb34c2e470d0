/*
 * Rotation, retention and the index. A child process is stopped before every single system call
 * of opening, appending, rotating, index writing and closing, as kill -9 would; then the log is
 * opened again, and every visit that was acknowledged must be there once, under its number.
 */
/* WRAP: open link rename fsync fdatasync write ftruncate unlink close flock pwrite access fstat */
#include "base/std.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "visitlog_helper.h"

/* ---- stopping and failing the n-th call ---- */

static int calls_left = -1; /* -1: no limit */
static int fail_errno;      /* 0: stop the process; else what the call fails with */
static const char *only;    /* NULL: every call counts */

static bool is_due(const char *name)
{
    if (calls_left < 0 || (only && strcmp(only, name) != 0))
        return false;
    if (calls_left-- > 0)
        return false;
    if (!fail_errno)
        _exit(9);
    errno = fail_errno;
    return true;
}

#define WRAPPED(type, name, parameters, arguments)                                                 \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return is_due(#name) ? (type)-1 : __real_##name arguments;                                 \
    }

WRAPPED(int, rename, (const char *from, const char *to), (from, to))
WRAPPED(int, link, (const char *from, const char *to), (from, to))
WRAPPED(int, fsync, (int fd), (fd))
WRAPPED(int, fdatasync, (int fd), (fd))
WRAPPED(ssize_t, write, (int fd, const void *bytes, size_t len), (fd, bytes, len))
WRAPPED(int, ftruncate, (int fd, off_t size), (fd, size))
WRAPPED(int, unlink, (const char *path), (path))
WRAPPED(int, close, (int fd), (fd))
WRAPPED(int, flock, (int fd, int how), (fd, how))
WRAPPED(ssize_t, pwrite, (int fd, const void *bytes, size_t len, off_t at), (fd, bytes, len, at))
WRAPPED(int, access, (const char *path, int mode), (path, mode))
WRAPPED(int, fstat, (int fd, struct stat *st), (fd, st))

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    unsigned mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;
    va_end(args);
    return is_due("open") ? -1 : __real_open(path, flags, mode);
}

/* ---- a log that rotates at every tick ---- */

static struct visitlog *open_rotating(struct scratch *s, uint64_t keep, struct err *err)
{
    struct visitlog_config config = { .path = s->path,
                                      .format = VISITLOG_VISITS,
                                      .fsync = VISITLOG_FSYNC_ALWAYS,
                                      .pod = "app-0",
                                      .keep_index = true,
                                      .rotate_bytes = 1,
                                      .keep_segments = keep };
    return visitlog_open(&s->arena, &config, err);
}

static struct visitlog *open_good(struct scratch *s, uint64_t keep)
{
    struct err err = { 0 };
    struct visitlog *log = open_rotating(s, keep, &err);
    if (!log)
        fail_msg("%s", err.text);
    return log;
}

static void empty_directory(const struct scratch *s)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s/log*", s->directory);
    assert_int_equal(system(command), 0);
}

static struct segment_list list_of(struct scratch *s)
{
    struct segment_list list;
    struct err err = { 0 };
    assert_true(segments_list(&s->arena, s->path, &list, &err));
    return list;
}

/* The lines of all segments that are kept, in order, are visits that follow one another: ids were
 * given by number. The last one's number. */
static uint64_t check_lines(struct scratch *s)
{
    char path[96];
    struct err err = { 0 };
    snprintf(path, sizeof(path), "%s/log.all", s->directory);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(visitlog_print(s->path, fd, &err));
    close(fd);
    struct span text = file_get(path);
    struct span line;
    uint64_t number = 0;
    while (span_split(&text, '\n', &line) && line.len) {
        uint64_t id;
        assert_int_equal(line.len, 37);
        assert_true(span_to_u64(span_from(line.ptr + 30, 6), &id));
        number = number ? number + 1 : id;
        if (id != number)
            fail_msg("line %ju is visit %ju", (uintmax_t)number, (uintmax_t)id);
    }
    unlink(path);
    return number;
}

static uint64_t append_next(struct visitlog *log, unsigned count)
{
    uint64_t number;
    unsigned next = (unsigned)visitlog_count(log) + 1;
    assert_int_equal(append_visits(log, next, count, &number), VISITLOG_GOOD);
    assert_int_equal(number, next);
    return number + count - 1;
}

static void test_segments_and_numbers(void **state)
{
    struct scratch *s = *state;
    struct visitlog *log = open_good(s, 0);
    for (unsigned i = 1; i <= 5; i++) {
        append_next(log, i);
        visitlog_tick(log);
        visitlog_tick(log); /* an empty log is not rotated */
    }
    struct segment_list list = list_of(s);
    assert_int_equal(list.count, 5);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(list.items[i].total, (i + 1) * (i + 2) / 2);
    append_next(log, 1);
    assert_int_equal(visitlog_count(log), 16);
    scratch_close(log);
    assert_int_equal(check_lines(s), 16);
    log = open_good(s, 0);
    struct visitlog_summary *summary = arena_alloc(&s->arena, sizeof(*summary));
    visitlog_summary(log, summary);
    assert_int_equal(summary->visits, 16);
    assert_int_equal(summary->rotations, 5);
    assert_int_equal(summary->segments, 5);
    assert_int_equal(summary->first_s, 1656512257);
    uint64_t in_hours = 0;
    for (size_t i = 0; i < VISITLOG_HOURS; i++)
        in_hours += summary->hours[i].count;
    assert_int_equal(in_hours, 16);
    scratch_close(log);
}

static void test_what_is_not_kept_still_counts(void **state)
{
    struct scratch *s = *state;
    struct visitlog *log = open_good(s, 2);
    for (unsigned i = 0; i < 6; i++) {
        append_next(log, 3);
        visitlog_tick(log);
    }
    struct segment_list list = list_of(s);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].total, 15);
    assert_int_equal(visitlog_count(log), 18);
    scratch_close(log);
    char index[96];
    snprintf(index, sizeof(index), "%s.index", s->path);
    for (int round = 0; round < 3; round++) {
        log = open_good(s, 2); /* with its index, without, with a new one */
        assert_int_equal(visitlog_count(log), 18);
        struct visitlog_summary *summary = arena_alloc(&s->arena, sizeof(*summary));
        visitlog_summary(log, summary);
        assert_int_equal(summary->removed, round == 0 ? 4 : 0);
        scratch_close(log);
        if (round == 0)
            unlink(index);
    }
}

/* ---- stopped anywhere ---- */

struct told {
    _Atomic uint64_t acknowledged;
};

/* What a server does, in short; told->acknowledged follows what a client was answered. */
static void live(struct scratch *s, struct told *told)
{
    struct err err = { 0 };
    struct visitlog *log = open_rotating(s, 3, &err);
    if (!log)
        _exit(8);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t number;
        unsigned next = (unsigned)visitlog_count(log) + 1;
        if (append_visits(log, next, 2, &number) == VISITLOG_GOOD)
            told->acknowledged = number + 1;
        visitlog_tick(log);
        next = (unsigned)visitlog_count(log) + 1;
        if (append_visits(log, next, 1, &number) == VISITLOG_GOOD)
            told->acknowledged = number;
    }
    _exit(visitlog_close(log, &err) ? 0 : 7);
}

/* Two lives are in the log already, so that there are segments, an index and all it can be. */
static void prepare(struct scratch *s)
{
    empty_directory(s);
    struct visitlog *log = open_good(s, 0);
    append_next(log, 4);
    visitlog_tick(log);
    append_next(log, 2);
    scratch_close(log);
}

static int run_child(struct scratch *s, struct told *told, int limit)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        calls_left = limit;
        live(s, told);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static struct told *share_told(void)
{
    struct told *told =
        mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(told != MAP_FAILED);
    return told;
}

static void test_stopped_before_every_call(void **state)
{
    struct scratch *s = *state;
    struct told *told = share_told();
    int status = 9;
    int points = 0;
    for (; status == 9; points++) {
        prepare(s);
        told->acknowledged = 6;
        status = run_child(s, told, points);
        struct visitlog *log = open_good(s, 0);
        uint64_t count = visitlog_count(log);
        if (count < told->acknowledged || count > told->acknowledged + 2)
            fail_msg("stopped before call %d: %ju visits, %ju acknowledged", points,
                     (uintmax_t)count, (uintmax_t)told->acknowledged);
        append_next(log, 1);
        scratch_close(log);
        assert_int_equal(check_lines(s), count + 1);
        scratch_forget(s);
    }
    assert_int_equal(status, 0);
    assert_true(points > 100);
    print_message("%d crash points\n", points);
    munmap(told, sizeof(*told));
}

/* Each call fails once, with each errno: either it is as if nothing were, or the log fails; what
 * was acknowledged is there in any case. */
static void fail_everywhere(struct scratch *s, const char *name, int os_errno)
{
    struct told *told = share_told();
    for (int point = 0; point < 40; point++) {
        prepare(s);
        told->acknowledged = 6;
        only = name;
        fail_errno = os_errno;
        run_child(s, told, point);
        only = NULL;
        fail_errno = 0;
        struct visitlog *log = open_good(s, 0);
        if (visitlog_count(log) < told->acknowledged)
            fail_msg("%s, call %d: %ju visits, %ju acknowledged", name, point,
                     (uintmax_t)visitlog_count(log), (uintmax_t)told->acknowledged);
        append_next(log, 1);
        uint64_t count = visitlog_count(log);
        scratch_close(log);
        assert_int_equal(check_lines(s), count);
        scratch_forget(s);
    }
    munmap(told, sizeof(*told));
}

static void test_every_call_fails_once(void **state)
{
    static const char *const names[] = { "open", "rename", "fsync",  "fdatasync", "write",
                                         "link", "flock",  "unlink", "pwrite",    "fstat" };
    static const int errnos[] = { EIO, ENOSPC, EACCES };
    for (size_t n = 0; n < countof(names); n++) {
        for (size_t e = 0; e < countof(errnos); e++)
            fail_everywhere(*state, names[n], errnos[e]);
    }
}

static void test_a_rename_that_fails_leaves_the_old_log_in_use(void **state)
{
    struct scratch *s = *state;
    struct visitlog *log = open_good(s, 0);
    append_next(log, 2);
    static const char *const steps[] = { "link", "rename" };
    fail_errno = EACCES;
    for (size_t i = 0; i < countof(steps); i++) {
        only = steps[i];
        calls_left = 0;
        visitlog_tick(log);
        log->history.rotate_at_ms = 0;
        append_next(log, 1);
    }
    calls_left = -1;
    only = NULL;
    assert_int_equal(list_of(s).count, 0);
    assert_int_equal(visitlog_status(log).state, VISITLOG_GOOD);
    visitlog_tick(log);
    assert_int_equal(list_of(s).count, 1);
    scratch_close(log);
    assert_int_equal(check_lines(s), 4);
}

static void test_an_index_that_is_wrong_is_made_again(void **state)
{
    struct scratch *s = *state;
    char index[96];
    snprintf(index, sizeof(index), "%s.index", s->path);
    prepare(s);
    struct span text = file_get(index);
    size_t len = text.len;
    for (size_t at = 0; at < len; at += 7) {
        text = file_get(index);
        assert_int_equal(text.len, len);
        char copy[4096];
        assert_true(len <= sizeof(copy));
        memcpy(copy, text.ptr, len);
        copy[at] ^= 1;
        file_put(index, span_from(copy, len));
        struct visitlog *log = open_good(s, 0);
        assert_int_equal(visitlog_count(log), 6);
        scratch_close(log);
        scratch_forget(s);
    }
}

/* A log that became longer, shorter or another while no server ran. */
static void test_a_log_that_others_changed(void **state)
{
    struct scratch *s = *state;
    static const struct {
        const char *content; /* NULL: as it was, and one line more */
        uint64_t count;
    } cases[] = {
        { NULL, 7 },
        { "", 4 },
        { "Visit at: 2022-06-29 14:17:37.000005 \n", 5 },
        { "Visit at: 2022-06-29 14:17:37.000005 \nVisit at: 2022-06-29 14:17:37.000007 \n", 6 },
    };
    for (size_t i = 0; i < countof(cases); i++) {
        prepare(s);
        if (cases[i].content) {
            file_put(s->path, span_of(cases[i].content));
        } else {
            int fd = open(s->path, O_WRONLY | O_APPEND | O_CLOEXEC);
            assert_true(file_write_all(fd, SPAN_LIT("Visit at: 2022-06-29 14:17:37.000007 \n")));
            close(fd);
        }
        struct visitlog *log = open_good(s, 0);
        assert_int_equal(visitlog_count(log), cases[i].count);
        scratch_close(log);
        scratch_forget(s);
    }
}

static void test_only_our_names_are_segments(void **state)
{
    struct scratch *s = *state;
    static const char *const others[] = { ".1",
                                          ".index",
                                          ".new",
                                          ".20261121T031500Z",
                                          ".20261121T031500Z-12",
                                          ".20261121T031500Z-00000000001x",
                                          ".2026112 T031500Z-000000000012",
                                          ".20261121T031500Z-000000000012.gz",
                                          "x.20261121T031500Z-000000000012" };
    char path[128];
    for (size_t i = 0; i < countof(others); i++) {
        snprintf(path, sizeof(path), "%s%s", s->path, others[i]);
        file_put(path, SPAN_LIT("x\n"));
    }
    snprintf(path, sizeof(path), "%s.20261121T031500Z-000000000012", s->path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(list_of(s).count, 0);
    assert_int_equal(rmdir(path), 0);
    file_put(path, SPAN_LIT("x\n"));
    /* The later one by its time has the smaller total: the clock went backwards. */
    snprintf(path, sizeof(path), "%s.20271121T031500Z-000000000011", s->path);
    file_put(path, SPAN_LIT("x\n"));
    struct segment_list list = list_of(s);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].total, 11);
    assert_int_equal(list.items[1].total, 12);
    assert_string_equal(segments_name(&s->arena, "l", 1795230900, 12),
                        "l.20261121T031500Z-000000000012");
}

static void test_the_times_of_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int64_t epoch_s;
    } lines[] = {
        { "Visit at: 2022-06-29 14:17:37.071203 ", 1656512257 },
        { "Visit at: 2022-06-29 14:17:37 ", 1656512257 },
        { "INFO 2021-10-04 15:11:59,390 views 18 A client visited", 1633360319 },
        { "{\"time\":\"2022-06-29T17:17:37.071203+03:00\",\"address\":\"\"}", 1656512257 },
        { "127.0.0.1 - - [29/Jun/2022:10:47:37 -0330] \"GET / HTTP/1.1\" 200 - \"-\" \"-\"",
          1656512257 },
        { "Visit at: 2022-13-29 14:17:37 ", -1 },
        { "Visit at: someday", -1 },
        { "", -1 },
        { "{\"time\":\"2022\"}", -1 },
        { "x [29/Jun/2022", -1 },
    };
    setenv("TZ", "UTC0", 1);
    tzset();
    for (size_t i = 0; i < countof(lines); i++) {
        int64_t epoch_s = -1;
        bool good = scan_line_time(span_of(lines[i].line), &epoch_s);
        assert_int_equal(good, lines[i].epoch_s >= 0);
        if (good && epoch_s != lines[i].epoch_s)
            fail_msg("%s is %jd", lines[i].line, (intmax_t)epoch_s);
    }
    setenv("TZ", "MSK-3", 1);
    tzset();
    int64_t epoch_s;
    assert_true(scan_line_time(SPAN_LIT("Visit at: 2022-06-29 17:17:37 "), &epoch_s));
    assert_int_equal(epoch_s, 1656512257);
}

static void test_buckets_keep_what_is_near(void **state)
{
    (void)state;
    static struct visitlog_summary s;
    for (int64_t hour = 500000; hour < 500100; hour++)
        buckets_add(&s, hour, hour / 24, 2);
    buckets_add(&s, 500000 + 5, 20833, 1);                   /* the clock went back */
    buckets_add(&s, 500099 + VISITLOG_HOURS, 20834 + 21, 1); /* and forward, by weeks */
    buckets_add(&s, 500099, 20837, 1);                       /* and back */
    assert_int_equal(s.hours[500005 % VISITLOG_HOURS].count, 3);
    uint64_t near = 0;
    for (size_t i = 0; i < VISITLOG_HOURS; i++) {
        if (s.hours[i].id < 500100)
            near += s.hours[i].count;
    }
    assert_int_equal(near, 201 - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_segments_and_numbers, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_not_kept_still_counts, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_stopped_before_every_call, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_every_call_fails_once, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_a_rename_that_fails_leaves_the_old_log_in_use,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_an_index_that_is_wrong_is_made_again, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_a_log_that_others_changed, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_only_our_names_are_segments, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test(test_the_times_of_lines),
        cmocka_unit_test(test_buckets_keep_what_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
