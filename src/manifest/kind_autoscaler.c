#include "base/std.h"

#include "manifest/kind.h"

static void add_metric(struct node *metrics, const char *resource_name, int64_t percent)
{
    if (percent == 0)
        return;
    struct node *metric = node_seq_add_map(metrics);
    struct node *resource = node_map_add_map(metric, "resource");
    node_map_add_str(resource, "name", resource_name);
    struct node *target = node_map_add_map(resource, "target");
    node_map_add_int(target, "averageUtilization", percent);
    node_map_add_str(target, "type", "Utilization");
    node_map_add_str(metric, "type", "Resource");
}

/* Said also where it is the cluster's own default: what is printed is what will be. */
static void add_behavior(const struct profile *p, struct node *spec)
{
    struct node *behavior = node_map_add_map(spec, "behavior");
    node_map_add_int(node_map_add_map(behavior, "scaleDown"), "stabilizationWindowSeconds",
                     p->autoscaling_scale_down_wait / 1000);
    node_map_add_int(node_map_add_map(behavior, "scaleUp"), "stabilizationWindowSeconds",
                     p->autoscaling_scale_up_wait / 1000);
}

void kind_autoscaler(const struct build *b, struct node *objects)
{
    const struct common_object about = {
        .api_version = "autoscaling/v2",
        .kind = "HorizontalPodAutoscaler",
        .name = b->d->name,
    };
    if (!b->p->autoscaling_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    add_behavior(b->p, spec);
    node_map_add_int(spec, "maxReplicas", b->p->autoscaling_max);
    struct node *metrics = node_map_add_seq(spec, "metrics");
    add_metric(metrics, "cpu", b->p->autoscaling_cpu);
    add_metric(metrics, "memory", b->p->autoscaling_memory);
    node_map_add_int(spec, "minReplicas", b->p->autoscaling_min);
    struct node *target = node_map_add_map(spec, "scaleTargetRef");
    node_map_add_str(target, "apiVersion", "apps/v1");
    node_map_add_str(target, "kind", "StatefulSet");
    node_map_add_text(target, "name", b->d->name);
}
