#include "base/std.h"

#include <arpa/inet.h>

#include "base/buf.h"
#include "base/network.h"

enum { MAPPED_BYTES = 12, MAPPED_BITS = 96, ALL_BITS = 128 };

static const unsigned char mapped[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

static bool is_four(const struct network_address *address)
{
    return memcmp(address->bytes, mapped, MAPPED_BYTES) == 0;
}

bool network_parse_address(struct span text, struct network_address *address)
{
    char memory[NETWORK_TEXT_BYTES];
    struct buf b = BUF_OF(memory);
    buf_add_span(&b, text);
    if (span_find(text, '\0') >= 0 || !buf_cstr(&b))
        return false;
    if (inet_pton(AF_INET6, memory, address->bytes) == 1)
        return true;
    memcpy(address->bytes, mapped, MAPPED_BYTES);
    return inet_pton(AF_INET, memory, address->bytes + MAPPED_BYTES) == 1;
}

bool network_parse(struct span text, struct network *network)
{
    struct span rest = text;
    struct span address;
    uint64_t bits;
    span_split(&rest, '/', &address);
    if (!network_parse_address(address, &network->address))
        return false;
    unsigned before = span_find(address, ':') < 0 ? MAPPED_BITS : 0;
    network->bits = ALL_BITS;
    if (!rest.ptr)
        return true;
    if (!span_to_u64(rest, &bits) || bits > ALL_BITS - before)
        return false;
    network->bits = before + (unsigned)bits;
    return true;
}

bool network_holds(const struct network *network, const struct network_address *address)
{
    size_t whole = network->bits / 8;
    unsigned rest = network->bits % 8;
    if (memcmp(network->address.bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 ||
           ((network->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest)) == 0;
}

bool network_of_peer(const struct sockaddr_storage *peer, struct network_address *address)
{
    if (peer->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)peer;
        memcpy(address->bytes, &six->sin6_addr, NETWORK_ADDRESS_BYTES);
        return true;
    }
    const struct sockaddr_in *four = (const void *)peer;
    memcpy(address->bytes, mapped, MAPPED_BYTES);
    memcpy(address->bytes + MAPPED_BYTES, &four->sin_addr, sizeof(four->sin_addr));
    return peer->ss_family == AF_INET;
}

void network_anonymize(struct network_address *address)
{
    enum { KEPT_OF_FOUR = MAPPED_BYTES + 3, KEPT_OF_SIX = 6 };
    size_t kept = is_four(address) ? KEPT_OF_FOUR : KEPT_OF_SIX;
    memset(address->bytes + kept, 0, NETWORK_ADDRESS_BYTES - kept);
}

struct span network_text(const struct network_address *address, char memory[NETWORK_TEXT_BYTES])
{
    bool four = is_four(address);
    const char *text =
        inet_ntop(four ? AF_INET : AF_INET6, address->bytes + (four ? MAPPED_BYTES : 0), memory,
                  NETWORK_TEXT_BYTES);
    return text ? span_of(text) : SPAN_LIT("");
}
