#include "base/std.h"

#include "manifest/imports.h"
#include "manifest/kubename.h"

/* ---- [image] ---- */

void imports_registry(struct import *m, const struct import_rule *rule, const struct node *n)
{
    const struct node *repository = node_find(m->values, "image.repository");
    if (n->kind != NODE_TEXT)
        imports_expected(m, rule->path, n, "a text");
    else if (!repository || repository->kind != NODE_TEXT || repository->text.len == 0)
        imports_left_out(m, rule->path, "there is no image.repository for it to stand before");
}

void imports_repository(struct import *m, const struct import_rule *rule, const struct node *n)
{
    struct span registry = node_find_text(m->values, "image.registry");
    if (n->kind != NODE_TEXT)
        imports_expected(m, rule->path, n, "a text");
    else
        imports_key(m, rule->path, KEY_image_repository,
                    span_of(arena_printf(m->arena, "%.*s%s%.*s", SPAN_ARG(registry),
                                         registry.len ? "/" : "", SPAN_ARG(n->text))));
}

/* ---- [storage] ---- */

void imports_storage_off(struct import *m, const struct import_rule *rule, const struct node *n)
{
    if (n->kind != NODE_BOOL)
        imports_expected(m, rule->path, n, "true or false");
    else if (!n->truth)
        imports_left_out(m, rule->path, "each pod has a volume here, for what it logs");
}

/* "-" is the charts' way to write the empty class, with which nothing is provisioned. */
void imports_storage_class(struct import *m, const struct import_rule *rule, const struct node *n)
{
    if (n->kind != NODE_TEXT)
        imports_expected(m, rule->path, n, "a text");
    else if (span_eq_str(n->text, "-"))
        imports_key(m, rule->path, KEY_storage_provision, SPAN_LIT("false"));
    else
        imports_key(m, rule->path, KEY_storage_class, n->text);
}

void imports_claim(struct import *m, const struct import_rule *rule, const struct node *n)
{
    (void)n;
    imports_left_out(m, rule->path,
                     "each pod has a claim of its own; the first pod takes one that exists when "
                     "it is called <storage.name>-<app.instance>-0");
}

/* ---- [resources] ---- */

static const struct {
    const char *name;
    enum profile_key request;
    enum profile_key limit;
} resources[] = {
    { "cpu", KEY_resources_cpu_request, KEY_resources_cpu_limit },
    { "memory", KEY_resources_memory_request, KEY_resources_memory_limit },
    { "ephemeral-storage", KEY_resources_disk_request, KEY_resources_disk_limit },
};

static bool take_quantity(struct import *m, const char *path, const struct node *from,
                          const char *name, struct span *text)
{
    const struct node *n =
        from && from->kind == NODE_MAP ? node_map_find(from, span_of(name)) : NULL;
    *text = (struct span){ 0 };
    if (!n || imports_says_nothing(n))
        return false;
    /* A number is a quantity however it is written. */
    bool good = n->kind == NODE_NUMBER || imports_scalar(m, n, text);
    if (n->kind == NODE_NUMBER)
        *text = n->text;
    if (!good)
        imports_expected(m, path, n, "a quantity such as 500m or 128Mi");
    return good;
}

/* What the values say about a resource is all there is about it: no limit beside a request is no
 * limit, and a limit alone is the request, too, as Kubernetes has it. */
static void take_resource(struct import *m, size_t i, const struct node *requests,
                          const struct node *limits)
{
    struct span request;
    struct span limit;
    const char *name = resources[i].name;
    const char *request_path = arena_printf(m->arena, "resources.requests.%s", name);
    const char *limit_path = arena_printf(m->arena, "resources.limits.%s", name);
    bool has_request = take_quantity(m, request_path, requests, name, &request);
    bool has_limit = take_quantity(m, limit_path, limits, name, &limit);
    if (has_request)
        imports_key(m, request_path, resources[i].request, request);
    else if (has_limit)
        imports_key(m, limit_path, resources[i].request, limit);
    if (has_limit)
        imports_key(m, limit_path, resources[i].limit, limit);
    else if (has_request)
        imports_key_empty(m, request_path, resources[i].limit);
}

/* Resources of other names, such as a device plugin's. */
static void name_others(struct import *m, const char *side, const struct node *map)
{
    const char *path = arena_printf(m->arena, "resources.%s", side);
    if (map->kind != NODE_MAP) {
        if (!imports_says_nothing(map))
            imports_expected(m, path, map, "an object");
        return;
    }
    for (const struct node *n = map->first; n; n = n->next) {
        size_t i = 0;
        while (i < countof(resources) && !span_eq_str(n->key, resources[i].name))
            i++;
        if (i < countof(resources) || imports_says_nothing(n))
            continue;
        const char *child = imports_child(m, path, n);
        imports_suggest(m, child, "StatefulSet",
                        arena_printf(m->arena, "spec.template.spec.containers[0].%s", child), n);
    }
}

void imports_resources(struct import *m, const struct import_rule *rule, const struct node *n)
{
    static const char *const known[] = { "requests", "limits", NULL };
    if (n->kind != NODE_MAP) {
        imports_expected(m, rule->path, n, "an object");
        return;
    }
    const struct node *requests = node_map_find(n, SPAN_LIT("requests"));
    const struct node *limits = node_map_find(n, SPAN_LIT("limits"));
    for (size_t i = 0; i < countof(resources); i++)
        take_resource(m, i, requests, limits);
    if (requests)
        name_others(m, "requests", requests);
    if (limits)
        name_others(m, "limits", limits);
    imports_rest(m, rule->path, n, known);
}

/* ---- [security] ---- */

void imports_drop(struct import *m, const struct import_rule *rule, const struct node *n)
{
    for (const struct node *item = n->kind == NODE_SEQ ? n->first : NULL; item; item = item->next) {
        if (item->kind == NODE_TEXT && span_eq_str(item->text, "ALL"))
            return;
    }
    imports_left_out(m, rule->path, "all capabilities are dropped here: [\"ALL\"]");
}

/* ---- [probes] ---- */

/* The path was the old server's. Ours tells its health on the admin listener alone; a probe that
 * asks that for / would restart the pods for ever. */
void imports_http_get(struct import *m, const struct import_rule *rule, const struct node *n)
{
    static const char *const served[] = { "/livez", "/healthz", "/readyz" };
    static const char *const known[] = { "path", "port", "scheme", NULL };
    enum profile_key key = (enum profile_key)rule->to;
    if (n->kind != NODE_MAP) {
        imports_expected(m, rule->path, n, "an object");
        return;
    }
    struct span path = node_find_text(n, "path");
    bool is_served = false;
    for (size_t i = 0; i < countof(served); i++)
        is_served = is_served || span_eq_str(path, served[i]);
    if (is_served)
        imports_key(m, arena_printf(m->arena, "%s.path", rule->path), key, path);
    else
        imports_left_out(m, rule->path,
                         "the server has its own: %s on the admin listener; for another path, set "
                         "probes.port and probes.%s",
                         schema_keys[key].standard, schema_keys[key].name);
    const struct node *port = node_map_find(n, SPAN_LIT("port"));
    if (is_served && port && !span_eq_str(port->text, "admin"))
        imports_left_out(m, arena_printf(m->arena, "%s.port", rule->path),
                         "the admin listener's port is asked; probes.port changes that");
    if (span_eq_str(node_find_text(n, "scheme"), "HTTPS"))
        imports_left_out(m, arena_printf(m->arena, "%s.scheme", rule->path),
                         "the admin listener speaks HTTP");
    imports_rest(m, rule->path, n, known);
}

/* ---- [autoscaling] ---- */

/* Memory alone: then the processor is no measure, as it is by default. */
void imports_memory_target(struct import *m, const struct import_rule *rule, const struct node *n)
{
    const struct node *cpu = node_find(m->values, "autoscaling.targetCPUUtilizationPercentage");
    char memory[24];
    struct buf b = BUF_OF(memory);
    if (n->kind != NODE_INT) {
        imports_expected(m, rule->path, n, "a whole number");
        return;
    }
    buf_add_i64(&b, n->number);
    imports_key(m, rule->path, KEY_autoscaling_memory, buf_span(&b));
    if (!cpu || imports_says_nothing(cpu))
        imports_key(m, rule->path, KEY_autoscaling_cpu, SPAN_LIT("0"));
}

/* ---- [tolerations] ---- */

/* Writes "key=value:effect:seconds"; false for what that form cannot say. */
static bool write_toleration(const struct node *n, struct buf *out)
{
    const struct node *seconds = node_find(n, "tolerationSeconds");
    struct span key = node_find_text(n, "key");
    struct span op = node_find_text(n, "operator");
    struct span value = node_find_text(n, "value");
    struct span effect = node_find_text(n, "effect");
    bool exists = span_eq_str(op, "Exists");
    bool timed = seconds && seconds->kind != NODE_NULL;
    if (!kubename_is_valid(KUBENAME_LABEL_KEY, key) ||
        !kubename_is_valid(KUBENAME_LABEL_VALUE, value) || (exists && value.len) ||
        (!exists && op.len && !span_eq_str(op, "Equal")))
        return false;
    buf_add_span(out, key);
    if (!exists) {
        buf_add_char(out, '=');
        buf_add_span(out, value);
    }
    if (span_find(effect, ':') >= 0 || imports_bad_value(effect))
        return false;
    if (effect.len) {
        buf_add_char(out, ':');
        buf_add_span(out, effect);
    }
    if (!timed)
        return true;
    buf_add_char(out, ':');
    buf_add_i64(out, seconds->number);
    return effect.len && seconds->kind == NODE_INT;
}

static bool is_plain_toleration(const struct node *n)
{
    static const char *const known[] = { "key", "operator", "value", "effect",
                                         "tolerationSeconds" };
    for (const struct node *child = n->first; child; child = child->next) {
        size_t i = 0;
        while (i < countof(known) && !span_eq_str(child->key, known[i]))
            i++;
        bool seconds = i == countof(known) - 1;
        if (i == countof(known) ||
            (child->kind != (seconds ? NODE_INT : NODE_TEXT) && child->kind != NODE_NULL))
            return false;
    }
    return n->kind == NODE_MAP;
}

/* There is a list to add to when one was carried; else the line makes the list. */
static void suggest_toleration(struct import *m, const char *path, const struct node *n, bool any)
{
    struct node item = *n;
    const struct node list = { .kind = NODE_SEQ, .first = &item, .last = &item };
    item.next = NULL;
    imports_suggest(m, path, "StatefulSet",
                    any ? "spec.template.spec.tolerations[+]" : "spec.template.spec.tolerations",
                    any ? &item : &list);
}

void imports_tolerations(struct import *m, const struct import_rule *rule, const struct node *n)
{
    enum { TOLERATION_BYTES_MAX = 700 };
    size_t at = 0;
    bool any = false;
    if (n->kind != NODE_SEQ) {
        imports_expected(m, rule->path, n, "a list");
        return;
    }
    for (const struct node *item = n->first; item; item = item->next, at++) {
        char memory[TOLERATION_BYTES_MAX];
        struct buf b = BUF_OF(memory);
        const char *path = imports_item(m, rule->path, at);
        if (imports_says_nothing(item))
            continue;
        if (is_plain_toleration(item) && write_toleration(item, &b) && !b.overflow) {
            imports_pair(m, path, SECTION_tolerations,
                         span_of(arena_printf(m->arena, "toleration-%zu", at + 1)),
                         arena_copy(m->arena, buf_span(&b)));
            any = true;
        } else {
            suggest_toleration(m, path, item, any);
        }
    }
}

/* ---- what the profile has no keys for ---- */

void imports_list_of_patches(struct import *m, const struct import_rule *rule, const struct node *n)
{
    bool mounts = span_ends(span_of(rule->path), SPAN_LIT("ounts"));
    const char *field = mounts ? "spec.template.spec.containers[0].volumeMounts[+]"
                               : "spec.template.spec.volumes[+]";
    size_t at = 0;
    if (n->kind != NODE_SEQ) {
        imports_expected(m, rule->path, n, "a list");
        return;
    }
    for (const struct node *item = n->first; item; item = item->next, at++)
        imports_suggest(m, imports_item(m, rule->path, at), "StatefulSet", field, item);
}

/* The values are not shown: there are passwords among them. */
void imports_environment(struct import *m, const struct import_rule *rule, const struct node *n)
{
    static const char why[] = "it was the old server's; write what is still needed into [env], "
                              "[env_secret] or [env_config] as NAME = value";
    size_t at = 0;
    if (n->kind != NODE_MAP && n->kind != NODE_SEQ) {
        imports_expected(m, rule->path, n, "a list or an object");
        return;
    }
    for (const struct node *item = n->first; item; item = item->next, at++)
        imports_left_out(m,
                         n->kind == NODE_MAP ? imports_child(m, rule->path, item)
                                             : imports_item(m, rule->path, at),
                         "%s", why);
}
