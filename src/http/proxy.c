#include "base/std.h"

#include <arpa/inet.h>

#include "base/network.h"
#include "http/proxy.h"

enum { SIGNATURE_BYTES = 12, FIXED_BYTES = 16, LINE_MAX_BYTES = 107, V4_BYTES = 12, V6_BYTES = 36 };

static const char signature[SIGNATURE_BYTES + 1] = "\r\n\r\n\0\r\nQUIT\n";

static bool may_begin(struct span input, const char *with, size_t len)
{
    size_t n = min_size(input.len, len);
    return n == 0 || memcmp(input.ptr, with, n) == 0;
}

/* ---- version 1: a line of text ---- */

static bool read_port(struct span text, in_port_t *port)
{
    uint64_t number;
    if (!span_to_u64(text, &number) || number > 65535)
        return false;
    *port = htons((uint16_t)number);
    return true;
}

static bool set_client(struct proxy_header *h, struct span family, struct span host,
                       struct span port_text)
{
    struct network_address address;
    in_port_t port;
    bool four = span_eq_str(family, "TCP4");
    if ((!four && !span_eq_str(family, "TCP6")) || !network_parse_address(host, &address) ||
        !read_port(port_text, &port) || four != (span_find(host, ':') < 0))
        return false;
    if (four) {
        h->client.v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port };
        memcpy(&h->client.v4.sin_addr, address.bytes + 12, sizeof(h->client.v4.sin_addr));
    } else {
        h->client.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = port };
        memcpy(&h->client.v6.sin6_addr, address.bytes, sizeof(address.bytes));
    }
    return true;
}

/* "PROXY TCP4 203.0.113.9 192.0.2.1 4711 80", without its end. */
static bool read_line(struct proxy_header *h, struct span line)
{
    struct span words[6];
    size_t count = 0;
    while (count < countof(words) && span_split(&line, ' ', &words[count]))
        count++;
    if (count >= 2 && span_eq_str(words[1], "UNKNOWN"))
        return true;
    struct network_address destination;
    in_port_t port;
    return count == countof(words) && !line.ptr && network_parse_address(words[3], &destination) &&
           read_port(words[5], &port) && set_client(h, words[1], words[2], words[4]);
}

static ptrdiff_t parse_line(struct proxy_header *h, struct span input)
{
    struct span rest = span_from(input.ptr, min_size(input.len, LINE_MAX_BYTES));
    ptrdiff_t end = span_find(rest, '\n');
    if (end < 0)
        return input.len < LINE_MAX_BYTES ? 0 : -1;
    if (end == 0 || rest.ptr[end - 1] != '\r')
        return -1;
    return read_line(h, span_from(rest.ptr, (size_t)end - 1)) ? end + 1 : -1;
}

/* ---- version 2: binary ---- */

static void read_addresses(struct proxy_header *h, unsigned family, const char *at)
{
    if (family == 0x11) {
        h->client.v4 = (struct sockaddr_in){ .sin_family = AF_INET };
        memcpy(&h->client.v4.sin_addr, at, 4);
        memcpy(&h->client.v4.sin_port, at + 8, 2);
    } else {
        h->client.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6 };
        memcpy(&h->client.v6.sin6_addr, at, 16);
        memcpy(&h->client.v6.sin6_port, at + 32, 2);
    }
}

static ptrdiff_t parse_binary(struct proxy_header *h, struct span input)
{
    const unsigned char *bytes = (const unsigned char *)input.ptr;
    if (input.len < FIXED_BYTES)
        return 0;
    unsigned command = bytes[SIGNATURE_BYTES];
    unsigned family = bytes[SIGNATURE_BYTES + 1];
    size_t len = (size_t)bytes[SIGNATURE_BYTES + 2] << 8 | bytes[SIGNATURE_BYTES + 3];
    if ((command != 0x20 && command != 0x21) || FIXED_BYTES + len > PROXY_HEADER_MAX)
        return -1;
    bool named = command == 0x21 && (family == 0x11 || family == 0x21);
    if (named && len < (family == 0x11 ? V4_BYTES : V6_BYTES))
        return -1;
    if (input.len < FIXED_BYTES + len)
        return 0;
    if (named)
        read_addresses(h, family, input.ptr + FIXED_BYTES);
    return (ptrdiff_t)(FIXED_BYTES + len);
}

ptrdiff_t proxy_parse(struct proxy_header *header, struct span input)
{
    static const char word[] = "PROXY ";
    *header = (struct proxy_header){ .client = { .any = { .sa_family = AF_UNSPEC } } };
    if (may_begin(input, word, sizeof(word) - 1))
        return input.len < sizeof(word) - 1 ? 0 : parse_line(header, input);
    if (may_begin(input, signature, SIGNATURE_BYTES))
        return input.len < SIGNATURE_BYTES ? 0 : parse_binary(header, input);
    return -1;
}
