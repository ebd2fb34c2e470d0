/* WRAP: fdatasync */
#include "base/std.h"

#include "visitlog_helper.h"

enum { THREADS = 8, APPENDS = 1000, LINE_LEN = 38 };

/* ---- a disk that can be slow, stopped, and broken ---- */

static _Atomic unsigned syncs;
static _Atomic int sync_errno;    /* 0 = it works */
static _Atomic unsigned sync_us;  /* how long a sync takes */
static _Atomic bool sync_stopped; /* syncs wait until it is false */

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

static void sleep_us(unsigned us)
{
    nanosleep(&(struct timespec){ .tv_nsec = us * 1000L }, NULL);
}

int __wrap_fdatasync(int fd)
{
    syncs++;
    do {
        sleep_us(sync_us);
    } while (sync_stopped);
    if (sync_errno) {
        errno = sync_errno;
        return -1;
    }
    return __real_fdatasync(fd);
}

static struct visitlog *open_log(struct scratch *s, enum visitlog_fsync mode)
{
    unlink(s->path);
    syncs = 0;
    sync_errno = 0;
    sync_us = 0;
    sync_stopped = false;
    return scratch_open(s, VISITLOG_VISITS, mode);
}

/* ---- many threads ---- */

struct writer {
    pthread_t thread;
    struct visitlog *log;
    unsigned index;
    unsigned batch_visits;
    unsigned bad;
    uint64_t firsts[APPENDS];
};

/* Every append has an id of its own, so that its lines can be told in the file. */
static unsigned first_id(const struct writer *w, unsigned append)
{
    return (w->index * APPENDS + append) * w->batch_visits;
}

static void *write_all(void *data)
{
    struct writer *w = data;
    char memory[VISITLOG_LINE_MAX * 2];
    for (unsigned i = 0; i < APPENDS; i++) {
        struct visitlog_batch batch = visitlog_batch_on(memory, sizeof(memory));
        for (unsigned k = 0; k < w->batch_visits; k++) {
            struct visitlog_visit visit = visit_with(first_id(w, i) + k);
            w->bad += !visitlog_batch_add(w->log, &batch, &visit);
        }
        w->bad += visitlog_append(w->log, &batch, &w->firsts[i]) != VISITLOG_GOOD;
        w->bad += visitlog_count(w->log) < w->firsts[i] + w->batch_visits - 1;
        w->bad += i > 0 && w->firsts[i] <= w->firsts[i - 1];
    }
    return NULL;
}

static unsigned id_of_line(const char *line)
{
    uint64_t second;
    uint64_t microseconds;
    assert_true(span_starts(span_from(line, LINE_LEN), SPAN_LIT("Visit at: 2022-06-29 14:17:")));
    assert_true(span_to_u64(span_from(line + 27, 2), &second));
    assert_true(span_to_u64(span_from(line + 30, 6), &microseconds));
    return (unsigned)((second - 37) * 1000000 + microseconds);
}

static void check_order(const struct writer *writers, struct span content, unsigned batch_visits)
{
    size_t lines = (size_t)THREADS * APPENDS * batch_visits;
    assert_int_equal(content.len, lines * LINE_LEN);
    for (unsigned t = 0; t < THREADS; t++) {
        assert_int_equal(writers[t].bad, 0);
        for (unsigned i = 0; i < APPENDS; i++) {
            for (unsigned k = 0; k < batch_visits; k++) {
                size_t line = writers[t].firsts[i] - 1 + k;
                assert_true(line < lines);
                assert_int_equal(id_of_line(content.ptr + line * LINE_LEN),
                                 first_id(&writers[t], i) + k);
            }
        }
    }
}

static void run_writers(struct scratch *s, enum visitlog_fsync mode, unsigned batch_visits,
                        unsigned us)
{
    static struct writer writers[THREADS];
    struct visitlog *log = open_log(s, mode);
    sync_us = us;
    for (unsigned t = 0; t < THREADS; t++) {
        writers[t] = (struct writer){ .log = log, .index = t, .batch_visits = batch_visits };
        assert_int_equal(pthread_create(&writers[t].thread, NULL, write_all, &writers[t]), 0);
    }
    for (unsigned t = 0; t < THREADS; t++) {
        visitlog_tick(log);
        visitlog_status(log);
        pthread_join(writers[t].thread, NULL);
    }
    assert_int_equal(visitlog_count(log), THREADS * APPENDS * batch_visits);
    /* Every line has the number that its writer was told: unique, and in the file's order. */
    check_order(writers, file_get(s->path), batch_visits);
    scratch_close(log);
}

static void test_numbers_are_the_files_order(void **state)
{
    run_writers(*state, VISITLOG_FSYNC_ALWAYS, 1, 0);
    run_writers(*state, VISITLOG_FSYNC_EVERYSEC, 3, 0);
    run_writers(*state, VISITLOG_FSYNC_NO, 1, 0);
    assert_int_equal(syncs, 1); /* at close */
}

static void test_one_sync_serves_many(void **state)
{
    run_writers(*state, VISITLOG_FSYNC_ALWAYS, 2, 100);
    assert_in_range(syncs, APPENDS / 2, THREADS * APPENDS / 2);
}

/* ---- one sync that is watched ---- */

struct appender {
    pthread_t thread;
    struct visitlog *log;
    unsigned id;
    _Atomic bool done;
    enum visitlog_result result;
    uint64_t number;
};

static void *append_one(void *data)
{
    struct appender *a = data;
    a->result = append_visits(a->log, a->id, 1, &a->number);
    a->done = true;
    return NULL;
}

static void appender_start(struct appender *a, struct visitlog *log, unsigned id)
{
    *a = (struct appender){ .log = log, .id = id };
    assert_int_equal(pthread_create(&a->thread, NULL, append_one, a), 0);
}

/* Waits, 10 s at most, until so many lines are in the file and so many syncs have begun. */
static void wait_for(struct visitlog *log, uint64_t written, unsigned begun)
{
    for (unsigned i = 0; i < 10000 && (log->written < written || syncs < begun); i++)
        sleep_us(1000);
    assert_true(log->written >= written && syncs >= begun);
}

static void test_nothing_is_good_before_its_sync(void **state)
{
    struct visitlog *log = open_log(*state, VISITLOG_FSYNC_ALWAYS);
    struct appender first;
    struct appender others[3];
    sync_stopped = true;
    appender_start(&first, log, 0);
    wait_for(log, 1, 1);
    for (unsigned i = 0; i < countof(others); i++)
        appender_start(&others[i], log, 1 + i);
    wait_for(log, 4, 1);
    sleep_us(20000);
    /* All four are written; one sync runs; nobody was told, and nothing is counted. */
    assert_false(first.done || others[0].done || others[1].done || others[2].done);
    assert_int_equal(visitlog_count(log), 0);
    assert_int_equal(syncs, 1);
    assert_true(visitlog_status(log).disk_wait_ms >= 20);
    sync_stopped = false;
    pthread_join(first.thread, NULL);
    assert_int_equal(first.number, 1);
    for (unsigned i = 0; i < countof(others); i++) {
        pthread_join(others[i].thread, NULL);
        assert_int_equal(others[i].result, VISITLOG_GOOD);
    }
    /* The three that came meanwhile shared the second. */
    assert_int_equal(syncs, 2);
    assert_int_equal(visitlog_count(log), 4);
    assert_int_equal(visitlog_status(log).disk_wait_ms, 0);
    scratch_close(log);
}

static _Atomic unsigned failures;

static void on_failure(void *data)
{
    (void)data;
    failures++;
}

static void test_a_failed_sync_is_told_to_all_and_never_tried_again(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    struct visitlog *log = open_log(s, VISITLOG_FSYNC_ALWAYS);
    struct appender appenders[4];
    uint64_t number;
    failures = 0;
    log->config.on_failure = on_failure;
    assert_int_equal(append_visits(log, 0, 1, &number), VISITLOG_GOOD);
    sync_errno = EIO;
    sync_stopped = true;
    for (unsigned i = 0; i < countof(appenders); i++)
        appender_start(&appenders[i], log, 1 + i);
    wait_for(log, 5, 2);
    sync_stopped = false;
    for (unsigned i = 0; i < countof(appenders); i++) {
        pthread_join(appenders[i].thread, NULL);
        assert_int_equal(appenders[i].result, VISITLOG_FAILED);
        assert_int_equal(appenders[i].number, 0);
    }
    sync_errno = 0; /* a second sync would succeed, and prove nothing */
    assert_int_equal(append_visits(log, 9, 1, &number), VISITLOG_FAILED);
    visitlog_tick(log);
    assert_false(visitlog_reopen(log, &err));
    assert_int_equal(syncs, 2);
    assert_int_equal(failures, 1);
    assert_int_equal(visitlog_count(log), 1);
    struct visitlog_status status = visitlog_status(log);
    assert_int_equal(status.state, VISITLOG_FAILED);
    assert_true(strstr(status.reason, "EIO") && strstr(status.reason, "sync"));
    err = (struct err){ 0 };
    assert_false(visitlog_close(log, &err));
    assert_int_equal(err.kind, ERR_DISK);
    assert_int_equal(syncs, 2);
    /* The next one finds whole lines, and all that was acknowledged. */
    log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    assert_in_range(visitlog_count(log), 1, 5);
    scratch_close(log);
}

static void test_everysec_fails_at_the_tick(void **state)
{
    struct err err = { 0 };
    uint64_t number;
    struct visitlog *log = open_log(*state, VISITLOG_FSYNC_EVERYSEC);
    sync_errno = EIO;
    assert_int_equal(append_visits(log, 0, 1, &number), VISITLOG_GOOD);
    visitlog_tick(log);
    assert_int_equal(visitlog_status(log).state, VISITLOG_FAILED);
    assert_int_equal(append_visits(log, 1, 1, &number), VISITLOG_FAILED);
    assert_int_equal(number, 0);
    assert_false(visitlog_close(log, &err));
}

static void test_the_old_file_is_committed_before_it_is_left(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    uint64_t number;
    char renamed[96];
    struct visitlog *log = open_log(s, VISITLOG_FSYNC_NO);
    snprintf(renamed, sizeof(renamed), "%s.1", s->path);
    assert_int_equal(append_visits(log, 0, 1, &number), VISITLOG_GOOD);
    assert_int_equal(rename(s->path, renamed), 0);
    assert_true(visitlog_reopen(log, &err));
    assert_int_equal(syncs, 1);
    assert_int_equal(append_visits(log, 1, 1, &number), VISITLOG_GOOD);
    assert_int_equal(rename(s->path, renamed), 0);
    sync_errno = EIO;
    assert_false(visitlog_reopen(log, &err));
    assert_int_equal(err.kind, ERR_DISK);
    assert_int_equal(append_visits(log, 2, 1, &number), VISITLOG_FAILED);
    err = (struct err){ 0 };
    assert_false(visitlog_close(log, &err));
}

static void test_an_empty_batch_costs_nothing(void **state)
{
    uint64_t number = 7;
    struct visitlog *log = open_log(*state, VISITLOG_FSYNC_ALWAYS);
    assert_int_equal(append_visits(log, 0, 0, &number), VISITLOG_GOOD);
    assert_int_equal(number, 0);
    assert_int_equal(syncs, 0);
    scratch_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_the_files_order),
        cmocka_unit_test(test_one_sync_serves_many),
        cmocka_unit_test(test_nothing_is_good_before_its_sync),
        cmocka_unit_test(test_a_failed_sync_is_told_to_all_and_never_tried_again),
        cmocka_unit_test(test_everysec_fails_at_the_tick),
        cmocka_unit_test(test_the_old_file_is_committed_before_it_is_left),
        cmocka_unit_test(test_an_empty_batch_costs_nothing),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
