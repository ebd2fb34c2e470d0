#include "base/std.h"

#include "manifest/kind.h"

static struct node *add_port(struct node *ports, const char *name, int64_t number)
{
    struct node *port = node_seq_add_map(ports);
    node_map_add_str(port, "name", name);
    node_map_add_int(port, "port", number);
    node_map_add_str(port, "protocol", "TCP");
    node_map_add_str(port, "targetPort", name);
    return port;
}

void kind_service_headless(const struct build *b, struct node *objects)
{
    const struct common_object about = {
        .api_version = "v1",
        .kind = "Service",
        .name = b->d->headless,
    };
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    node_map_add_str(spec, "clusterIP", "None");
    struct node *ports = node_map_add_seq(spec, "ports");
    for (size_t i = 0; i < b->d->port_count; i++)
        add_port(ports, b->d->ports[i].name, b->d->ports[i].number);
    /* The replicas must find one another while they start. */
    node_map_add_bool(spec, "publishNotReadyAddresses", true);
    common_add_selector(b, node_map_add_map(spec, "selector"));
    node_map_add_str(spec, "type", "ClusterIP");
}

/* One for each pod, by the label that the StatefulSet's controller gives it. */
void kind_service_replicas(const struct build *b, struct node *objects)
{
    const struct profile *p = b->p;
    for (int64_t i = 0; p->service_per_replica && i < p->workload_replicas; i++) {
        const char *name = arena_printf(b->tree->arena, "%.*s-%" PRId64, SPAN_ARG(b->d->name),
                                        p->workload_ordinals_start + i);
        const struct common_object about = {
            .api_version = "v1",
            .kind = "Service",
            .name = span_of(name),
            .annotations = &p->service_annotations,
        };
        struct node *spec = node_map_add_map(common_begin(b, objects, &about), "spec");
        add_port(node_map_add_seq(spec, "ports"), "http", p->service_port);
        struct node *selector = node_map_add_map(spec, "selector");
        common_add_selector(b, selector);
        node_map_add_str(selector, "statefulset.kubernetes.io/pod-name", name);
        node_map_add_str(spec, "type", "ClusterIP");
    }
}

/* Fields that the API server takes only from what is reached from outside. */
static void add_outside(const struct profile *p, struct node *spec)
{
    common_add_choice(spec, "externalTrafficPolicy", KEY_service_external_policy,
                      p->service_external_policy);
    if (p->service_health_node_port)
        node_map_add_int(spec, "healthCheckNodePort", p->service_health_node_port);
    if (p->service_balancer_class.len)
        node_map_add_text(spec, "loadBalancerClass", p->service_balancer_class);
    if (p->service_balancer_ip.len)
        node_map_add_text(spec, "loadBalancerIP", p->service_balancer_ip);
    common_add_list(spec, "loadBalancerSourceRanges", p->service_source_ranges);
}

static void add_affinity(const struct profile *p, struct node *spec)
{
    struct span affinity =
        profile_choice_word(KEY_service_session_affinity, p->service_session_affinity);
    node_map_add_text(spec, "sessionAffinity", affinity);
    if (span_eq_str(affinity, "None"))
        return;
    struct node *config = node_map_add_map(spec, "sessionAffinityConfig");
    struct node *client = node_map_add_map(config, "clientIP");
    node_map_add_int(client, "timeoutSeconds", p->service_session_timeout / 1000);
}

void kind_service(const struct build *b, struct node *objects)
{
    const struct profile *p = b->p;
    const struct common_object about = {
        .api_version = "v1",
        .kind = "Service",
        .name = b->d->service,
        .annotations = &p->service_annotations,
    };
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    struct span type = profile_choice_word(KEY_service_type, p->service_type);
    if (!span_eq_str(type, "ClusterIP"))
        add_outside(p, spec);
    common_add_list(spec, "externalIPs", p->service_external_ips);
    common_add_choice(spec, "internalTrafficPolicy", KEY_service_internal_policy,
                      p->service_internal_policy);
    common_add_list(spec, "ipFamilies", p->service_ip_families);
    common_add_choice(spec, "ipFamilyPolicy", KEY_service_ip_family_policy,
                      p->service_ip_family_policy);
    struct node *port = add_port(node_map_add_seq(spec, "ports"), "http", p->service_port);
    if (p->service_node_port)
        node_map_add_int(port, "nodePort", p->service_node_port);
    if (p->service_app_protocol.len)
        node_map_add_text(port, "appProtocol", p->service_app_protocol);
    common_add_selector(b, node_map_add_map(spec, "selector"));
    add_affinity(p, spec);
    common_add_choice(spec, "trafficDistribution", KEY_service_traffic_distribution,
                      p->service_traffic_distribution);
    node_map_add_text(spec, "type", type);
}
