#include "base/std.h"

#include "manifest/kind.h"

/* Go's duration as cert-manager prints it back: "2160h0m0s". */
static void add_duration(const struct build *b, struct node *spec, const char *key, int64_t ms)
{
    int64_t s = ms / 1000;
    if (s == 0)
        return;
    node_map_add_str(spec, key,
                     arena_printf(b->tree->arena, "%" PRId64 "h%" PRId64 "m%" PRId64 "s", s / 3600,
                                  s / 60 % 60, s % 60));
}

static void add_hosts(struct node *names, struct span list)
{
    struct span host;
    while (profile_list_next(&list, &host)) {
        bool there = false;
        for (const struct node *n = names->first; n; n = n->next)
            there = there || span_eq(n->text, host);
        if (!there)
            node_seq_add_text(names, host);
    }
}

/* The Service's name as it is used within the namespace, and in full where that is known. */
static void add_service_names(const struct build *b, struct node *names)
{
    struct span space = b->p->app_namespace;
    node_seq_add_text(names, b->d->service);
    if (!space.len)
        return;
    static const char *const suffixes[] = { "", ".svc", ".svc.cluster.local" };
    for (size_t i = 0; i < countof(suffixes); i++)
        node_seq_add_str(names, arena_printf(b->tree->arena, "%.*s.%.*s%s", SPAN_ARG(b->d->service),
                                             SPAN_ARG(space), suffixes[i]));
}

static void add_names(const struct build *b, struct node *spec)
{
    const struct profile *p = b->p;
    struct node *names = node_map_add_seq(spec, "dnsNames");
    add_hosts(names, p->certificate_hosts);
    if (names->first)
        return;
    if (p->ingress_create)
        add_hosts(names, p->ingress_hosts);
    if (p->route_create)
        add_hosts(names, p->route_hosts);
    if (!names->first)
        add_service_names(b, names);
}

/* cert-manager.io/v1, docs: Certificate resources. */
void kind_certificate(const struct build *b, struct node *objects)
{
    const struct common_object about = {
        .api_version = "cert-manager.io/v1",
        .kind = "Certificate",
        .name = b->d->name,
    };
    const struct profile *p = b->p;
    struct span name = p->certificate_issuer;
    struct span kind;
    if (!p->certificate_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    add_names(b, spec);
    add_duration(b, spec, "duration", p->certificate_duration);
    add_duration(b, spec, "renewBefore", p->certificate_renew_before);
    struct node *issuer = node_map_add_map(spec, "issuerRef");
    span_split(&name, '/', &kind);
    node_map_add_str(issuer, "group", "cert-manager.io");
    node_map_add_text(issuer, "kind", kind);
    node_map_add_text(issuer, "name", name);
    struct node *key = node_map_add_map(spec, "privateKey");
    node_map_add_str(key, "algorithm", "ECDSA");
    node_map_add_str(key, "rotationPolicy", "Always");
    node_map_add_int(key, "size", 256);
    node_map_add_text(spec, "secretName", b->d->certificate_secret);
}
