#include "base/std.h"

#include "base/escape.h"
#include "manifest/imports.h"
#include "manifest/json.h"

enum {
    LINE_BYTES_MAX = 4000,
    PATCH_BYTES_MAX = 1000,   /* of a patch that is told */
    JSON_BYTES_MAX = 2 << 20, /* of one that is made */
    PATH_BYTES_MAX = 600,
};

/* Where the pod template has what stands below such a value, for patches. */
static const struct {
    const char *path;
    const char *field;
} fields[] = {
    { "podSecurityContext", "spec.template.spec.securityContext" },
    { "securityContext.capabilities",
      "spec.template.spec.containers[0].securityContext.capabilities" },
    { "securityContext", "spec.template.spec.containers[0].securityContext" },
    { "dnsConfig", "spec.template.spec.dnsConfig" },
    { "envFrom", "spec.template.spec.containers[0].envFrom" },
    { "hostAliases", "spec.template.spec.hostAliases" },
    { "initContainers", "spec.template.spec.initContainers" },
    { "lifecycle", "spec.template.spec.containers[0].lifecycle" },
};

static const char *kind_text(const struct node *n)
{
    static const char *const texts[] = {
        [NODE_MAP] = "an object",      [NODE_SEQ] = "a list",      [NODE_TEXT] = "a text",
        [NODE_INT] = "a whole number", [NODE_NUMBER] = "a number", [NODE_BOOL] = "true or false",
        [NODE_NULL] = "null",
    };
    return texts[n->kind];
}

void imports_left_out(struct import *m, const char *path, const char *format, ...)
{
    char memory[LINE_BYTES_MAX];
    char text[LINE_BYTES_MAX / 2];
    struct buf line = BUF_OF(memory);
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    buf_add_str(&line, path);
    buf_add_str(&line, ": ");
    buf_add_str(&line, text);
    buf_add_char(&line, '\n');
    buf_add_span(m->left_out, buf_span(&line));
}

void imports_expected(struct import *m, const char *path, const struct node *n, const char *what)
{
    imports_left_out(m, path, "%s is expected, not %s", what, kind_text(n));
}

bool imports_says_nothing(const struct node *n)
{
    switch (n->kind) {
    case NODE_NULL:
        return true;
    case NODE_TEXT:
        return n->text.len == 0;
    case NODE_MAP:
    case NODE_SEQ:
        return n->first == NULL;
    case NODE_INT:
    case NODE_NUMBER:
    case NODE_BOOL:
        return false;
    }
    return false;
}

const char *imports_child(struct import *m, const char *path, const struct node *child)
{
    char memory[PATH_BYTES_MAX];
    struct buf b = BUF_OF(memory);
    bool plain = child->key.len > 0;
    for (size_t i = 0; i < child->key.len; i++)
        plain = plain && !strchr(".[]\" ", child->key.ptr[i]);
    buf_add_str(&b, path);
    buf_add_str(&b, plain ? (path[0] ? "." : "") : "[\"");
    escape_log(&b, child->key);
    buf_add_str(&b, plain ? "" : "\"]");
    /* A path that long is nobody's: its beginning tells enough. */
    return b.overflow ? arena_printf(m->arena, "%.*s...", PATH_BYTES_MAX / 4, memory)
                      : arena_copy(m->arena, buf_span(&b)).ptr;
}

const char *imports_item(struct import *m, const char *path, size_t at)
{
    return arena_printf(m->arena, "%s[%zu]", path, at);
}

static struct import_entry *add_entry(struct import *m, const char *path, int section,
                                      struct span name, struct span value)
{
    struct import_entry *e = arena_alloc(m->arena, sizeof(*e));
    if (!e)
        return NULL;
    *e = (struct import_entry){ .section = section,
                                .heading = schema_sections[section].name,
                                .name = name,
                                .value = value,
                                .path = path };
    if (m->last)
        m->last->next = e;
    else
        m->first = e;
    m->last = e;
    return e;
}

static void set_key(struct import *m, const char *path, enum profile_key key, struct span value)
{
    const struct schema_key *row = &schema_keys[key];
    const struct import_entry *other = m->by_key[key];
    const char *bad = imports_bad_value(value);
    if (bad) {
        imports_left_out(m, path, "%s", bad);
        return;
    }
    if (other) {
        if (!span_eq(other->value, value))
            imports_left_out(m, path, "%s.%s is one value, and %s has given it",
                             schema_sections[row->section].name, row->name, other->path);
        return;
    }
    struct import_entry *e =
        add_entry(m, path, (int)row->section, span_of(row->name), arena_copy(m->arena, value));
    if (e)
        e->is_default = span_eq_str(value, row->standard);
    m->by_key[key] = e;
}

void imports_key(struct import *m, const char *path, enum profile_key key, struct span value)
{
    if (value.len)
        set_key(m, path, key, value);
}

void imports_key_empty(struct import *m, const char *path, enum profile_key key)
{
    set_key(m, path, key, (struct span){ 0 });
}

void imports_pair(struct import *m, const char *path, enum profile_section section,
                  struct span name, struct span value)
{
    const char *bad = imports_bad_value(value);
    if (bad)
        imports_left_out(m, path, "%s; [%s] takes it as NAME = @file", bad,
                         schema_sections[section].name);
    else
        add_entry(m, path, section, name, value);
}

/* A tree as JSON in one line, fit for a profile's: a ';' could begin a comment there. It stands
 * in m->line until the next call; empty when there is too much of it. */
static struct span one_line(struct import *m, const struct node *n)
{
    const struct buf *json = &m->printed;
    bool at_start = false;
    buf_reset(&m->printed);
    buf_reset(&m->line);
    json_print(n, &m->printed);
    for (size_t i = 0; i < json->len; i++) {
        char c = json->ptr[i];
        if (c == '\n' && i && json->ptr[i - 1] == ',')
            buf_add_char(&m->line, ' ');
        at_start = c == '\n' || (at_start && c == ' ');
        if (c == ';')
            buf_add_str(&m->line, "\\u003b");
        else if (!at_start)
            buf_add_char(&m->line, c);
    }
    bool whole = !json->overflow && !m->line.overflow;
    return whole ? buf_span(&m->line) : (struct span){ 0 };
}

void imports_suggest(struct import *m, const char *path, const char *kind, const char *field,
                     const struct node *n)
{
    struct span json = one_line(m, n);
    bool brief = json.len > 0 && json.len <= PATCH_BYTES_MAX;
    imports_left_out(m, path, "there is no key for it; [patch.%s] can carry it: %s = %.*s", kind,
                     field, SPAN_ARG(brief ? json : SPAN_LIT("JSON")));
}

void imports_patch(struct import *m, const char *path, const char *field, const struct node *n)
{
    int section = schema_find_section(SPAN_LIT("patch"));
    struct span json = section >= 0 ? one_line(m, n) : (struct span){ 0 };
    if (!json.len || imports_bad_value(json)) {
        imports_suggest(m, path, "StatefulSet", field, n);
        return;
    }
    struct import_entry *e =
        add_entry(m, path, section, span_of(field), arena_copy(m->arena, json));
    if (e)
        e->heading = "patch.StatefulSet";
}

/* The field of the pod template that a value would be, or NULL. */
static const char *field_of(struct import *m, const char *path)
{
    for (size_t i = 0; i < countof(fields); i++) {
        size_t len = strlen(fields[i].path);
        bool begins = strncmp(path, fields[i].path, len) == 0;
        if (begins && (path[len] == '\0' || path[len] == '.' || path[len] == '['))
            return arena_printf(m->arena, "%s%s", fields[i].field, path + len);
    }
    return NULL;
}

/* True when rules are about what stands below: "image" is an object. */
static bool is_above_rules(const char *path)
{
    size_t len = strlen(path);
    for (const struct import_rule *r = import_rules; r->path; r++) {
        if (strncmp(r->path, path, len) == 0 && r->path[len] == '.')
            return true;
    }
    return false;
}

static bool is_claimed(const struct import *m, const struct node *n)
{
    for (size_t i = 0; i < m->claimed_count; i++) {
        if (m->claimed[i] == n)
            return true;
    }
    return false;
}

void imports_unknown(struct import *m, const char *path, const struct node *n)
{
    static const char *const none[] = { NULL };
    bool above = is_above_rules(path);
    const char *field = above ? NULL : field_of(m, path);
    if (imports_says_nothing(n) || is_claimed(m, n))
        return;
    if (field)
        imports_suggest(m, path, "StatefulSet", field, n);
    else if (n->kind == NODE_MAP)
        imports_rest(m, path, n, none);
    else if (above)
        imports_expected(m, path, n, "an object");
    else
        imports_left_out(m, path, "the profile has no key for it");
}

void imports_rest(struct import *m, const char *path, const struct node *map,
                  const char *const known[])
{
    for (const struct node *child = map->first; child; child = child->next) {
        size_t i = 0;
        while (known[i] && !span_eq_str(child->key, known[i]))
            i++;
        if (!known[i])
            imports_unknown(m, imports_child(m, path, child), child);
    }
}

static bool import(struct import *m, struct buf *ini, struct err *err)
{
    static const struct node nothing = { .kind = NODE_MAP };
    if (m->values->kind == NODE_NULL) /* what helm prints for a release without values */
        m->values = &nothing;
    else if (m->values->kind != NODE_MAP)
        return err_set(err, ERR_REQUEST, "the values of a release are an object, not %s",
                       kind_text(m->values));
    imports_apply_rules(m);
    imports_unknown(m, "", m->values);
    if (!imports_print(m, ini, err))
        return false;
    if (m->arena->exhausted)
        return err_set(err, ERR_REQUEST, "the values are too large: out of memory");
    return true;
}

bool import_values(struct arena *a, const struct node *values, struct buf *ini,
                   struct buf *left_out, struct err *err)
{
    struct import m = { .arena = a, .values = values, .left_out = left_out };
    struct arena scratch;
    if (!arena_init(&scratch, (size_t)3 * JSON_BYTES_MAX, err))
        return false;
    m.printed = buf_on(arena_alloc(&scratch, JSON_BYTES_MAX), JSON_BYTES_MAX);
    m.line = buf_on(arena_alloc(&scratch, JSON_BYTES_MAX), JSON_BYTES_MAX);
    bool good = import(&m, ini, err);
    arena_fini(&scratch);
    return good;
}
