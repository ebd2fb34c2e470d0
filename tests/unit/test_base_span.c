#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/span.h"

static void test_comparing(void **state)
{
    (void)state;
    struct span none = { 0 };
    assert_true(span_eq(none, SPAN_LIT("")));
    assert_true(span_eq_str(SPAN_LIT("abc"), "abc"));
    assert_false(span_eq_str(SPAN_LIT("abc"), "abd"));
    assert_true(span_eq_nocase(SPAN_LIT("aBc-1"), SPAN_LIT("AbC-1")));
    assert_false(span_eq_nocase(SPAN_LIT("@"), SPAN_LIT("`"))); /* 0x40 and 0x60 are no letters */
    assert_false(span_eq_nocase(SPAN_LIT("["), SPAN_LIT("{")));
    assert_true(span_starts(SPAN_LIT("abc"), none) && span_ends(SPAN_LIT("abc"), none));
    assert_true(span_starts(SPAN_LIT("abc"), SPAN_LIT("ab")));
    assert_false(span_starts(SPAN_LIT("ab"), SPAN_LIT("abc")));
    assert_true(span_ends(SPAN_LIT("abc"), SPAN_LIT("bc")));
    assert_false(span_ends(SPAN_LIT("bc"), SPAN_LIT("abc")));
    assert_int_equal(span_compare(SPAN_LIT("a"), SPAN_LIT("ab")), -1);
    assert_int_equal(span_compare(SPAN_LIT("b"), SPAN_LIT("ab")), 1);
    assert_int_equal(span_compare(SPAN_LIT("\xff"), SPAN_LIT("a")), 1);
    assert_int_equal(span_compare(none, none), 0);
}

/* Every byte at every place of every length: the search reads eight bytes at a time. */
static void test_finding(void **state)
{
    (void)state;
    char text[40];
    for (size_t len = 0; len <= sizeof(text); len++) {
        for (size_t at = 0; at < len; at++) {
            memset(text, 'a', sizeof(text));
            text[at] = 'b';
            assert_int_equal(span_find(span_from(text, len), 'b'), at);
            assert_int_equal(span_find(span_from(text, at), 'b'), -1);
            text[at] = '\x80';
            assert_int_equal(span_find(span_from(text, len), '\x80'), at);
            text[at] = '\0';
            assert_int_equal(span_find(span_from(text, len), '\0'), at);
        }
    }
    for (unsigned c = 0; c < 256; c++) {
        memset(text, (int)(c ^ 1), sizeof(text));
        assert_int_equal(span_find(span_from(text, sizeof(text)), (char)c), -1);
        text[9] = (char)c;
        text[11] = (char)c;
        assert_int_equal(span_find(span_from(text, sizeof(text)), (char)c), 9);
    }
}

static void test_trimming(void **state)
{
    (void)state;
    assert_true(span_eq_str(span_trim(SPAN_LIT(" \t a b\t ")), "a b"));
    assert_int_equal(span_trim(SPAN_LIT(" \t ")).len, 0);
    assert_true(span_eq_str(span_from_offset(SPAN_LIT("abc"), 1), "bc"));
    assert_int_equal(span_from_offset(SPAN_LIT("abc"), 9).len, 0);
}

static void test_splitting(void **state)
{
    (void)state;
    static const char *const parts[] = { "a", "", "b", "" };
    struct span rest = SPAN_LIT("a,,b,");
    struct span part;
    for (size_t i = 0; i < countof(parts); i++) {
        assert_true(span_split(&rest, ',', &part));
        assert_true(span_eq_str(part, parts[i]));
    }
    assert_false(span_split(&rest, ',', &part));
    rest = SPAN_LIT("");
    assert_true(span_split(&rest, ',', &part));
    assert_false(span_split(&rest, ',', &part));
}

static void test_numbers(void **state)
{
    (void)state;
    uint64_t value;
    assert_true(span_to_u64(SPAN_LIT("18446744073709551615"), &value) && value == UINT64_MAX);
    assert_true(span_to_u64(SPAN_LIT("007"), &value) && value == 7);
    static const char *const bad[] = {
        "", "-1", "+1", " 1", "1 ", "1a", "0x1", "18446744073709551616", "99999999999999999999"
    };
    for (size_t i = 0; i < countof(bad); i++)
        assert_false(span_to_u64(span_of(bad[i]), &value));
    assert_true(span_hex_to_u64(SPAN_LIT("fFfFfFfFfFfFfFfF"), &value) && value == UINT64_MAX);
    assert_false(span_hex_to_u64(SPAN_LIT("00000000000000001"), &value));
    assert_false(span_hex_to_u64(SPAN_LIT(""), &value));
    assert_false(span_hex_to_u64(SPAN_LIT("1g"), &value));
}

static void test_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {
        { "0", 0 },        { "5", 5 },         { "2k", 2000 },        { "2Ki", 2048 },
        { "1M", 1000000 }, { "1Mi", 1 << 20 }, { "3Gi", 3ULL << 30 }, { "1Ti", 1ULL << 40 }
    };
    uint64_t bytes;
    for (size_t i = 0; i < countof(good); i++)
        assert_true(span_to_size(span_of(good[i].text), &bytes) && bytes == good[i].bytes);
    static const char *const bad[] = { "",     "K",  "1K",  "1ki",       "1.5Gi",
                                       "1 Gi", "-1", "1GB", "16777216Ti" };
    for (size_t i = 0; i < countof(bad); i++)
        assert_false(span_to_size(span_of(bad[i]), &bytes));
}

static void test_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = { { "0", 0 },           { "500ms", 500 },    { "5s", 5000 },      { "1m", 60000 },
                 { "1h30m", 5400000 }, { "2d", 172800000 }, { "1m0s1ms", 60001 } };
    int64_t ms;
    for (size_t i = 0; i < countof(good); i++)
        assert_true(span_to_duration(span_of(good[i].text), &ms) && ms == good[i].ms);
    static const char *const bad[] = { "",
                                       "5",
                                       "s",
                                       "5 s",
                                       "1s1m",
                                       "1s1s",
                                       "-1s",
                                       "1.5s",
                                       "1w",
                                       "9223372036854775807d",
                                       "99999999999999999999s" };
    for (size_t i = 0; i < countof(bad); i++)
        assert_false(span_to_duration(span_of(bad[i]), &ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comparing), cmocka_unit_test(test_finding),
        cmocka_unit_test(test_trimming),  cmocka_unit_test(test_splitting),
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
