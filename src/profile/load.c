#include "base/std.h"

#include <ini.h>

#include "base/file.h"
#include "profile/check.h"
#include "profile/load.h"
#include "profile/scan.h"
#include "profile/suggest.h"
#include "profile/value.h"

enum { FILE_BYTES_MAX = 1 << 20 }; /* a ConfigMap holds no more */

/* One layer: a file, or all the --set together. */
struct layer {
    struct arena *arena;
    struct profile *profile;
    struct profile_problems *problems;
    const char *file;
    const char *directory;
    bool may_repeat;                      /* a later --set overrides an earlier one */
    unsigned key_line[PROFILE_KEY_COUNT]; /* where this layer gave the key; 0 = not yet */
};

static struct profile_origin origin_at(const struct layer *l, unsigned line)
{
    return (struct profile_origin){ l->file, line };
}

static void unknown_section(const struct layer *l, unsigned line, struct span name)
{
    struct suggestion best = { 0 };
    for (size_t i = 0; i < PROFILE_SECTION_COUNT; i++)
        suggest_offer(&best, name, span_of(schema_sections[i].name));
    if (best.name.ptr)
        profile_problem_add(l->problems, origin_at(l, line),
                            "there is no section [%.*s]; did you mean [%.*s]?", SPAN_ARG(name),
                            SPAN_ARG(best.name));
    else
        profile_problem_add(l->problems, origin_at(l, line),
                            "there is no section [%.*s]; 'app explain' lists them", SPAN_ARG(name));
}

/* The nearest key of the section; else a key of exactly that name in another section. */
static void unknown_key(const struct layer *l, unsigned line, int section, struct span name)
{
    const char *in = schema_sections[section].name;
    struct suggestion best = { 0 };
    const struct schema_key *elsewhere = NULL;
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        if ((int)schema_keys[i].section == section)
            suggest_offer(&best, name, span_of(schema_keys[i].name));
        else if (span_eq_str(name, schema_keys[i].name))
            elsewhere = &schema_keys[i];
    }
    if (best.name.ptr)
        profile_problem_add(l->problems, origin_at(l, line),
                            "there is no key %s.%.*s; did you mean %s.%.*s?", in, SPAN_ARG(name),
                            in, SPAN_ARG(best.name));
    else if (elsewhere)
        profile_problem_add(l->problems, origin_at(l, line),
                            "there is no key %s.%.*s; did you mean %s.%s?", in, SPAN_ARG(name),
                            schema_sections[elsewhere->section].name, elsewhere->name);
    else
        profile_problem_add(l->problems, origin_at(l, line),
                            "there is no key %s.%.*s; 'app explain %s' lists them", in,
                            SPAN_ARG(name), in);
}

static struct value_source value_source_at(const struct layer *l, unsigned line, int section,
                                           struct span name)
{
    return (struct value_source){
        .arena = l->arena,
        .problems = l->problems,
        .origin = origin_at(l, line),
        .label = arena_printf(l->arena, "%s.%.*s", schema_sections[section].name, SPAN_ARG(name)),
        .directory = l->directory,
    };
}

/* Room for one more pair; the array doubles, and the old one stays in the arena. */
static struct profile_pair *add_pair(struct arena *a, struct profile_pairs *pairs)
{
    bool is_power_of_two = (pairs->count & (pairs->count - 1)) == 0;
    if (is_power_of_two) {
        size_t room = pairs->count ? 2 * pairs->count : 1;
        struct profile_pair *items = arena_alloc_array(a, room, sizeof(*items));
        if (!items)
            return NULL;
        if (pairs->count)
            memcpy(items, pairs->items, pairs->count * sizeof(*items));
        pairs->items = items;
    }
    return &pairs->items[pairs->count++];
}

static struct profile_pair *find_pair(const struct profile_pairs *pairs, struct span name)
{
    for (size_t i = 0; i < pairs->count; i++) {
        if (span_eq(pairs->items[i].name, name))
            return &pairs->items[i];
    }
    return NULL;
}

static void set_pair(struct layer *l, unsigned line, int section, struct span name,
                     struct span written)
{
    struct value_source source = value_source_at(l, line, section, name);
    struct profile_pairs *pairs = (void *)((char *)l->profile + schema_sections[section].offset);
    struct profile_pair *pair = find_pair(pairs, name);
    struct span value;
    if (pair && !l->may_repeat && pair->origin.file == l->file) {
        profile_problem_add(l->problems, source.origin, "%s is given twice; first in line %u",
                            source.label, pair->origin.line);
        return;
    }
    if (!value_resolve(&source, written, &value))
        return;
    if (!pair)
        pair = add_pair(l->arena, pairs);
    if (pair)
        *pair = (struct profile_pair){ arena_copy(l->arena, name), value, source.origin };
}

static void set_key(struct layer *l, unsigned line, int section, struct span name,
                    struct span written)
{
    int key = schema_find_key((enum profile_section)section, name);
    if (key < 0) {
        unknown_key(l, line, section, name);
        return;
    }
    struct value_source source = value_source_at(l, line, section, name);
    struct span value;
    if (l->key_line[key] && !l->may_repeat) {
        profile_problem_add(l->problems, source.origin, "%s is given twice; first in line %u",
                            source.label, l->key_line[key]);
        return;
    }
    l->key_line[key] = line;
    l->profile->origin[key] = source.origin;
    bool stored = value_resolve(&source, written, &value) &&
                  value_store(&source, (enum profile_key)key, value, l->profile);
    assert(stored || l->problems->count > 0);
}

static void set(struct layer *l, unsigned line, int section, struct span name, struct span written)
{
    if (schema_sections[section].free_form)
        set_pair(l, line, section, name, written);
    else
        set_key(l, line, section, name, written);
}

/* inih's handler: a NULL name is the beginning of a section. */
static int on_line(void *user, const char *section_name, const char *name, const char *value,
                   int line)
{
    struct layer *l = user;
    int section = schema_find_section(span_of(section_name));
    if (section < 0 && !name)
        unknown_section(l, (unsigned)line, span_of(section_name));
    if (section >= 0 && name)
        set(l, (unsigned)line, section, span_of(name), span_of(value));
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
    };
    char *copy = arena_alloc(a, text.len + 1);
    if (!copy)
        return;
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    scan_text(copy, text.len, file, problems);
    int bad_line = ini_parse_string(copy, on_line, &l);
    if (bad_line != 0)
        profile_problem_add(problems, origin_at(&l, bad_line > 0 ? (unsigned)bad_line : 0),
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

/* One "section.key=value"; the section ends at the first dot, the key at the first '='. */
static void load_set(struct layer *l, unsigned number, const char *text)
{
    struct span value = span_of(text);
    struct span path;
    struct span section_name;
    span_split(&value, '=', &path);
    struct span name = path;
    span_split(&name, '.', &section_name);
    if (!value.ptr || !name.ptr || name.len == 0) {
        profile_problem_add(l->problems, origin_at(l, number), "'%.*s' is not SECTION.KEY=VALUE",
                            SPAN_ARG(span_of(text)));
        return;
    }
    int section = schema_find_section(section_name);
    if (section < 0)
        unknown_section(l, number, section_name);
    else
        set(l, number, section, name, value);
}

void load_defaults(struct arena *a, struct profile *p)
{
    struct profile_problems problems = { .arena = a };
    struct value_source source = { .arena = a, .problems = &problems, .directory = "" };
    *p = (struct profile){ 0 };
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        source.label = schema_keys[i].name;
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

bool profile_list_next(struct span *rest, struct span *item)
{
    while (span_split(rest, ',', item)) {
        *item = span_trim(*item);
        if (item->len)
            return true;
    }
    return false;
}
