#include "base/std.h"

#include "manifest/json_read.h"
#include "manifest/pod.h"

/* What the profile says of a container stays; what it leaves out becomes as strict as the
 * server's own. Both kinds are init containers; one that restarts goes on beside the server. */
static void add_container(const struct build *b, struct node *seq, const struct profile_pair *pair,
                          bool restarts)
{
    struct err err = { 0 };
    struct node *container = json_read(b->tree, pair->value, &err);
    if (!container) /* the checks have seen it: only the arena can be at its end */
        return;
    if (!node_map_find(container, SPAN_LIT("name")))
        node_map_add_text(container, "name", pair->name);
    if (!node_map_find(container, SPAN_LIT("imagePullPolicy")))
        common_add_choice(container, "imagePullPolicy", KEY_image_pull_policy,
                          b->p->image_pull_policy);
    if (!node_map_find(container, SPAN_LIT("securityContext")))
        pod_add_container_security(b->p, container);
    if (!node_map_find(container, SPAN_LIT("terminationMessagePolicy")))
        node_map_add_str(container, "terminationMessagePolicy", "FallbackToLogsOnError");
    if (restarts && !node_map_find(container, SPAN_LIT("restartPolicy")))
        node_map_add_str(container, "restartPolicy", "Always");
    node_seq_take(seq, container);
}

void pod_add_init_containers(const struct build *b, struct node *spec)
{
    const struct profile_pairs *before = &b->p->init_containers;
    const struct profile_pairs *beside = &b->p->sidecars;
    if (!before->count && !beside->count)
        return;
    struct node *seq = node_map_add_seq(spec, "initContainers");
    for (size_t i = 0; i < before->count; i++)
        add_container(b, seq, &before->items[i], false);
    for (size_t i = 0; i < beside->count; i++)
        add_container(b, seq, &beside->items[i], true);
}
