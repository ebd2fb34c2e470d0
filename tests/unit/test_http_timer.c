#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "http/internal.h"

enum { CONNS = 4 };

static struct conn conns[CONNS];
static struct http_server server;
static struct worker worker;

static int set_up(void **state)
{
    (void)state;
    memset(conns, 0, sizeof(conns));
    memset(&worker, 0, sizeof(worker));
    server.config = (struct http_config){
        .idle_timeout_ms = 100, .head_timeout_ms = 10, .body_timeout_ms = 20, .write_timeout_ms = 30
    };
    worker.server = &server;
    worker.conns = conns;
    worker.now_ms = 1000;
    timer_init(&worker);
    return 0;
}

static void test_nothing_runs_at_first(void **state)
{
    (void)state;
    assert_int_equal(timer_expired(&worker), NONE);
    assert_int_equal(timer_next_ms(&worker), -1);
}

static void test_the_nearest_deadline(void **state)
{
    (void)state;
    timer_set(&worker, 0, TIMER_IDLE);
    assert_int_equal(timer_next_ms(&worker), 100);
    timer_set(&worker, 1, TIMER_BODY);
    assert_int_equal(timer_next_ms(&worker), 20);
    worker.now_ms = 5000;
    worker.seen_ms = 1019; /* what arrived later has not been read yet */
    assert_int_equal(timer_expired(&worker), NONE);
    worker.seen_ms = 1020;
    assert_int_equal(timer_expired(&worker), 1);
    timer_set(&worker, 1, TIMER_NONE);
    assert_int_equal(timer_expired(&worker), NONE);
    worker.seen_ms = 5000;
    assert_int_equal(timer_next_ms(&worker), 0);
    assert_int_equal(timer_expired(&worker), 0);
}

static void test_lists_stay_in_order(void **state)
{
    (void)state;
    for (int32_t id = 0; id < CONNS; id++) {
        worker.now_ms = 1000 + id;
        timer_set(&worker, id, TIMER_IDLE);
    }
    timer_set(&worker, 0, TIMER_IDLE); /* used again: now the last */
    timer_set(&worker, 2, TIMER_NONE); /* from the middle */
    static const int32_t order[] = { 1, 3, 0 };
    worker.seen_ms = 9000;
    for (size_t i = 0; i < countof(order); i++) {
        assert_int_equal(timer_expired(&worker), order[i]);
        timer_set(&worker, order[i], TIMER_NONE);
    }
    assert_int_equal(timer_expired(&worker), NONE);
    assert_int_equal(worker.timers[TIMER_IDLE].first, NONE);
    assert_int_equal(worker.timers[TIMER_IDLE].last, NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_runs_at_first, set_up),
        cmocka_unit_test_setup(test_the_nearest_deadline, set_up),
        cmocka_unit_test_setup(test_lists_stay_in_order, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
