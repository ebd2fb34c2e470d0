#include "base/std.h"

#include "manifest/checks.h"

/* The claims' retention policy and the eviction policy, which we always print, are on from 1.27. */
enum { RELEASE_MIN = 27 };

static bool read_release(struct span text, uint64_t *minor)
{
    struct span major;
    span_split(&text, '.', &major);
    return span_eq_str(major, "1") && span_to_u64(text, minor);
}

static void needs(const struct check *c, enum profile_key key, uint64_t since, uint64_t target)
{
    if (target < since)
        checks_problem(c, key, "this needs Kubernetes 1.%" PRIu64 ", and app.kube is 1.%" PRIu64,
                       since, target);
}

static bool is_word(enum profile_key key, int value, const char *word)
{
    return span_eq_str(profile_choice_word(key, value), word);
}

/* From when on each is on without a feature gate (kubernetes.io, Feature Gates). */
static void check_fields(const struct check *c, uint64_t target)
{
    const struct profile *p = c->p;
    if (p->workload_pre_stop)
        needs(c, KEY_workload_pre_stop, 30, target);
    if (p->workload_max_unavailable.len)
        needs(c, KEY_workload_max_unavailable, 35, target);
    if (p->storage_attributes_class.len)
        needs(c, KEY_storage_attributes_class, 34, target);
    if (!is_word(KEY_security_app_armor, p->security_app_armor, "default"))
        needs(c, KEY_security_app_armor, 30, target);
    if (!is_word(KEY_security_host_users, p->security_host_users, "default"))
        needs(c, KEY_security_host_users, 33, target);
    if (is_word(KEY_service_traffic_distribution, p->service_traffic_distribution, "PreferClose"))
        needs(c, KEY_service_traffic_distribution, 31, target);
    else if (!is_word(KEY_service_traffic_distribution, p->service_traffic_distribution, "default"))
        needs(c, KEY_service_traffic_distribution, 34, target);
    if (p->sidecars.count && target < 29)
        checks_pair_problem(c, SECTION_sidecars, &p->sidecars.items[0],
                            "a sidecar needs Kubernetes 1.29, and app.kube is 1.%" PRIu64, target);
}

void checks_release(const struct check *c)
{
    uint64_t target;
    struct span written = c->p->app_kube;
    if (!written.len)
        return;
    if (!read_release(written, &target))
        checks_problem(c, KEY_app_kube, "'%.*s' is not a release such as 1.%d", SPAN_ARG(written),
                       RELEASE_MIN);
    else if (target < RELEASE_MIN)
        checks_problem(c, KEY_app_kube, "the objects need Kubernetes 1.%d or newer", RELEASE_MIN);
    else
        check_fields(c, target);
}
