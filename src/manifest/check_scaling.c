#include "base/std.h"

#include "manifest/checks.h"

bool checks_amount(struct span text, bool *is_percent, uint64_t *amount)
{
    *is_percent = span_ends(text, SPAN_LIT("%"));
    if (*is_percent)
        text.len--;
    return span_to_u64(text, amount) && *amount <= (*is_percent ? 100 : INT32_MAX);
}

/* With the fewest pods that there may be, at least one must be allowed to go: else no node can
 * ever be drained. Percentages are rounded up, as the disruption controller does. */
static void check_budget(const struct check *c, enum profile_key key, struct span text)
{
    const struct profile *p = c->p;
    bool is_percent;
    uint64_t amount;
    uint64_t pods = (uint64_t)(p->autoscaling_create ? p->autoscaling_min : p->workload_replicas);
    if (!text.len)
        return;
    if (!checks_amount(text, &is_percent, &amount)) {
        checks_problem(c, key, "'%.*s' is not a number or a percentage up to 100%%",
                       SPAN_ARG(text));
        return;
    }
    if (is_percent)
        amount = (pods * amount + 99) / 100;
    bool none = key == KEY_disruption_max_unavailable ? amount == 0 : amount >= pods;
    if (none && pods > 0)
        checks_problem(c, key,
                       "'%.*s' of %" PRIu64 " allows no pod to go: no node could ever be drained",
                       SPAN_ARG(text), pods);
}

static void check_disruption(const struct check *c)
{
    const struct profile *p = c->p;
    if (!p->disruption_create)
        return;
    check_budget(c, KEY_disruption_max_unavailable, p->disruption_max_unavailable);
    check_budget(c, KEY_disruption_min_available, p->disruption_min_available);
    if (!p->disruption_max_unavailable.len == !p->disruption_min_available.len)
        checks_problem(c, KEY_disruption_min_available,
                       "exactly one of min_available and max_unavailable must be given");
}

static void check_autoscaling(const struct check *c)
{
    const struct profile *p = c->p;
    struct span when_scaled =
        profile_choice_word(KEY_workload_when_scaled, p->workload_when_scaled);
    if (!p->autoscaling_create)
        return;
    if (p->autoscaling_min > p->autoscaling_max)
        checks_problem(c, KEY_autoscaling_min, "it is above autoscaling.max");
    if (!p->autoscaling_cpu && !p->autoscaling_memory)
        checks_problem(c, KEY_autoscaling_cpu,
                       "there must be something to scale by: cpu or memory");
    if (p->autoscaling_cpu && !p->resources_cpu_request.len)
        checks_problem(c, KEY_autoscaling_cpu,
                       "it is a part of resources.cpu_request, which is empty");
    if (p->autoscaling_memory && !p->resources_memory_request.len)
        checks_problem(c, KEY_autoscaling_memory,
                       "it is a part of resources.memory_request, which is empty");
    checks_seconds(c, KEY_autoscaling_scale_up_wait, p->autoscaling_scale_up_wait);
    checks_seconds(c, KEY_autoscaling_scale_down_wait, p->autoscaling_scale_down_wait);
    if (span_eq_str(when_scaled, "Delete"))
        checks_problem(c, KEY_workload_when_scaled,
                       "every time that the autoscaler takes a pod away, its visits would be lost");
}

static bool is_effect(struct span effect)
{
    return span_eq_str(effect, "NoSchedule") || span_eq_str(effect, "PreferNoSchedule") ||
           span_eq_str(effect, "NoExecute");
}

/* "key=value:effect:seconds", all but the key at will. */
static bool is_toleration(struct span written)
{
    struct span rest = written;
    struct span value;
    struct span key;
    struct span effect;
    uint64_t seconds;
    span_split(&rest, ':', &value);
    span_split(&value, '=', &key);
    if (!kubename_is_valid(KUBENAME_LABEL_KEY, key) ||
        !kubename_is_valid(KUBENAME_LABEL_VALUE, value))
        return false;
    if (!span_split(&rest, ':', &effect))
        return true;
    if (!is_effect(effect))
        return false;
    return !rest.ptr || (span_eq_str(effect, "NoExecute") && span_to_u64(rest, &seconds) &&
                         seconds <= INT32_MAX);
}

void checks_scaling(const struct check *c)
{
    const struct profile_pairs *tolerations = &c->p->tolerations;
    check_disruption(c);
    check_autoscaling(c);
    for (size_t i = 0; i < tolerations->count; i++) {
        if (!is_toleration(tolerations->items[i].value))
            checks_pair_problem(c, SECTION_tolerations, &tolerations->items[i],
                                "a toleration is KEY or KEY=VALUE, and at will :EFFECT behind it, "
                                "which is NoSchedule, PreferNoSchedule or NoExecute, and for the "
                                "last one :SECONDS");
    }
}
