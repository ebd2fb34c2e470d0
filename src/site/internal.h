/*
 * internal.h: what the files of this folder share.
 *
 * A handler fills a reply whose body lies in its worker's `body` buffer, which is good until
 * the next hook call on that worker.
 */
#ifndef SITE_INTERNAL_H
#define SITE_INTERNAL_H

#include "site/site.h"

enum {
    SITE_BODY_BYTES = 4096, /* the longest page */
    SITE_STAMP_BYTES = 32,
    SITE_TEXT_END_BYTES = 2048,   /* a pod's name of 253 bytes, each as \xHH, and a time */
    SITE_BATCH_BYTES = 256 << 10, /* lines of one turn */
    SITE_RETRY_AFTER_S = 2,       /* the log tries once a second whether there is room */
};

struct site {
    struct site_config config;
    const struct http_server *watched;
};

struct site_worker {
    struct site *site;
    bool admin;
    struct visitlog_batch batch;
    struct timespec now; /* of the last visit of the batch */
    struct buf body;
    int64_t second_s;    /* what the next two were made for */
    struct buf stamp;    /* "2022-06-29T14:17:37Z" */
    struct buf text_end; /* " on app-0 at ...\n" */
};

/* What a client wants to read (RFC 9110 section 12.5.1). */
enum site_media { SITE_TEXT, SITE_HTML, SITE_JSON };

/* The best of the three by the Accept field's qualities; text when it leaves the choice open
 * or wants none of them. An empty field accepts everything. */
enum site_media site_accept(struct span accept);

/* "text/plain; charset=utf-8" and so on. */
struct span site_media_type(enum site_media media);

/* client.c: the client's address as it may be logged, in text in the caller's memory; empty when
 * it is not to be, or is not known. */
struct span site_client_address(const struct site_config *config,
                                const struct http_request *request,
                                char memory[NETWORK_TEXT_BYTES]);

/* True when the request asks not to be followed: Sec-GPC (Global Privacy Control) or DNT. */
bool site_client_wants_privacy(const struct http_request *request);

/* visit.c: GET /, and the end of its turn. */
enum http_verdict site_visit(struct site_worker *w, const struct http_request *request,
                             struct http_reply *reply, uint32_t *tag);
void site_visit_turn_end(void *data, struct http_turn *turn);

/* visits.c: GET /visits. */
void site_visits(struct site_worker *w, const struct http_request *request,
                 struct http_reply *reply);

/* health.c: GET /livez (/healthz) and /readyz. */
void site_livez(struct site_worker *w, struct http_reply *reply);
void site_readyz(struct site_worker *w, struct http_reply *reply);

/* page.c: the bodies. Each appends to w->body and sets type and body of the reply. */
void site_page_visit(struct site_worker *w, enum site_media media, uint64_t number,
                     struct http_reply *reply);
void site_page_total(struct site_worker *w, enum site_media media, uint64_t total,
                     struct http_reply *reply);

/* One line of text as the body. */
void site_page_line(struct site_worker *w, const char *text, struct http_reply *reply);

#endif
