#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "http/internal.h"

static struct arena arena;
static struct pool pool;

static int set_up(void **state)
{
    (void)state;
    struct err err = { 0 };
    return arena_init(&arena, 16 << 20, &err) && pool_init(&pool, &arena, 8 * PAGE_BYTES) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void test_slots_are_apart_and_come_back(void **state)
{
    (void)state;
    int32_t slots[8];
    for (size_t i = 0; i < countof(slots); i++) {
        slots[i] = pool_take(&pool);
        assert_int_not_equal(slots[i], NONE);
        memset(pool_memory(&pool, slots[i]), (int)i + 1, SLOT_BYTES);
    }
    assert_int_equal(pool_take(&pool), NONE);
    for (size_t i = 0; i < countof(slots); i++) {
        assert_int_equal(pool_memory(&pool, slots[i])[0], i + 1);
        assert_int_equal(pool_memory(&pool, slots[i])[SLOT_BYTES - 1], i + 1);
        assert_int_equal((uintptr_t)pool_memory(&pool, slots[i]) % PAGE_BYTES, 0);
    }
    pool_give(&pool, slots[3]);
    assert_int_equal(pool_take(&pool), slots[3]);
}

static void test_pages_count_against_the_limit(void **state)
{
    (void)state;
    int32_t a = pool_take(&pool);
    int32_t b = pool_take(&pool);
    assert_true(pool_touch(&pool, a, 1));
    assert_true(pool_touch(&pool, a, PAGE_BYTES));
    assert_int_equal(pool.pages_used, 1);
    assert_true(pool_touch(&pool, a, 7 * PAGE_BYTES));
    assert_true(pool_touch(&pool, b, PAGE_BYTES));
    assert_false(pool_touch(&pool, b, PAGE_BYTES + 1));
    pool_give(&pool, a);
    assert_true(pool_touch(&pool, b, 2 * PAGE_BYTES));
    pool_give(&pool, b);
    assert_int_equal(pool.pages_used, 0);
}

static void test_pages_go_back_to_the_kernel(void **state)
{
    (void)state;
    int32_t slot = pool_take(&pool);
    memset(pool_memory(&pool, slot), 'x', 4 * PAGE_BYTES);
    assert_true(pool_touch(&pool, slot, 4 * PAGE_BYTES));
    pool_give(&pool, slot);
    assert_int_equal(pool_memory(&pool, slot)[PAGE_BYTES], '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_slots_are_apart_and_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pages_count_against_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pages_go_back_to_the_kernel, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
