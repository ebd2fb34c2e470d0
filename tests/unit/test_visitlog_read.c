/* WRAP: sendfile */
#include "base/std.h"

#include <sys/sendfile.h>

#include "visitlog_helper.h"

static int sendfile_errno; /* 0 = it works */
static size_t sendfile_max;

ssize_t __real_sendfile(int out, int in, off_t *offset, size_t count);
ssize_t __wrap_sendfile(int out, int in, off_t *offset, size_t count);

ssize_t __wrap_sendfile(int out, int in, off_t *offset, size_t count)
{
    if (sendfile_errno) {
        errno = sendfile_errno;
        return -1;
    }
    return __real_sendfile(out, in, offset, sendfile_max ? min_size(count, sendfile_max) : count);
}

/* What `app cat` would print, into a file opened with these extra flags. */
static struct span printed(const struct scratch *s, struct span content, int flags)
{
    struct err err = { 0 };
    char path[96];
    snprintf(path, sizeof(path), "%s/out", s->directory);
    unlink(path);
    file_put(s->path, content);
    int out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    assert_true(visitlog_print(s->path, out, &err));
    assert_string_equal(err.text, "");
    close(out);
    return file_get(path);
}

static void check_all_ways(const struct scratch *s, struct span content, struct span want)
{
    sendfile_errno = 0;
    sendfile_max = 0;
    assert_true(span_eq(printed(s, content, 0), want));
    sendfile_max = 3; /* short counts are gone on with */
    if (content.len < 10000)
        assert_true(span_eq(printed(s, content, 0), want));
    sendfile_max = 0;
    assert_true(span_eq(printed(s, content, O_APPEND), want)); /* sendfile refuses: EINVAL */
    static const int refusals[] = { ENOSYS, EIO };
    for (size_t i = 0; i < countof(refusals); i++) {
        sendfile_errno = refusals[i];
        assert_true(span_eq(printed(s, content, 0), want));
    }
    sendfile_errno = 0;
}

static void test_complete_lines_only(void **state)
{
    check_all_ways(*state, SPAN_LIT(""), SPAN_LIT(""));
    check_all_ways(*state, SPAN_LIT("torn"), SPAN_LIT(""));
    check_all_ways(*state, SPAN_LIT("\n"), SPAN_LIT("\n"));
    check_all_ways(*state, SPAN_LIT("one\ntwo\n"), SPAN_LIT("one\ntwo\n"));
    check_all_ways(*state, SPAN_LIT("one\ntwo\nthr"), SPAN_LIT("one\ntwo\n"));
    check_all_ways(*state, SPAN_LIT("a\0b\nc\0"), SPAN_LIT("a\0b\n"));
}

static void test_large_files(void **state)
{
    static char content[3000000];
    memset(content, 'x', sizeof(content));
    for (size_t i = 99; i < 2000000; i += 100)
        content[i] = '\n';
    /* The last newline lies many windows before the end. */
    check_all_ways(*state, span_from(content, sizeof(content)), span_from(content, 2000000));
}

static void test_a_reader_that_went_away(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    int ends[2];
    sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    file_put(s->path, SPAN_LIT("line\n"));
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_false(visitlog_print(s->path, ends[1], &err));
    assert_int_equal(err.os_errno, EPIPE);
    sendfile_errno = EINVAL;
    err = (struct err){ 0 };
    assert_false(visitlog_print(s->path, ends[1], &err));
    assert_int_equal(err.os_errno, EPIPE);
    sendfile_errno = 0;
    close(ends[1]);
}

static void test_a_full_output_is_said(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    file_put(s->path, SPAN_LIT("line\n"));
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    assert_false(visitlog_print(s->path, full, &err));
    assert_true(strstr(err.text, "standard output: ENOSPC") != NULL);
    close(full);
}

static void check_unreadable(const char *path, const char *why)
{
    struct err err = { 0 };
    assert_false(visitlog_print(path, STDOUT_FILENO, &err));
    assert_int_equal(err.kind, ERR_FAILED);
    assert_true(strstr(err.text, path) && strstr(err.text, why));
}

static void test_what_cannot_be_read(void **state)
{
    struct scratch *s = *state;
    char fifo[96];
    snprintf(fifo, sizeof(fifo), "%s/fifo", s->directory);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    check_unreadable(fifo, "no regular file");
    check_unreadable(s->directory, "no regular file");
    check_unreadable("/nowhere/visits.log", "ENOENT");
}

/* ---- a log that lives ---- */

static _Atomic bool stop;

static void *append_until_told(void *data)
{
    uint64_t number;
    for (unsigned id = 0; !stop; id++)
        assert(append_visits(data, id, 1 + id % 50, &number) == VISITLOG_GOOD);
    return NULL;
}

static void test_a_live_log_has_no_torn_end(void **state)
{
    struct scratch *s = *state;
    pthread_t thread;
    char path[96];
    snprintf(path, sizeof(path), "%s/out", s->directory);
    unlink(s->path);
    struct visitlog *log = scratch_open(s, VISITLOG_JSON, VISITLOG_FSYNC_NO);
    stop = false;
    assert_int_equal(pthread_create(&thread, NULL, append_until_told, log), 0);
    for (int i = 0; i < 100; i++) {
        struct err err = { 0 };
        int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(visitlog_print(s->path, out, &err));
        close(out);
        struct span text = file_get(path);
        assert_true(text.len == 0 || span_ends(text, SPAN_LIT("\"pod\":\"app-0\"}\n")));
        if (text.len > HELPER_FILE_MAX / 2)
            break;
    }
    stop = true;
    pthread_join(thread, NULL);
    scratch_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete_lines_only),
        cmocka_unit_test(test_large_files),
        cmocka_unit_test(test_a_reader_that_went_away),
        cmocka_unit_test(test_a_full_output_is_said),
        cmocka_unit_test(test_what_cannot_be_read),
        cmocka_unit_test(test_a_live_log_has_no_torn_end),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
