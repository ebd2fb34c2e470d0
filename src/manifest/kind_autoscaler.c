#include "base/std.h"

#include "manifest/kind.h"

bool kind_autoscaler_wanted(const struct build *b)
{
    return b->p->autoscaling_create;
}

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

void kind_autoscaler(const struct build *b, struct node *object)
{
    const struct common_object about = {
        .api_version = "autoscaling/v2",
        .kind = "HorizontalPodAutoscaler",
        .name = b->d->name,
    };
    common_begin(b, object, &about);
    struct node *spec = node_map_add_map(object, "spec");
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
