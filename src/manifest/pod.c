#include "base/std.h"

#include "manifest/kind.h"
#include "manifest/pod.h"

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
    if (p->secret.count) {
        struct node *secret = node_new_map(b->tree);
        kind_secret_add_data(b, secret);
        node_map_add_text(annotations, "checksum/secret", common_checksum(b, secret));
    }
    common_add_pairs(annotations, &p->pod_annotations);
}

static void add_security(const struct profile *p, struct node *spec)
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

static void add_pod_selector(const struct build *b, struct node *parent)
{
    struct node *selector = node_map_add_map(parent, "labelSelector");
    common_add_selector(b, node_map_add_map(selector, "matchLabels"));
}

static void add_spread(const struct build *b, struct node *spec)
{
    struct span spread = profile_choice_word(KEY_workload_spread, b->p->workload_spread);
    if (span_eq_str(spread, "none"))
        return;
    struct node *one = node_seq_add_map(node_map_add_seq(spec, "topologySpreadConstraints"));
    add_pod_selector(b, one);
    node_map_add_int(one, "maxSkew", 1);
    node_map_add_str(one, "topologyKey", "kubernetes.io/hostname");
    node_map_add_str(one, "whenUnsatisfiable",
                     span_eq_str(spread, "hard") ? "DoNotSchedule" : "ScheduleAnyway");
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
    add_pod_selector(b, term);
    node_map_add_str(term, "topologyKey", "kubernetes.io/hostname");
}

static void add_volumes(const struct build *b, struct node *spec)
{
    struct node *volumes = node_map_add_seq(spec, "volumes");
    struct node *config = node_seq_add_map(volumes);
    node_map_add_text(config, "name", b->p->config_volume);
    struct node *source = node_map_add_map(config, "configMap");
    node_map_add_int(source, "defaultMode", FILE_MODE_CONFIG);
    node_map_add_text(source, "name", b->d->config);
    if (!b->p->secret.count || !b->p->secrets_path.len)
        return;
    struct node *secret = node_seq_add_map(volumes);
    node_map_add_str(secret, "name", pod_secret_volume);
    source = node_map_add_map(secret, "secret");
    node_map_add_int(source, "defaultMode", FILE_MODE_SECRET);
    node_map_add_text(source, "secretName", b->d->secret);
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
}

static void add_pull_secrets(const struct build *b, struct node *spec)
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
    common_add_choice(spec, "dnsPolicy", KEY_workload_dns_policy, b->p->workload_dns_policy);
    /* Else the kubelet adds a variable for every Service of the namespace. */
    node_map_add_bool(spec, "enableServiceLinks", false);
    add_pull_secrets(b, spec);
    node_map_add_str(spec, "restartPolicy", "Always");
    add_scheduling(b, spec);
    add_security(b->p, spec);
    node_map_add_text(spec, "serviceAccountName", b->d->service_account);
    node_map_add_int(spec, "terminationGracePeriodSeconds", b->d->grace_s);
    add_volumes(b, spec);
}
