#include "base/std.h"

#include "manifest/imports.h"

/* A list of texts in the making. */
struct list {
    struct import *m;
    struct buf text;
};

/* Room for all texts of a tree, and what stands between them. */
static size_t measure(const struct node *n)
{
    size_t size = n->text.len + 2;
    for (const struct node *child = n->first; child; child = child->next)
        size += measure(child);
    return size;
}

static struct list list_begin(struct import *m, const struct node *n)
{
    size_t room = measure(n);
    void *memory = arena_alloc(m->arena, room);
    return (struct list){ m, buf_on(memory, memory ? room : 0) };
}

static void list_add(struct list *l, const char *path, struct span item)
{
    const char *bad = imports_bad_item(item);
    if (bad)
        imports_left_out(l->m, path, "%s", bad);
    if (bad || !item.len)
        return;
    buf_add_str(&l->text, l->text.len ? ", " : "");
    buf_add_span(&l->text, item);
}

/* True for a list; anything else is named. */
static bool is_list(struct import *m, const char *path, const struct node *n)
{
    if (n->kind != NODE_SEQ)
        imports_expected(m, path, n, "a list");
    return n->kind == NODE_SEQ;
}

static bool is_object(struct import *m, const char *path, const struct node *n)
{
    if (n->kind != NODE_MAP)
        imports_expected(m, path, n, "an object");
    return n->kind == NODE_MAP;
}

/* The text of a child; a child of another kind is named, and empty. */
static struct span text_of(struct import *m, const char *path, const struct node *map,
                           const char *key)
{
    const struct node *n = node_map_find(map, span_of(key));
    if (n && n->kind != NODE_TEXT && n->kind != NODE_NULL)
        imports_expected(m, imports_child(m, path, n), n, "a text");
    return n && n->kind == NODE_TEXT ? n->text : (struct span){ 0 };
}

/* ---- [ingress] ---- */

/* One entry of a host's paths, which older charts write as a bare text. */
static void take_path(struct list *paths, const char *path, const struct node *n)
{
    static const char *const known[] = { "path", "pathType", NULL };
    struct import *m = paths->m;
    if (n->kind == NODE_TEXT) {
        list_add(paths, path, n->text);
        return;
    }
    if (!is_object(m, path, n))
        return;
    list_add(paths, path, text_of(m, path, n, "path"));
    const char *type_path = arena_printf(m->arena, "%s.pathType", path);
    imports_key(m, type_path, KEY_ingress_path_type, text_of(m, path, n, "pathType"));
    imports_rest(m, path, n, known);
}

static void take_paths(struct list *paths, const char *path, const struct node *n)
{
    size_t at = 0;
    if (!n || imports_says_nothing(n) || !is_list(paths->m, path, n))
        return;
    for (const struct node *item = n->first; item; item = item->next, at++)
        take_path(paths, imports_item(paths->m, path, at), item);
}

/* All hosts have the same paths in the profile: those of the first. */
static void take_host(struct list *hosts, struct list *paths, const char *path,
                      const struct node *n)
{
    static const char *const known[] = { "host", "paths", NULL };
    struct import *m = hosts->m;
    if (n->kind == NODE_TEXT) {
        list_add(hosts, path, n->text);
        return;
    }
    if (!is_object(m, path, n))
        return;
    struct list own = list_begin(m, n);
    const char *paths_path = arena_printf(m->arena, "%s.paths", path);
    struct span host = text_of(m, path, n, "host");
    take_paths(&own, paths_path, node_map_find(n, SPAN_LIT("paths")));
    imports_rest(m, path, n, known);
    if (!host.len && hosts->text.len)
        imports_left_out(m, path, "the Ingress is for its hosts, or for any; not for both");
    list_add(hosts, path, host);
    if (!paths->text.len)
        *paths = own;
    else if (own.text.len && !span_eq(buf_span(&own.text), buf_span(&paths->text)))
        imports_left_out(m, paths_path, "all hosts have the same paths; those of the first stand");
}

void imports_hosts(struct import *m, const struct import_rule *rule, const struct node *n)
{
    size_t at = 0;
    if (!is_list(m, rule->path, n))
        return;
    struct list hosts = list_begin(m, n);
    struct list paths = { m, { 0 } };
    for (const struct node *item = n->first; item; item = item->next, at++)
        take_host(&hosts, &paths, imports_item(m, rule->path, at), item);
    imports_key(m, rule->path, KEY_ingress_hosts, buf_span(&hosts.text));
    if (paths.text.len)
        imports_key(m, arena_printf(m->arena, "%s[0].paths", rule->path), KEY_ingress_paths,
                    buf_span(&paths.text));
}

static bool has_text(const struct node *list, struct span text)
{
    for (const struct node *n = list->first; n; n = n->next) {
        if (n->kind == NODE_TEXT && span_eq(n->text, text))
            return true;
    }
    return false;
}

static bool is_item(struct span list, struct span text)
{
    struct span item;
    while (list.len && profile_list_next(&list, &item)) {
        if (span_eq(item, text))
            return true;
    }
    return false;
}

/* True when the certificate's hosts are those of the rules, in any order. */
static bool has_all_hosts(const struct import *m, const struct node *hosts)
{
    const struct import_entry *entry = m->by_key[KEY_ingress_hosts];
    const struct span all = entry ? entry->value : (struct span){ 0 };
    struct span rest = all;
    struct span host;
    for (const struct node *n = hosts->first; n; n = n->next) {
        if (n->kind != NODE_TEXT || !is_item(all, n->text))
            return false;
    }
    while (rest.len && profile_list_next(&rest, &host)) {
        if (!has_text(hosts, host))
            return false;
    }
    return true;
}

static void take_tls(struct import *m, const char *path, const struct node *n)
{
    static const char *const known[] = { "secretName", "hosts", NULL };
    const struct node *hosts = node_map_find(n, SPAN_LIT("hosts"));
    imports_key(m, arena_printf(m->arena, "%s.secretName", path), KEY_ingress_tls_secret,
                text_of(m, path, n, "secretName"));
    const char *hosts_path = arena_printf(m->arena, "%s.hosts", path);
    if (hosts && !imports_says_nothing(hosts) && !has_all_hosts(m, hosts))
        imports_left_out(m, hosts_path, "the certificate is for all of ingress.hosts");
    imports_rest(m, path, n, known);
}

void imports_tls(struct import *m, const struct import_rule *rule, const struct node *n)
{
    size_t at = 0;
    if (!is_list(m, rule->path, n))
        return;
    for (const struct node *item = n->first; item; item = item->next, at++) {
        const char *path = imports_item(m, rule->path, at);
        if (at > 0)
            imports_suggest(m, path, "Ingress", "spec.tls[+]", item);
        else if (is_object(m, path, item))
            take_tls(m, path, item);
    }
}

/* ---- [route] ---- */

static void take_parent(struct list *parents, const char *path, const struct node *n, size_t at)
{
    static const char *const known[] = { "name", "namespace", "group", "kind", NULL };
    struct import *m = parents->m;
    if (!is_object(m, path, n))
        return;
    struct span name = text_of(m, path, n, "name");
    struct span space = text_of(m, path, n, "namespace");
    struct span kind = text_of(m, path, n, "kind");
    struct span group = text_of(m, path, n, "group");
    if (!name.len || (kind.len && !span_eq_str(kind, "Gateway")) ||
        (group.len && !span_eq_str(group, "gateway.networking.k8s.io"))) {
        imports_left_out(m, path, "the name of a Gateway is expected");
        return;
    }
    list_add(parents, path,
             span_of(arena_printf(m->arena, "%.*s%s%.*s", SPAN_ARG(space), space.len ? "/" : "",
                                  SPAN_ARG(name))));
    for (const struct node *child = n->first; child; child = child->next) {
        size_t i = 0;
        while (known[i] && !span_eq_str(child->key, known[i]))
            i++;
        const char *field =
            imports_child(m, arena_printf(m->arena, "spec.parentRefs[%zu]", at), child);
        if (!known[i] && !imports_says_nothing(child))
            imports_suggest(m, imports_child(m, path, child), "HTTPRoute", field, child);
    }
}

void imports_parents(struct import *m, const struct import_rule *rule, const struct node *n)
{
    size_t at = 0;
    if (!is_list(m, rule->path, n))
        return;
    struct list parents = list_begin(m, n);
    for (const struct node *item = n->first; item; item = item->next, at++)
        take_parent(&parents, imports_item(m, rule->path, at), item, at);
    imports_key(m, rule->path, KEY_route_parents, buf_span(&parents.text));
}

/* The one path that a route has here; false when the match is something else, or more. */
static bool take_match(struct import *m, const char *path, const struct node *n)
{
    struct span type = node_find_text(n, "path.type");
    struct span value = node_find_text(n, "path.value");
    bool plain = n->kind == NODE_MAP && n->first && n->first == n->last && value.len;
    if (!plain || (type.len && !span_eq_str(type, "PathPrefix")) || m->by_key[KEY_route_path])
        return false;
    imports_key(m, arena_printf(m->arena, "%s.path", path), KEY_route_path, value);
    return true;
}

static void take_rule(struct import *m, const char *path, const struct node *n)
{
    static const char *const known[] = { "matches", NULL };
    static const char why[] = "the route has one path, with all below it";
    const char *matches_path = arena_printf(m->arena, "%s.matches", path);
    size_t at = 0;
    if (!is_object(m, path, n))
        return;
    imports_rest(m, path, n, known);
    const struct node *matches = node_map_find(n, SPAN_LIT("matches"));
    if (!matches || imports_says_nothing(matches) || !is_list(m, matches_path, matches))
        return;
    for (const struct node *match = matches->first; match; match = match->next, at++) {
        const char *match_path = imports_item(m, matches_path, at);
        if (!take_match(m, match_path, match))
            imports_left_out(m, match_path, "%s", why);
    }
}

void imports_routes(struct import *m, const struct import_rule *rule, const struct node *n)
{
    size_t at = 0;
    if (!is_list(m, rule->path, n))
        return;
    for (const struct node *item = n->first; item; item = item->next, at++)
        take_rule(m, imports_item(m, rule->path, at), item);
}

void imports_route_annotations(struct import *m, const struct import_rule *rule,
                               const struct node *n)
{
    if (!is_object(m, rule->path, n))
        return;
    for (const struct node *child = n->first; child; child = child->next) {
        if (child->kind == NODE_NULL)
            continue;
        imports_suggest(m, imports_child(m, rule->path, child), "HTTPRoute",
                        imports_child(m, "metadata.annotations", child), child);
    }
}
