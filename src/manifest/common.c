#include "base/std.h"

#include "base/digest.h"
#include "base/escape.h"
#include "manifest/common.h"
#include "manifest/quantity.h"

static const char label_name[] = "app.kubernetes.io/name";
static const char label_instance[] = "app.kubernetes.io/instance";

void common_add_selector(const struct build *b, struct node *labels)
{
    node_map_add_text(labels, label_name, b->p->app_name);
    node_map_add_text(labels, label_instance, b->d->name);
}

void common_add_label_selector(const struct build *b, struct node *map, const char *key)
{
    struct node *selector = node_map_add_map(map, key);
    common_add_selector(b, node_map_add_map(selector, "matchLabels"));
}

static void add_labels(const struct build *b, struct node *labels, struct span name)
{
    const struct profile *p = b->p;
    node_map_add_text(labels, label_name, name);
    node_map_add_text(labels, label_instance, b->d->name);
    node_map_add_text(labels, "app.kubernetes.io/version", b->d->version);
    node_map_add_str(labels, "app.kubernetes.io/managed-by", "app");
    if (p->app_component.len)
        node_map_add_text(labels, "app.kubernetes.io/component", p->app_component);
    if (p->app_part_of.len)
        node_map_add_text(labels, "app.kubernetes.io/part-of", p->app_part_of);
}

void common_add_labels(const struct build *b, struct node *labels)
{
    add_labels(b, labels, b->p->app_name);
    common_add_pairs(labels, &b->p->labels);
}

bool common_is_own_label(struct span key)
{
    static const char *const own[] = {
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
        "app.kubernetes.io/version",
        "app.kubernetes.io/component",
        "app.kubernetes.io/part-of",
        "app.kubernetes.io/managed-by",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "controller-revision-hash",
    };
    for (size_t i = 0; i < countof(own); i++) {
        if (span_eq_str(key, own[i]))
            return true;
    }
    return false;
}

void common_add_pairs(struct node *map, const struct profile_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        if (!node_map_find(map, pairs->items[i].name))
            node_map_add_pair(map, pairs->items[i].name, pairs->items[i].value);
    }
}

struct node *common_begin(const struct build *b, struct node *objects,
                          const struct common_object *about)
{
    struct node *object = node_seq_add_map(objects);
    node_map_add_str(object, "apiVersion", about->api_version);
    node_map_add_str(object, "kind", about->kind);
    struct node *metadata = node_map_add_map(object, "metadata");
    node_map_add_text(metadata, "name", about->name);
    if (b->p->app_namespace.len && !about->cluster_wide)
        node_map_add_text(metadata, "namespace", b->p->app_namespace);
    struct node *labels = node_map_add_map(metadata, "labels");
    add_labels(b, labels, about->name_label.len ? about->name_label : b->p->app_name);
    if (about->labels)
        common_add_pairs(labels, about->labels);
    common_add_pairs(labels, &b->p->labels);
    bool own = about->annotations && about->annotations->count;
    if (!own && !b->p->annotations.count)
        return object;
    struct node *annotations = node_map_add_map(metadata, "annotations");
    if (own)
        common_add_pairs(annotations, about->annotations);
    common_add_pairs(annotations, &b->p->annotations);
    return object;
}

void common_add_list(struct node *map, const char *key, struct span list)
{
    struct node *seq = NULL;
    struct span item;
    while (profile_list_next(&list, &item)) {
        if (!seq)
            seq = node_map_add_seq(map, key);
        node_seq_add_text(seq, item);
    }
}

void common_add_choice(struct node *map, const char *key, enum profile_key choice, int value)
{
    struct span word = profile_choice_word(choice, value);
    if (!span_eq_str(word, "default"))
        node_map_add_text(map, key, word);
}

void common_add_amount(struct node *map, const char *key, struct span amount)
{
    uint64_t number;
    if (span_to_u64(amount, &number))
        node_map_add_int(map, key, (int64_t)number);
    else if (amount.len)
        node_map_add_text(map, key, amount);
}

void common_add_quantity(const struct build *b, struct node *map, const char *key,
                         struct span written)
{
    char memory[64];
    struct buf text = BUF_OF(memory);
    struct quantity q;
    if (!written.len)
        return;
    bool good = quantity_parse(written, &q);
    assert(good); /* the checks have seen it */
    quantity_add(&text, &q);
    node_map_add_text(map, key, arena_copy(b->tree->arena, buf_span(&text)));
}

struct span common_base64(const struct build *b, struct span bytes)
{
    size_t size = (bytes.len + 2) / 3 * 4;
    void *memory = arena_alloc(b->tree->arena, size);
    struct buf text = buf_on(memory, memory ? size : 0);
    escape_base64(&text, bytes);
    return buf_span(&text);
}

struct span common_checksum(const struct build *b, struct node *map)
{
    enum { LENGTHS_BYTES = 48 }; /* two numbers and two line feeds, for each text */
    char hex[DIGEST_HEX_LEN + 1];
    size_t size = 0;
    node_sort(map);
    for (const struct node *n = map->first; n; n = n->next)
        size += n->key.len + n->text.len + LENGTHS_BYTES;
    void *memory = arena_alloc(b->tree->arena, size);
    struct buf all = buf_on(memory, memory ? size : 0);
    for (const struct node *n = map->first; n; n = n->next) {
        buf_printf(&all, "%zu %zu\n", n->key.len, n->text.len);
        buf_add_span(&all, n->key);
        buf_add_span(&all, n->text);
    }
    digest_sha256_hex(buf_span(&all), hex);
    return arena_copy(b->tree->arena, span_of(hex));
}
