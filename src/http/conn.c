#include "base/std.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "http/internal.h"
#include "http/proxy.h"

/*
 * One connection.
 *
 *   HEAD    reads. Every complete request is dispatched in the turn in which it was read. What
 *           is left over goes into a slot of the pool; a connection between requests has none.
 *   BODY    the head stays in the slot while the body is read and thrown away; the request is
 *           dispatched when the body has ended well, so that a broken one is never counted.
 *   LINGER  an error was answered: the client's remaining bytes are read for a moment, because
 *           closing on unread bytes would reset the connection and destroy the answer.
 *
 * In each state a client that does not read its answers is not read from either (send.c).
 *
 * The order of answers is the order of requests. Requests that turn_end answers (`waiting`) may
 * follow each other in one turn; any other request behind them waits for the next turn. That
 * is why a request may be parsed, refused for this turn, and parsed again: asking the site has
 * no effect unless it says HTTP_LATER.
 */

enum progress {
    MORE,  /* the input is used up, or incomplete */
    AGAIN, /* something was taken; go on */
    CARRY, /* the rest is for the next turn */
};

bool conn_open(struct worker *w, int fd, const struct sockaddr_storage *peer)
{
    int32_t id = w->conns_free;
    if (id != NONE)
        w->conns_free = w->conns[id].timer_next;
    else if ((unsigned)w->conns_used < w->server->config.connections_max)
        id = w->conns_used++;
    else
        return false;
    struct conn *c = &w->conns[id];
    *c = (struct conn){ .fd = fd, .state = CONN_HEAD, .in = NONE, .out = NONE };
    memcpy(&c->peer, peer, sizeof(c->peer));
    c->proxied = w->server->config.proxy_protocol;
    w->open++;
    timer_set(w, id, TIMER_HEAD);
    loop_watch(w, fd, EPOLLIN, (uint32_t)id);
    return true;
}

static void drop_input(struct worker *w, struct conn *c)
{
    if (c->in != NONE)
        pool_give(&w->pool, c->in);
    c->in = NONE;
    c->in_len = 0;
    c->in_behind = 0;
}

void conn_close(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    assert(c->state != CONN_FREE);
    timer_set(w, id, TIMER_NONE);
    drop_input(w, c);
    if (c->out != NONE)
        pool_give(&w->pool, c->out);
    close(c->fd);
    c->state = CONN_FREE;
    c->timer_next = w->conns_free;
    w->conns_free = id;
    w->open--;
    atomic_fetch_sub_explicit(&w->server->open, 1, memory_order_relaxed);
}

/* Stages an error of the protocol; nothing more is read as a request. */
static void fail(struct worker *w, int32_t id, unsigned status, const char *why)
{
    struct conn *c = &w->conns[id];
    send_begin(w, id);
    reply_add_error(&w->stage, status, why, &w->date);
    send_end(w, id);
    atomic_fetch_add_explicit(&w->requests, 1, memory_order_relaxed);
    c->closing = true;
    c->lingering = true;
}

/* ---- dispatching ---- */

static enum reply_connection connection_after(const struct worker *w)
{
    if (w->head.close || atomic_load_explicit(&w->server->draining, memory_order_relaxed))
        return REPLY_CLOSE;
    return w->head.request.minor == 0 ? REPLY_KEEP_ALIVE : REPLY_PERSIST;
}

static void take_waiting(struct worker *w, int32_t id, uint32_t tag,
                         enum reply_connection connection)
{
    w->waiting[w->waiting_count++] = (struct waiting){
        .conn = id,
        .tag = tag,
        .connection = (uint8_t)connection,
        .head_only = w->head.request.method == HTTP_HEAD,
    };
    w->conns[id].waiting++;
}

static void stage_reply(struct worker *w, int32_t id, const struct http_reply *reply,
                        enum reply_connection connection)
{
    send_begin(w, id);
    reply_add(&w->stage, reply, &w->date, connection, w->head.request.method == HTTP_HEAD);
    send_end(w, id);
    atomic_fetch_add_explicit(&w->requests, 1, memory_order_relaxed);
}

/* Gives the request in w->head to the site. False: not in this turn. */
static bool dispatch(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    struct http_reply reply = { 0 };
    uint32_t tag = 0;
    if (w->waiting_count == HTTP_LATER_MAX || c->waiting == WAITING_PIPELINE_MAX ||
        c->staged_len > STAGED_PIPELINE_MAX)
        return false;
    memcpy(&w->peer, &c->peer, sizeof(c->peer));
    w->head.request.peer = &w->peer;
    enum reply_connection connection = connection_after(w);
    switch (w->server->config.app->request(w->data, &w->head.request, &reply, &tag)) {
    case HTTP_TURN_FULL:
        return false;
    case HTTP_LATER:
        take_waiting(w, id, tag, connection);
        break;
    case HTTP_ANSWER:
        if (c->waiting) /* its turn has not come; asking again is harmless */
            return false;
        stage_reply(w, id, &reply, connection);
        break;
    }
    c->closing = connection == REPLY_CLOSE;
    return true;
}

bool http_turn_next(struct http_turn *turn, uint32_t *tag)
{
    struct worker *w = turn->worker;
    assert(!turn->current);
    if (turn->next == w->waiting_count)
        return false;
    turn->current = &w->waiting[turn->next++];
    *tag = turn->current->tag;
    return true;
}

void http_turn_answer(struct http_turn *turn, const struct http_reply *reply)
{
    struct worker *w = turn->worker;
    const struct waiting *waiting = turn->current;
    assert(waiting);
    send_begin(w, waiting->conn);
    reply_add(&w->stage, reply, &w->date, (enum reply_connection)waiting->connection,
              waiting->head_only);
    send_end(w, waiting->conn);
    atomic_fetch_add_explicit(&w->requests, 1, memory_order_relaxed);
    w->conns[waiting->conn].waiting--;
    turn->current = NULL;
}

/* ---- parsing ---- */

static const char *why_no_body(unsigned status)
{
    if (status == 413)
        return "the body is longer than is read here";
    return status == 431 ? "the trailers behind the body are too long" : "the chunks are malformed";
}

/* The head in front of `input` has been parsed and announces a body. Finds its end, as far as
 * it is there; when it is not, the head is kept and the state is BODY. */
static enum progress begin_body(struct worker *w, int32_t id, struct span input, size_t *taken)
{
    struct conn *c = &w->conns[id];
    size_t head_len = *taken;
    struct span rest = span_from_offset(input, head_len);
    c->body =
        w->head.body == PARSE_CHUNKED ? body_chunked() : body_of_length(w->head.content_length);
    ptrdiff_t skipped = body_skip(&c->body, rest, w->server->config.body_bytes_max);
    if (skipped < 0) {
        fail(w, id, (unsigned)-skipped, why_no_body((unsigned)-skipped));
        return MORE;
    }
    *taken += (size_t)skipped;
    if (body_done(&c->body))
        return dispatch(w, id) ? AGAIN : CARRY;
    if (w->head.expect_continue && skipped == 0) {
        send_begin(w, id);
        reply_add_continue(&w->stage);
        send_end(w, id);
    }
    c->state = CONN_BODY;
    timer_set(w, id, TIMER_BODY);
    return MORE;
}

/* One request from the front of `input`; *taken is what may be forgotten of it. */
static enum progress take_request(struct worker *w, int32_t id, struct span input, size_t *taken)
{
    *taken = 0;
    ptrdiff_t head_len = parse_head(&w->head, input);
    if (head_len == 0)
        return MORE;
    if (head_len < 0) {
        if (w->conns[id].waiting)
            return CARRY;
        fail(w, id, (unsigned)-head_len, w->head.why);
        return MORE;
    }
    *taken = (size_t)head_len;
    if (w->head.body != PARSE_NO_BODY) {
        if (w->conns[id].waiting) {
            *taken = 0;
            return CARRY;
        }
        return begin_body(w, id, input, taken);
    }
    return dispatch(w, id) ? AGAIN : CARRY;
}

/* Keeps bytes in the connection's slot (they may lie there already); false when there is no
 * memory for them. */
static bool keep_input(struct worker *w, struct conn *c, struct span bytes)
{
    if (c->in == NONE)
        c->in = pool_take(&w->pool);
    if (c->in == NONE)
        return false;
    assert(bytes.len <= SLOT_BYTES);
    memmove(pool_memory(&w->pool, c->in), bytes.ptr, bytes.len);
    c->in_len = (uint32_t)bytes.len;
    return pool_touch(&w->pool, c->in, bytes.len);
}

static void refuse_for_memory(struct worker *w, int32_t id)
{
    drop_input(w, &w->conns[id]);
    atomic_fetch_add_explicit(&w->refused, 1, memory_order_relaxed);
    w->conns[id].state = CONN_HEAD;
    if (w->conns[id].waiting) { /* their answers come first, and then there is no more to say */
        w->conns[id].closing = true;
        w->conns[id].lingering = true;
        return;
    }
    fail(w, id, 503, "too many requests are incomplete at this moment");
}

void conn_carry(struct worker *w, int32_t id)
{
    if (!w->conns[id].carried)
        w->carry[w->carry_count++] = id;
    w->conns[id].carried = true;
    timer_set(w, id, TIMER_NONE);
}

/* What is left of the input after a turn's requests. */
static void keep_rest(struct worker *w, int32_t id, struct span rest, enum progress progress)
{
    struct conn *c = &w->conns[id];
    if (c->closing) {
        c->lingering = c->lingering || rest.len > 0;
        drop_input(w, c);
        return;
    }
    if (rest.len == 0) {
        drop_input(w, c);
        timer_set(w, id, TIMER_IDLE);
        return;
    }
    bool begun = c->in_len > 0; /* the deadline counts from a head's first byte */
    if (!keep_input(w, c, rest)) {
        refuse_for_memory(w, id);
        return;
    }
    if (progress == CARRY)
        conn_carry(w, id);
    else if (!begun || c->timer != TIMER_HEAD)
        timer_set(w, id, TIMER_HEAD);
}

/* True when the header was taken; else more is needed, or the connection is closed. */
static bool take_proxy_header(struct worker *w, int32_t id, struct span input, size_t *taken)
{
    struct conn *c = &w->conns[id];
    struct proxy_header header;
    ptrdiff_t n = proxy_parse(&header, input);
    if (n == 0)
        keep_rest(w, id, input, MORE);
    if (n < 0)
        conn_close(w, id);
    if (n <= 0)
        return false;
    if (header.client.any.sa_family != AF_UNSPEC)
        memcpy(&c->peer, &header.client, sizeof(c->peer));
    c->proxied = false;
    *taken = (size_t)n;
    return true;
}

/* Takes all requests out of the input. */
static void process(struct worker *w, int32_t id, struct span input)
{
    struct conn *c = &w->conns[id];
    enum progress progress = AGAIN;
    size_t at = 0;
    if (c->proxied && !take_proxy_header(w, id, input, &at))
        return;
    while (progress == AGAIN && at < input.len && !c->closing) {
        size_t taken;
        struct span rest = span_from_offset(input, at);
        progress = take_request(w, id, rest, &taken);
        if (c->state == CONN_BODY) {
            /* All input is used up: only the head is kept, for the dispatch after the body. */
            ptrdiff_t head_len = parse_head(&w->head, rest);
            assert(head_len > 0);
            if (!keep_input(w, c, span_from(rest.ptr, (size_t)head_len)))
                refuse_for_memory(w, id);
            return;
        }
        if (progress == AGAIN) {
            at += taken;
            /* A new head begins, with a deadline of its own. */
            if (c->timer == TIMER_HEAD)
                timer_set(w, id, TIMER_IDLE);
        }
    }
    keep_rest(w, id, span_from_offset(input, at), progress);
}

/* The body has ended; the head that was kept is dispatched, then what followed the body. */
static void finish_body(struct worker *w, int32_t id, struct span rest)
{
    struct conn *c = &w->conns[id];
    ptrdiff_t head_len = parse_head(&w->head, span_from(pool_memory(&w->pool, c->in), c->in_len));
    assert(head_len > 0);
    c->state = CONN_HEAD;
    if (!dispatch(w, id)) {
        /* The turn is full: the next one dispatches the head that is kept, and goes on with
         * what followed the body. */
        c->state = CONN_BODY;
        if (rest.len && !pool_touch(&w->pool, c->in, c->in_len + rest.len)) {
            refuse_for_memory(w, id);
            return;
        }
        if (rest.len)
            memmove(pool_memory(&w->pool, c->in) + c->in_len, rest.ptr, rest.len);
        c->in_behind = (uint32_t)rest.len;
        conn_carry(w, id);
        return;
    }
    drop_input(w, c);
    timer_set(w, id, TIMER_IDLE);
    if (rest.len)
        process(w, id, rest);
    else
        keep_rest(w, id, rest, AGAIN);
}

static void process_body(struct worker *w, int32_t id, struct span input)
{
    struct conn *c = &w->conns[id];
    ptrdiff_t skipped = body_skip(&c->body, input, w->server->config.body_bytes_max);
    if (skipped < 0) {
        c->state = CONN_HEAD;
        drop_input(w, c);
        fail(w, id, (unsigned)-skipped, why_no_body((unsigned)-skipped));
    } else if (body_done(&c->body)) {
        finish_body(w, id, span_from_offset(input, (size_t)skipped));
    }
}

/* ---- events ---- */

/* Reads behind what is kept already, or into the worker's buffer. Bytes read; 0 at the end of
 * the stream or on an error, -1 when there is nothing. */
static ssize_t read_input(struct worker *w, const struct conn *c, char **bytes)
{
    bool kept = c->in_len > 0 && c->state == CONN_HEAD;
    *bytes = kept ? pool_memory(&w->pool, c->in) + c->in_len : w->read_memory;
    ssize_t n;
    do {
        n = recv(c->fd, *bytes, READ_BYTES, MSG_DONTWAIT);
    } while (n == -1 && errno == EINTR);
    if (n == -1)
        return errno == EAGAIN || errno == EWOULDBLOCK ? -1 : 0;
    return n;
}

static void linger(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    char *bytes;
    ssize_t n = read_input(w, c, &bytes);
    if (n > 0)
        c->lingered += (uint32_t)n;
    if (n == 0 || c->lingered > LINGER_BYTES)
        conn_close(w, id);
}

static void process_head(struct worker *w, int32_t id, const char *bytes, size_t len)
{
    struct conn *c = &w->conns[id];
    if (c->in_len == 0) {
        process(w, id, span_from(bytes, len));
        return;
    }
    uint32_t total = c->in_len + (uint32_t)len;
    /* Nothing can have changed before a line is complete, or a limit is reached; but for a CR
     * at the very start, which must have its LF. */
    bool news =
        c->proxied || memchr(bytes, '\n', len) != NULL || total > PARSE_LINE_MAX || c->in_len < 2;
    if (!pool_touch(&w->pool, c->in, total)) {
        refuse_for_memory(w, id);
    } else if (news) {
        process(w, id, span_from(pool_memory(&w->pool, c->in), total));
    } else {
        c->in_len = total;
    }
}

void conn_readable(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    char *bytes;
    if (c->state == CONN_LINGER) {
        linger(w, id);
        return;
    }
    /* Once in a turn, and not before what was read has been answered: epoll tells again. */
    if (c->state == CONN_FREE || c->carried || c->waiting || c->dirty)
        return;
    ssize_t n = read_input(w, c, &bytes);
    if (n == 0)
        conn_close(w, id);
    else if (n > 0 && c->state == CONN_BODY)
        process_body(w, id, span_from(bytes, (size_t)n));
    else if (n > 0)
        process_head(w, id, bytes, (size_t)n);
}

void conn_carry_on(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    if (c->state == CONN_FREE || !c->carried)
        return;
    if (c->out != NONE) /* send_writable puts it on the list again */
        return;
    c->carried = false;
    char *kept = pool_memory(&w->pool, c->in);
    if (c->state == CONN_BODY) {
        struct span rest = span_from(w->read_memory, c->in_behind);
        memcpy(w->read_memory, kept + c->in_len, rest.len);
        finish_body(w, id, rest);
    } else {
        process(w, id, span_from(kept, c->in_len));
    }
}

void conn_expire(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    bool begun = c->in_len > 0;
    atomic_fetch_add_explicit(&w->timeouts, 1, memory_order_relaxed);
    if (c->timer == TIMER_BODY || (c->timer == TIMER_HEAD && begun)) {
        timer_set(w, id, TIMER_LINGER); /* the deadline must lie ahead */
        c->state = CONN_HEAD;
        c->carried = false;
        drop_input(w, c);
        fail(w, id, 408, "the request did not come to its end in time");
        return;
    }
    if (c->timer == TIMER_WRITE)
        send_reset(w, id);
    else
        conn_close(w, id);
}
