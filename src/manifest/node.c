#include "base/std.h"

#include "manifest/node.h"

static bool is_spare(const struct node *n)
{
    return n == &n->tree->spare;
}

static struct node *make(struct tree *tree, enum node_kind kind)
{
    struct node *n = arena_alloc(tree->arena, sizeof(*n));
    if (!n)
        n = &tree->spare;
    *n = (struct node){ .kind = kind, .tree = tree };
    return n;
}

static void link_last(struct node *parent, struct node *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
}

/* The spare is neither parent nor child of anything, so no walk can meet it. */
static struct node *append(struct node *parent, enum node_kind kind, struct span key)
{
    /* Making a child may hand out the very spare that is the parent. */
    bool lost = is_spare(parent);
    struct node *child = make(parent->tree, kind);
    child->key = key;
    if (!lost && !is_spare(child))
        link_last(parent, child);
    return child;
}

static struct node *map_add(struct node *map, struct span key, enum node_kind kind)
{
    assert(is_spare(map) || map->kind == NODE_MAP);
    assert(is_spare(map) || !node_map_find(map, key));
    return append(map, kind, key);
}

static struct node *seq_add(struct node *seq, enum node_kind kind)
{
    assert(is_spare(seq) || seq->kind == NODE_SEQ);
    return append(seq, kind, (struct span){ 0 });
}

struct node *node_new(struct tree *tree, enum node_kind kind)
{
    return make(tree, kind);
}

struct node *node_new_map(struct tree *tree)
{
    return make(tree, NODE_MAP);
}

struct node *node_new_seq(struct tree *tree)
{
    return make(tree, NODE_SEQ);
}

struct node *node_map_add_map(struct node *map, const char *key)
{
    return map_add(map, span_of(key), NODE_MAP);
}

struct node *node_map_add_seq(struct node *map, const char *key)
{
    return map_add(map, span_of(key), NODE_SEQ);
}

void node_map_add_str(struct node *map, const char *key, const char *text)
{
    node_map_add_pair(map, span_of(key), span_of(text));
}

void node_map_add_text(struct node *map, const char *key, struct span text)
{
    node_map_add_pair(map, span_of(key), text);
}

void node_map_add_pair(struct node *map, struct span key, struct span text)
{
    map_add(map, key, NODE_TEXT)->text = text;
}

void node_map_add_int(struct node *map, const char *key, int64_t number)
{
    map_add(map, span_of(key), NODE_INT)->number = number;
}

void node_map_add_bool(struct node *map, const char *key, bool truth)
{
    map_add(map, span_of(key), NODE_BOOL)->truth = truth;
}

struct node *node_seq_add_map(struct node *seq)
{
    return seq_add(seq, NODE_MAP);
}

void node_seq_add_str(struct node *seq, const char *text)
{
    node_seq_add_text(seq, span_of(text));
}

void node_seq_add_text(struct node *seq, struct span text)
{
    seq_add(seq, NODE_TEXT)->text = text;
}

static void take(struct node *parent, struct node *child)
{
    if (is_spare(parent) || is_spare(child))
        return;
    assert(!child->next);
    link_last(parent, child);
}

void node_map_take(struct node *map, struct span key, struct node *child)
{
    assert(is_spare(map) || (map->kind == NODE_MAP && !node_map_find(map, key)));
    child->key = key;
    take(map, child);
}

void node_seq_take(struct node *seq, struct node *child)
{
    assert(is_spare(seq) || seq->kind == NODE_SEQ);
    take(seq, child);
}

void node_remove(struct node *parent, struct node *child)
{
    struct node *before = NULL;
    for (struct node *n = parent->first; n && n != child; n = n->next)
        before = n;
    if (before)
        before->next = child->next;
    else
        parent->first = child->next;
    if (parent->last == child)
        parent->last = before;
    child->next = NULL;
}

void node_become(struct node *n, const struct node *other)
{
    n->kind = other->kind;
    n->truth = other->truth;
    n->text = other->text;
    n->number = other->number;
    n->first = other->first;
    n->last = other->last;
}

struct node *node_map_find(const struct node *map, struct span key)
{
    for (struct node *n = map->first; n; n = n->next) {
        if (span_eq(n->key, key))
            return n;
    }
    return NULL;
}

struct node *node_find(const struct node *map, const char *path)
{
    struct span rest = span_of(path);
    struct span key;
    struct node *n = NULL;
    while (map && span_split(&rest, '.', &key)) {
        n = map->kind == NODE_MAP ? node_map_find(map, key) : NULL;
        map = n;
    }
    return n;
}

struct span node_find_text(const struct node *map, const char *path)
{
    const struct node *n = node_find(map, path);
    return n && n->kind == NODE_TEXT ? n->text : (struct span){ 0 };
}

static size_t count_children(const struct node *n)
{
    size_t count = 0;
    for (const struct node *child = n->first; child; child = child->next)
        count++;
    return count;
}

static bool equal_children(const struct node *a, const struct node *b)
{
    const struct node *other = b->first;
    if (count_children(a) != count_children(b))
        return false;
    for (const struct node *n = a->first; n; n = n->next) {
        if (a->kind == NODE_MAP)
            other = node_map_find(b, n->key);
        if (!other || !node_equal(n, other))
            return false;
        other = other->next;
    }
    return true;
}

bool node_equal(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case NODE_MAP:
    case NODE_SEQ:
        return equal_children(a, b);
    case NODE_TEXT:
    case NODE_NUMBER:
        return span_eq(a->text, b->text);
    case NODE_INT:
        return a->number == b->number;
    case NODE_BOOL:
        return a->truth == b->truth;
    case NODE_NULL:
        return true;
    }
    return false;
}

static bool goes_before(const struct node *a, const struct node *b)
{
    return span_compare(a->key, b->key) <= 0;
}

static struct node *merge(struct node *a, struct node *b)
{
    struct node head = { 0 };
    struct node *last = &head;
    while (a && b) {
        struct node **least = goes_before(a, b) ? &a : &b;
        last->next = *least;
        last = *least;
        *least = last->next;
    }
    last->next = a ? a : b;
    return head.next;
}

/* A merge sort of the first `count` nodes of a list; the last one's `next` becomes NULL. */
static struct node *sort_list(struct node *first, size_t count)
{
    if (count == 0)
        return NULL;
    if (count == 1) {
        first->next = NULL;
        return first;
    }
    struct node *second = first;
    for (size_t i = 0; i < count / 2; i++)
        second = second->next;
    second = sort_list(second, count - count / 2);
    first = sort_list(first, count / 2);
    return merge(first, second);
}

static void sort_children(struct node *map)
{
    map->first = sort_list(map->first, count_children(map));
    map->last = map->first;
    while (map->last && map->last->next)
        map->last = map->last->next;
}

void node_sort(struct node *root)
{
    if (root->kind == NODE_MAP)
        sort_children(root);
    for (struct node *n = root->first; n; n = n->next)
        node_sort(n);
}
