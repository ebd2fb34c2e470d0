#include "base/std.h"

#include "site/internal.h"

enum site_place {
    PUBLIC,
    HEALTH, /* on the admin listener, or on the public ones when there is none */
};

enum site_route_id { ROUTE_VISIT, ROUTE_VISITS, ROUTE_LIVEZ, ROUTE_READYZ };

#define PATH(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
static const struct {
    struct span path;
    enum site_place place;
    enum site_route_id id;
} routes[] = {
    { PATH("/"), PUBLIC, ROUTE_VISIT },        { PATH("/visits"), PUBLIC, ROUTE_VISITS },
    { PATH("/livez"), HEALTH, ROUTE_LIVEZ },   { PATH("/healthz"), HEALTH, ROUTE_LIVEZ },
    { PATH("/readyz"), HEALTH, ROUTE_READYZ },
};
#undef PATH

static bool served_here(const struct site_worker *w, enum site_place place)
{
    switch (place) {
    case PUBLIC:
        return !w->admin;
    case HEALTH:
        return w->admin || !w->site->config.has_admin;
    }
    return false;
}

static enum http_verdict not_found(struct site_worker *w, struct http_reply *reply)
{
    reply->status = 404;
    site_page_line(w,
                   w->admin ? "there is nothing here; try /livez or /readyz"
                            : "there is nothing here; try / or /visits",
                   reply);
    return HTTP_ANSWER;
}

/* The methods that are the same for every resource (RFC 9110 sections 9.3.7 and 15.5.6). */
static enum http_verdict other_method(struct site_worker *w, enum http_method method,
                                      struct http_reply *reply)
{
    reply->allow = SPAN_LIT("GET, HEAD, OPTIONS");
    if (method == HTTP_OPTIONS) {
        reply->status = 204;
    } else {
        reply->status = 405;
        site_page_line(w, "only GET, HEAD and OPTIONS are answered here", reply);
    }
    return HTTP_ANSWER;
}

static enum http_verdict dispatch(struct site_worker *w, enum site_route_id id,
                                  const struct http_request *request, struct http_reply *reply,
                                  uint32_t *tag)
{
    switch (id) {
    case ROUTE_VISIT:
        return site_visit(w, request, reply, tag);
    case ROUTE_VISITS:
        site_visits(w, request, reply);
        return HTTP_ANSWER;
    case ROUTE_LIVEZ:
        site_livez(w, reply);
        return HTTP_ANSWER;
    case ROUTE_READYZ:
        site_readyz(w, reply);
        return HTTP_ANSWER;
    }
    return not_found(w, reply);
}

static enum http_verdict on_request(void *data, const struct http_request *request,
                                    struct http_reply *reply, uint32_t *tag)
{
    struct site_worker *w = data;
    bool plain = request->method == HTTP_GET || request->method == HTTP_HEAD;
    if (span_eq_str(request->path, "*"))
        return other_method(w, request->method, reply);
    for (size_t i = 0; i < countof(routes); i++) {
        if (!span_eq(request->path, routes[i].path) || !served_here(w, routes[i].place))
            continue;
        return plain ? dispatch(w, routes[i].id, request, reply, tag)
                     : other_method(w, request->method, reply);
    }
    return not_found(w, reply);
}

const struct http_app site_app = {
    .request = on_request,
    .turn_end = site_visit_turn_end,
};

struct site *site_open(struct arena *a, const struct site_config *config)
{
    struct site *site = arena_alloc(a, sizeof(*site));
    if (site)
        site->config = *config;
    return site;
}

struct site_worker *site_worker_open(struct arena *a, struct site *site, bool admin)
{
    struct site_worker *w = arena_alloc(a, sizeof(*w));
    char *body = arena_alloc(a, SITE_BODY_BYTES);
    char *stamp = arena_alloc(a, SITE_STAMP_BYTES);
    char *text_end = arena_alloc(a, SITE_TEXT_END_BYTES);
    char *lines = admin ? body : arena_alloc(a, SITE_BATCH_BYTES);
    if (!w || !body || !stamp || !text_end || !lines)
        return NULL;
    w->site = site;
    w->admin = admin;
    w->body = buf_on(body, SITE_BODY_BYTES);
    w->stamp = buf_on(stamp, SITE_STAMP_BYTES);
    w->text_end = buf_on(text_end, SITE_TEXT_END_BYTES);
    if (!admin)
        w->batch = visitlog_batch_on(lines, SITE_BATCH_BYTES);
    return w;
}

void site_watch(struct site *site, const struct http_server *server)
{
    site->watched = server;
}
