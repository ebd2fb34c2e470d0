#include "base/std.h"

#include "manifest/json_read.h"
#include "manifest/kubename.h"
#include "manifest/quantity.h"
#include "manifest/volumes.h"

/* Every source of core/v1 Volume that is not only an alias of a CSI driver. */
static const char *const sources[] = {
    "configMap", "csi", "downwardAPI",           "emptyDir",  "ephemeral", "hostPath",
    "image",     "nfs", "persistentVolumeClaim", "projected", "secret",    "iscsi",
    "fc",
};

static struct node *refuse(struct err *err, const char *what)
{
    err_set(err, ERR_REQUEST, "%s", what);
    return NULL;
}

static bool is_source(struct span key)
{
    for (size_t i = 0; i < countof(sources); i++) {
        if (span_eq_str(key, sources[i]))
            return true;
    }
    return false;
}

static struct node *read_json(struct tree *tree, struct span written, struct err *err)
{
    struct node *volume = json_read(tree, written, err);
    if (!volume)
        return NULL;
    if (volume->kind != NODE_MAP || !volume->first || volume->first->next ||
        volume->first->kind != NODE_MAP)
        return refuse(err, "a volume is an object with one source, such as {\"nfs\": {...}}");
    if (!is_source(volume->first->key))
        return refuse(err, "there is no such volume source; there are configMap, csi, downwardAPI, "
                           "emptyDir, ephemeral, hostPath, image, nfs, persistentVolumeClaim, "
                           "projected, secret, iscsi, fc");
    return volume;
}

static bool add_size_limit(struct tree *tree, struct node *source, struct span size)
{
    char memory[64];
    struct buf text = BUF_OF(memory);
    struct quantity q;
    if (!quantity_parse(size, &q) || !quantity_is_multiple(&q, 1) || q.nano == 0)
        return false;
    quantity_add(&text, &q);
    node_map_add_text(source, "sizeLimit", arena_copy(tree->arena, buf_span(&text)));
    return true;
}

struct node *volumes_read(struct tree *tree, struct span written, struct err *err)
{
    static const struct {
        const char *word;
        const char *source;
        const char *key;
    } named[] = {
        { "secret", "secret", "secretName" },
        { "configmap", "configMap", "name" },
        { "claim", "persistentVolumeClaim", "claimName" },
    };
    struct span name = written;
    struct span word;
    if (written.len && written.ptr[0] == '{')
        return read_json(tree, written, err);
    span_split(&name, '/', &word);
    struct node *volume = node_new_map(tree);
    if (span_eq_str(word, "empty")) {
        struct node *source = node_map_add_map(volume, "emptyDir");
        if (name.ptr && !add_size_limit(tree, source, name))
            return refuse(err, "behind empty/ stands a size, such as empty/64Mi");
        return volume;
    }
    for (size_t i = 0; i < countof(named); i++) {
        if (!span_eq_str(word, named[i].word))
            continue;
        if (!kubename_is_valid(KUBENAME_SUBDOMAIN, name))
            return refuse(err, "the name behind the '/' is not a DNS-1123 subdomain");
        node_map_add_text(node_map_add_map(volume, named[i].source), named[i].key, name);
        return volume;
    }
    return refuse(err, "a volume is secret/NAME, configmap/NAME, claim/NAME, empty, empty/SIZE or "
                       "JSON, such as {\"nfs\": {...}}");
}

struct volumes_mount volumes_mount(struct span written)
{
    static const struct span mark = SPAN_LIT(":ro");
    struct volumes_mount mount = { .read_only = span_ends(written, mark) };
    mount.sub_path = written;
    if (mount.read_only)
        mount.sub_path.len -= mark.len;
    span_split(&mount.sub_path, '/', &mount.volume);
    return mount;
}

struct node *volumes_add(struct node *volumes, struct span name)
{
    struct node *volume = node_seq_add_map(volumes);
    node_map_add_text(volume, "name", name);
    return volume;
}
