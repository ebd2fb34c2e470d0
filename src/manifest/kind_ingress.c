#include "base/std.h"

#include "manifest/kind.h"

static void add_paths(const struct build *b, struct node *rule)
{
    struct node *paths = node_map_add_seq(node_map_add_map(rule, "http"), "paths");
    struct span rest = b->p->ingress_paths;
    struct span path;
    while (profile_list_next(&rest, &path)) {
        struct node *one = node_seq_add_map(paths);
        struct node *service = node_map_add_map(node_map_add_map(one, "backend"), "service");
        node_map_add_text(service, "name", b->d->service);
        node_map_add_str(node_map_add_map(service, "port"), "name", "http");
        node_map_add_text(one, "path", path);
        common_add_choice(one, "pathType", KEY_ingress_path_type, b->p->ingress_path_type);
    }
}

static void add_rules(const struct build *b, struct node *spec)
{
    struct node *rules = node_map_add_seq(spec, "rules");
    struct span rest = b->p->ingress_hosts;
    struct span host;
    bool any = false;
    while (profile_list_next(&rest, &host)) {
        struct node *rule = node_seq_add_map(rules);
        node_map_add_text(rule, "host", host);
        add_paths(b, rule);
        any = true;
    }
    if (!any)
        add_paths(b, node_seq_add_map(rules));
}

void kind_ingress(const struct build *b, struct node *objects)
{
    const struct profile *p = b->p;
    const struct common_object about = {
        .api_version = "networking.k8s.io/v1",
        .kind = "Ingress",
        .name = b->d->name,
        .annotations = &p->ingress_annotations,
    };
    if (!b->p->ingress_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    if (p->ingress_class.len)
        node_map_add_text(spec, "ingressClassName", p->ingress_class);
    add_rules(b, spec);
    if (!b->d->ingress_secret.len)
        return;
    struct node *tls = node_seq_add_map(node_map_add_seq(spec, "tls"));
    common_add_list(tls, "hosts", p->ingress_hosts);
    node_map_add_text(tls, "secretName", b->d->ingress_secret);
}
