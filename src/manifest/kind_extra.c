#include "base/std.h"

#include "manifest/json_read.h"
#include "manifest/kind.h"

static struct node *child_map(struct node *map, const char *key)
{
    struct node *child = node_map_find(map, span_of(key));
    return child ? child : node_map_add_map(map, key);
}

/* The checks have seen that it is an object with a name; what it says itself stays. */
static void add_object(const struct build *b, struct node *objects, struct span text)
{
    struct err err = { 0 };
    struct node *object = json_read(b->tree, text, &err);
    if (!object)
        return;
    struct node *metadata = child_map(object, "metadata");
    if (b->p->app_namespace.len && !node_map_find(metadata, SPAN_LIT("namespace")) &&
        !kind_is_cluster_wide(node_find_text(object, "kind")))
        node_map_add_text(metadata, "namespace", b->p->app_namespace);
    struct node *labels = child_map(metadata, "labels");
    struct node *common = node_new_map(b->tree);
    common_add_labels(b, common);
    for (const struct node *n = common->first; n; n = n->next) {
        if (!node_map_find(labels, n->key))
            node_map_add_pair(labels, n->key, n->text);
    }
    node_seq_take(objects, object);
}

bool kind_is_cluster_wide(struct span kind)
{
    static const char *const kinds[] = {
        "Namespace",
        "PersistentVolume",
        "ClusterRole",
        "ClusterRoleBinding",
        "StorageClass",
        "PriorityClass",
        "RuntimeClass",
        "IngressClass",
        "VolumeAttributesClass",
        "CustomResourceDefinition",
        "ClusterIssuer",
        "GatewayClass",
        "VolumeSnapshotClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    };
    for (size_t i = 0; i < countof(kinds); i++) {
        if (span_eq_str(kind, kinds[i]))
            return true;
    }
    return false;
}

void kind_extra(const struct build *b, struct node *objects)
{
    for (size_t i = 0; i < b->p->extra.count; i++)
        add_object(b, objects, b->p->extra.items[i].value);
}
