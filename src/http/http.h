/*
 * http.h: HTTP/1.1 over epoll, as seen by the site that is served.
 *
 * The server knows connections and requests, not visits. The site plugs in two hooks: one
 * request, and the end of a turn. A turn of a worker's loop reads what is readable, parses
 * every complete request and gives each to `request`; then it calls `turn_end` once; then it
 * sends the answers. A site that must make something durable before it may answer says
 * HTTP_LATER to the request and answers it in turn_end: no answer of a turn leaves before
 * that turn's turn_end has returned.
 *
 * Hooks run on the worker's thread, with that worker's own `data`: a site shares nothing
 * between workers unless it wants to. No memory is allocated per request or per connection.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <sys/socket.h>

#include "base/arena.h"
#include "base/network.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_PATCH,
    HTTP_TRACE,
};

enum {
    HTTP_FIELDS_MAX = 100,  /* field lines in one head; more is 431 */
    HTTP_LISTENERS_MAX = 8, /* of one server */
    HTTP_WORKERS_MAX = 64,
    HTTP_LATER_MAX = 1024,   /* requests that may wait for one turn_end */
    HTTP_BODY_MAX = 64 << 10 /* bytes of an answer's body */
};

struct http_field {
    struct span name;
    struct span value; /* without the white space around it */
};

/* One request, checked by RFC 9112. The spans point into the worker's buffer and are good for
 * the call of the `request` hook only. */
struct http_request {
    enum http_method method;
    unsigned minor;     /* HTTP/1.minor: 0 or 1 */
    struct span target; /* as sent: "/visits?scope=set", "http://h/", "*" */
    struct span path;   /* percent-decoded once; "*" for OPTIONS * */
    struct span query;  /* behind the '?', not decoded; empty when there is none */
    struct span host;   /* the authority: Host, or the target's own in absolute form */
    const struct sockaddr_storage *peer; /* the other end of the connection */
    size_t field_count;
    struct http_field fields[HTTP_FIELDS_MAX];
};

/* The value of the first field of that name (any case), or an empty span with a NULL pointer. */
struct span http_request_find(const struct http_request *request, struct span name);

static inline struct span http_request_field(const struct http_request *request, const char *name)
{
    return http_request_find(request, span_of(name));
}

/* "GET" for HTTP_GET. */
struct span http_method_name(enum http_method method);

/* One answer. What is zero is left out; Date, Server, Content-Length and Connection are the
 * server's own business, and so is leaving out the body for HEAD. Nothing that a client sent
 * may be put into content_type or allow. */
struct http_reply {
    unsigned status;
    struct span content_type;
    struct span allow;        /* Allow, for 405 and OPTIONS */
    struct span extra_fields; /* complete field lines, each ending in CRLF; constants only */
    unsigned retry_after_s;   /* Retry-After */
    bool no_store;            /* Cache-Control: no-store */
    struct span body;         /* copied before the hook is called again */
};

enum http_verdict {
    HTTP_ANSWER,    /* *reply is filled */
    HTTP_LATER,     /* turn_end answers it; *tag comes back there */
    HTTP_TURN_FULL, /* not taken: end this turn first, then ask again */
};

struct http_turn;

/* In turn_end: the tag of the next request that waits, in the order in which they were taken;
 * false when all are answered. */
bool http_turn_next(struct http_turn *turn, uint32_t *tag);

/* Answers the request that http_turn_next gave last; exactly once for each. */
void http_turn_answer(struct http_turn *turn, const struct http_reply *reply);

struct http_app {
    enum http_verdict (*request)(void *data, const struct http_request *request,
                                 struct http_reply *reply, uint32_t *tag);
    /* Called only when something waits; must answer all of it. */
    void (*turn_end)(void *data, struct http_turn *turn);
};

struct http_config {
    const char *name;                       /* of this server in diagnostics: "http", "admin" */
    const char *listen[HTTP_LISTENERS_MAX]; /* "host:port", "[addr]:port"; ":port" is every
                                               address, IPv6 and IPv4 */
    size_t listen_count;
    unsigned workers;              /* threads, 1 to HTTP_WORKERS_MAX */
    unsigned connections_max;      /* open at once over all workers; more wait in the backlog */
    size_t buffer_bytes_max;       /* of incomplete requests and unsent answers, over all workers */
    size_t body_bytes_max;         /* of a request's body; more is 413 */
    bool proxy_protocol;           /* every connection begins with a PROXY header */
    const struct network *proxies; /* who may send one; others are closed */
    size_t proxy_count;
    int64_t head_timeout_ms;  /* from the first byte of a head to its end: 408 */
    int64_t body_timeout_ms;  /* for a whole body: 408 */
    int64_t idle_timeout_ms;  /* between requests: closed */
    int64_t write_timeout_ms; /* an answer that is not read: reset */
    const struct http_app *app;
    void *data[HTTP_WORKERS_MAX]; /* the hooks' first argument, for each worker */
};

struct http_server;

/* Binds and listens on every address, one socket for each worker (SO_REUSEPORT), but accepts
 * nothing yet. NULL on an error: an address that is malformed (ERR_REQUEST) or cannot be bound
 * (ERR_FAILED, with what to do). Memory is the arena's; `config` is copied. */
struct http_server *http_server_open(struct arena *a, const struct http_config *config,
                                     struct err *err);

/* The port of the i-th address as bound (for ":0"). */
unsigned http_server_port(const struct http_server *server, size_t i);

/* Starts the workers. Signals are blocked in their threads. */
must_use bool http_server_start(struct http_server *server, struct err *err);

/* From now on every answer says "Connection: close". New connections are still taken. */
void http_server_drain(struct http_server *server);

/* Takes what is in the backlog, closes the listeners and the idle connections, lets requests
 * in flight finish for at most `grace_ms`, then ends the workers and waits for them. */
void http_server_stop(struct http_server *server, int64_t grace_ms);

/* How long the longest turn that now runs has been running: 0 when every worker waits for
 * events. The sign of a stuck worker. */
int64_t http_server_longest_turn_ms(const struct http_server *server);

/* Totals over all workers since the start; they may be a moment apart from each other. */
struct http_stats {
    uint64_t connections_accepted;
    uint64_t connections_open;
    uint64_t connections_refused; /* accepted and closed for want of descriptors or memory */
    uint64_t requests;            /* answered, errors of the protocol included */
    uint64_t timeouts;
};

struct http_stats http_server_stats(const struct http_server *server);

#endif
