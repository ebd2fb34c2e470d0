#include "base/std.h"

#include "manifest/against.h"
#include "manifest/json.h"
#include "manifest/json_read.h"
#include "manifest/quantity.h"
#include "manifest/yaml_read.h"

/* How a change is carried out all the same. */
enum remedy { REMEDY_ORPHAN, REMEDY_DELETE_SET, REMEDY_CLAIMS, REMEDY_DELETE, REMEDY_NEW_CLAIM };

/* What the API server refuses to change (apps: ValidateStatefulSetUpdate; core:
 * ValidateServiceUpdate, ValidatePersistentVolumeClaimUpdate, ValidateSecretUpdate,
 * ValidatePodUpdate). */
static const struct fixed {
    const char *kind;
    const char *path;
    enum remedy remedy;
    bool whole; /* also what only the object that is there has is a change */
} fixed[] = {
    { "StatefulSet", "spec.serviceName", REMEDY_ORPHAN, true },
    { "StatefulSet", "spec.podManagementPolicy", REMEDY_ORPHAN, true },
    { "StatefulSet", "spec.selector", REMEDY_DELETE_SET, true },
    { "StatefulSet", "spec.volumeClaimTemplates", REMEDY_CLAIMS, true },
    { "Service", "spec.clusterIP", REMEDY_DELETE, true },
    { "Service", "spec.loadBalancerClass", REMEDY_DELETE, true },
    /* The cluster adds a class, a volume and more to a claim. */
    { "PersistentVolumeClaim", "spec", REMEDY_NEW_CLAIM, false },
    { "Secret", "type", REMEDY_DELETE, false },
    { "Pod", "spec", REMEDY_DELETE, false },
};

struct compare {
    const struct node *object;
    const struct fixed *row;
    struct buf *out;
    size_t count;
};

/* What the API server and its controllers add by themselves. */
static bool is_added(struct span key)
{
    static const char *const keys[] = {
        "status", "creationTimestamp", "volumeMode", "volumeName", "uid", "resourceVersion",
    };
    for (size_t i = 0; i < countof(keys); i++) {
        if (span_eq_str(key, keys[i]))
            return true;
    }
    return false;
}

static void add_value(struct buf *out, const struct node *n)
{
    enum { SHOWN_BYTES_MAX = 120 };
    char memory[4096];
    struct buf text = BUF_OF(memory);
    if (!n) {
        buf_add_str(out, "nothing");
        return;
    }
    json_print(n, &text);
    for (size_t i = 0; i < min_size(text.len, SHOWN_BYTES_MAX); i++) {
        bool folded = text.ptr[i] == '\n' || (text.ptr[i] == ' ' && i && text.ptr[i - 1] == '\n');
        if (!folded && !(text.ptr[i] == ' ' && i && text.ptr[i - 1] == ' '))
            buf_add_char(out, text.ptr[i]);
    }
    if (text.len > SHOWN_BYTES_MAX || text.overflow)
        buf_add_str(out, "...");
}

static void tell(struct compare *k, const char *path, const struct node *wanted,
                 const struct node *there)
{
    k->count++;
    buf_printf(k->out, "%.*s/%.*s: %s cannot be changed: it is ",
               SPAN_ARG(node_find_text(k->object, "kind")),
               SPAN_ARG(node_find_text(k->object, "metadata.name")), path);
    add_value(k->out, there);
    buf_add_str(k->out, ", and would be ");
    add_value(k->out, wanted);
    buf_add_char(k->out, '\n');
}

/* "1024Mi" is "1Gi". */
static bool same_quantity(const struct node *a, const struct node *b)
{
    struct quantity x;
    struct quantity y;
    return a->kind == NODE_TEXT && b->kind == NODE_TEXT && quantity_parse(a->text, &x) &&
           quantity_parse(b->text, &y) && quantity_compare(&x, &y) == 0;
}

static void compare(struct compare *k, const char *path, const struct node *wanted,
                    const struct node *there);

static void compare_maps(struct compare *k, const char *path, const struct node *wanted,
                         const struct node *there)
{
    char deeper[300];
    for (const struct node *n = wanted->first; n; n = n->next) {
        snprintf(deeper, sizeof(deeper), "%s.%.*s", path, SPAN_ARG(n->key));
        compare(k, deeper, n, node_map_find(there, n->key));
    }
    for (const struct node *n = there->first; n; n = n->next) {
        if (node_map_find(wanted, n->key) || is_added(n->key))
            continue;
        snprintf(deeper, sizeof(deeper), "%s.%.*s", path, SPAN_ARG(n->key));
        compare(k, deeper, NULL, n);
    }
}

static void compare_lists(struct compare *k, const char *path, const struct node *wanted,
                          const struct node *there)
{
    char deeper[300];
    const struct node *w = wanted->first;
    const struct node *t = there->first;
    for (unsigned i = 0; w || t; i++) {
        snprintf(deeper, sizeof(deeper), "%s[%u]", path, i);
        compare(k, deeper, w, t);
        w = w ? w->next : NULL;
        t = t ? t->next : NULL;
    }
}

/* A field that only one of them has is a change, unless the server may have added it. */
static void compare(struct compare *k, const char *path, const struct node *wanted,
                    const struct node *there)
{
    bool both = wanted && there;
    bool templates = span_ends(span_of(path), SPAN_LIT("apiVersion")) ||
                     span_ends(span_of(path), SPAN_LIT("kind")) ||
                     span_ends(span_of(path), SPAN_LIT("volumeMode"));
    if (!both && (templates || (!wanted && (!k->row->whole || there->kind == NODE_NULL))))
        return;
    if (both && wanted->kind == NODE_MAP && there->kind == NODE_MAP)
        compare_maps(k, path, wanted, there);
    else if (both && wanted->kind == NODE_SEQ && there->kind == NODE_SEQ)
        compare_lists(k, path, wanted, there);
    else if (!both || (!node_equal(wanted, there) && !same_quantity(wanted, there)))
        tell(k, path, wanted, there);
}

/* A claim of its own may only grow; a Service's address is the cluster's to choose, but for None;
 * of a Pod, the image may change. */
static bool may_change(const struct fixed *row, struct node *wanted, struct node *there)
{
    struct quantity x;
    struct quantity y;
    if (strcmp(row->path, "spec.clusterIP") == 0)
        return !wanted && there && !span_eq_str(there->text, "None");
    if (strcmp(row->kind, "PersistentVolumeClaim") != 0 || !wanted || !there)
        return false;
    struct node *size = node_find(there, "resources.requests.storage");
    const struct node *grown = node_find(wanted, "resources.requests.storage");
    if (size && grown && quantity_parse(size->text, &x) && quantity_parse(grown->text, &y) &&
        quantity_compare(&x, &y) < 0)
        size->text = grown->text;
    return false;
}

static const char *in_namespace(const struct compare *k)
{
    struct span name = node_find_text(k->object, "metadata.namespace");
    return name.len ? arena_printf(k->object->tree->arena, " -n %.*s", SPAN_ARG(name)) : "";
}

static void add_orphan(const struct compare *k, struct span name)
{
    buf_printf(k->out,
               "    kubectl%s delete statefulset %.*s --cascade=orphan   # pods and volumes stay\n"
               "    app --emit ... | kubectl apply -f -   # takes the pods over\n",
               in_namespace(k), SPAN_ARG(name));
}

/* A template is for claims to come; those that are there are patched one by one. */
static void add_claims(const struct compare *k, struct span name)
{
    enum { CLAIMS_SHOWN_MAX = 100 };
    const struct node *templates = node_find(k->object, "spec.volumeClaimTemplates");
    const struct node *count = node_find(k->object, "spec.replicas");
    const struct node *start = node_find(k->object, "spec.ordinals.start");
    struct span size = templates && templates->first
                           ? node_find_text(templates->first, "spec.resources.requests.storage")
                           : (struct span){ 0 };
    int64_t from = start ? start->number : 0;
    int64_t pods = count && count->number < CLAIMS_SHOWN_MAX ? count->number : CLAIMS_SHOWN_MAX;
    buf_add_str(k->out,
                "    # A size may grow where the class allows it, and never shrink; any other "
                "change is\n    # for new claims only. For a new size, each claim that is "
                "there:\n");
    for (int64_t i = from; size.len && i < from + pods; i++)
        buf_printf(k->out,
                   "    kubectl%s patch pvc %.*s-%.*s-%" PRId64
                   " -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"%.*s\"}}}}'\n",
                   in_namespace(k), SPAN_ARG(node_find_text(templates->first, "metadata.name")),
                   SPAN_ARG(name), i, SPAN_ARG(size));
    add_orphan(k, name);
}

static void add_remedy(const struct compare *k)
{
    struct span name = node_find_text(k->object, "metadata.name");
    struct span kind = node_find_text(k->object, "kind");
    buf_add_str(k->out, "  To carry it out:\n");
    switch (k->row->remedy) {
    case REMEDY_ORPHAN:
        add_orphan(k, name);
        break;
    case REMEDY_CLAIMS:
        add_claims(k, name);
        break;
    case REMEDY_DELETE_SET:
    case REMEDY_DELETE:
        buf_printf(k->out,
                   "    kubectl%s delete %.*s %.*s%s\n"
                   "    app --emit ... | kubectl apply -f -\n",
                   in_namespace(k), SPAN_ARG(kind), SPAN_ARG(name),
                   k->row->remedy == REMEDY_DELETE_SET ? "   # its pods end; the volumes stay"
                                                       : "");
        break;
    case REMEDY_NEW_CLAIM:
        buf_add_str(k->out,
                    "    Give storage.claim another name: a new volume begins empty, and the "
                    "old one stays.\n");
        break;
    }
}

static struct node *find_object(const struct node *objects, const struct node *like)
{
    struct node *n = objects->first;
    while (n &&
           (!span_eq(node_find_text(n, "kind"), node_find_text(like, "kind")) ||
            !span_eq(node_find_text(n, "metadata.name"), node_find_text(like, "metadata.name"))))
        n = n->next;
    return n;
}

/* A claim, a Secret or a Pod is compared by what we say of it: the rest is the cluster's. */
static void compare_row(struct compare *k, const struct node *wanted, struct node *there)
{
    struct node *new_value = node_find(wanted, k->row->path);
    struct node *old_value = node_find(there, k->row->path);
    size_t before = k->count;
    if ((!new_value && !old_value) || may_change(k->row, new_value, old_value))
        return;
    if (strcmp(k->row->kind, "Pod") == 0) {
        const struct node *image = node_find(wanted, "spec.containers");
        const struct node *old_image = node_find(there, "spec.containers");
        if (image && old_image && image->first && old_image->first &&
            !span_eq(node_find_text(image->first, "image"),
                     node_find_text(old_image->first, "image")))
            tell(k, "the test Pod has ended, and its spec", image->first, old_image->first);
    } else {
        compare(k, k->row->path, new_value, old_value);
    }
    if (k->count > before)
        add_remedy(k);
}

size_t against_compare(const struct node *wanted, const struct node *there, struct buf *out)
{
    struct compare k = { .out = out };
    for (const struct node *n = wanted->first; n; n = n->next) {
        struct node *old = find_object(there, n);
        k.object = n;
        for (size_t i = 0; old && i < countof(fixed); i++) {
            k.row = &fixed[i];
            if (span_eq_str(node_find_text(n, "kind"), k.row->kind))
                compare_row(&k, n, old);
        }
    }
    return k.count;
}

struct node *against_read(struct tree *tree, struct span text, struct err *err)
{
    struct span start = text;
    while (start.len && strchr(" \t\r\n", start.ptr[0]))
        start = span_from_offset(start, 1);
    if (!start.len) {
        err_set(err, ERR_REQUEST, "there is no object in it");
        return NULL;
    }
    if (start.ptr[0] != '{')
        return yaml_read_documents(tree, text, err);
    struct node *object = json_read(tree, text, err);
    if (!object)
        return NULL;
    struct node *items = node_find(object, "items");
    if (items && items->kind == NODE_SEQ)
        return items;
    struct node *objects = node_new_seq(tree);
    node_seq_take(objects, object);
    return objects;
}
