#include "base/std.h"

#include "manifest/kind.h"

bool kind_disruption_wanted(const struct build *b)
{
    return b->p->disruption_create;
}

/* An IntOrString: a number stays one, a percentage is text. */
static void add_amount(struct node *spec, const char *key, struct span amount)
{
    uint64_t number;
    if (span_to_u64(amount, &number))
        node_map_add_int(spec, key, (int64_t)number);
    else if (amount.len)
        node_map_add_text(spec, key, amount);
}

void kind_disruption(const struct build *b, struct node *object)
{
    const struct common_object about = {
        .api_version = "policy/v1",
        .kind = "PodDisruptionBudget",
        .name = b->d->name,
    };
    common_begin(b, object, &about);
    struct node *spec = node_map_add_map(object, "spec");
    add_amount(spec, "maxUnavailable", b->p->disruption_max_unavailable);
    add_amount(spec, "minAvailable", b->p->disruption_min_available);
    common_add_label_selector(b, spec, "selector");
    common_add_choice(spec, "unhealthyPodEvictionPolicy", KEY_disruption_unhealthy,
                      b->p->disruption_unhealthy);
}
