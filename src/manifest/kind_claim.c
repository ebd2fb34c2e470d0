#include "base/std.h"

#include "manifest/claim.h"
#include "manifest/kind.h"

static bool mode_is(const struct build *b, const char *mode)
{
    return span_eq_str(profile_choice_word(KEY_storage_mode, b->p->storage_mode), mode);
}

static void add_claim(const struct build *b, struct node *objects, struct span name)
{
    const struct common_object about = {
        .api_version = "v1",
        .kind = "PersistentVolumeClaim",
        .name = name,
        .labels = &b->p->claim_labels,
        .annotations = &b->p->claim_annotations,
    };
    claim_add_spec(b, common_begin(b, objects, &about));
}

void kind_claim(const struct build *b, struct node *objects)
{
    if (mode_is(b, "claim"))
        add_claim(b, objects, b->d->claim);
}

/* What the StatefulSet's controller would make, by its rule: <template>-<pod>. A claim that is
 * there already is adopted. */
void kind_replica_claims(const struct build *b, struct node *objects)
{
    const struct profile *p = b->p;
    int64_t pods = p->autoscaling_create ? p->autoscaling_max : p->workload_replicas;
    if (!mode_is(b, "template"))
        return;
    for (int64_t i = 0; i < pods; i++) {
        const char *name =
            arena_printf(b->tree->arena, "%.*s-%.*s-%" PRId64, SPAN_ARG(p->storage_name),
                         SPAN_ARG(b->d->name), p->workload_ordinals_start + i);
        add_claim(b, objects, span_of(name));
    }
}
