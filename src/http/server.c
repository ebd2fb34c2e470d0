#include "base/std.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/internal.h"

/* Events of one turn, a few frames, and room for the site's and the log's. */
enum { STACK_BYTES = 256 << 10 };

static size_t pool_share(const struct http_config *config)
{
    size_t share = config->buffer_bytes_max / config->workers;
    return share < SLOT_BYTES ? SLOT_BYTES : share;
}

/* The address space that init_memory takes for all workers. Nothing of it is memory before it
 * is used, so a server for a million connections costs no more than a small one. */
static size_t tables_bytes(const struct http_config *config)
{
    enum { ALIGNMENT_AND_GAPS = 4 << 10 };
    size_t per_connection = sizeof(struct conn) + 3 * sizeof(int32_t);
    size_t worker = config->connections_max * per_connection + READ_BYTES + STAGE_BYTES +
                    pool_reservation(pool_share(config)) + ALIGNMENT_AND_GAPS;
    return config->workers * worker;
}

static bool init_memory(struct worker *w)
{
    const struct http_config *config = &w->server->config;
    struct arena *a = &w->server->tables;
    w->conns = arena_alloc_array(a, config->connections_max, sizeof(*w->conns));
    w->dirty = arena_alloc_array(a, config->connections_max, sizeof(*w->dirty));
    /* Twice: a connection may be closed and its place taken again while it is on the list. */
    w->carry = arena_alloc_array(a, 2 * (size_t)config->connections_max, sizeof(*w->carry));
    w->read_memory = arena_alloc(a, READ_BYTES);
    char *stage = arena_alloc(a, STAGE_BYTES);
    if (!w->conns || !w->dirty || !w->carry || !w->read_memory || !stage)
        return false;
    w->stage = buf_on(stage, STAGE_BYTES);
    return pool_init(&w->pool, a, pool_share(config));
}

static bool init_worker(struct worker *w, struct err *err)
{
    w->epoll = NONE;
    w->wake = NONE;
    w->conns_free = NONE;
    for (size_t i = 0; i < HTTP_LISTENERS_MAX; i++)
        w->listeners[i].fd = NONE;
    timer_init(w);
    if (!init_memory(w))
        return err_set(err, ERR_FAILED,
                       "out of memory for the connections; lower "
                       "serve.connections or serve.buffers");
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->epoll == NONE || w->wake == NONE)
        return err_set_os(err, ERR_FAILED, "cannot watch connections");
    loop_watch(w, w->wake, EPOLLIN, LOOP_WAKE);
    return true;
}

struct http_server *http_server_open(struct arena *a, const struct http_config *config,
                                     struct err *err)
{
    assert(config->workers >= 1 && config->workers <= HTTP_WORKERS_MAX);
    assert(config->listen_count <= HTTP_LISTENERS_MAX);
    struct http_server *server = arena_alloc(a, sizeof(*server));
    struct worker *workers = arena_alloc_array(a, config->workers, sizeof(*workers));
    if (!server || !workers) {
        err_set(err, ERR_FAILED, "out of memory for %u workers", config->workers);
        return NULL;
    }
    server->config = *config;
    server->workers = workers;
    if (!arena_init(&server->tables, tables_bytes(config), err))
        return NULL;
    for (unsigned i = 0; i < config->workers; i++) {
        workers[i].server = server;
        workers[i].data = config->data[i];
        if (!init_worker(&workers[i], err))
            return NULL;
    }
    return listen_open(server, err) ? server : NULL;
}

unsigned http_server_port(const struct http_server *server, size_t i)
{
    assert(i < server->config.listen_count);
    return server->ports[i];
}

bool http_server_start(struct http_server *server, struct err *err)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigset_t every;
    sigset_t before;
    sigfillset(&every);
    pthread_sigmask(SIG_BLOCK, &every, &before); /* threads inherit it */
    int failure = 0;
    while (failure == 0 && server->started < server->config.workers) {
        struct worker *w = &server->workers[server->started];
        failure = pthread_create(&w->thread, &attributes, loop_run, w);
        server->started += failure == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failure == 0)
        return true;
    errno = failure;
    return err_set_os(err, ERR_FAILED, "cannot start a worker");
}

void http_server_drain(struct http_server *server)
{
    atomic_store(&server->draining, true);
}

void http_server_stop(struct http_server *server, int64_t grace_ms)
{
    atomic_store(&server->draining, true);
    atomic_store(&server->stop_deadline_ms, clock_mono_ms() + grace_ms);
    atomic_store(&server->stopping, true);
    for (unsigned i = 0; i < server->started; i++) {
        uint64_t once = 1;
        ssize_t n = write(server->workers[i].wake, &once, sizeof(once));
        (void)n; /* full means that it is awake already */
    }
    for (unsigned i = 0; i < server->started; i++)
        pthread_join(server->workers[i].thread, NULL);
    server->started = 0;
    arena_fini(&server->tables);
}

int64_t http_server_longest_turn_ms(const struct http_server *server)
{
    int64_t now_ms = clock_mono_ms();
    int64_t longest_ms = 0;
    for (unsigned i = 0; i < server->config.workers; i++) {
        int64_t began_ms =
            atomic_load_explicit(&server->workers[i].turn_began_ms, memory_order_relaxed);
        if (began_ms)
            longest_ms = max_i64(longest_ms, now_ms - began_ms);
    }
    return longest_ms;
}

struct http_stats http_server_stats(const struct http_server *server)
{
    struct http_stats stats = { .connections_open = (uint64_t)atomic_load(&server->open) };
    for (unsigned i = 0; i < server->config.workers; i++) {
        const struct worker *w = &server->workers[i];
        stats.connections_accepted += atomic_load_explicit(&w->accepted, memory_order_relaxed);
        stats.connections_refused += atomic_load_explicit(&w->refused, memory_order_relaxed);
        stats.requests += atomic_load_explicit(&w->requests, memory_order_relaxed);
        stats.timeouts += atomic_load_explicit(&w->timeouts, memory_order_relaxed);
    }
    return stats;
}
