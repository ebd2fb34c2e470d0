#include "base/std.h"

#include "visitlog_helper.h"

#include "base/clock.h"

enum { LINE_LEN = 38 };

static const char *renamed_path(const struct scratch *s)
{
    static char path[96];
    snprintf(path, sizeof(path), "%s.1", s->path);
    return path;
}

static struct visitlog *open_new(struct scratch *s, enum visitlog_fsync mode)
{
    unlink(s->path);
    return scratch_open(s, VISITLOG_VISITS, mode);
}

static uint64_t append_good(struct visitlog *log, unsigned id, unsigned count)
{
    uint64_t number;
    assert_int_equal(append_visits(log, id, count, &number), VISITLOG_GOOD);
    return number;
}

static void test_numbers_go_on_from_run_to_run(void **state)
{
    struct scratch *s = *state;
    struct visitlog *log = open_new(s, VISITLOG_FSYNC_ALWAYS);
    assert_int_equal(visitlog_count(log), 0);
    assert_int_equal(append_good(log, 0, 3), 1);
    assert_int_equal(append_good(log, 3, 1), 4);
    assert_int_equal(visitlog_count(log), 4);
    scratch_close(log);
    log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_NO);
    assert_int_equal(visitlog_count(log), 4);
    assert_int_equal(append_good(log, 4, 2), 5);
    assert_int_equal(visitlog_count(log), 6);
    scratch_close(log);
    assert_int_equal(file_get(s->path).len, 6 * LINE_LEN);
}

static void test_every_format_is_counted_again(void **state)
{
    struct scratch *s = *state;
    for (int format = VISITLOG_VISITS; format <= VISITLOG_JSON; format++) {
        unlink(s->path);
        struct visitlog *log = scratch_open(s, (enum visitlog_format)format, VISITLOG_FSYNC_ALWAYS);
        append_good(log, 0, 10);
        scratch_close(log);
        log = scratch_open(s, (enum visitlog_format)format, VISITLOG_FSYNC_ALWAYS);
        assert_int_equal(visitlog_count(log), 10);
        scratch_close(log);
    }
}

static void test_the_django_line_has_our_process_id(void **state)
{
    struct scratch *s = *state;
    char expected[80];
    unlink(s->path);
    struct visitlog *log = scratch_open(s, VISITLOG_DJANGO, VISITLOG_FSYNC_ALWAYS);
    append_good(log, 7000, 1);
    scratch_close(log);
    snprintf(expected, sizeof(expected), "INFO 2022-06-29 14:17:37,007 views %d A client visited\n",
             (int)getpid());
    assert_span(file_get(s->path), expected);
}

static void test_status_of_a_good_log(void **state)
{
    struct visitlog *log = open_new(*state, VISITLOG_FSYNC_ALWAYS);
    struct visitlog_status status = visitlog_status(log);
    assert_int_equal(status.state, VISITLOG_GOOD);
    assert_string_equal(status.reason, "");
    assert_int_equal(status.size_bytes, 0);
    assert_int_equal(status.last_visit_s, 0);
    append_good(log, 3000000, 2);
    status = visitlog_status(log);
    assert_int_equal(status.size_bytes, 2 * LINE_LEN);
    assert_int_equal(status.last_visit_s, 1656512257 + 3);
    assert_int_equal(status.disk_wait_ms, 0);
    scratch_close(log);
}

static void test_a_large_batch_is_one_batch(void **state)
{
    struct visitlog *log = open_new(*state, VISITLOG_FSYNC_ALWAYS);
    assert_int_equal(append_good(log, 0, 6000), 1);
    assert_int_equal(append_good(log, 6000, 1), 6001);
    scratch_close(log);
}

/* ---- another file under the path ---- */

static void test_reopen_after_a_rename(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    struct visitlog *log = open_new(s, VISITLOG_FSYNC_NO);
    append_good(log, 0, 3);
    assert_int_equal(rename(s->path, renamed_path(s)), 0);
    append_good(log, 3, 1);
    assert_true(visitlog_reopen(log, &err));
    assert_int_equal(visitlog_count(log), 4);
    assert_int_equal(append_good(log, 4, 1), 5);
    assert_int_equal(visitlog_status(log).size_bytes, LINE_LEN);
    assert_int_equal(file_get(renamed_path(s)).len, 4 * LINE_LEN);
    assert_int_equal(file_get(s->path).len, LINE_LEN);
    /* The new file is locked, the old one is not. */
    assert_int_equal(acquire_file(s->path, 0, &err), -1);
    err = (struct err){ 0 };
    int old = acquire_file(renamed_path(s), 0, &err);
    assert_true(old >= 0);
    close(old);
    scratch_close(log);
}

static void test_reopen_of_the_same_file_changes_nothing(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    struct visitlog *log = open_new(s, VISITLOG_FSYNC_EVERYSEC);
    append_good(log, 0, 3);
    assert_true(visitlog_reopen(log, &err));
    assert_int_equal(visitlog_count(log), 3);
    assert_int_equal(append_good(log, 3, 1), 4);
    assert_int_equal(file_get(s->path).len, 4 * LINE_LEN);
    /* Also when it was copied and emptied in place. */
    assert_int_equal(truncate(s->path, 0), 0);
    assert_true(visitlog_reopen(log, &err));
    assert_int_equal(visitlog_status(log).size_bytes, 0);
    assert_int_equal(append_good(log, 4, 1), 5);
    assert_int_equal(file_get(s->path).len, LINE_LEN);
    scratch_close(log);
}

static void test_reopen_counts_and_mends_what_it_finds(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    struct visitlog *log = open_new(s, VISITLOG_FSYNC_ALWAYS);
    append_good(log, 0, 3);
    assert_int_equal(rename(s->path, renamed_path(s)), 0);
    file_put(s->path, SPAN_LIT("Visit at: 2022-06-29 14:17:37.071203 \nVis"));
    assert_true(visitlog_reopen(log, &err));
    assert_int_equal(visitlog_count(log), 4);
    assert_int_equal(append_good(log, 9, 1), 5);
    assert_int_equal(file_get(s->path).len, 2 * LINE_LEN);
    scratch_close(log);
}

static void test_a_reopen_that_fails_keeps_the_old_file(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    struct visitlog *log = open_new(s, VISITLOG_FSYNC_ALWAYS);
    append_good(log, 0, 1);
    assert_int_equal(rename(s->path, renamed_path(s)), 0);
    assert_int_equal(mkdir(s->path, 0755), 0);
    assert_false(visitlog_reopen(log, &err));
    assert_true(strstr(err.text, "directory") != NULL);
    assert_int_equal(append_good(log, 1, 1), 2);
    assert_int_equal(file_get(renamed_path(s)).len, 2 * LINE_LEN);
    assert_int_equal(rmdir(s->path), 0);
    scratch_close(log);
}

static void test_a_deleted_log_is_replaced_within_a_tick(void **state)
{
    struct scratch *s = *state;
    struct visitlog *log = open_new(s, VISITLOG_FSYNC_ALWAYS);
    append_good(log, 0, 2);
    assert_int_equal(unlink(s->path), 0);
    int kept = capture_begin(s);
    visitlog_tick(log);
    assert_true(span_has(capture_end(s, kept), "somebody deleted the log"));
    assert_int_equal(append_good(log, 2, 1), 3);
    assert_int_equal(file_get(s->path).len, LINE_LEN);
    scratch_close(log);
}

static void test_a_renamed_log_is_left_alone_by_the_tick(void **state)
{
    struct scratch *s = *state;
    struct visitlog *log = open_new(s, VISITLOG_FSYNC_ALWAYS);
    assert_int_equal(rename(s->path, renamed_path(s)), 0);
    visitlog_tick(log);
    append_good(log, 0, 1);
    assert_int_equal(file_get(renamed_path(s)).len, LINE_LEN);
    assert_int_equal(access(s->path, F_OK), -1);
    scratch_close(log);
}

/* ---- appending while the file is exchanged ---- */

struct mover {
    struct visitlog *log;
    _Atomic bool stop;
    unsigned appended;
};

static void *append_until_told(void *data)
{
    struct mover *m = data;
    uint64_t number;
    uint64_t last = 0;
    while (!m->stop) {
        assert(append_visits(m->log, m->appended, 1, &number) == VISITLOG_GOOD);
        assert(number == last + 1);
        last = number;
        m->appended++;
    }
    return NULL;
}

static void test_no_visit_is_lost_between_two_files(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    pthread_t thread;
    struct mover m = { .log = open_new(s, VISITLOG_FSYNC_ALWAYS) };
    size_t lines = 0;
    assert_int_equal(pthread_create(&thread, NULL, append_until_told, &m), 0);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(rename(s->path, renamed_path(s)), 0);
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
        assert_true(visitlog_reopen(m.log, &err));
        lines += count_newlines_in(file_get(renamed_path(s)));
    }
    m.stop = true;
    pthread_join(thread, NULL);
    lines += count_newlines_in(file_get(s->path));
    assert_int_equal(lines, m.appended);
    assert_true(m.appended > 50);
    scratch_close(m.log);
}

/* ---- what is said about a full disk ---- */

static void become(struct visitlog *log, enum visitlog_result result, int os_errno)
{
    health_note(log, (struct disk_end){ result, DISK_WRITE, os_errno });
}

static void test_diagnostics_of_a_full_disk_are_bounded(void **state)
{
    struct scratch *s = *state;
    struct visitlog *log = open_new(s, VISITLOG_FSYNC_ALWAYS);
    int kept = capture_begin(s);
    for (int i = 0; i < 1000; i++)
        become(log, VISITLOG_FULL, ENOSPC);
    health_note_refused(log, 12);
    health_note_refused(log, 30);
    become(log, VISITLOG_GOOD, 0);
    become(log, VISITLOG_GOOD, 0);
    struct span said = capture_end(s, kept);
    assert_int_equal(count_newlines_in(said), 2);
    assert_true(span_has(said, "ENOSPC"));
    assert_true(span_has(said, "refused=42"));
    scratch_close(log);
}

static void test_the_first_failure_sticks(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    struct visitlog *log = open_new(s, VISITLOG_FSYNC_ALWAYS);
    become(log, VISITLOG_FULL, EDQUOT);
    assert_true(strstr(visitlog_status(log).reason, "EDQUOT") != NULL);
    become(log, VISITLOG_FAILED, EIO);
    become(log, VISITLOG_FAILED, EROFS);
    become(log, VISITLOG_FULL, ENOSPC);
    become(log, VISITLOG_GOOD, 0);
    struct visitlog_status status = visitlog_status(log);
    assert_int_equal(status.state, VISITLOG_FAILED);
    assert_true(strstr(status.reason, "EIO") != NULL);
    assert_false(visitlog_close(log, &err));
}

static void test_names_of_the_formats(void **state)
{
    (void)state;
    static const char *const names[] = { "visits", "django", "combined", "json", "template" };
    for (size_t i = 0; i < countof(names); i++)
        assert_string_equal(visitlog_format_names[i], names[i]);
    assert_null(visitlog_format_names[countof(names)]);
}

static void test_no_memory_is_an_error(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    struct arena small;
    struct visitlog_config config = { .path = s->path };
    assert_true(arena_init(&small, 64, &err));
    assert_null(visitlog_open(&small, &config, &err));
    assert_int_equal(err.kind, ERR_FAILED);
    arena_fini(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_go_on_from_run_to_run),
        cmocka_unit_test(test_every_format_is_counted_again),
        cmocka_unit_test(test_the_django_line_has_our_process_id),
        cmocka_unit_test(test_status_of_a_good_log),
        cmocka_unit_test(test_a_large_batch_is_one_batch),
        cmocka_unit_test(test_reopen_after_a_rename),
        cmocka_unit_test(test_reopen_of_the_same_file_changes_nothing),
        cmocka_unit_test(test_reopen_counts_and_mends_what_it_finds),
        cmocka_unit_test(test_a_reopen_that_fails_keeps_the_old_file),
        cmocka_unit_test(test_a_deleted_log_is_replaced_within_a_tick),
        cmocka_unit_test(test_a_renamed_log_is_left_alone_by_the_tick),
        cmocka_unit_test(test_no_visit_is_lost_between_two_files),
        cmocka_unit_test(test_diagnostics_of_a_full_disk_are_bounded),
        cmocka_unit_test(test_the_first_failure_sticks),
        cmocka_unit_test(test_names_of_the_formats),
        cmocka_unit_test(test_no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
