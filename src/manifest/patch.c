#include "base/std.h"

#include "manifest/json_read.h"
#include "manifest/patch.h"
#include "manifest/path.h"

/* One line, on its way through one object. */
struct patch {
    struct tree *tree;
    const struct profile_pair *pair;
    struct profile_problems *problems;
};

static bool refuse(const struct patch *k, const char *what, struct span detail)
{
    return profile_problem_add(k->problems, k->pair->origin, "patch.%.*s: %.*s: %s%.*s",
                               SPAN_ARG(k->pair->scope), SPAN_ARG(k->pair->name), what,
                               SPAN_ARG(detail));
}

static const char *why_nowhere(const struct node *before)
{
    if (before->kind == NODE_MAP)
        return "the object has no such field; one with fields of its own is added as JSON";
    if (before->kind == NODE_SEQ)
        return "the list has no such item; [+] at the end adds one";
    return "what stands before the last step has no parts";
}

/* Says how far the path went: everything up to the step that found nothing. */
static bool leads_nowhere(const struct patch *k, const struct node *before, struct span rest)
{
    struct span way = k->pair->name;
    way.len -= rest.len;
    return profile_problem_add(k->problems, k->pair->origin, "patch.%.*s: %.*s leads nowhere: %s",
                               SPAN_ARG(k->pair->scope), SPAN_ARG(way), why_nowhere(before));
}

/* The last step: the value is put there, or what is there is taken away. */
static bool set(const struct patch *k, struct node *at, const struct path_step *step,
                struct node *value)
{
    struct node *there = path_follow(at, step);
    bool removes = value->kind == NODE_NULL;
    if (step->kind == PATH_APPEND
            ? at->kind != NODE_SEQ || removes
            : !there && (removes || step->kind != PATH_KEY || at->kind != NODE_MAP))
        return leads_nowhere(k, at, (struct span){ 0 });
    if (removes)
        node_remove(at, there);
    else if (there)
        node_become(there, value);
    else if (step->kind == PATH_KEY)
        node_map_take(at, step->key, value);
    else
        node_seq_take(at, value);
    return true;
}

/* Annotations and labels are maps that any object may have: they begin with their first entry. */
static struct node *begin_map(struct node *at, const struct path_step *step)
{
    bool known = span_eq_str(step->key, "annotations") || span_eq_str(step->key, "labels");
    if (!known || step->kind != PATH_KEY || at->kind != NODE_MAP)
        return NULL;
    struct node *map = node_new_map(at->tree);
    node_map_take(at, step->key, map);
    return map;
}

static bool apply_to(const struct patch *k, struct node *object)
{
    struct err err = { 0 };
    struct path_step step;
    struct span rest = k->pair->name;
    struct node *at = object;
    struct node *value = json_read(k->tree, k->pair->value, &err);
    if (!value)
        return refuse(
            k, "the value is not JSON (a text stands in double quotes): ", span_of(err.text));
    while (path_next(&rest, &step, &err)) {
        if (rest.len == 0)
            return set(k, at, &step, value);
        struct node *next = path_follow(at, &step);
        if (!next && value->kind != NODE_NULL)
            next = begin_map(at, &step);
        if (!next)
            return leads_nowhere(k, at, rest);
        at = next;
    }
    return refuse(k, "", span_of(err.text));
}

static bool is_meant(const struct node *object, struct span scope)
{
    struct span name = scope;
    struct span kind;
    span_split(&name, '/', &kind);
    return span_eq_nocase(node_find_text(object, "kind"), kind) &&
           (!name.ptr || span_eq(node_find_text(object, "metadata.name"), name));
}

static bool no_object(const struct patch *k, const struct node *objects)
{
    char memory[600];
    struct buf there = BUF_OF(memory);
    for (const struct node *n = objects->first; n; n = n->next)
        buf_printf(&there, "%s%.*s/%.*s", n == objects->first ? "" : ", ",
                   SPAN_ARG(node_find_text(n, "kind")),
                   SPAN_ARG(node_find_text(n, "metadata.name")));
    return profile_problem_add(k->problems, k->pair->origin,
                               "patch.%.*s: this profile prints no such object; it prints %.*s",
                               SPAN_ARG(k->pair->scope), SPAN_ARG(buf_span(&there)));
}

static bool apply(const struct patch *k, struct node *objects)
{
    bool found = false;
    for (struct node *n = objects->first; n; n = n->next) {
        if (!is_meant(n, k->pair->scope))
            continue;
        found = true;
        if (!apply_to(k, n))
            return false;
    }
    return found || no_object(k, objects);
}

bool patch_apply(const struct build *b, struct node *objects, struct profile_problems *problems)
{
    bool good = true;
    for (size_t i = 0; i < b->p->patch.count; i++) {
        const struct patch k = { b->tree, &b->p->patch.items[i], problems };
        if (!apply(&k, objects))
            good = false;
    }
    return good;
}
