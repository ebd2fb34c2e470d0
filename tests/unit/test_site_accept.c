#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "site/internal.h"

static enum site_media best_of(const char *field)
{
    return site_accept(span_of(field));
}

static void test_an_open_choice_is_text(void **state)
{
    (void)state;
    assert_int_equal(site_accept((struct span){ 0 }), SITE_TEXT);
    assert_int_equal(best_of(""), SITE_TEXT);
    assert_int_equal(best_of("*/*"), SITE_TEXT);
    assert_int_equal(best_of("image/png"), SITE_TEXT);
    assert_int_equal(best_of("text/*"), SITE_TEXT);
}

static void test_the_highest_quality_wins(void **state)
{
    (void)state;
    assert_int_equal(best_of("text/html"), SITE_HTML);
    assert_int_equal(best_of("application/json"), SITE_JSON);
    assert_int_equal(best_of("text/html;q=0.5, application/json;q=0.6"), SITE_JSON);
    assert_int_equal(best_of("text/html;q=0.5,application/json;q=0.499"), SITE_HTML);
    assert_int_equal(best_of("text/html ; q=0.9 , */*;q=0.8"), SITE_HTML);
    assert_int_equal(best_of("application/json;q=1.0, text/html;q=1"), SITE_HTML);
}

static void test_the_most_specific_range_decides(void **state)
{
    (void)state;
    assert_int_equal(best_of("text/*;q=0.3, text/html;q=0.7, */*;q=0.5"), SITE_HTML);
    assert_int_equal(best_of("text/*;q=0, */*;q=0.1"), SITE_JSON);
    assert_int_equal(best_of("*/*, text/plain;q=0"), SITE_HTML);
    assert_int_equal(best_of("application/*"), SITE_JSON);
}

static void test_letters_have_no_case(void **state)
{
    (void)state;
    assert_int_equal(best_of("TEXT/HTML"), SITE_HTML);
    assert_int_equal(best_of("text/html;Q=0, application/JSON;q=0.1"), SITE_JSON);
}

static void test_garbage_is_never_preferred(void **state)
{
    (void)state;
    static const char *const fields[] = {
        ",",
        ";;;",
        "text/html;q=",
        "text/html;q=2",
        "text/html;q=-1",
        "text/html;q=0.1234",
        "text/html;q=1.001",
        "text/html;q=0x1",
        "text",
        "/",
        "*/html",
        "text/html/x",
        "=;q=1",
    };
    for (size_t i = 0; i < countof(fields); i++)
        assert_int_equal(best_of(fields[i]), SITE_TEXT);
}

static void test_types_are_what_they_say(void **state)
{
    (void)state;
    assert_true(span_eq_str(site_media_type(SITE_TEXT), "text/plain; charset=utf-8"));
    assert_true(span_eq_str(site_media_type(SITE_HTML), "text/html; charset=utf-8"));
    assert_true(span_eq_str(site_media_type(SITE_JSON), "application/json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_open_choice_is_text),
        cmocka_unit_test(test_the_highest_quality_wins),
        cmocka_unit_test(test_the_most_specific_range_decides),
        cmocka_unit_test(test_letters_have_no_case),
        cmocka_unit_test(test_garbage_is_never_preferred),
        cmocka_unit_test(test_types_are_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
