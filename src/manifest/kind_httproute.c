#include "base/std.h"

#include "manifest/kind.h"

/* "name" or "namespace/name". */
static void add_parents(const struct build *b, struct node *spec)
{
    struct node *parents = node_map_add_seq(spec, "parentRefs");
    struct span rest = b->p->route_parents;
    struct span name;
    while (profile_list_next(&rest, &name)) {
        struct span space;
        struct node *parent = node_seq_add_map(parents);
        span_split(&name, '/', &space);
        node_map_add_str(parent, "group", "gateway.networking.k8s.io");
        node_map_add_str(parent, "kind", "Gateway");
        node_map_add_text(parent, "name", name.ptr ? name : space);
        if (name.ptr)
            node_map_add_text(parent, "namespace", space);
    }
}

void kind_httproute(const struct build *b, struct node *objects)
{
    const struct common_object about = {
        .api_version = "gateway.networking.k8s.io/v1",
        .kind = "HTTPRoute",
        .name = b->d->name,
    };
    if (!b->p->route_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    common_add_list(spec, "hostnames", b->p->route_hosts);
    add_parents(b, spec);
    struct node *rule = node_seq_add_map(node_map_add_seq(spec, "rules"));
    struct node *backend = node_seq_add_map(node_map_add_seq(rule, "backendRefs"));
    node_map_add_str(backend, "kind", "Service");
    node_map_add_text(backend, "name", b->d->service);
    node_map_add_int(backend, "port", b->p->service_port);
    struct node *match = node_seq_add_map(node_map_add_seq(rule, "matches"));
    struct node *path = node_map_add_map(match, "path");
    node_map_add_str(path, "type", "PathPrefix");
    node_map_add_text(path, "value", b->p->route_path);
}
