#include "base/std.h"

#include "manifest/kind.h"

static void add_port(struct node *ports, int64_t number)
{
    struct node *port = node_seq_add_map(ports);
    node_map_add_int(port, "port", number);
    node_map_add_str(port, "protocol", "TCP");
}

static bool is_admin(const struct derived_port *port)
{
    return strcmp(port->name, "admin") == 0;
}

static void add_public(const struct build *b, struct node *ingress)
{
    struct node *ports = node_map_add_seq(node_seq_add_map(ingress), "ports");
    for (size_t i = 0; i < b->d->port_count; i++) {
        if (!is_admin(&b->d->ports[i]))
            add_port(ports, b->d->ports[i].number);
    }
}

/* The kubelet's probes come from the node, which a policy does not keep out. */
static void add_admin(const struct build *b, struct node *ingress, int64_t number)
{
    struct node *rule = node_seq_add_map(ingress);
    struct node *from = node_map_add_seq(rule, "from");
    common_add_label_selector(b, node_seq_add_map(from), "podSelector");
    if (b->p->network_monitoring.len) {
        struct node *peer = node_map_add_map(node_seq_add_map(from), "namespaceSelector");
        node_map_add_text(node_map_add_map(peer, "matchLabels"), "kubernetes.io/metadata.name",
                          b->p->network_monitoring);
    }
    add_port(node_map_add_seq(rule, "ports"), number);
}

/* The server's pods and that of the connection test, and no other part of a larger application
 * that shares the instance's label. */
static void add_pods(const struct build *b, struct node *map, const char *key)
{
    struct node *selector = node_map_add_map(map, key);
    node_map_add_text(node_map_add_map(selector, "matchLabels"), "app.kubernetes.io/instance",
                      b->d->name);
    struct node *name = node_seq_add_map(node_map_add_seq(selector, "matchExpressions"));
    node_map_add_str(name, "key", "app.kubernetes.io/name");
    node_map_add_str(name, "operator", "In");
    struct node *values = node_map_add_seq(name, "values");
    node_seq_add_text(values, b->p->app_name);
    if (b->p->test_create)
        node_seq_add_text(values, b->d->test);
}

/* The pods look one another up: name servers are wherever the cluster has them. */
static void add_egress(const struct build *b, struct node *spec)
{
    static const char *const protocols[] = { "TCP", "UDP" };
    enum { DNS_PORT = 53 };
    struct node *egress = node_map_add_seq(spec, "egress");
    if (span_eq_str(profile_choice_word(KEY_network_egress, b->p->network_egress), "any")) {
        node_seq_add_map(egress);
        return;
    }
    add_pods(b, node_seq_add_map(node_map_add_seq(node_seq_add_map(egress), "to")), "podSelector");
    struct node *ports = node_map_add_seq(node_seq_add_map(egress), "ports");
    for (size_t i = 0; i < countof(protocols); i++) {
        struct node *port = node_seq_add_map(ports);
        node_map_add_int(port, "port", DNS_PORT);
        node_map_add_str(port, "protocol", protocols[i]);
    }
}

void kind_networkpolicy(const struct build *b, struct node *objects)
{
    const struct common_object about = {
        .api_version = "networking.k8s.io/v1",
        .kind = "NetworkPolicy",
        .name = b->d->name,
    };
    if (!b->p->network_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    add_egress(b, spec);
    struct node *ingress = node_map_add_seq(spec, "ingress");
    add_public(b, ingress);
    for (size_t i = 0; i < b->d->port_count; i++) {
        if (is_admin(&b->d->ports[i]))
            add_admin(b, ingress, b->d->ports[i].number);
    }
    add_pods(b, spec, "podSelector");
    struct node *types = node_map_add_seq(spec, "policyTypes");
    node_seq_add_str(types, "Ingress");
    node_seq_add_str(types, "Egress");
}
