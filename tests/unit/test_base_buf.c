#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/buf.h"

static void test_what_fits_is_appended(void **state)
{
    (void)state;
    char memory[64];
    struct buf b = BUF_OF(memory);
    buf_add_str(&b, "a");
    buf_add_char(&b, 'b');
    buf_add_u64(&b, 0);
    buf_add_u64(&b, UINT64_MAX);
    buf_add_i64(&b, INT64_MIN);
    buf_add_padded(&b, 7, 3);
    buf_printf(&b, "%d%s", 4, "x");
    assert_string_equal(buf_cstr(&b), "ab018446744073709551615-92233720368547758080074x");
    buf_truncate(&b, 2);
    assert_true(span_eq_str(buf_span(&b), "ab"));
    assert_int_equal(buf_room(&b), sizeof(memory) - 2);
}

static void test_what_does_not_fit_is_not_written(void **state)
{
    (void)state;
    char memory[5] = "....";
    struct buf b = buf_on(memory, 4);
    buf_add_str(&b, "abc");
    buf_add_str(&b, "de");
    assert_true(b.overflow);
    assert_int_equal(b.len, 3);
    buf_add_char(&b, 'f'); /* would fit, but the overflow sticks */
    assert_int_equal(b.len, 3);
    assert_null(buf_cstr(&b));
    assert_int_equal(memory[4], '\0');
    buf_reset(&b);
    assert_false(b.overflow);
    buf_add_str(&b, "abcd");
    assert_false(b.overflow);
    assert_null(buf_cstr(&b)); /* no room for the NUL */
}

static void test_printf_that_does_not_fit(void **state)
{
    (void)state;
    char memory[4];
    struct buf b = BUF_OF(memory);
    buf_printf(&b, "%s", "abcd");
    assert_true(b.overflow && b.len == 0);
    buf_printf(&b, "a");
    assert_int_equal(b.len, 0);
    buf_reset(&b);
    buf_printf(&b, "%s", "abc");
    assert_true(!b.overflow && b.len == 3);
}

static void test_nothing_is_a_buffer_too(void **state)
{
    (void)state;
    struct buf b = buf_on(NULL, 0);
    buf_add(&b, NULL, 0);
    assert_false(b.overflow);
    buf_add_char(&b, 'a');
    assert_true(b.overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_fits_is_appended),
        cmocka_unit_test(test_what_does_not_fit_is_not_written),
        cmocka_unit_test(test_printf_that_does_not_fit),
        cmocka_unit_test(test_nothing_is_a_buffer_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
