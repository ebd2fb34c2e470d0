#include "base/std.h"

#include "site/internal.h"

/*
 * Liveness asks whether a restart would help: only a loop that turns no more is a reason. A
 * disk that stalls or is full is none, as the next process would stand before the same disk;
 * that is what readiness tells.
 */
enum { STUCK_AFTER_MS = 30000 };

void site_livez(struct site_worker *w, struct http_reply *reply)
{
    struct visitlog_status log = visitlog_status(w->site->config.log);
    int64_t turn_ms = w->site->watched ? http_server_longest_turn_ms(w->site->watched) : 0;
    bool stuck = turn_ms > STUCK_AFTER_MS && log.disk_wait_ms == 0;
    reply->status = stuck ? 503 : 200;
    site_page_line(w, stuck ? "a worker has not finished its turn for 30 s" : "ok", reply);
}

void site_readyz(struct site_worker *w, struct http_reply *reply)
{
    struct visitlog_status log = visitlog_status(w->site->config.log);
    char text[120] = "ok";
    reply->status = log.state == VISITLOG_GOOD ? 200 : 503;
    if (log.room_low)
        snprintf(text, sizeof(text), "ok, but little room is left for the log: %ju bytes",
                 (uintmax_t)log.room_bytes);
    site_page_line(w, log.state == VISITLOG_GOOD ? text : log.reason, reply);
}
