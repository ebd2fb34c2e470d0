#include "base/std.h"

#include <ini.h>

#include "base/file.h"
#include "profile/check.h"
#include "profile/layer.h"
#include "profile/load.h"
#include "profile/scan.h"
#include "profile/value.h"

enum { FILE_BYTES_MAX = 1 << 20 }; /* a ConfigMap holds no more */

/* inih's handler: a NULL name is the beginning of a section. */
static int on_line(void *user, const char *section_name, const char *name, const char *value,
                   int line)
{
    struct layer *l = user;
    if (!name) {
        l->here.section = schema_match_section(span_of(section_name), &l->here.scope);
        l->here.scope = arena_copy(l->arena, l->here.scope);
        if (l->here.section < 0)
            layer_unknown_section(l, (unsigned)line, span_of(section_name));
    } else if (l->here.section >= 0) {
        layer_set(l, (unsigned)line, l->here, span_of(name), span_of(value));
    }
    return 1;
}

static const char *directory_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(a, span_from(path, (size_t)(slash - path) + 1)).ptr : "";
}

void load_text(struct arena *a, struct span text, const char *file, struct profile *p,
               struct profile_problems *problems)
{
    struct layer l = {
        .arena = a,
        .profile = p,
        .problems = problems,
        .file = file,
        .directory = directory_of(a, file),
        .here = { .section = -1 },
    };
    char *copy = arena_alloc(a, text.len + 1);
    if (!copy)
        return;
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    scan_text(copy, text.len, file, problems);
    int bad_line = ini_parse_string(copy, on_line, &l);
    if (bad_line != 0)
        profile_problem_add(problems, layer_origin(&l, bad_line > 0 ? (unsigned)bad_line : 0),
                            "the line cannot be read");
}

static void load_file(struct arena *a, const char *path, struct profile *p,
                      struct profile_problems *problems)
{
    struct err err = { 0 };
    struct span text;
    bool from_stdin = strcmp(path, "-") == 0;
    if (!file_read(a, path, FILE_BYTES_MAX, &text, &err)) {
        profile_problem_add(problems, (struct profile_origin){ path, 0 }, "%s", err.text);
        return;
    }
    load_text(a, text, from_stdin ? "(standard input)" : path, p, problems);
}

/* Takes "section." off the front of a --set. A section with dots in its name stands between
 * quotes: "patch.Service/a.b".spec; of a scoped one, the scope ends at the next dot. */
static bool take_section(struct span *path, struct layer_place *place, struct span *section)
{
    bool quoted = path->len && path->ptr[0] == '"';
    struct span rest = quoted ? span_from_offset(*path, 1) : *path;
    span_split(&rest, quoted ? '"' : '.', section);
    if (quoted && rest.len && rest.ptr[0] == '.')
        rest = span_from_offset(rest, 1);
    place->section = schema_match_section(*section, &place->scope);
    if (!quoted && place->section >= 0 && schema_sections[place->section].scoped)
        span_split(&rest, '.', &place->scope);
    *path = rest;
    return rest.len > 0;
}

/* One "section.key=value"; the section ends at the first dot, the key at the first '='. */
static void load_set(struct layer *l, unsigned number, const char *text)
{
    struct span value = span_of(text);
    struct span name;
    struct span section;
    struct layer_place place;
    span_split(&value, '=', &name);
    if (!take_section(&name, &place, &section) || !value.ptr)
        profile_problem_add(l->problems, layer_origin(l, number), "'%.*s' is not SECTION.KEY=VALUE",
                            SPAN_ARG(span_of(text)));
    else if (place.section < 0)
        layer_unknown_section(l, number, section);
    else
        layer_set(l, number, place, name, value);
}

void load_defaults(struct arena *a, struct profile *p)
{
    struct profile_problems problems = { .arena = a };
    struct value_source source = { .arena = a, .problems = &problems, .directory = "" };
    *p = (struct profile){ 0 };
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        source.section = schema_sections[schema_keys[i].section].name;
        source.name = span_of(schema_keys[i].name);
        bool stored =
            value_store(&source, (enum profile_key)i, span_of(schema_keys[i].standard), p);
        assert(stored || a->exhausted);
    }
}

bool profile_load(struct arena *a, const struct profile_sources *sources, struct profile *p,
                  struct profile_problems *problems)
{
    problems->arena = a;
    load_defaults(a, p);
    for (size_t i = 0; i < sources->file_count; i++)
        load_file(a, sources->files[i], p, problems);
    struct layer sets = {
        .arena = a,
        .profile = p,
        .problems = problems,
        .file = "--set",
        .directory = "",
        .may_repeat = true,
    };
    for (size_t i = 0; i < sources->set_count; i++)
        load_set(&sets, (unsigned)i + 1, sources->sets[i]);
    if (problems->count == 0)
        check_server(p, problems);
    if (a->exhausted)
        profile_problem_add(problems, (struct profile_origin){ 0 },
                            "the profile is too large: out of memory");
    return problems->count == 0 && !a->exhausted;
}

bool profile_given(const struct profile *p, enum profile_key key)
{
    return p->origin[key].file != NULL;
}

/* An item between quotes; what stands behind it up to the next comma is not looked at. */
static void take_quoted(struct span *rest, struct span *item)
{
    struct span behind = span_from_offset(*rest, 1);
    struct span ignored;
    *item = (struct span){ 0 };
    span_split(&behind, '"', item);
    *rest = behind;
    span_split(rest, ',', &ignored);
}

bool profile_list_next(struct span *rest, struct span *item)
{
    while (rest->ptr) {
        *rest = rest->len ? span_trim(*rest) : *rest;
        if (rest->len && rest->ptr[0] == '"')
            take_quoted(rest, item);
        else
            span_split(rest, ',', item);
        *item = span_trim(*item);
        if (item->len)
            return true;
    }
    return false;
}

size_t profile_networks(struct arena *a, struct span list, const struct network **networks)
{
    struct span rest = list;
    struct span item;
    size_t count = 0;
    while (profile_list_next(&rest, &item))
        count++;
    struct network *items = arena_alloc_array(a, count, sizeof(*items));
    rest = list;
    for (size_t i = 0; items && i < count && profile_list_next(&rest, &item); i++) {
        bool good = network_parse(item, &items[i]);
        assert(good);
    }
    *networks = items;
    return items ? count : 0;
}
