/*
 * network.h: IP addresses and networks, of both families in one form: 16 bytes, in which IPv4 is
 * written as IPv6 writes it (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2).
 */
#ifndef BASE_NETWORK_H
#define BASE_NETWORK_H

#include <sys/socket.h>

#include "base/span.h"

enum { NETWORK_ADDRESS_BYTES = 16, NETWORK_TEXT_BYTES = 46 };

struct network_address {
    unsigned char bytes[NETWORK_ADDRESS_BYTES];
};

struct network {
    struct network_address address;
    unsigned bits; /* of the 128 */
};

/* "192.0.2.7" or "2001:db8::7", and nothing else. */
must_use bool network_parse_address(struct span text, struct network_address *address);

/* "192.0.2.0/24", "2001:db8::/32", or an address alone. */
must_use bool network_parse(struct span text, struct network *network);

bool network_holds(const struct network *network, const struct network_address *address);

/* The other end of a connection; false when it has no IP address. */
must_use bool network_of_peer(const struct sockaddr_storage *peer, struct network_address *address);

/* Keeps what tells the network, not the host: 24 bits of IPv4, 48 of IPv6. */
void network_anonymize(struct network_address *address);

/* In text, in the caller's memory. */
struct span network_text(const struct network_address *address, char memory[NETWORK_TEXT_BYTES]);

#endif
