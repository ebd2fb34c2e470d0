#include "base/std.h"

#include "manifest/claim.h"

bool claim_source_parse(struct span written, struct claim_source *source)
{
    struct span parts[3];
    size_t count = 0;
    while (count < countof(parts) && span_split(&written, '/', &parts[count]))
        count++;
    if (written.ptr || count < 2 || !parts[count - 1].len || !parts[count - 2].len)
        return false;
    source->group = count == 3 ? parts[0] : (struct span){ 0 };
    source->kind = parts[count - 2];
    source->name = parts[count - 1];
    if (count == 2 && span_eq_str(source->kind, "VolumeSnapshot"))
        source->group = SPAN_LIT("snapshot.storage.k8s.io");
    return source->group.len || span_eq_str(source->kind, "PersistentVolumeClaim");
}

static void add_source(struct node *spec, struct span written)
{
    struct claim_source source;
    if (!written.len || !claim_source_parse(written, &source))
        return;
    struct node *map = node_map_add_map(spec, "dataSource");
    if (source.group.len)
        node_map_add_text(map, "apiGroup", source.group);
    node_map_add_text(map, "kind", source.kind);
    node_map_add_text(map, "name", source.name);
}

void claim_add_spec(const struct build *b, struct node *claim)
{
    const struct profile *p = b->p;
    struct node *spec = node_map_add_map(claim, "spec");
    common_add_list(spec, "accessModes", p->storage_access_modes);
    add_source(spec, p->storage_data_source);
    struct node *resources = node_map_add_map(spec, "resources");
    common_add_quantity(b, node_map_add_map(resources, "requests"), "storage", p->storage_size);
    if (p->claim_selector.count) {
        struct node *selector = node_map_add_map(spec, "selector");
        common_add_pairs(node_map_add_map(selector, "matchLabels"), &p->claim_selector);
    }
    if (p->storage_class.len || !p->storage_provision)
        node_map_add_text(spec, "storageClassName", p->storage_class);
    if (p->storage_attributes_class.len)
        node_map_add_text(spec, "volumeAttributesClassName", p->storage_attributes_class);
    node_map_add_str(spec, "volumeMode", "Filesystem");
}

/* The template cannot be changed later, so it has only what never changes: no version, no
 * [labels]. apiVersion, kind and volumeMode are what the server would add, and what a tool
 * that compares would take for a difference for ever. */
void claim_fill_template(const struct build *b, struct node *claim)
{
    const struct profile *p = b->p;
    node_map_add_str(claim, "apiVersion", "v1");
    node_map_add_str(claim, "kind", "PersistentVolumeClaim");
    struct node *metadata = node_map_add_map(claim, "metadata");
    node_map_add_text(metadata, "name", p->storage_name);
    struct node *labels = node_map_add_map(metadata, "labels");
    common_add_selector(b, labels);
    common_add_pairs(labels, &p->claim_labels);
    if (p->claim_annotations.count)
        common_add_pairs(node_map_add_map(metadata, "annotations"), &p->claim_annotations);
    claim_add_spec(b, claim);
}
