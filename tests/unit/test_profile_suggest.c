#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "profile/suggest.h"

static const char *nearest(const char *wrong)
{
    static const char *const known[] = { "fsync", "format", "file", "timezone", "lock_wait" };
    struct suggestion best = { 0 };
    for (size_t i = 0; i < countof(known); i++)
        suggest_offer(&best, span_of(wrong), span_of(known[i]));
    return best.name.ptr ? best.name.ptr : "";
}

static void test_one_letter_off(void **state)
{
    (void)state;
    assert_string_equal(nearest("fsnc"), "fsync");   /* left out */
    assert_string_equal(nearest("fsyync"), "fsync"); /* added */
    assert_string_equal(nearest("fzync"), "fsync");  /* changed */
    assert_string_equal(nearest("fysnc"), "fsync");  /* swapped */
    assert_string_equal(nearest("lockwait"), "lock_wait");
    assert_string_equal(nearest("file"), "file");
}

static void test_nothing_is_near(void **state)
{
    (void)state;
    assert_string_equal(nearest("replicas"), "");
    assert_string_equal(nearest(""), "");
    assert_string_equal(nearest("x"), "");
    char wrong[100];
    memset(wrong, 'f', sizeof(wrong) - 1);
    wrong[sizeof(wrong) - 1] = '\0';
    assert_string_equal(nearest(wrong), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_letter_off),
        cmocka_unit_test(test_nothing_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
