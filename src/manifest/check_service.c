#include "base/std.h"

#include "base/network.h"
#include "manifest/checks.h"

enum { NODE_PORT_MIN = 30000, NODE_PORT_MAX = 32767, LISTENERS_MAX = 8, PER_REPLICA_MAX = 100 };

bool checks_is_address(struct span s)
{
    struct network_address address;
    return network_parse_address(s, &address);
}

static bool is_network(struct span s)
{
    struct network network;
    return span_find(s, '/') >= 0 && network_parse(s, &network);
}

/* What the pods listen on must be known here, and be reachable from other pods and the node. */
static void check_listeners(const struct check *c)
{
    const struct profile *p = c->p;
    struct span rest = p->serve_http;
    struct span address;
    size_t count = 0;
    size_t reachable = 0;
    for (; profile_list_next(&rest, &address); count++) {
        if (derived_address_port(address) == 0)
            checks_problem(c, KEY_serve_http,
                           "a Service cannot find a port that is chosen at start; give a number "
                           "instead of '%.*s'",
                           SPAN_ARG(address));
        if (derived_address_port(address) && p->serve_admin.len &&
            derived_address_port(address) == derived_address_port(p->serve_admin))
            checks_problem(c, KEY_serve_http,
                           "'%.*s' has the port of serve.admin; a pod has each port once",
                           SPAN_ARG(address));
        reachable += !derived_address_is_loopback(address);
    }
    if (count > LISTENERS_MAX)
        checks_problem(c, KEY_serve_http, "at most %d addresses are served", LISTENERS_MAX);
    if (count && !reachable)
        checks_problem(
            c, KEY_serve_http,
            "only the pod itself would reach it; listen on every address, as :8080 does");
    if (!p->serve_admin.len)
        return;
    if (derived_address_port(p->serve_admin) == 0)
        checks_problem(c, KEY_serve_admin,
                       "the probes cannot find a port that is chosen at start; give a number");
    if (derived_address_is_loopback(p->serve_admin))
        checks_problem(c, KEY_serve_admin,
                       "the kubelet cannot reach it; listen on every address, as :9090 does");
}

static void check_node_ports(const struct check *c, bool outside, bool balancer_local)
{
    const struct profile *p = c->p;
    if (p->service_node_port && !outside)
        checks_problem(c, KEY_service_node_port, "only NodePort and LoadBalancer have one");
    if (p->service_node_port &&
        (p->service_node_port < NODE_PORT_MIN || p->service_node_port > NODE_PORT_MAX))
        checks_problem(c, KEY_service_node_port, "%" PRId64 " is not within %d-%d",
                       p->service_node_port, NODE_PORT_MIN, NODE_PORT_MAX);
    if (p->service_health_node_port && !balancer_local)
        checks_problem(c, KEY_service_health_node_port,
                       "only a LoadBalancer with external_policy = Local has one");
    if (p->service_health_node_port && (p->service_health_node_port < NODE_PORT_MIN ||
                                        p->service_health_node_port > NODE_PORT_MAX ||
                                        p->service_health_node_port == p->service_node_port))
        checks_problem(c, KEY_service_health_node_port,
                       "%" PRId64 " is not within %d-%d, or is service.node_port, too",
                       p->service_health_node_port, NODE_PORT_MIN, NODE_PORT_MAX);
}

static void check_balancer(const struct check *c, bool balancer)
{
    const struct profile *p = c->p;
    struct span rest = p->service_source_ranges;
    struct span item;
    static const char only[] = "only service.type = LoadBalancer has one";
    if (p->service_balancer_class.len && !balancer)
        checks_problem(c, KEY_service_balancer_class, "%s", only);
    checks_optional_name(c, KEY_service_balancer_class, KUBENAME_LABEL_KEY,
                         p->service_balancer_class);
    if (p->service_balancer_ip.len && !balancer)
        checks_problem(c, KEY_service_balancer_ip, "%s", only);
    if (p->service_balancer_ip.len && !checks_is_address(p->service_balancer_ip))
        checks_problem(c, KEY_service_balancer_ip, "'%.*s' is not an IP address",
                       SPAN_ARG(p->service_balancer_ip));
    if (p->service_source_ranges.len && !balancer)
        checks_problem(c, KEY_service_source_ranges, "%s", only);
    while (profile_list_next(&rest, &item)) {
        if (!is_network(item))
            checks_problem(c, KEY_service_source_ranges,
                           "'%.*s' is not a network; write it as 192.0.2.0/24", SPAN_ARG(item));
    }
}

static void check_families(const struct check *c)
{
    const struct profile *p = c->p;
    struct span rest = p->service_ip_families;
    struct span item;
    size_t count = 0;
    size_t of_four = 0;
    for (; profile_list_next(&rest, &item); count++) {
        bool four = span_eq_str(item, "IPv4");
        of_four += four;
        if (!four && !span_eq_str(item, "IPv6"))
            checks_problem(c, KEY_service_ip_families, "'%.*s' is not IPv4 or IPv6",
                           SPAN_ARG(item));
    }
    if (count > 2 || (count == 2 && of_four != 1))
        checks_problem(c, KEY_service_ip_families, "each family may stand there once");
    if (count == 2 &&
        span_eq_str(profile_choice_word(KEY_service_ip_family_policy, p->service_ip_family_policy),
                    "SingleStack"))
        checks_problem(c, KEY_service_ip_families, "SingleStack has one family");
}

static void check_external_ips(const struct check *c)
{
    struct span rest = c->p->service_external_ips;
    struct span item;
    while (profile_list_next(&rest, &item)) {
        if (!checks_is_address(item))
            checks_problem(c, KEY_service_external_ips, "'%.*s' is not an IP address",
                           SPAN_ARG(item));
    }
}

void checks_service(const struct check *c)
{
    const struct profile *p = c->p;
    struct span type = profile_choice_word(KEY_service_type, p->service_type);
    bool local = span_eq_str(
        profile_choice_word(KEY_service_external_policy, p->service_external_policy), "Local");
    bool outside = !span_eq_str(type, "ClusterIP");
    bool balancer = span_eq_str(type, "LoadBalancer");
    check_listeners(c);
    checks_optional_name(c, KEY_service_name, KUBENAME_SERVICE, p->service_name);
    if (span_eq(c->d->service, c->d->headless))
        checks_problem(c, KEY_service_name, "this is the name of the headless Service");
    if (local && !outside)
        checks_problem(c, KEY_service_external_policy,
                       "only NodePort and LoadBalancer take traffic from outside");
    check_node_ports(c, outside, balancer && local);
    check_balancer(c, balancer);
    check_families(c);
    check_external_ips(c);
    if (p->service_per_replica && p->autoscaling_create)
        checks_problem(c, KEY_service_per_replica,
                       "with an autoscaler, nobody knows how many Services that would be");
    if (p->service_per_replica && p->workload_replicas > PER_REPLICA_MAX)
        checks_problem(c, KEY_service_per_replica, "that would be more than %d Services",
                       PER_REPLICA_MAX);
    checks_seconds(c, KEY_service_session_timeout, p->service_session_timeout);
    checks_optional_name(c, KEY_service_app_protocol, KUBENAME_LABEL_KEY, p->service_app_protocol);
}
