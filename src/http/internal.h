/*
 * internal.h: what the files of this folder share: connections, workers, the server.
 *
 * Everything here belongs to one worker's thread, but for what is _Atomic. Connections and
 * buffers are named by their index in the worker's arrays; the arrays are reserved address
 * space, of which only what was used is memory.
 */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/body.h"
#include "http/parse.h"
#include "http/reply.h"

enum {
    READ_BYTES = 64 << 10,          /* of one read */
    STAGE_BYTES = 256 << 10,        /* answers of one turn, before they are sent */
    STAGED_PIPELINE_MAX = 16 << 10, /* of one connection: then its next requests wait a turn */
    WAITING_PIPELINE_MAX = 32,      /* likewise, requests of one connection for turn_end */
    SLOT_BYTES = 256 << 10,         /* address space of one buffer */
    PAGE_BYTES = 4 << 10,
    EVENTS_MAX = 256,         /* of one turn */
    ACCEPTS_MAX = 64,         /* of one listener in one turn */
    LINGER_BYTES = 256 << 10, /* read at most, while the client still sends */
    LINGER_MS = 1000,         /* for the client to read an error before the close */
    PAUSE_MS = 100,           /* without accepting, when there are no descriptors left */
    SILENT_MS = 500,          /* at stop, for connections that have not said anything yet */
    NONE = -1,
};

static_assert(SLOT_BYTES >= 2 * READ_BYTES, "a read and what stood before it fit");
static_assert(SLOT_BYTES >= STAGED_PIPELINE_MAX + 2 * REPLY_MAX, "what is not sent fits");
static_assert(STAGE_BYTES >= 2 * REPLY_MAX + STAGED_PIPELINE_MAX, "the stage takes any answer");

enum conn_state {
    CONN_FREE,
    CONN_HEAD,   /* between requests, or within a head */
    CONN_BODY,   /* the head lies in the input slot, the body is being thrown away */
    CONN_LINGER, /* the last answer is sent; reading to the end so that it arrives */
};

/* Each has one duration, so a list in order of arrival is in order of its deadlines. */
enum timer {
    TIMER_NONE,
    TIMER_IDLE, /* between requests */
    TIMER_HEAD, /* from the connection, or the first byte of a head, to its end */
    TIMER_BODY,
    TIMER_WRITE,
    TIMER_LINGER,
    TIMER_COUNT,
};

struct conn {
    int fd;
    uint8_t state;
    uint8_t timer;
    bool closing;   /* after the staged answers */
    bool lingering; /* close by way of CONN_LINGER */
    bool dirty;     /* on the worker's list of this turn */
    bool carried;   /* has input that epoll will not tell of */
    bool proxied;   /* the PROXY header is still to come */
    bool lost;      /* cannot be sent to, or there is no memory for what it does not read */
    int32_t timer_next;
    int32_t timer_previous;
    int64_t deadline_ms;
    int32_t in;  /* slot of the unparsed input, or of the head while CONN_BODY */
    int32_t out; /* slot of what could not be sent; while there is one, nothing is read */
    uint32_t in_len;
    uint32_t lingered;  /* bytes thrown away while CONN_LINGER */
    uint32_t in_behind; /* while CONN_BODY and carried: bytes behind the head */
    uint32_t out_at;
    uint32_t out_len;
    uint32_t staged_at;
    uint32_t staged_len;
    uint32_t waiting; /* requests of this turn that turn_end will answer */
    struct body body;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } peer;
};

static_assert(sizeof(struct conn) <= 192, "an idle connection costs this and nothing more");

/* A request that turn_end must answer. */
struct waiting {
    int32_t conn;
    uint32_t tag;
    uint8_t connection; /* enum reply_connection */
    bool head_only;
};

struct http_turn {
    struct worker *worker;
    size_t next;
    const struct waiting *current; /* given out, not answered yet */
};

struct pool {
    char *memory;    /* slots of SLOT_BYTES */
    uint32_t *pages; /* touched, of each slot */
    int32_t *free_next;
    int32_t free_first;
    uint32_t count; /* slots there are */
    uint32_t used;  /* slots ever taken */
    size_t pages_used;
    size_t pages_max;
};

struct timer_list {
    int32_t first;
    int32_t last;
};

struct listener {
    int fd;
    bool watched;
};

struct worker {
    struct http_server *server;
    void *data; /* the hooks' */
    pthread_t thread;
    int epoll;
    int wake; /* eventfd */
    struct listener listeners[HTTP_LISTENERS_MAX];
    int64_t resume_ms; /* when to accept again after a pause; 0 = now */
    int64_t now_ms;
    int64_t seen_ms;    /* whatever had arrived by then has been read */
    int64_t polling_ms; /* since the first of `full_polls` */
    uint32_t full_polls;
    bool stopping;
    int64_t stop_began_ms;
    struct reply_date date;
    struct conn *conns;
    int32_t conns_used;
    int32_t conns_free; /* chained by timer_next */
    uint32_t open;
    struct pool pool;
    struct timer_list timers[TIMER_COUNT];
    char *read_memory;
    struct buf stage;
    int32_t *dirty;
    size_t dirty_count;
    int32_t *carry;
    size_t carry_count;
    struct waiting waiting[HTTP_LATER_MAX];
    size_t waiting_count;
    struct parse_head head;
    struct sockaddr_storage peer; /* of the request in the hook */
    _Atomic int64_t turn_began_ms;
    _Atomic uint64_t accepted;
    _Atomic uint64_t refused;
    _Atomic uint64_t requests;
    _Atomic uint64_t timeouts;
};

struct http_server {
    struct http_config config;
    struct arena tables; /* address space for connections and buffers, of computed size */
    struct worker *workers;
    unsigned started;
    unsigned ports[HTTP_LISTENERS_MAX];
    _Atomic bool draining;
    _Atomic bool stopping;
    _Atomic int64_t stop_deadline_ms;
    _Atomic int64_t open; /* connections over all workers */
};

/* ---- pool.c: buffers for what cannot be finished within a turn ---- */

must_use bool pool_init(struct pool *pool, struct arena *a, size_t bytes_max);

/* The address space that pool_init takes. */
size_t pool_reservation(size_t bytes_max);

/* A slot, or NONE when there is none. */
int32_t pool_take(struct pool *pool);
void pool_give(struct pool *pool, int32_t slot);
char *pool_memory(const struct pool *pool, int32_t slot);

/* Notes that the slot's first `bytes` are in use; false when that is over the pool's limit. */
must_use bool pool_touch(struct pool *pool, int32_t slot, size_t bytes);

/* ---- timer.c ---- */

void timer_init(struct worker *w);

/* Takes the connection off its list and puts it at the end of another (or none). */
void timer_set(struct worker *w, int32_t id, enum timer timer);

/* A connection whose deadline had passed at seen_ms, or NONE. Not now_ms: after a stall (of the
 * disk, of the whole machine) what arrived in time may not have been read yet. */
int32_t timer_expired(const struct worker *w);

/* Milliseconds to the next deadline, -1 when there is none. */
int64_t timer_next_ms(const struct worker *w);

/* ---- listen.c ---- */

/* Opens the listening sockets of all workers. */
must_use bool listen_open(struct http_server *server, struct err *err);

/* Accepts what is there, at most ACCEPTS_MAX, or all of it when `drain`. */
void listen_accept(struct worker *w, struct listener *listener, bool drain);

/* Watches the listeners again after a pause, when it is time and there is room. */
void listen_resume(struct worker *w);

/* Takes the backlog and closes. */
void listen_close(struct worker *w);

/* ---- conn.c ---- */

/* Takes an accepted socket; false when there is no room for it. */
must_use bool conn_open(struct worker *w, int fd, const struct sockaddr_storage *peer);
void conn_close(struct worker *w, int32_t id);

/* epoll says that there is something to read, or an end. */
void conn_readable(struct worker *w, int32_t id);

/* Notes that the connection has input that epoll will not tell of. What it waits for is our own
 * next turn, so no deadline runs. */
void conn_carry(struct worker *w, int32_t id);

/* Goes on with input that was read in an earlier turn. */
void conn_carry_on(struct worker *w, int32_t id);

/* The connection's deadline has passed. */
void conn_expire(struct worker *w, int32_t id);

/* ---- send.c ---- */

/* Makes the connection's staged bytes the end of the stage, with room for one more answer. */
void send_begin(struct worker *w, int32_t id);

/* Counts what was appended to the stage since send_begin as the connection's. */
void send_end(struct worker *w, int32_t id);

/* Sends everything that is staged and moves every connection on. */
void send_flush(struct worker *w);

/* epoll says that there is room again. */
void send_writable(struct worker *w, int32_t id);

/* Closes so that the peer learns at once that something was lost. */
void send_reset(struct worker *w, int32_t id);

/* ---- loop.c ---- */

/* The thread's function: turns until the server stops. */
void *loop_run(void *worker);

/* epoll's name for the eventfd and the listeners; connections have their index. */
enum { LOOP_WAKE = 1 << 30, LOOP_LISTENER = LOOP_WAKE + 1 };

void loop_watch(const struct worker *w, int fd, uint32_t events, uint32_t name);
void loop_rewatch(const struct worker *w, int fd, uint32_t events, uint32_t name);

#endif
