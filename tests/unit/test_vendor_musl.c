/*
 * The patch vendor/patches/musl/01-qsort-two-word-shift, and that the patched sort sorts. The
 * source is included for its static functions; its names are moved out of the host's way.
 */
#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#define _ATOMIC_H
static inline int a_ctz_l(unsigned long x)
{
    return __builtin_ctzl(x);
}
#define weak_alias(old, new)
#define __qsort_r vendored_qsort_r
void vendored_qsort_r(void *base, size_t count, size_t width,
                      int (*compare)(const void *, const void *, void *), void *arg);

#include <src/stdlib/qsort.c>

static void test_the_shift_crosses_the_word(void **state)
{
    (void)state;
    assert_int_equal(pntz((size_t[2]){ 1, 1 }), 64);
    assert_int_equal(pntz((size_t[2]){ 1, 4 }), 66);
    assert_int_equal(pntz((size_t[2]){ 3, 1 }), 1);
    assert_int_equal(pntz((size_t[2]){ 1, 0 }), 0);
}

static int compare_numbers(const void *a, const void *b, void *arg)
{
    (void)arg;
    const unsigned *x = a;
    const unsigned *y = b;
    return (*x > *y) - (*x < *y);
}

static void test_it_sorts(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    static unsigned numbers[COUNT];
    unsigned seed = 1;
    for (size_t i = 0; i < COUNT; i++) {
        seed = seed * 1664525u + 1013904223u;
        numbers[i] = seed >> 8;
    }
    vendored_qsort_r(numbers, COUNT, sizeof(numbers[0]), compare_numbers, NULL);
    for (size_t i = 1; i < COUNT; i++)
        assert_true(numbers[i - 1] <= numbers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shift_crosses_the_word),
        cmocka_unit_test(test_it_sorts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
