#include "base/std.h"

#include "manifest/kind.h"
#include "manifest/pod.h"

static void add_update_strategy(const struct profile *p, struct node *spec)
{
    struct node *strategy = node_map_add_map(spec, "updateStrategy");
    struct span type = profile_choice_word(KEY_workload_update, p->workload_update);
    if (span_eq_str(type, "RollingUpdate"))
        node_map_add_int(node_map_add_map(strategy, "rollingUpdate"), "partition",
                         p->workload_partition);
    node_map_add_text(strategy, "type", type);
}

static void add_retention(const struct profile *p, struct node *spec)
{
    struct node *policy = node_map_add_map(spec, "persistentVolumeClaimRetentionPolicy");
    common_add_choice(policy, "whenDeleted", KEY_workload_when_deleted, p->workload_when_deleted);
    common_add_choice(policy, "whenScaled", KEY_workload_when_scaled, p->workload_when_scaled);
}

/* The template cannot be changed later, so it has only what never changes: no version, no
 * [labels]. apiVersion, kind and volumeMode are what the server would add, and what a tool
 * that compares would take for a difference for ever. */
static void add_claim(const struct build *b, struct node *templates)
{
    const struct profile *p = b->p;
    struct node *claim = node_seq_add_map(templates);
    node_map_add_str(claim, "apiVersion", "v1");
    node_map_add_str(claim, "kind", "PersistentVolumeClaim");
    struct node *metadata = node_map_add_map(claim, "metadata");
    node_map_add_text(metadata, "name", p->storage_name);
    struct node *labels = node_map_add_map(metadata, "labels");
    common_add_selector(b, labels);
    common_add_pairs(labels, &p->claim_labels);
    if (p->claim_annotations.count)
        common_add_pairs(node_map_add_map(metadata, "annotations"), &p->claim_annotations);
    struct node *spec = node_map_add_map(claim, "spec");
    common_add_list(spec, "accessModes", p->storage_access_modes);
    struct node *resources = node_map_add_map(spec, "resources");
    common_add_quantity(b, node_map_add_map(resources, "requests"), "storage", p->storage_size);
    if (p->storage_class.len || !p->storage_provision)
        node_map_add_text(spec, "storageClassName", p->storage_class);
    node_map_add_str(spec, "volumeMode", "Filesystem");
}

void kind_statefulset(const struct build *b, struct node *object)
{
    const struct profile *p = b->p;
    const struct common_object about = {
        .api_version = "apps/v1",
        .kind = "StatefulSet",
        .name = b->d->name,
    };
    common_begin(b, object, &about);
    struct node *spec = node_map_add_map(object, "spec");
    node_map_add_int(spec, "minReadySeconds", p->workload_min_ready / 1000);
    if (p->workload_ordinals_start)
        node_map_add_int(node_map_add_map(spec, "ordinals"), "start", p->workload_ordinals_start);
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
    add_claim(b, node_map_add_seq(spec, "volumeClaimTemplates"));
}
