#include "base/std.h"

#include "http/host.h"

enum { PORT_MAX = 65535 };

/* What a byte may be part of. */
enum { NAME = 1, ADDRESS = 2 };

static const unsigned char classes[256] = {
    ['!'] = NAME,
    ['$' ... '+'] = NAME,
    ['-'] = NAME,
    ['.'] = NAME | ADDRESS,
    ['0' ... '9'] = NAME | ADDRESS,
    [':'] = ADDRESS,
    [';'] = NAME,
    ['='] = NAME,
    ['A' ... 'F'] = NAME | ADDRESS,
    ['G' ... 'Z'] = NAME,
    ['_'] = NAME,
    ['a' ... 'f'] = NAME | ADDRESS,
    ['g' ... 'z'] = NAME,
    ['~'] = NAME,
};

static bool only(struct span s, unsigned class)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!(classes[(unsigned char)s.ptr[i]] & class))
            return false;
    }
    return true;
}

/* Behind the host: nothing, or ':' and a port, which may be empty (RFC 3986 section 3.2.3). */
static bool valid_port(struct span rest)
{
    uint64_t port;
    if (rest.len == 0)
        return true;
    if (rest.ptr[0] != ':')
        return false;
    struct span digits = span_from_offset(rest, 1);
    return digits.len == 0 || (span_to_u64(digits, &port) && port <= PORT_MAX);
}

bool host_valid(struct span host)
{
    if (host.len && host.ptr[0] == '[') {
        ptrdiff_t end = span_find(host, ']');
        if (end < 3)
            return false;
        struct span address = span_from(host.ptr + 1, (size_t)end - 1);
        return only(address, ADDRESS) && span_find(address, ':') >= 0 &&
               valid_port(span_from_offset(host, (size_t)end + 1));
    }
    ptrdiff_t colon = span_find(host, ':');
    struct span name = span_from(host.ptr, colon < 0 ? host.len : (size_t)colon);
    return name.len > 0 && only(name, NAME) && valid_port(span_from_offset(host, name.len));
}
