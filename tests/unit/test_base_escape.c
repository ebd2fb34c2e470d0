#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/escape.h"

static char memory[1024];

static const char *escaped(void (*escape)(struct buf *, struct span), const char *text, size_t len)
{
    struct buf b = BUF_OF(memory);
    escape(&b, span_from(text, len));
    return buf_cstr(&b);
}

#define ESCAPED(escape, literal) escaped((escape), (literal), sizeof(literal) - 1)

static void test_utf8(void **state)
{
    (void)state;
    static const char *const good[] = { "a",
                                        "\xc2\x80",
                                        "\xdf\xbf",
                                        "\xe0\xa0\x80",
                                        "\xef\xbf\xbf",
                                        "\xf0\x90\x80\x80",
                                        "\xf4\x8f\xbf\xbf",
                                        "\xed\x9f\xbf" };
    static const char *const bad[] = { "\x80",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xe0\x9f\xbf",
                                       "\xed\xa0\x80",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xc2",
                                       "\xe1\x80",
                                       "\xff",
                                       "\xc2"
                                       "a" };
    for (size_t i = 0; i < countof(good); i++)
        assert_true(escape_utf8_valid(span_of(good[i])));
    for (size_t i = 0; i < countof(bad); i++)
        assert_false(escape_utf8_valid(span_of(bad[i])));
    uint32_t code;
    assert_int_equal(escape_utf8_decode(SPAN_LIT("\xf0\x9f\x98\x80"), &code), 4);
    assert_int_equal(code, 0x1f600);
}

static void test_json(void **state)
{
    (void)state;
    assert_string_equal(ESCAPED(escape_json, "a\"\\/\n\r\t\x01\x7f\0b"),
                        "a\\\"\\\\/\\n\\r\\t\\u0001\\u007f\\u0000b");
    assert_string_equal(ESCAPED(escape_json, "\xe2\x80\xa8\xc3\xa9"), "\\u2028\xc3\xa9");
    assert_string_equal(ESCAPED(escape_json, "\xff"
                                             "a\xc3"),
                        "\xef\xbf\xbd"
                        "a\xef\xbf\xbd");
}

static void test_yaml(void **state)
{
    (void)state;
    assert_string_equal(ESCAPED(escape_yaml, "\"\\\n\x1b\x7f\0/"), "\\\"\\\\\\n\\x1b\\x7f\\x00/");
    assert_string_equal(ESCAPED(escape_yaml, "\xc2\x85\xe2\x80\xa9\xef\xbb\xbf"),
                        "\\u0085\\u2029\\ufeff");
    assert_string_equal(ESCAPED(escape_yaml, "\xf0\x9f\x98\x80\xf0\x9f\xbf\xbf"),
                        "\xf0\x9f\x98\x80\\U0001ffff");
}

static void test_html(void **state)
{
    (void)state;
    assert_string_equal(ESCAPED(escape_html, "<a href=\"x\">&'"),
                        "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
}

static void test_log(void **state)
{
    (void)state;
    assert_string_equal(ESCAPED(escape_log, "a \"b\"\\\n\x1b[0m\xc3\xa9\0~"),
                        "a \\x22b\\x22\\x5c\\x0a\\x1b[0m\\xc3\\xa9\\x00~");
    for (unsigned c = 0; c < 256; c++) {
        char byte = (char)c;
        const char *text = escaped(escape_log, &byte, 1);
        for (const char *at = text; *at; at++)
            assert_true(*at >= ' ' && *at < 0x7f && *at != '"');
    }
}

static void test_logfmt(void **state)
{
    (void)state;
    assert_string_equal(ESCAPED(escape_logfmt, "a/b:1"), "a/b:1");
    assert_string_equal(ESCAPED(escape_logfmt, ""), "\"\"");
    assert_string_equal(ESCAPED(escape_logfmt, "a b=\"c\"\n"), "\"a b=\\\"c\\\"\\n\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8), cmocka_unit_test(test_json), cmocka_unit_test(test_yaml),
        cmocka_unit_test(test_html), cmocka_unit_test(test_log),  cmocka_unit_test(test_logfmt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
