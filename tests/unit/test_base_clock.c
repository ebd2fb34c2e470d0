#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/clock.h"

/* Against the C library's own calendar, over all the years that a log can hold. */
static void test_the_calendar_is_the_c_librarys(void **state)
{
    (void)state;
    for (int64_t at = -62135596800; at < 253402300800; at += 86400 * 37 + 12345) {
        time_t t = (time_t)at;
        struct tm tm;
        struct civil c = clock_civil_utc(at);
        assert_non_null(gmtime_r(&t, &tm));
        assert_int_equal(c.year, tm.tm_year + 1900);
        assert_int_equal(c.month, tm.tm_mon + 1);
        assert_int_equal(c.day, tm.tm_mday);
        assert_int_equal(c.hour, tm.tm_hour);
        assert_int_equal(c.minute, tm.tm_min);
        assert_int_equal(c.second, tm.tm_sec);
        assert_int_equal(c.weekday, tm.tm_wday);
        assert_int_equal(clock_epoch_s(&c), at);
    }
}

static void test_leap_days(void **state)
{
    (void)state;
    struct civil c = clock_civil_utc(951782400); /* 2000-02-29 */
    assert_true(c.month == 2 && c.day == 29);
    c = clock_civil_utc(4107542400); /* 2100-03-01: 2100 has no leap day */
    assert_true(c.month == 3 && c.day == 1);
}

static void test_written_forms(void **state)
{
    (void)state;
    char memory[64];
    struct buf b = BUF_OF(memory);
    clock_add_http_date(&b, 784111777);
    assert_string_equal(buf_cstr(&b), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_int_equal(b.len, CLOCK_HTTP_DATE_LEN);
    buf_reset(&b);
    clock_add_rfc3339_ms(&b, (struct timespec){ 1656512257, 71203000 });
    assert_string_equal(buf_cstr(&b), "2022-06-29T14:17:37.071Z");
    assert_string_equal(clock_month_name(12), "Dec");
}

static void test_zones(void **state)
{
    (void)state;
    setenv("TZ", "NST3:30", 1);
    tzset();
    struct civil c = clock_civil_local(1656512257);
    assert_int_equal(c.offset_minutes, -210);
    assert_true(c.hour == 10 && c.minute == 47);
    setenv("TZ", "UTC0", 1);
    tzset();
}

static void test_clocks_go_forward(void **state)
{
    (void)state;
    int64_t first = clock_mono_ms();
    assert_true(clock_mono_ms() >= first);
    assert_true(clock_wall().tv_sec > 1700000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_calendar_is_the_c_librarys),
        cmocka_unit_test(test_leap_days),
        cmocka_unit_test(test_written_forms),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
