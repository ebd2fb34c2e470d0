#include "base/std.h"

#include "manifest/kind.h"

void kind_namespace(const struct build *b, struct node *objects)
{
    static const char *const modes[] = {
        "pod-security.kubernetes.io/enforce",
        "pod-security.kubernetes.io/audit",
        "pod-security.kubernetes.io/warn",
    };
    const struct common_object about = {
        .api_version = "v1",
        .kind = "Namespace",
        .name = b->p->app_namespace,
        .cluster_wide = true,
    };
    if (!b->p->namespace_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    struct node *metadata = node_map_find(object, SPAN_LIT("metadata"));
    struct node *labels = metadata ? node_map_find(metadata, SPAN_LIT("labels")) : NULL;
    for (size_t i = 0; labels && i < countof(modes); i++) {
        if (!node_map_find(labels, span_of(modes[i])))
            common_add_choice(labels, modes[i], KEY_namespace_level, b->p->namespace_level);
    }
}
