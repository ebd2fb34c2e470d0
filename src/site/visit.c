#include "base/std.h"

#include "base/clock.h"
#include "site/internal.h"

/* Kubelet's probes and lifecycle hooks name themselves so (kubernetes pkg/probe/http); the last
 * is our own `app probe`. */
static bool is_probe(struct span user_agent)
{
    return span_starts(user_agent, SPAN_LIT("kube-probe/")) ||
           span_starts(user_agent, SPAN_LIT("app-probe/")) ||
           span_starts(user_agent, SPAN_LIT("kube-lifecycle/"));
}

/* Formats the visit's line into the worker's batch; false when the batch is full. */
static bool record(struct site_worker *w, const struct http_request *request,
                   struct span user_agent)
{
    w->now = clock_wall();
    struct visitlog_visit visit = { .when = w->now, .status = 200 };
    char address[NETWORK_TEXT_BYTES];
    const struct site_config *config = &w->site->config;
    bool private = config->respect_gpc && site_client_wants_privacy(request);
    if (config->client_in_log) {
        visit.method = http_method_name(request->method);
        visit.target = request->target;
        visit.minor = request->minor;
    }
    if (config->client_in_log && !private) {
        visit.address = site_client_address(config, request, address);
        visit.referrer = http_request_field(request, "Referer");
        visit.user_agent = user_agent;
        visit.request_id = http_request_field(request, "X-Request-Id");
        if (config->address == SITE_ADDRESS_FULL)
            visit.forwarded = http_request_field(request, "X-Forwarded-For");
    }
    return visitlog_batch_add(config->log, &w->batch, &visit);
}

enum http_verdict site_visit(struct site_worker *w, const struct http_request *request,
                             struct http_reply *reply, uint32_t *tag)
{
    enum site_media media = site_accept(http_request_field(request, "Accept"));
    struct span user_agent = http_request_field(request, "User-Agent");
    if (request->method == HTTP_GET && !is_probe(user_agent)) {
        *tag = media;
        return record(w, request, user_agent) ? HTTP_LATER : HTTP_TURN_FULL;
    }
    site_page_total(w, media, visitlog_count(w->site->config.log), reply);
    return HTTP_ANSWER;
}

static void refuse(struct site_worker *w, enum visitlog_result result, struct http_reply *reply)
{
    reply->status = 503;
    reply->retry_after_s = SITE_RETRY_AFTER_S;
    site_page_line(w,
                   result == VISITLOG_FULL ? "the visit was not counted: no room in the log"
                                           : "the visit was not counted: the disk failed",
                   reply);
}

void site_visit_turn_end(void *data, struct http_turn *turn)
{
    struct site_worker *w = data;
    uint64_t number;
    uint32_t tag;
    enum visitlog_result result = visitlog_append(w->site->config.log, &w->batch, &number);
    while (http_turn_next(turn, &tag)) {
        struct http_reply reply = { 0 };
        if (result == VISITLOG_GOOD)
            site_page_visit(w, (enum site_media)tag, number++, &reply);
        else
            refuse(w, result, &reply);
        http_turn_answer(turn, &reply);
    }
}
