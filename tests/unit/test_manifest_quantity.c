#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "manifest/quantity.h"

static void assert_canonical(const char *written, const char *canonical)
{
    char memory[64];
    struct buf out = BUF_OF(memory);
    struct quantity q;
    if (!quantity_parse(span_of(written), &q))
        fail_msg("'%s' is refused", written);
    quantity_add(&out, &q);
    assert_string_equal(buf_cstr(&out), canonical);
    /* What is canonical stays as it is, and has the same value. */
    struct quantity again;
    assert_true(quantity_parse(buf_span(&out), &again));
    assert_int_equal(quantity_compare(&q, &again), 0);
}

static void test_the_canonical_form_is_the_api_servers(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "0", "0" },
        { "0.0", "0" },
        { "0Mi", "0" },
        { "1000m", "1" },
        { "0.5", "500m" },
        { ".5", "500m" },
        { "1.", "1" },
        { "1.5", "1500m" },
        { "100m", "100m" },
        { "1024Mi", "1Gi" },
        { "1.5Gi", "1536Mi" },
        { "128M", "128M" },
        { "128000k", "128M" },
        { "1000000", "1M" },
        { "1024", "1024" },
        { "1Ki", "1Ki" },
        { "1000Ki", "1000Ki" },
        { "0.5Ki", "512" },
        { "1023Ki", "1023Ki" },
        { "1E", "1E" },
        { "1e3", "1e3" },
        { "1E3", "1e3" },
        { "10e3", "10e3" },
        { "1e4", "10e3" },
        { "1000e0", "1e3" },
        { "5e-1", "500e-3" },
        { "007", "7" },
        { "1n", "1n" },
        { "1500u", "1500u" },
        { "1u", "1u" },
        { "7Ei", "7Ei" },
        { "1P", "1P" },
        { "9223372036854775807", "9223372036854775807" },
        { "123456789.5", "123456789500m" },
        { "9223372036854775.123456789", "9223372036854775123456789n" },
    };
    for (size_t i = 0; i < countof(pairs); i++)
        assert_canonical(pairs[i][0], pairs[i][1]);
}

static void test_what_is_no_quantity(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        ".",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1 Gi",
        "1,5Gi",
        "K",
        "1K",
        "Mib",
        "1Mib",
        "1MB",
        "1mi",
        "e3",
        "1e",
        "1e+",
        "1e1.",
        "1.2.3",
        "1Ki3",
        "0x1",
        "1ee3",
        "8Ei",
        "1e19",
        "9223372036854775808",
        "0.1n",
        "1e-10",
        "99999999999999999999999999999",
        "1Zi",
        "1e99999999999999999999",
        "9999999E",
        "9999999999Ei",
    };
    struct quantity q;
    for (size_t i = 0; i < countof(bad); i++) {
        if (quantity_parse(span_of(bad[i]), &q))
            fail_msg("'%s' is taken", bad[i]);
    }
}

static void test_comparing(void **state)
{
    (void)state;
    struct quantity a;
    struct quantity b;
    assert_true(quantity_parse(SPAN_LIT("1Gi"), &a) && quantity_parse(SPAN_LIT("1G"), &b));
    assert_int_equal(quantity_compare(&a, &b), 1);
    assert_int_equal(quantity_compare(&b, &a), -1);
    assert_true(quantity_parse(SPAN_LIT("1000m"), &a) && quantity_parse(SPAN_LIT("1"), &b));
    assert_int_equal(quantity_compare(&a, &b), 0);
}

static void test_fineness(void **state)
{
    (void)state;
    struct quantity q;
    assert_true(quantity_parse(SPAN_LIT("128m"), &q));
    assert_false(quantity_is_multiple(&q, 1));
    assert_true(quantity_is_multiple(&q, 1000));
    assert_true(quantity_parse(SPAN_LIT("0.1m"), &q));
    assert_false(quantity_is_multiple(&q, 1000));
    assert_true(quantity_parse(SPAN_LIT("1.5Ki"), &q));
    assert_true(quantity_is_multiple(&q, 1));
    assert_true(quantity_parse(SPAN_LIT("0.1Ki"), &q));
    assert_false(quantity_is_multiple(&q, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_canonical_form_is_the_api_servers),
        cmocka_unit_test(test_what_is_no_quantity),
        cmocka_unit_test(test_comparing),
        cmocka_unit_test(test_fineness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
