#include "base/std.h"

#include "http/internal.h"

static int64_t duration_ms(const struct worker *w, enum timer timer)
{
    const struct http_config *config = &w->server->config;
    switch (timer) {
    case TIMER_IDLE:
        return config->idle_timeout_ms;
    case TIMER_HEAD:
        return config->head_timeout_ms;
    case TIMER_BODY:
        return config->body_timeout_ms;
    case TIMER_WRITE:
        return config->write_timeout_ms;
    case TIMER_LINGER:
        return LINGER_MS;
    case TIMER_NONE:
    case TIMER_COUNT:
        break;
    }
    assert(!"a timer that runs has a duration");
    return 0;
}

void timer_init(struct worker *w)
{
    for (size_t i = 0; i < TIMER_COUNT; i++)
        w->timers[i] = (struct timer_list){ NONE, NONE };
}

static void take_off(struct worker *w, struct conn *c)
{
    struct timer_list *list = &w->timers[c->timer];
    if (c->timer_previous == NONE)
        list->first = c->timer_next;
    else
        w->conns[c->timer_previous].timer_next = c->timer_next;
    if (c->timer_next == NONE)
        list->last = c->timer_previous;
    else
        w->conns[c->timer_next].timer_previous = c->timer_previous;
}

static void put_last(struct worker *w, int32_t id)
{
    struct conn *c = &w->conns[id];
    struct timer_list *list = &w->timers[c->timer];
    c->timer_next = NONE;
    c->timer_previous = list->last;
    if (list->last == NONE)
        list->first = id;
    else
        w->conns[list->last].timer_next = id;
    list->last = id;
}

void timer_set(struct worker *w, int32_t id, enum timer timer)
{
    struct conn *c = &w->conns[id];
    if (c->timer != TIMER_NONE)
        take_off(w, c);
    c->timer = (uint8_t)timer;
    if (timer == TIMER_NONE)
        return;
    c->deadline_ms = w->now_ms + duration_ms(w, timer);
    put_last(w, id);
}

int32_t timer_expired(const struct worker *w)
{
    for (size_t i = TIMER_NONE + 1; i < TIMER_COUNT; i++) {
        int32_t first = w->timers[i].first;
        if (first != NONE && w->conns[first].deadline_ms <= w->seen_ms)
            return first;
    }
    return NONE;
}

int64_t timer_next_ms(const struct worker *w)
{
    int64_t next = -1;
    for (size_t i = TIMER_NONE + 1; i < TIMER_COUNT; i++) {
        int32_t first = w->timers[i].first;
        if (first == NONE)
            continue;
        int64_t left = max_i64(0, w->conns[first].deadline_ms - w->now_ms);
        next = next < 0 ? left : min_i64(next, left);
    }
    return next;
}
