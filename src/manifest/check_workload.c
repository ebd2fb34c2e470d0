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

static void check_statefulset(const struct check *c)
{
    const struct profile *p = c->p;
    bool on_delete =
        span_eq_str(profile_choice_word(KEY_workload_update, p->workload_update), "OnDelete");
    checks_seconds(c, KEY_workload_min_ready, p->workload_min_ready);
    check_grace(c);
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

static void check_access_modes(const struct check *c)
{
    static const char *const modes[] = { "ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany" };
    struct span rest = c->p->storage_access_modes;
    struct span mode;
    size_t count = 0;
    bool seen[countof(modes)] = { false };
    for (; profile_list_next(&rest, &mode); count++) {
        size_t i = 0;
        while (i < countof(modes) && !span_eq_str(mode, modes[i]))
            i++;
        if (i == countof(modes))
            checks_problem(c, KEY_storage_access_modes,
                           "'%.*s' is not one of ReadWriteOnce, ReadWriteOncePod, ReadWriteMany",
                           SPAN_ARG(mode));
        else if (seen[i])
            checks_problem(c, KEY_storage_access_modes, "%s stands there twice", modes[i]);
        else
            seen[i] = true;
    }
    if (count == 0)
        checks_problem(c, KEY_storage_access_modes, "there must be at least one access mode");
    if (seen[1] && count > 1)
        checks_problem(c, KEY_storage_access_modes, "ReadWriteOncePod must stand alone");
}

static void check_storage(const struct check *c)
{
    const struct profile *p = c->p;
    struct quantity size;
    checks_name(c, KEY_storage_name, KUBENAME_LABEL, p->storage_name);
    checks_optional_name(c, KEY_storage_class, KUBENAME_SUBDOMAIN, p->storage_class);
    if (!p->storage_size.len ||
        (checks_quantity(c, KEY_storage_size, 1, p->storage_size, &size) && size.nano == 0))
        checks_problem(c, KEY_storage_size, "a volume must have a size above 0");
    if (!p->storage_provision && p->storage_class.len)
        checks_problem(c, KEY_storage_provision,
                       "with a storage.class, volumes are provisioned; leave one of the two out");
    check_access_modes(c);
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

static void check_probe_path(const struct check *c, enum profile_key key, struct span path)
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
    check_probe_path(c, KEY_probes_startup_path, p->probes_startup_path);
    check_probe_path(c, KEY_probes_liveness_path, p->probes_liveness_path);
    check_probe_path(c, KEY_probes_readiness_path, p->probes_readiness_path);
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
    check_storage(c);
    check_resources(c);
    check_security(c);
    check_probes(c);
}
