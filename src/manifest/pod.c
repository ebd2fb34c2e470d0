#include "base/std.h"

#include "manifest/kind.h"
#include "manifest/pod.h"
#include "manifest/volumes.h"

const char pod_secret_volume[] = "secret";

enum { FILE_MODE_CONFIG = 0444, FILE_MODE_SECRET = 0440 };

static void add_metadata(const struct build *b, struct node *template)
{
    const struct profile *p = b->p;
    struct node *metadata = node_map_add_map(template, "metadata");
    struct node *labels = node_map_add_map(metadata, "labels");
    common_add_pairs(labels, &p->pod_labels);
    struct node *common = node_new_map(b->tree);
    common_add_labels(b, common);
    for (const struct node *n = common->first; n; n = n->next) {
        if (!node_map_find(labels, n->key))
            node_map_add_pair(labels, n->key, n->text);
    }
    struct node *annotations = node_map_add_map(metadata, "annotations");
    struct node *config = node_new_map(b->tree);
    kind_configmap_add_data(b, config, false);
    kind_configmap_add_data(b, config, true);
    node_map_add_text(annotations, "checksum/config", common_checksum(b, config));
    if (p->secret.count && !p->secrets_existing.len) {
        struct node *secret = node_new_map(b->tree);
        kind_secret_add_data(b, secret);
        node_map_add_text(annotations, "checksum/secret", common_checksum(b, secret));
    }
    common_add_pairs(annotations, &p->pod_annotations);
}

void pod_add_security(const struct profile *p, struct node *spec)
{
    struct node *security = node_map_add_map(spec, "securityContext");
    if (p->security_set_ids) {
        node_map_add_int(security, "runAsUser", p->security_user);
        node_map_add_int(security, "runAsGroup", p->security_group);
        node_map_add_int(security, "fsGroup", p->security_fs_group);
    }
    node_map_add_text(
        security, "fsGroupChangePolicy",
        profile_choice_word(KEY_security_fs_group_policy, p->security_fs_group_policy));
    node_map_add_bool(security, "runAsNonRoot", p->security_non_root);
    struct node *seccomp = node_map_add_map(security, "seccompProfile");
    common_add_choice(seccomp, "type", KEY_security_seccomp, p->security_seccomp);
    struct span host_users = profile_choice_word(KEY_security_host_users, p->security_host_users);
    if (!span_eq_str(host_users, "default"))
        node_map_add_bool(spec, "hostUsers", span_eq_str(host_users, "true"));
}

static void add_spread(const struct build *b, struct node *spec)
{
    struct span spread = profile_choice_word(KEY_workload_spread, b->p->workload_spread);
    if (span_eq_str(spread, "none"))
        return;
    struct node *seq = node_map_add_seq(spec, "topologySpreadConstraints");
    struct span rest = b->p->workload_spread_over;
    struct span key;
    while (profile_list_next(&rest, &key)) {
        struct node *one = node_seq_add_map(seq);
        common_add_label_selector(b, one, "labelSelector");
        node_map_add_int(one, "maxSkew", 1);
        node_map_add_text(one, "topologyKey", key);
        node_map_add_str(one, "whenUnsatisfiable",
                         span_eq_str(spread, "hard") ? "DoNotSchedule" : "ScheduleAnyway");
    }
}

static void add_anti_affinity(const struct build *b, struct node *spec)
{
    struct span wish =
        profile_choice_word(KEY_workload_anti_affinity, b->p->workload_anti_affinity);
    if (span_eq_str(wish, "none"))
        return;
    struct node *affinity = node_map_add_map(spec, "affinity");
    struct node *anti = node_map_add_map(affinity, "podAntiAffinity");
    struct node *term;
    if (span_eq_str(wish, "hard")) {
        term = node_seq_add_map(
            node_map_add_seq(anti, "requiredDuringSchedulingIgnoredDuringExecution"));
    } else {
        struct node *one = node_seq_add_map(
            node_map_add_seq(anti, "preferredDuringSchedulingIgnoredDuringExecution"));
        node_map_add_int(one, "weight", 100);
        term = node_map_add_map(one, "podAffinityTerm");
    }
    common_add_label_selector(b, term, "labelSelector");
    node_map_add_str(term, "topologyKey", "kubernetes.io/hostname");
}

bool pod_has_secret(const struct profile *p)
{
    return (p->secret.count || p->secrets_existing.len) && p->secrets_path.len;
}

/* The volume of the log, when no claim template makes it. */
static void add_storage(const struct build *b, struct node *volumes)
{
    const struct profile *p = b->p;
    struct span mode = profile_choice_word(KEY_storage_mode, p->storage_mode);
    if (derived_has_template(p))
        return;
    struct node *volume = volumes_add(volumes, p->storage_name);
    if (span_eq_str(mode, "ephemeral"))
        common_add_quantity(b, node_map_add_map(volume, "emptyDir"), "sizeLimit", p->storage_size);
    else
        node_map_add_text(node_map_add_map(volume, "persistentVolumeClaim"), "claimName",
                          b->d->claim);
}

static void add_volumes(const struct build *b, struct node *spec)
{
    const struct profile *p = b->p;
    struct node *volumes = node_map_add_seq(spec, "volumes");
    struct node *source = node_map_add_map(volumes_add(volumes, p->config_volume), "configMap");
    node_map_add_int(source, "defaultMode", FILE_MODE_CONFIG);
    node_map_add_text(source, "name", b->d->config);
    if (pod_has_secret(p)) {
        source = node_map_add_map(volumes_add(volumes, span_of(pod_secret_volume)), "secret");
        node_map_add_int(source, "defaultMode", FILE_MODE_SECRET);
        node_map_add_text(source, "secretName", b->d->secret);
    }
    add_storage(b, volumes);
    for (size_t i = 0; i < p->volumes.count; i++) {
        struct err err = { 0 };
        struct node *volume = volumes_read(b->tree, p->volumes.items[i].value, &err);
        if (!volume) /* the checks have seen it: only the arena can be at its end */
            continue;
        node_map_add_text(volume, "name", p->volumes.items[i].name);
        node_seq_take(volumes, volume);
    }
}

static void add_dns(const struct build *b, struct node *spec)
{
    const struct profile *p = b->p;
    common_add_choice(spec, "dnsPolicy", KEY_workload_dns_policy, p->workload_dns_policy);
    if (!p->workload_dns_servers.len && !p->workload_dns_searches.len &&
        !p->workload_dns_options.len)
        return;
    struct node *config = node_map_add_map(spec, "dnsConfig");
    common_add_list(config, "nameservers", p->workload_dns_servers);
    common_add_list(config, "searches", p->workload_dns_searches);
    struct span rest = p->workload_dns_options;
    struct span value;
    struct node *options = NULL;
    while (profile_list_next(&rest, &value)) {
        struct span name;
        span_split(&value, ':', &name);
        if (!options)
            options = node_map_add_seq(config, "options");
        struct node *option = node_seq_add_map(options);
        node_map_add_text(option, "name", name);
        if (value.ptr)
            node_map_add_text(option, "value", value);
    }
}

/* "key=value:effect:seconds", all but the key at will; the checks have seen it. */
static void add_toleration(struct node *seq, struct span written)
{
    struct span rest = written;
    struct span value;
    struct span key;
    struct span effect;
    struct node *one = node_seq_add_map(seq);
    span_split(&rest, ':', &value);
    span_split(&value, '=', &key);
    node_map_add_text(one, "key", key);
    node_map_add_str(one, "operator", value.ptr ? "Equal" : "Exists");
    if (value.ptr)
        node_map_add_text(one, "value", value);
    if (!span_split(&rest, ':', &effect))
        return;
    node_map_add_text(one, "effect", effect);
    uint64_t seconds;
    if (rest.ptr && span_to_u64(rest, &seconds))
        node_map_add_int(one, "tolerationSeconds", (int64_t)seconds);
}

static void add_tolerations(const struct profile_pairs *pairs, struct node *spec)
{
    if (!pairs->count)
        return;
    struct node *seq = node_map_add_seq(spec, "tolerations");
    for (size_t i = 0; i < pairs->count; i++)
        add_toleration(seq, pairs->items[i].value);
}

/* One entry for each address, with all the names that have it. */
static void add_host_aliases(const struct profile_pairs *pairs, struct node *spec)
{
    if (!pairs->count)
        return;
    struct node *seq = node_map_add_seq(spec, "hostAliases");
    for (size_t i = 0; i < pairs->count; i++) {
        struct span address = pairs->items[i].value;
        struct node *entry = seq->first;
        while (entry && !span_eq(node_map_find(entry, SPAN_LIT("ip"))->text, address))
            entry = entry->next;
        struct node *names = entry ? node_map_find(entry, SPAN_LIT("hostnames")) : NULL;
        if (!names) {
            entry = node_seq_add_map(seq);
            node_map_add_text(entry, "ip", address);
            names = node_map_add_seq(entry, "hostnames");
        }
        node_seq_add_text(names, pairs->items[i].name);
    }
}

static void add_scheduling(const struct build *b, struct node *spec)
{
    const struct profile *p = b->p;
    add_anti_affinity(b, spec);
    add_spread(b, spec);
    if (p->node_selector.count)
        common_add_pairs(node_map_add_map(spec, "nodeSelector"), &p->node_selector);
    if (p->workload_priority_class.len)
        node_map_add_text(spec, "priorityClassName", p->workload_priority_class);
    if (p->workload_runtime_class.len)
        node_map_add_text(spec, "runtimeClassName", p->workload_runtime_class);
    node_map_add_text(spec, "schedulerName", p->workload_scheduler);
    add_tolerations(&p->tolerations, spec);
}

void pod_add_pull_secrets(const struct build *b, struct node *spec)
{
    struct node *seq = NULL;
    struct span rest = b->p->image_pull_secrets;
    struct span name;
    while (profile_list_next(&rest, &name)) {
        if (!seq)
            seq = node_map_add_seq(spec, "imagePullSecrets");
        node_map_add_text(node_seq_add_map(seq), "name", name);
    }
}

void pod_add_template(const struct build *b, struct node *template)
{
    add_metadata(b, template);
    struct node *spec = node_map_add_map(template, "spec");
    node_map_add_bool(spec, "automountServiceAccountToken", b->p->service_account_token);
    pod_add_container(b, node_map_add_seq(spec, "containers"));
    pod_add_init_containers(b, spec);
    add_dns(b, spec);
    /* Else the kubelet adds a variable for every Service of the namespace. */
    node_map_add_bool(spec, "enableServiceLinks", false);
    add_host_aliases(&b->p->host_aliases, spec);
    pod_add_pull_secrets(b, spec);
    node_map_add_str(spec, "restartPolicy", "Always");
    add_scheduling(b, spec);
    pod_add_security(b->p, spec);
    node_map_add_text(spec, "serviceAccountName", b->d->service_account);
    node_map_add_int(spec, "terminationGracePeriodSeconds", b->d->grace_s);
    add_volumes(b, spec);
}
