#include "base/std.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/network.h"

static const char *round_trip(const char *text)
{
    static char memory[NETWORK_TEXT_BYTES];
    struct network_address address;
    if (!network_parse_address(span_of(text), &address))
        return NULL;
    return network_text(&address, memory).ptr;
}

static void test_addresses_in_text(void **state)
{
    (void)state;
    assert_string_equal(round_trip("192.0.2.7"), "192.0.2.7");
    assert_string_equal(round_trip("::ffff:192.0.2.7"), "192.0.2.7");
    assert_string_equal(round_trip("2001:DB8:0:0::7"), "2001:db8::7");
    static const char *const bad[] = { "",      "1.2.3",    "1.2.3.4.5", "1.2.3.256", "::g",
                                       "[::1]", "1.2.3.4 ", "localhost", "1.2.3.4/8" };
    for (size_t i = 0; i < countof(bad); i++) {
        if (round_trip(bad[i]))
            fail_msg("was taken: %s", bad[i]);
    }
    struct network_address address;
    assert_false(network_parse_address(span_from("1.2.3.4\0", 8), &address));
}

static bool holds(const char *network_text_, const char *address_text)
{
    struct network network;
    struct network_address address;
    assert_true(network_parse(span_of(network_text_), &network));
    assert_true(network_parse_address(span_of(address_text), &address));
    return network_holds(&network, &address);
}

static void test_networks(void **state)
{
    (void)state;
    assert_true(holds("192.0.2.0/24", "192.0.2.255"));
    assert_false(holds("192.0.2.0/24", "192.0.3.0"));
    assert_true(holds("192.0.2.128/25", "::ffff:192.0.2.200"));
    assert_false(holds("192.0.2.128/25", "192.0.2.127"));
    assert_true(holds("192.0.2.7", "192.0.2.7"));
    assert_false(holds("192.0.2.7", "192.0.2.6"));
    assert_true(holds("0.0.0.0/0", "8.8.8.8"));
    assert_false(holds("0.0.0.0/0", "2001:db8::1"));
    assert_true(holds("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(holds("2001:db8::/33", "2001:db8:8000::1"));
    assert_true(holds("::/0", "8.8.8.8"));
    static const char *const bad[] = {
        "1.2.3.4/33", "::/129", "1.2.3.4/", "/8", "1.2.3.4/-1", "x/8"
    };
    struct network network;
    for (size_t i = 0; i < countof(bad); i++)
        assert_false(network_parse(span_of(bad[i]), &network));
}

static void test_anonymous(void **state)
{
    (void)state;
    char memory[NETWORK_TEXT_BYTES];
    struct network_address address;
    assert_true(network_parse_address(SPAN_LIT("192.0.2.7"), &address));
    network_anonymize(&address);
    assert_string_equal(network_text(&address, memory).ptr, "192.0.2.0");
    assert_true(network_parse_address(SPAN_LIT("2001:db8:1:2:3:4:5:6"), &address));
    network_anonymize(&address);
    assert_string_equal(network_text(&address, memory).ptr, "2001:db8:1::");
}

static void test_peers(void **state)
{
    (void)state;
    char memory[NETWORK_TEXT_BYTES];
    struct network_address address;
    struct sockaddr_storage peer = { .ss_family = AF_INET };
    ((struct sockaddr_in *)&peer)->sin_addr.s_addr = htonl(0xc0000207);
    assert_true(network_of_peer(&peer, &address));
    assert_string_equal(network_text(&address, memory).ptr, "192.0.2.7");
    peer = (struct sockaddr_storage){ .ss_family = AF_UNIX };
    assert_false(network_of_peer(&peer, &address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_in_text),
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_anonymous),
        cmocka_unit_test(test_peers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
