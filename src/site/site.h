/*
 * site.h: what is served; the only header of this folder that cmd includes.
 *
 * The site is two http_apps on one set of routes: the public one counts visits, the admin one
 * tells the state. A visit is answered only after visitlog_append called it good: the request
 * hook formats its line into the worker's batch, the end of the turn appends the batch and
 * then answers every request that waits. When the log cannot take it, the answer is 503.
 *
 * What counts is GET / from anything but a probe (User-Agent kube-probe/, kube-lifecycle/ or
 * app-probe/); HEAD and other paths never do.
 */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "base/network.h"
#include "http/http.h"
#include "visitlog/visitlog.h"

/* How much of a client's address is logged; in the order of log.address. */
enum site_address { SITE_ADDRESS_FULL, SITE_ADDRESS_ANONYMOUS, SITE_ADDRESS_NONE };

/* The field in which trusted proxies name the client; in the order of serve.forwarded. */
enum site_forwarded { SITE_X_FORWARDED_FOR, SITE_FORWARDED };

struct site_config {
    struct visitlog *log;
    const char *pod;    /* this replica's name, for people */
    bool has_admin;     /* health is then on the admin listener only */
    bool client_in_log; /* the log's format has fields of the client */
    enum site_address address;
    bool respect_gpc; /* of who asks for privacy, nothing but the visit is logged */
    enum site_forwarded forwarded;
    const struct network *trusted; /* proxies whose word is taken for the client's address */
    size_t trusted_count;
};

struct site;
struct site_worker;

/* Memory is the arena's; NULL when it is exhausted. */
struct site *site_open(struct arena *a, const struct site_config *config);

/* The hooks' data for one worker of a server. An admin worker takes no visits and so needs
 * no batch. NULL when the arena is exhausted. */
struct site_worker *site_worker_open(struct arena *a, struct site *site, bool admin);

extern const struct http_app site_app;

/* The server whose loops /livez watches; set before the servers start. */
void site_watch(struct site *site, const struct http_server *server);

#endif
