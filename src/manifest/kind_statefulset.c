#include "base/std.h"

#include "manifest/claim.h"
#include "manifest/kind.h"
#include "manifest/pod.h"

static void add_update_strategy(const struct profile *p, struct node *spec)
{
    struct node *strategy = node_map_add_map(spec, "updateStrategy");
    struct span type = profile_choice_word(KEY_workload_update, p->workload_update);
    if (span_eq_str(type, "RollingUpdate")) {
        struct node *rolling = node_map_add_map(strategy, "rollingUpdate");
        common_add_amount(rolling, "maxUnavailable", p->workload_max_unavailable);
        node_map_add_int(rolling, "partition", p->workload_partition);
    }
    node_map_add_text(strategy, "type", type);
}

static void add_retention(const struct profile *p, struct node *spec)
{
    struct node *policy = node_map_add_map(spec, "persistentVolumeClaimRetentionPolicy");
    common_add_choice(policy, "whenDeleted", KEY_workload_when_deleted, p->workload_when_deleted);
    common_add_choice(policy, "whenScaled", KEY_workload_when_scaled, p->workload_when_scaled);
}

void kind_statefulset(const struct build *b, struct node *objects)
{
    const struct profile *p = b->p;
    const struct common_object about = {
        .api_version = "apps/v1",
        .kind = "StatefulSet",
        .name = b->d->name,
    };
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    node_map_add_int(spec, "minReadySeconds", p->workload_min_ready / 1000);
    if (p->workload_ordinals_start)
        node_map_add_int(node_map_add_map(spec, "ordinals"), "start", p->workload_ordinals_start);
    if (derived_has_template(p))
        add_retention(p, spec);
    common_add_choice(spec, "podManagementPolicy", KEY_workload_pod_management,
                      p->workload_pod_management);
    /* The autoscaler's number must not be set back by every apply. */
    if (!p->autoscaling_create)
        node_map_add_int(spec, "replicas", p->workload_replicas);
    node_map_add_int(spec, "revisionHistoryLimit", p->workload_revision_history);
    common_add_label_selector(b, spec, "selector");
    node_map_add_text(spec, "serviceName", b->d->headless);
    pod_add_template(b, node_map_add_map(spec, "template"));
    add_update_strategy(p, spec);
    if (derived_has_template(p))
        claim_fill_template(b, node_seq_add_map(node_map_add_seq(spec, "volumeClaimTemplates")));
}
