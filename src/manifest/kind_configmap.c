#include "base/std.h"

#include "base/escape.h"
#include "manifest/kind.h"

/* A ConfigMap's `data` is text; anything else goes to `binaryData`. A NUL is valid UTF-8, and
 * still no text. */
static bool is_binary(struct span content)
{
    return !escape_utf8_valid(content) || span_find(content, '\0') >= 0;
}

static bool has_binary(const struct profile_pairs *files)
{
    for (size_t i = 0; i < files->count; i++) {
        if (is_binary(files->items[i].value))
            return true;
    }
    return false;
}

void kind_configmap_add_data(const struct build *b, struct node *data, bool binary)
{
    const struct profile_pairs *files = &b->p->files;
    if (!binary)
        node_map_add_text(data, derived_config_key, b->d->config_text);
    for (size_t i = 0; i < files->count; i++) {
        const struct profile_pair *file = &files->items[i];
        if (is_binary(file->value) == binary)
            node_map_add_pair(data, derived_base_name(file->name),
                              binary ? common_base64(b, file->value) : file->value);
    }
}

void kind_configmap(const struct build *b, struct node *objects)
{
    const struct common_object about = {
        .api_version = "v1",
        .kind = "ConfigMap",
        .name = b->d->config,
    };
    if (b->p->config_existing.len)
        return;
    struct node *object = common_begin(b, objects, &about);
    kind_configmap_add_data(b, node_map_add_map(object, "data"), false);
    if (has_binary(&b->p->files))
        kind_configmap_add_data(b, node_map_add_map(object, "binaryData"), true);
}
