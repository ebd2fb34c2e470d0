#include "base/std.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <cmocka.h>

#include "http/proxy.h"

static char address_text[INET6_ADDRSTRLEN];

static const char *client_of(const struct proxy_header *h)
{
    if (h->client.any.sa_family == AF_INET)
        return inet_ntop(AF_INET, &h->client.v4.sin_addr, address_text, sizeof(address_text));
    if (h->client.any.sa_family == AF_INET6)
        return inet_ntop(AF_INET6, &h->client.v6.sin6_addr, address_text, sizeof(address_text));
    return "";
}

/* Taken whole, and only when it is whole. */
static void takes(struct span header, const char *client)
{
    static char memory[PROXY_HEADER_MAX + 64];
    struct proxy_header h;
    memcpy(memory, header.ptr, header.len);
    memcpy(memory + header.len, "GET / HTTP/1.1\r\n", 16);
    for (size_t n = 0; n < header.len; n++)
        assert_int_equal(proxy_parse(&h, span_from(memory, n)), 0);
    assert_int_equal(proxy_parse(&h, span_from(memory, header.len)), header.len);
    assert_int_equal(proxy_parse(&h, span_from(memory, header.len + 16)), header.len);
    assert_string_equal(client_of(&h), client);
}

static void test_version_1(void **state)
{
    (void)state;
    takes(SPAN_LIT("PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n"), "203.0.113.9");
    takes(SPAN_LIT("PROXY TCP6 2001:db8::9 2001:db8::1 56324 443\r\n"), "2001:db8::9");
    takes(SPAN_LIT("PROXY UNKNOWN\r\n"), "");
    takes(SPAN_LIT("PROXY UNKNOWN ff:ff 1 2 3\r\n"), "");
}

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"

static void test_version_2(void **state)
{
    (void)state;
    takes(SPAN_LIT(SIGNATURE "\x21\x11\0\x0c\xcb\0\x71\x09\xc0\0\x02\x01\xdc\x04\x01\xbb"),
          "203.0.113.9");
    takes(SPAN_LIT(SIGNATURE "\x21\x21\0\x27"
                             " \x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09"
                             " \x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\xdc\x04\x01\xbb\x04\0\0"),
          "2001:db8::9");
    takes(SPAN_LIT(SIGNATURE "\x20\0\0\0"), "");       /* LOCAL */
    takes(SPAN_LIT(SIGNATURE "\x21\x31\0\x02xx"), ""); /* a family that is not ours */
}

static void test_what_is_no_header(void **state)
{
    (void)state;
    static char long_line[200] = "PROXY TCP4 203.0.113.9 192.0.2.1 1 ";
    memset(long_line + 35, '1', sizeof(long_line) - 36);
    const struct span bad[] = {
        SPAN_LIT("GET / HTTP/1.1\r\n"),
        SPAN_LIT("PROXX"),
        SPAN_LIT("PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\n"),
        SPAN_LIT("PROXY TCP4 203.0.113.9 192.0.2.1 56324\r\n"),
        SPAN_LIT("PROXY TCP4 203.0.113.9 192.0.2.1 56324 443 9\r\n"),
        SPAN_LIT("PROXY TCP4 2001:db8::9 192.0.2.1 56324 443\r\n"),
        SPAN_LIT("PROXY TCP6 203.0.113.9 192.0.2.1 56324 443\r\n"),
        SPAN_LIT("PROXY TCP4 203.0.113.9 192.0.2.1 65536 443\r\n"),
        SPAN_LIT("PROXY TCP4 203.0.113.256 192.0.2.1 1 443\r\n"),
        SPAN_LIT("PROXY UDP4 203.0.113.9 192.0.2.1 1 443\r\n"),
        SPAN_LIT("\r\n\r\nGET"),
        SPAN_LIT(SIGNATURE "\x31\x11\0\x0c"),
        SPAN_LIT(SIGNATURE "\x21\x11\0\x0b"),
        SPAN_LIT(SIGNATURE "\x21\x21\0\x0c"),
        SPAN_LIT(SIGNATURE "\x21\x11\xff\xff"),
        span_from(long_line, sizeof(long_line) - 1),
    };
    struct proxy_header h;
    for (size_t i = 0; i < countof(bad); i++) {
        if (proxy_parse(&h, bad[i]) != -1)
            fail_msg("case %zu was taken", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_1),
        cmocka_unit_test(test_version_2),
        cmocka_unit_test(test_what_is_no_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
