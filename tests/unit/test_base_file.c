/* file.h and diag.h. WRAP: read write */
#include "base/std.h"

#include <fcntl.h>
#include <setjmp.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/file.h"

ssize_t __real_read(int fd, void *to, size_t len);
ssize_t __real_write(int fd, const void *from, size_t len);
ssize_t __wrap_read(int fd, void *to, size_t len);
ssize_t __wrap_write(int fd, const void *from, size_t len);

/* Every second call is interrupted, and the others move three bytes at most. */
static bool stutter;
static unsigned calls;
static char captured[8192];
static size_t captured_len;

ssize_t __wrap_read(int fd, void *to, size_t len)
{
    if (stutter && calls++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    return __real_read(fd, to, stutter ? min_size(len, 3) : len);
}

ssize_t __wrap_write(int fd, const void *from, size_t len)
{
    if (stutter && calls++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    if (fd == STDERR_FILENO) {
        assert_true(captured_len + len <= sizeof(captured));
        memcpy(captured + captured_len, from, len);
        captured_len += len;
        return (ssize_t)len;
    }
    return __real_write(fd, from, stutter ? min_size(len, 3) : len);
}

static struct arena arena;
static char path[] = "/tmp/test-base-file-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    struct err err = { 0 };
    snprintf(path, sizeof(path), "/tmp/test-base-file-XXXXXX");
    int fd = mkstemp(path);
    close(fd);
    stutter = false;
    captured_len = 0;
    return fd != -1 && arena_init(&arena, 1 << 20, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    stutter = false;
    unlink(path);
    arena_fini(&arena);
    return 0;
}

static void write_file(const char *text)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(file_write_all(fd, span_of(text)));
    close(fd);
}

static void test_short_and_interrupted_calls_are_continued(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct span content;
    stutter = true;
    write_file("hello, world");
    assert_true(file_read(&arena, path, 100, &content, &err));
    assert_string_equal(content.ptr, "hello, world");
}

static void test_limits_are_exact(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct span content;
    write_file("12345");
    assert_true(file_read(&arena, path, 5, &content, &err));
    assert_int_equal(content.len, 5);
    assert_false(file_read(&arena, path, 4, &content, &err));
    assert_non_null(strstr(err.text, "larger than 4 bytes"));
    assert_int_equal(err.kind, ERR_REQUEST);
}

static void test_what_cannot_be_read_is_named(void **state)
{
    (void)state;
    struct span content;
    struct err missing = { 0 };
    assert_false(file_read(&arena, "/nowhere/x", 5, &content, &missing));
    assert_non_null(strstr(missing.text, "/nowhere/x: ENOENT"));
    struct err directory = { 0 };
    assert_false(file_read(&arena, "/tmp", 5, &content, &directory));
    assert_non_null(strstr(directory.text, "EISDIR"));
}

static void test_a_directory_is_synced(void **state)
{
    (void)state;
    assert_int_equal(file_sync_directory(path), 0);
    assert_int_equal(file_sync_directory("here"), 0);
    assert_int_equal(file_sync_directory("/x"), 0);
    assert_int_equal(file_sync_directory("/nowhere/x"), -1);
    assert_int_equal(errno, ENOENT);
}

static const char *line(void)
{
    captured[captured_len] = '\0';
    return strchr(captured, ' ') + 1; /* without the time */
}

static void test_a_diagnostic_line(void **state)
{
    (void)state;
    errno = ENOSPC;
    diag(DIAG_WARN, "two words", diag_str("a", "b c"), diag_num("n", -5),
         diag_span("s", SPAN_LIT("x\ny")));
    assert_string_equal(line(), "level=warn msg=\"two words\" a=\"b c\" n=-5 s=\"x\\ny\"\n");
    assert_int_equal(errno, ENOSPC);
    captured_len = 0;
    diag(DIAG_INFO, "none");
    assert_string_equal(line(), "level=info msg=none\n");
}

static void test_levels_and_json(void **state)
{
    (void)state;
    diag(DIAG_DEBUG, "hidden");
    assert_int_equal(captured_len, 0);
    diag_configure(DIAG_JSON, DIAG_DEBUG);
    diag(DIAG_DEBUG, "shown \"x\"", diag_num("n", 1));
    diag_configure(DIAG_LOGFMT, DIAG_INFO);
    captured[captured_len] = '\0';
    assert_non_null(
        strstr(captured, "\",\"level\":\"debug\",\"msg\":\"shown \\\"x\\\"\",\"n\":1}\n"));
    assert_int_equal(captured[0], '{');
}

static void test_a_long_field_does_not_break_the_line(void **state)
{
    (void)state;
    static char text[6000];
    memset(text, 'x', sizeof(text));
    diag(DIAG_INFO, "long", diag_span("a", span_from(text, sizeof(text))), diag_num("b", 1));
    assert_string_equal(line(), "level=info msg=long a=\"(too long)\" b=1\n");
}

static void test_a_limit_keeps_back_and_counts(void **state)
{
    (void)state;
    struct diag_limit limit = { 0 };
    int64_t suppressed = -1;
    assert_true(diag_allow(&limit, 3600000, &suppressed));
    assert_int_equal(suppressed, 0);
    assert_false(diag_allow(&limit, 3600000, &suppressed));
    assert_false(diag_allow(&limit, 3600000, &suppressed));
    limit.next_ms = 0;
    assert_true(diag_allow(&limit, 3600000, &suppressed));
    assert_int_equal(suppressed, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_short_and_interrupted_calls_are_continued, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_limits_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_read_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_directory_is_synced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_diagnostic_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_levels_and_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_long_field_does_not_break_the_line, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_limit_keeps_back_and_counts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
