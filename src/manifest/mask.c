#include "base/std.h"

#include "manifest/mask.h"

/* "masked" in base64: the objects stay good ones. The checksum on the pods would tell a short
 * secret to who guesses it. */
static const char masked[] = "bWFza2Vk";

static void mask_values(struct node *map)
{
    for (struct node *n = map ? map->first : NULL; n; n = n->next)
        n->text = span_of(masked);
}

void mask_secrets(struct node *objects)
{
    for (struct node *n = objects->first; n; n = n->next) {
        struct node *annotations = node_find(n, "spec.template.metadata.annotations");
        struct node *checksum =
            annotations ? node_map_find(annotations, SPAN_LIT("checksum/secret")) : NULL;
        if (checksum)
            checksum->text = span_of(masked);
        if (!span_eq_str(node_find_text(n, "kind"), "Secret"))
            continue;
        mask_values(node_find(n, "data"));
        mask_values(node_find(n, "stringData"));
    }
}
