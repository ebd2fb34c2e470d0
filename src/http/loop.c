#include "base/std.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/internal.h"

/*
 * One turn: read everything that is readable and parse it; let the site make safe what must be
 * safe (turn_end); send the answers. No answer of a turn leaves before turn_end has returned.
 */

void loop_watch(const struct worker *w, int fd, uint32_t events, uint32_t name)
{
    struct epoll_event event = { .events = events, .data.u32 = name };
    int failed = epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &event);
    (void)failed; /* only for want of memory; the connection then times out */
}

void loop_rewatch(const struct worker *w, int fd, uint32_t events, uint32_t name)
{
    struct epoll_event event = { .events = events, .data.u32 = name };
    int failed = epoll_ctl(w->epoll, EPOLL_CTL_MOD, fd, &event);
    assert(failed == 0);
}

static void on_event(struct worker *w, uint32_t name)
{
    if (name == LOOP_WAKE) {
        uint64_t times;
        ssize_t n = read(w->wake, &times, sizeof(times));
        (void)n; /* that it woke us is all that it is for */
    } else if (name >= LOOP_LISTENER) {
        struct listener *listener = &w->listeners[name - LOOP_LISTENER];
        if (listener->fd != NONE && listener->watched)
            listen_accept(w, listener, false);
    } else if (w->conns[name].state != CONN_FREE && w->conns[name].out != NONE) {
        send_writable(w, (int32_t)name);
    } else {
        conn_readable(w, (int32_t)name);
    }
}

/* Input of earlier turns goes first; what cannot be taken now gathers for the next one. */
static void carry_on(struct worker *w)
{
    size_t count = w->carry_count;
    w->carry_count = 0;
    /* The list is written while it is read, but never before the place that is read. */
    for (size_t i = 0; i < count; i++)
        conn_carry_on(w, w->carry[i]);
}

static void end_turn(struct worker *w)
{
    if (w->waiting_count) {
        struct http_turn turn = { .worker = w };
        w->server->config.app->turn_end(w->data, &turn);
        assert(turn.next == w->waiting_count && !turn.current);
        w->waiting_count = 0;
    }
    send_flush(w);
}

static void expire(struct worker *w)
{
    int32_t id;
    while ((id = timer_expired(w)) != NONE)
        conn_expire(w, id);
    send_flush(w);
}

/* ---- stopping ---- */

static void close_all(struct worker *w, bool (*which)(const struct worker *, const struct conn *))
{
    for (int32_t id = 0; id < w->conns_used; id++) {
        if (w->conns[id].state != CONN_FREE && which(w, &w->conns[id]))
            conn_close(w, id);
    }
}

static bool is_idle(const struct worker *w, const struct conn *c)
{
    bool silent = c->timer == TIMER_HEAD && c->in_len == 0;
    return c->timer == TIMER_IDLE || (silent && w->now_ms >= w->stop_began_ms + SILENT_MS);
}

static bool is_any(const struct worker *w, const struct conn *c)
{
    (void)w;
    (void)c;
    return true;
}

/* True when the worker is done. */
static bool go_on_stopping(struct worker *w)
{
    if (!w->stopping) {
        w->stopping = true;
        w->stop_began_ms = w->now_ms;
        listen_close(w);
    }
    bool late = w->now_ms >= atomic_load(&w->server->stop_deadline_ms);
    close_all(w, late ? is_any : is_idle);
    return w->open == 0;
}

/* ---- turning ---- */

/*
 * Moves seen_ms. When a poll brings fewer events than it could, it brings all there are: what
 * had arrived when it began has then been read. Full polls go round all ready connections.
 */
static void note_poll(struct worker *w, int count, int64_t polled_ms)
{
    if (count < EVENTS_MAX) {
        w->seen_ms = polled_ms;
        w->full_polls = 0;
        return;
    }
    if (w->full_polls++ == 0)
        w->polling_ms = polled_ms;
    if (w->full_polls > w->open / EVENTS_MAX + 1) {
        w->seen_ms = w->polling_ms;
        w->full_polls = 0;
    }
}

static int timeout_ms(const struct worker *w)
{
    int64_t next = timer_next_ms(w);
    if (w->carry_count)
        return 0;
    if (w->resume_ms)
        next = next < 0 ? PAUSE_MS : min_i64(next, PAUSE_MS);
    if (w->stopping)
        next = next < 0 ? PAUSE_MS : min_i64(next, PAUSE_MS);
    return (int)min_i64(next, INT_MAX);
}

static void begin_turn(struct worker *w)
{
    w->now_ms = clock_mono_ms();
    atomic_store_explicit(&w->turn_began_ms, w->now_ms, memory_order_relaxed);
    reply_date_update(&w->date, clock_wall().tv_sec);
}

void *loop_run(void *worker)
{
    struct worker *w = worker;
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        int64_t polled_ms = clock_mono_ms();
        int count = epoll_wait(w->epoll, events, EVENTS_MAX, timeout_ms(w));
        begin_turn(w);
        listen_resume(w);
        carry_on(w);
        for (int i = 0; i < count; i++)
            on_event(w, events[i].data.u32);
        end_turn(w);
        note_poll(w, count, polled_ms);
        expire(w);
        if (atomic_load_explicit(&w->server->stopping, memory_order_relaxed) && go_on_stopping(w))
            break;
        atomic_store_explicit(&w->turn_began_ms, 0, memory_order_relaxed);
    }
    atomic_store(&w->turn_began_ms, 0);
    return NULL;
}
