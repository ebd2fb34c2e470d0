#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "profile_helper.h"

static void test_addresses(void **state)
{
    (void)state;
    static const char *const good[] = { ":0",           ":8080",       ":65535",
                                        "127.0.0.1:80", "localhost:1", "[::1]:80" };
    static const char *const bad[] = { "",      "8080",   ":",    ":65536", ":x",       "a b:1",
                                       "[::1]", "[::1]:", "[]:1", "::1:80", "[::1]x:80" };
    for (size_t i = 0; i < countof(good); i++)
        assert_true(check_address(span_of(good[i])));
    for (size_t i = 0; i < countof(bad); i++)
        assert_false(check_address(span_of(bad[i])));
}

static void test_zones(void **state)
{
    (void)state;
    static const char *const good[] = { "UTC",
                                        "UTC0",
                                        "MSK-3",
                                        "<+03>-3",
                                        "NST3:30",
                                        "EST5EDT",
                                        "CET-1CEST,M3.5.0,M10.5.0/3",
                                        "X-1",
                                        "IST-2IDT,M3.4.4/26,M10.5.0",
                                        "AAA1BBB2,J60/2:00:00,300" };
    static const char *const bad[] = { "",
                                       "Europe/Moscow",
                                       "MSK",
                                       "MSK-25",
                                       "MS-3",
                                       "UTC0 ",
                                       "EST5EDT,",
                                       "EST5EDT,M3.5.0",
                                       "EST5EDT,M13.5.0,M10.5.0",
                                       "EST5EDT,M3.6.0,M10.5.0",
                                       "<+03-3",
                                       "CET-1CEST,M3.5.0,M10.5.0,",
                                       ":UTC0" };
    for (size_t i = 0; i < countof(good); i++) {
        bool short_name = good[i][0] == 'X';
        assert_int_equal(check_timezone(span_of(good[i])), !short_name);
    }
    for (size_t i = 0; i < countof(bad); i++)
        assert_false(check_timezone(span_of(bad[i])));
}

static void test_rules_of_the_server(void **state)
{
    (void)state;
    static struct loaded loaded;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        { "[serve]\nhttp =\n", "test.ini:2: serve.http: there must be at least one address" },
        { "[serve]\nhttp = :8080, x\n", "test.ini:2: serve.http: 'x' is not an address" },
        { "[serve]\nadmin = :8080\n",
          "test.ini:2: serve.admin: ':8080' is an address of serve.http, too" },
        { "[serve]\nadmin = 9090\n", "test.ini:2: serve.admin: '9090' is not an address" },
        { "[log]\nfile =\n", "test.ini:2: log.file: '' does not name a file" },
        { "[log]\nfile = data/\n", "test.ini:2: log.file: 'data/' does not name a file" },
        { "[log]\nfile = a;b\n", "test.ini:2: log.file: the value must not hold a ';'" },
        { "[log]\ntimezone = Europe/Moscow\n",
          "test.ini:2: log.timezone: 'Europe/Moscow' is not a POSIX TZ string" },
    };
    for (size_t i = 0; i < countof(cases); i++) {
        assert_false(loaded_init(&loaded, span_of(cases[i].text)));
        if (!strstr(loaded.messages, cases[i].message))
            fail_msg("'%s' is not in '%s'", cases[i].message, loaded.messages);
        loaded_fini(&loaded);
    }
    assert_true(loaded_init(&loaded, SPAN_LIT("[serve]\nhttp = :0, [::1]:0\nadmin = :0\n")));
    loaded_fini(&loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_rules_of_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
