#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "http/host.h"

static void test_hosts(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a",          "example.com", "example.com:80", "a:",    "a:0",
        "a:65535",    "127.0.0.1",   "127.0.0.1:8080", "[::1]", "[::1]:80",
        "[fe80::1]:", "a_b",         "a%41",           "-a",    "x!$&'()*+;=",
    };
    static const char *const bad[] = {
        "",    ":80", "a:b",      "a:65536", "a:-1",  "a:1:2", "::1", "[::1",
        "[]",  "[a]", "[::1]x",   "[::1]:x", "a b",   "a/b",   "a?b", "a#b",
        "a@b", "a,b", "\xc3\xa9", "a\tb",    "[::g]", "a[",    "\"",
    };
    for (size_t i = 0; i < countof(good); i++)
        assert_true(host_valid(span_of(good[i])));
    for (size_t i = 0; i < countof(bad); i++)
        assert_false(host_valid(span_of(bad[i])));
    assert_false(host_valid(span_from("a\0b", 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_hosts) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
