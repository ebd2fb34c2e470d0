/*
 * proxy.h: the PROXY protocol, versions 1 and 2 (HAProxy's doc/proxy-protocol.txt): a header before
 * the first byte of a connection, by which a proxy names the client. No I/O.
 */
#ifndef HTTP_PROXY_H
#define HTTP_PROXY_H

#include <netinet/in.h>

#include "base/span.h"

enum { PROXY_HEADER_MAX = 1024 }; /* longer ones are refused; ours to choose (section 2.2) */

/* The client's end, or AF_UNSPEC: a proxy's own check, or a client that it cannot name. */
struct proxy_header {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } client;
};

/* The bytes that the header at the start of `input` takes, 0 when more are needed, -1 when there is
 * none. */
must_use ptrdiff_t proxy_parse(struct proxy_header *header, struct span input);

#endif
