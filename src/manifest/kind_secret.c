#include "base/std.h"

#include "manifest/kind.h"

void kind_secret_add_data(const struct build *b, struct node *data)
{
    const struct profile_pairs *entries = &b->p->secret;
    for (size_t i = 0; i < entries->count; i++)
        node_map_add_pair(data, entries->items[i].name, common_base64(b, entries->items[i].value));
}

void kind_secret(const struct build *b, struct node *objects)
{
    const struct common_object about = {
        .api_version = "v1",
        .kind = "Secret",
        .name = b->d->secret,
    };
    if (!b->p->secret.count || b->p->secrets_existing.len)
        return;
    struct node *object = common_begin(b, objects, &about);
    /* Not stringData: the server never shows that back, so it cannot be compared. */
    kind_secret_add_data(b, node_map_add_map(object, "data"));
    node_map_add_str(object, "type", "Opaque");
}
