/*
 * host.h: what may stand in a Host field or in the authority of a target.
 */
#ifndef HTTP_HOST_H
#define HTTP_HOST_H

#include "base/span.h"

/* uri-host [ ":" port ] (RFC 9110 section 7.2, RFC 3986 section 3.2.2): a name, an IPv4 address
 * or an IPv6 address in brackets. Narrower than the grammar: no empty host, no user, no comma
 * (two Hosts joined by a proxy), and a port up to 65535. */
bool host_valid(struct span host);

#endif
