#include "base/std.h"

#include "manifest/checks.h"

static void check_grace(const struct check *c)
{
    const struct profile *p = c->p;
    int64_t needed_ms = p->workload_pre_stop + p->serve_drain + p->serve_finish;
    checks_seconds(c, KEY_workload_grace, p->workload_grace);
    checks_seconds(c, KEY_workload_pre_stop, p->workload_pre_stop);
    if (p->workload_grace && p->workload_grace < needed_ms)
        checks_problem(
            c, KEY_workload_grace,
            "the pod would be killed before pre_stop + serve.drain + serve.finish (%" PRId64
            " ms) are over; give more, or 0s to have it computed",
            needed_ms);
}

/* apps: ValidateRollingUpdateStatefulSetStrategy. */
static void check_max_unavailable(const struct check *c)
{
    const struct profile *p = c->p;
    bool is_percent;
    uint64_t amount;
    if (!p->workload_max_unavailable.len)
        return;
    if (!checks_amount(p->workload_max_unavailable, &is_percent, &amount) || amount == 0)
        checks_problem(c, KEY_workload_max_unavailable,
                       "'%.*s' is not a number above 0 or a percentage up to 100%%",
                       SPAN_ARG(p->workload_max_unavailable));
    if (span_eq_str(profile_choice_word(KEY_workload_update, p->workload_update), "OnDelete"))
        checks_problem(c, KEY_workload_max_unavailable, "OnDelete has none");
}

/* core: validatePodDNSConfig. */
static void check_dns(const struct check *c)
{
    enum { SERVERS_MAX = 3, SEARCHES_MAX = 32, SEARCH_BYTES_MAX = 2048 };
    const struct profile *p = c->p;
    struct span rest = p->workload_dns_servers;
    struct span item;
    size_t count = 0;
    for (; profile_list_next(&rest, &item); count++) {
        if (!checks_is_address(item))
            checks_problem(c, KEY_workload_dns_servers, "'%.*s' is not an IP address",
                           SPAN_ARG(item));
    }
    if (count > SERVERS_MAX)
        checks_problem(c, KEY_workload_dns_servers, "at most %d are taken", SERVERS_MAX);
    rest = p->workload_dns_searches;
    for (count = 0; profile_list_next(&rest, &item); count++)
        checks_name(c, KEY_workload_dns_searches, KUBENAME_SUBDOMAIN, item);
    if (count > SEARCHES_MAX || p->workload_dns_searches.len > SEARCH_BYTES_MAX)
        checks_problem(c, KEY_workload_dns_searches, "at most %d of together %d bytes are taken",
                       SEARCHES_MAX, SEARCH_BYTES_MAX);
}

static void check_env_from(const struct check *c)
{
    struct span rest = c->p->workload_env_from;
    struct span name;
    while (profile_list_next(&rest, &name)) {
        struct span kind;
        span_split(&name, '/', &kind);
        if (!kubename_is_valid(KUBENAME_SUBDOMAIN, name) ||
            (!span_eq_str(kind, "secret") && !span_eq_str(kind, "configmap")))
            checks_problem(c, KEY_workload_env_from,
                           "each is written secret/NAME or "
                           "configmap/NAME");
    }
}

static void check_spread(const struct check *c)
{
    struct span rest = c->p->workload_spread_over;
    struct span key;
    struct span first = { 0 };
    while (profile_list_next(&rest, &key)) {
        checks_name(c, KEY_workload_spread_over, KUBENAME_LABEL_KEY, key);
        if (span_eq(key, first))
            checks_problem(c, KEY_workload_spread_over, "'%.*s' stands there twice", SPAN_ARG(key));
        first = key;
    }
    if (!first.len)
        checks_problem(c, KEY_workload_spread_over,
                       "there must be a label; workload.spread = none spreads over nothing");
}

static void check_statefulset(const struct check *c)
{
    const struct profile *p = c->p;
    bool on_delete =
        span_eq_str(profile_choice_word(KEY_workload_update, p->workload_update), "OnDelete");
    checks_seconds(c, KEY_workload_min_ready, p->workload_min_ready);
    check_grace(c);
    check_max_unavailable(c);
    check_dns(c);
    check_env_from(c);
    check_spread(c);
    if (on_delete && p->workload_partition)
        checks_problem(c, KEY_workload_partition, "OnDelete has no partition");
    if (p->workload_partition > p->workload_ordinals_start + p->workload_replicas)
        checks_problem(c, KEY_workload_partition,
                       "no pod has that number: nothing would ever be updated");
    checks_optional_name(c, KEY_workload_priority_class, KUBENAME_SUBDOMAIN,
                         p->workload_priority_class);
    checks_optional_name(c, KEY_workload_runtime_class, KUBENAME_SUBDOMAIN,
                         p->workload_runtime_class);
    checks_name(c, KEY_workload_scheduler, KUBENAME_SUBDOMAIN, p->workload_scheduler);
}

/* requests <= limits, as the API server would say only when it creates the pod. */
static void check_resource(const struct check *c, enum profile_key request_key,
                           struct span request_text, enum profile_key limit_key,
                           struct span limit_text)
{
    unsigned parts = request_key == KEY_resources_cpu_request ? 1000 : 1;
    struct quantity request;
    struct quantity limit;
    bool has_request = checks_quantity(c, request_key, parts, request_text, &request);
    bool has_limit = checks_quantity(c, limit_key, parts, limit_text, &limit);
    if (has_limit && limit.nano == 0)
        checks_problem(c, limit_key, "a limit of 0 leaves nothing; an empty value is no limit");
    if (has_request && has_limit && quantity_compare(&request, &limit) > 0)
        checks_problem(c, request_key, "the request %.*s is above the limit %.*s",
                       SPAN_ARG(request_text), SPAN_ARG(limit_text));
}

/* No node has so many, and the server has no more workers: an 'm' is missing. */
static void check_cpu(const struct check *c, enum profile_key key, struct span text)
{
    struct quantity most;
    struct quantity given;
    bool good = quantity_parse(SPAN_LIT("64"), &most);
    assert(good);
    if (quantity_parse(text, &given) && quantity_compare(&given, &most) > 0)
        checks_problem(c, key, "'%.*s' is more than 64 processors; is an 'm' missing?",
                       SPAN_ARG(text));
}

static void check_resources(const struct check *c)
{
    const struct profile *p = c->p;
    struct quantity least;
    struct quantity memory;
    check_resource(c, KEY_resources_cpu_request, p->resources_cpu_request, KEY_resources_cpu_limit,
                   p->resources_cpu_limit);
    check_resource(c, KEY_resources_memory_request, p->resources_memory_request,
                   KEY_resources_memory_limit, p->resources_memory_limit);
    check_resource(c, KEY_resources_disk_request, p->resources_disk_request,
                   KEY_resources_disk_limit, p->resources_disk_limit);
    check_cpu(c, KEY_resources_cpu_request, p->resources_cpu_request);
    check_cpu(c, KEY_resources_cpu_limit, p->resources_cpu_limit);
    bool good = quantity_parse(SPAN_LIT("4Mi"), &least);
    assert(good);
    if (quantity_parse(p->resources_memory_limit, &memory) && memory.nano > 0 &&
        quantity_compare(&memory, &least) < 0)
        checks_problem(c, KEY_resources_memory_limit,
                       "'%.*s' is less than the 4Mi that a container needs to start; is the unit "
                       "missing?",
                       SPAN_ARG(p->resources_memory_limit));
}

static void check_security(const struct check *c)
{
    const struct profile *p = c->p;
    if (p->security_set_ids && p->security_non_root && p->security_user == 0)
        checks_problem(c, KEY_security_user,
                       "user 0 is root, and security.non_root refuses that: no pod would start");
}

void checks_path(const struct check *c, enum profile_key key, struct span path)
{
    bool good = path.len > 0 && path.ptr[0] == '/';
    for (size_t i = 0; i < path.len; i++)
        good = good && path.ptr[i] > ' ' && path.ptr[i] < 0x7f;
    if (!good)
        checks_problem(c, key, "'%.*s' is not a path: it begins with '/' and has no spaces",
                       SPAN_ARG(path));
}

static void check_probe_port(const struct check *c)
{
    uint64_t number;
    if (span_to_u64(c->d->probe_port, &number)) {
        if (number < 1 || number > 65535)
            checks_problem(c, KEY_probes_port, "a port is a number from 1 to 65535");
        return;
    }
    for (size_t i = 0; i < c->d->port_count; i++) {
        if (span_eq_str(c->d->probe_port, c->d->ports[i].name))
            return;
    }
    if (c->p->probes_port.len)
        checks_problem(c, KEY_probes_port, "the container has no port '%.*s'",
                       SPAN_ARG(c->d->probe_port));
}

static void check_probes(const struct check *c)
{
    const struct profile *p = c->p;
    check_probe_port(c);
    checks_path(c, KEY_probes_startup_path, p->probes_startup_path);
    checks_path(c, KEY_probes_liveness_path, p->probes_liveness_path);
    checks_path(c, KEY_probes_readiness_path, p->probes_readiness_path);
    for (size_t i = 0; i < p->probe_headers.count; i++) {
        const struct profile_pair *pair = &p->probe_headers.items[i];
        if (!kubename_is_valid(KUBENAME_HEADER, pair->name))
            checks_pair_problem(c, SECTION_probe_headers, pair, "the name is not %s",
                                kubename_rule_text(KUBENAME_HEADER));
    }
    checks_seconds(c, KEY_probes_startup_grace, p->probes_startup_grace);
    checks_seconds(c, KEY_probes_liveness_grace, p->probes_liveness_grace);
    checks_seconds(c, KEY_probes_startup_delay, p->probes_startup_delay);
    checks_seconds(c, KEY_probes_startup_period, p->probes_startup_period);
    checks_seconds(c, KEY_probes_startup_timeout, p->probes_startup_timeout);
    checks_seconds(c, KEY_probes_liveness_delay, p->probes_liveness_delay);
    checks_seconds(c, KEY_probes_liveness_period, p->probes_liveness_period);
    checks_seconds(c, KEY_probes_liveness_timeout, p->probes_liveness_timeout);
    checks_seconds(c, KEY_probes_readiness_delay, p->probes_readiness_delay);
    checks_seconds(c, KEY_probes_readiness_period, p->probes_readiness_period);
    checks_seconds(c, KEY_probes_readiness_timeout, p->probes_readiness_timeout);
}

void checks_workload(const struct check *c)
{
    check_statefulset(c);
    check_resources(c);
    check_security(c);
    check_probes(c);
}
