/* client.c: whose word is taken, and what may be logged. */
#include "base/std.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <cmocka.h>

#include "site/internal.h"

static struct network trusted[2];

static const char *address_for(enum site_forwarded forwarded, const char *peer_text,
                               const char *const values[3])
{
    static char memory[NETWORK_TEXT_BYTES];
    struct sockaddr_storage peer = { .ss_family = AF_INET6 };
    struct network_address address;
    struct http_request request = { .peer = &peer };
    const struct site_config config = { .forwarded = forwarded,
                                        .trusted = trusted,
                                        .trusted_count = 2 };
    assert_true(network_parse(SPAN_LIT("10.0.0.0/8"), &trusted[0]));
    assert_true(network_parse(SPAN_LIT("2001:db8::/32"), &trusted[1]));
    assert_true(network_parse_address(span_of(peer_text), &address));
    memcpy(&((struct sockaddr_in6 *)&peer)->sin6_addr, address.bytes, sizeof(address.bytes));
    for (size_t i = 0; i < 3 && values[i]; i++) {
        struct span name =
            forwarded == SITE_FORWARDED ? SPAN_LIT("forwarded") : SPAN_LIT("X-FORWARDED-FOR");
        request.fields[request.field_count++] = (struct http_field){ name, span_of(values[i]) };
    }
    return site_client_address(&config, &request, memory).ptr;
}

static const struct {
    const char *peer;
    const char *values[3];
    const char *client;
} lists[] = {
    { "192.0.2.1", { "203.0.113.9" }, "192.0.2.1" }, /* not trusted: nothing is read */
    { "10.0.0.1", { NULL }, "10.0.0.1" },
    { "10.0.0.1", { "203.0.113.9" }, "203.0.113.9" },
    { "10.0.0.1", { "1.1.1.1, 203.0.113.9" }, "203.0.113.9" }, /* the left one anybody may write */
    { "10.0.0.1", { "1.1.1.1, 203.0.113.9, 10.9.9.9" }, "203.0.113.9" },
    { "10.0.0.1", { "1.1.1.1", "203.0.113.9,10.9.9.9" }, "203.0.113.9" },
    { "10.0.0.1", { "1.1.1.1, 203.0.113.9", "10.9.9.9", "10.9.9.8" }, "203.0.113.9" },
    { "10.0.0.1", { "10.0.0.3, 10.0.0.2" }, "10.0.0.3" },
    { "10.0.0.1", { "203.0.113.9, rubbish" }, "10.0.0.1" },
    { "10.0.0.1", { "203.0.113.9, , 10.0.0.2" }, "10.0.0.2" },
    { "10.0.0.1", { "" }, "10.0.0.1" },
    { "10.0.0.1", { "203.0.113.9:4711" }, "203.0.113.9" },
    { "2001:db8::1", { "[2001:db9::7]:4711" }, "2001:db9::7" },
    { "2001:db8::1", { "2001:db9::7" }, "2001:db9::7" },
};

static void test_x_forwarded_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(lists); i++) {
        const char *client = address_for(SITE_X_FORWARDED_FOR, lists[i].peer, lists[i].values);
        if (strcmp(client, lists[i].client) != 0)
            fail_msg("case %zu: %s instead of %s", i, client, lists[i].client);
    }
}

static void test_forwarded(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *client;
    } cases[] = {
        { "for=203.0.113.9", "203.0.113.9" },
        { "For=\"[2001:db9::7]:4711\";proto=https", "2001:db9::7" },
        { "for=1.1.1.1, proto=http; for=\"203.0.113.9:80\";by=x", "203.0.113.9" },
        { "for=unknown", "10.0.0.1" },
        { "for=_hidden, for=10.0.0.2", "10.0.0.2" },
        { "proto=https", "10.0.0.1" },
        { "for", "10.0.0.1" },
        { "for=\"[2001:db9::7\"", "10.0.0.1" },
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const char *const values[3] = { cases[i].value };
        const char *client = address_for(SITE_FORWARDED, "10.0.0.1", values);
        if (strcmp(client, cases[i].client) != 0)
            fail_msg("%s: %s instead of %s", cases[i].value, client, cases[i].client);
    }
}

static void test_a_long_list_ends(void **state)
{
    (void)state;
    static char text[8192];
    struct buf b = BUF_OF(text);
    for (int i = 0; i < 500; i++)
        buf_add_str(&b, i ? ",10.0.0.2" : "203.0.113.9");
    const char *const values[3] = { buf_cstr(&b) };
    assert_string_equal(address_for(SITE_X_FORWARDED_FOR, "10.0.0.1", values), "10.0.0.2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_x_forwarded_for),
        cmocka_unit_test(test_forwarded),
        cmocka_unit_test(test_a_long_list_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
