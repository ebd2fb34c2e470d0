/*
 * inih takes a good deal silently. Each way in which it would cut, misread or skip a line is
 * here, with the line that must be named, and what must still be read of the rest.
 */
#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "profile_helper.h"

static struct loaded loaded;

#define FORTY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG FORTY FORTY FORTY "aaaaaaa" /* 127 */

static const struct {
    struct span text;
    const char *message;
} refused[] = {
    { { "[log]\nfile = a\0b\n", 17 }, "test.ini:2: there is a NUL byte" },
    { { "[log]\nfile = a\x01\n", 16 }, "test.ini:2: there is a control character" },
    { { "[log]\nfile = a\rb\n", 17 }, "test.ini:2: there is a control character" },
    { { "[log]\n; \xff\n", 10 }, "test.ini:2: the line is not UTF-8" },
    { { "[" LONG "a]\n", 131 }, "test.ini:1: the section's name is too long" },
    { { "[log] junk\n", 11 }, "test.ini:1: there is something behind the section's ']'" },
    { { "[log\n", 5 }, "test.ini:1: the section's name has no ']'" },
    { { "fsync = no\n", 11 }, "test.ini:1: a key stands before the first [section]" },
    { { "[log]\nfsync\n", 12 }, "test.ini:2: the line is neither" },
    { { "[log]\nfsync : no\n", 17 }, "test.ini:2: the line is neither" },
    { { "[labels]\nhttp://x = 1\n", 22 }, "test.ini:2: there is a ':' before the '='" },
    { { "[log]\n= no\n", 11 }, "test.ini:2: there is no key before the '='" },
    { { "[log]\nfile = \"b ; c\"\n", 21 }, "test.ini:2: a ';' behind a space begins a comment" },
    { { "[log]\nfsync = no\nfsync = no\n", 28 },
      "test.ini:3: log.fsync is given twice; first in line 2" },
    { { "[labels]\na = 1\n[labels]\na = 1\n", 30 },
      "test.ini:4: labels.a is given twice; first in line 2" },
    { { "[nothing]\n", 10 }, "test.ini:1: there is no section [nothing]" },
};

static void test_each_is_refused_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(refused); i++) {
        assert_false(loaded_init(&loaded, refused[i].text));
        if (!strstr(loaded.messages, refused[i].message))
            fail_msg("'%s' is not in '%s'", refused[i].message, loaded.messages);
        assert_int_equal(loaded.problems.count, 1);
        loaded_fini(&loaded);
    }
}

static void test_the_rest_is_still_checked(void **state)
{
    (void)state;
    assert_false(
        loaded_init(&loaded, SPAN_LIT("[log] x\nany = 1\n[serve]\n= 2\nworkers = 99\nq = 1\n")));
    assert_int_equal(loaded.problems.count, 4);
    assert_non_null(strstr(loaded.messages, "test.ini:1: "));
    assert_non_null(strstr(loaded.messages, "test.ini:4: "));
    assert_non_null(strstr(loaded.messages, "test.ini:5: serve.workers: '99'"));
    assert_non_null(strstr(loaded.messages, "test.ini:6: there is no key serve.q"));
    loaded_fini(&loaded);
}

static void test_what_is_sound_is_taken(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf; a comment\r\n# another\r\n\r\n  [log] ; and one more\r\n"
        "\tfsync = no ; too\r\nfile=x/#y\r\n[labels]\r\na = b=c:d\r\n";
    assert_true(loaded_init(&loaded, SPAN_LIT(text)));
    assert_int_equal(loaded.profile.log_fsync, 2);
    assert_true(span_eq_str(loaded.profile.log_file, "x/#y"));
    assert_true(span_eq_str(loaded.profile.labels.items[0].value, "b=c:d"));
    assert_int_equal(loaded.profile.origin[KEY_log_fsync].line, 5);
    loaded_fini(&loaded);
}

static void test_the_longest_name_and_a_long_value(void **state)
{
    (void)state;
    static char text[200 << 10];
    struct buf b = BUF_OF(text);
    buf_add_str(&b, "[" LONG "]\n[labels]\nlong = ");
    size_t start = b.len;
    while (b.len < start + (100 << 10))
        buf_add_char(&b, 'v');
    buf_add_str(&b, "\nnext = 1\n");
    assert_false(loaded_init(&loaded, buf_span(&b)));
    assert_int_equal(loaded.problems.count, 1); /* the section is unknown, and whole */
    assert_non_null(strstr(loaded.messages, "[" LONG "]"));
    assert_int_equal(loaded.profile.labels.items[0].value.len, 100 << 10);
    assert_int_equal(loaded.profile.labels.count, 2);
    loaded_fini(&loaded);
}

static void test_no_newline_at_the_end(void **state)
{
    (void)state;
    assert_true(loaded_init(&loaded, SPAN_LIT("[log]\nfsync=no")));
    assert_int_equal(loaded.profile.log_fsync, 2);
    loaded_fini(&loaded);
    assert_true(loaded_init(&loaded, (struct span){ 0 }));
    loaded_fini(&loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_is_refused_with_its_line),
        cmocka_unit_test(test_the_rest_is_still_checked),
        cmocka_unit_test(test_what_is_sound_is_taken),
        cmocka_unit_test(test_the_longest_name_and_a_long_value),
        cmocka_unit_test(test_no_newline_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
