#include "base/std.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "http/internal.h"

/*
 * Answers are staged in the worker's buffer during a turn and sent at its end, one send(2) for
 * each connection. What the socket does not take goes into a slot, and the connection reads
 * nothing more until that is sent: a client that does not read its answers gets no more of them.
 */

/* Bytes sent; 0 when the socket is full, -1 when the connection is lost. */
static ssize_t send_some(const struct conn *c, const char *bytes, size_t len)
{
    ssize_t n;
    do {
        n = send(c->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (n == -1 && errno == EINTR);
    if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    return n;
}

/* Keeps bytes behind those that wait already; false when there is no memory for them. */
static bool keep(struct worker *w, struct conn *c, const char *bytes, size_t len)
{
    if (c->out == NONE) {
        c->out = pool_take(&w->pool);
        c->out_at = 0;
        c->out_len = 0;
    }
    if (c->out == NONE || len > SLOT_BYTES - c->out_len)
        return false;
    memcpy(pool_memory(&w->pool, c->out) + c->out_len, bytes, len);
    c->out_len += (uint32_t)len;
    return pool_touch(&w->pool, c->out, c->out_len);
}

/* Sends or keeps what is staged for the connection. */
static void send_staged(struct worker *w, struct conn *c)
{
    const char *bytes = w->stage.ptr + c->staged_at;
    size_t len = c->staged_len;
    c->staged_len = 0;
    if (len == 0 || c->lost)
        return;
    ssize_t n = c->out == NONE ? send_some(c, bytes, len) : 0;
    if (n == -1 || ((size_t)n < len && !keep(w, c, bytes + n, len - (size_t)n)))
        c->lost = true;
}

/* Makes room on the stage by sending what is there now; answers that are still to come for the
 * same connections follow in order. */
static void make_room(struct worker *w)
{
    for (size_t i = 0; i < w->dirty_count; i++)
        send_staged(w, &w->conns[w->dirty[i]]);
    buf_reset(&w->stage);
}

void send_begin(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    if (buf_room(&w->stage) < REPLY_MAX + c->staged_len)
        make_room(w);
    if (c->staged_len == 0) {
        c->staged_at = (uint32_t)w->stage.len;
    } else if (c->staged_at + c->staged_len != w->stage.len) {
        size_t from = c->staged_at;
        c->staged_at = (uint32_t)w->stage.len;
        buf_add(&w->stage, w->stage.ptr + from, c->staged_len);
    }
    if (!c->dirty) {
        c->dirty = true;
        w->dirty[w->dirty_count++] = id;
    }
}

void send_end(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    assert(!w->stage.overflow);
    c->staged_len = (uint32_t)w->stage.len - c->staged_at;
}

void send_reset(struct worker *w, int32_t id)
{
    struct linger at_once = { .l_onoff = 1 };
    setsockopt(w->conns[id].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    conn_close(w, id);
}

/* Everything is sent: the end, or the next request. */
static void after_sending(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    if (!c->closing)
        return;
    if (!c->lingering) {
        conn_close(w, id);
        return;
    }
    shutdown(c->fd, SHUT_WR);
    c->state = CONN_LINGER;
    timer_set(w, id, TIMER_LINGER);
}

/* The connection's turn is over. */
static void settle(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    c->dirty = false;
    send_staged(w, c);
    if (c->lost) {
        send_reset(w, id);
    } else if (c->out == NONE) {
        after_sending(w, id);
    } else {
        timer_set(w, id, TIMER_WRITE);
        loop_rewatch(w, c->fd, EPOLLOUT, (uint32_t)id);
    }
}

void send_flush(struct worker *w)
{
    for (size_t i = 0; i < w->dirty_count; i++)
        settle(w, w->dirty[i]);
    w->dirty_count = 0;
    buf_reset(&w->stage);
}

/* What the connection waited for before it had to wait for its reader. */
static void read_again(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    if (c->state == CONN_BODY)
        timer_set(w, id, TIMER_BODY);
    else
        timer_set(w, id, c->in_len ? TIMER_HEAD : TIMER_IDLE);
    loop_rewatch(w, c->fd, EPOLLIN, (uint32_t)id);
    if (c->carried) {
        c->carried = false;
        conn_carry(w, id);
    }
}

void send_writable(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    ssize_t n = send_some(c, pool_memory(&w->pool, c->out) + c->out_at, c->out_len - c->out_at);
    if (n == -1) {
        send_reset(w, id);
        return;
    }
    c->out_at += (uint32_t)n;
    if (c->out_at < c->out_len)
        return;
    pool_give(&w->pool, c->out);
    c->out = NONE;
    read_again(w, id);
    after_sending(w, id);
}
