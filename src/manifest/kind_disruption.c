#include "base/std.h"

#include "manifest/kind.h"

void kind_disruption(const struct build *b, struct node *objects)
{
    const struct common_object about = {
        .api_version = "policy/v1",
        .kind = "PodDisruptionBudget",
        .name = b->d->name,
    };
    if (!b->p->disruption_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    common_add_amount(spec, "maxUnavailable", b->p->disruption_max_unavailable);
    common_add_amount(spec, "minAvailable", b->p->disruption_min_available);
    common_add_label_selector(b, spec, "selector");
    common_add_choice(spec, "unhealthyPodEvictionPolicy", KEY_disruption_unhealthy,
                      b->p->disruption_unhealthy);
}
