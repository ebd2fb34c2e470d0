#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/cpu.h"

static unsigned limit(const char *text)
{
    return cpu_limit_parse(span_of(text));
}

static void test_a_limit_is_rounded_up(void **state)
{
    (void)state;
    assert_int_equal(limit("50000 100000"), 1);
    assert_int_equal(limit("100000 100000"), 1);
    assert_int_equal(limit("100001 100000"), 2);
    assert_int_equal(limit("400000 100000"), 4);
    assert_int_equal(limit("1 18446744073709551615"), 1);
}

static void test_no_limit_is_zero(void **state)
{
    (void)state;
    static const char *const texts[] = { "max 100000", "-1 100000", "",    " ",   "5",
                                         "5 ",         " 5",        "0 0", "5 0", "5 x" };
    for (size_t i = 0; i < countof(texts); i++)
        assert_int_equal(limit(texts[i]), 0);
    assert_int_equal(limit("18446744073709551615 1"), UINT_MAX);
}

static void test_there_is_always_one(void **state)
{
    (void)state;
    assert_true(cpu_count() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_limit_is_rounded_up),
        cmocka_unit_test(test_no_limit_is_zero),
        cmocka_unit_test(test_there_is_always_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
