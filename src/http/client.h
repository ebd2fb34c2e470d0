/*
 * client.h: one request as a client: what `app probe` asks. Blocking, within one deadline.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "base/err.h"
#include "base/span.h"

/* "http://host[:port][/path]": the parts of a URL. */
struct client_url {
    char host[256]; /* without the brackets of an IPv6 address */
    char port[6];
    struct span authority; /* as it was written: the Host field */
    struct span target;    /* the path and query; "/" when there is none */
};

/* False, with an error, for what is no such URL (RFC 3986, RFC 9110 section 4.2.1). */
must_use bool client_url_parse(struct client_url *url, const char *text, struct err *err);

struct client_answer {
    unsigned status;
    char reason[64];
    char peer[64]; /* the address that answered, "127.0.0.1:9090" or "[::1]:9090" */
};

/*
 * Asks for it: every address of the host's is tried in turn, until one is connected to; each may
 * take an equal share of the time that is left. The time is for everything, but for the look-up of
 * the name, which has the resolver's own limits. False: no whole head of an answer came; the error
 * tells from where, and what happened instead.
 */
must_use bool client_get(const struct client_url *url, int64_t timeout_ms,
                         struct client_answer *answer, struct err *err);

#endif
