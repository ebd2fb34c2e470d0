#include "base/std.h"

#include "profile/layer.h"
#include "profile/suggest.h"
#include "profile/value.h"

struct profile_origin layer_origin(const struct layer *l, unsigned line)
{
    return (struct profile_origin){ l->file, line };
}

void layer_unknown_section(const struct layer *l, unsigned line, struct span name)
{
    struct suggestion best = { 0 };
    for (size_t i = 0; i < PROFILE_SECTION_COUNT; i++)
        suggest_offer(&best, name, span_of(schema_sections[i].name));
    if (best.name.ptr)
        profile_problem_add(l->problems, layer_origin(l, line),
                            "there is no section [%.*s]; did you mean [%.*s]?", SPAN_ARG(name),
                            SPAN_ARG(best.name));
    else
        profile_problem_add(l->problems, layer_origin(l, line),
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
        profile_problem_add(l->problems, layer_origin(l, line),
                            "there is no key %s.%.*s; did you mean %s.%.*s?", in, SPAN_ARG(name),
                            in, SPAN_ARG(best.name));
    else if (elsewhere)
        profile_problem_add(l->problems, layer_origin(l, line),
                            "there is no key %s.%.*s; did you mean %s.%s?", in, SPAN_ARG(name),
                            schema_sections[elsewhere->section].name, elsewhere->name);
    else
        profile_problem_add(l->problems, layer_origin(l, line),
                            "there is no key %s.%.*s; 'app explain %s' lists them", in,
                            SPAN_ARG(name), in);
}

static struct value_source value_source_at(const struct layer *l, unsigned line,
                                           struct layer_place place, struct span name)
{
    return (struct value_source){
        .arena = l->arena,
        .problems = l->problems,
        .origin = layer_origin(l, line),
        .section = schema_sections[place.section].name,
        .scope = place.scope,
        .name = name,
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

static struct profile_pair *find_pair(const struct profile_pairs *pairs, struct span scope,
                                      struct span name)
{
    for (size_t i = 0; i < pairs->count; i++) {
        if (span_eq(pairs->items[i].name, name) && span_eq(pairs->items[i].scope, scope))
            return &pairs->items[i];
    }
    return NULL;
}

/* "!name =": as if no earlier layer had given it. */
static void take_back(struct layer *l, const struct value_source *source,
                      struct profile_pairs *pairs, struct profile_pair *pair, struct span written)
{
    if (written.len)
        profile_problem_add(l->problems, source->origin,
                            "%s: a name behind '!' is taken back, and has no value",
                            value_label(source));
    else if (!pair)
        profile_problem_add(l->problems, source->origin,
                            "%s: there is nothing to take back; no earlier file gives it",
                            value_label(source));
    else if (pair->origin.file == l->file && !l->may_repeat)
        profile_problem_add(l->problems, source->origin, "%s: this same file gives it in line %u",
                            value_label(source), pair->origin.line);
    else
        memmove(pair, pair + 1,
                (size_t)(pairs->items + --pairs->count - pair) * sizeof(*pairs->items));
}

static void set_pair(struct layer *l, unsigned line, struct layer_place place, struct span name,
                     struct span written)
{
    struct profile_pairs *pairs =
        (void *)((char *)l->profile + schema_sections[place.section].offset);
    bool back = name.len > 1 && name.ptr[0] == '!';
    if (back)
        name = span_from_offset(name, 1);
    struct value_source source = value_source_at(l, line, place, name);
    struct profile_pair *pair = find_pair(pairs, place.scope, name);
    struct span value;
    if (back) {
        take_back(l, &source, pairs, pair, written);
        return;
    }
    if (pair && !l->may_repeat && pair->origin.file == l->file) {
        profile_problem_add(l->problems, source.origin, "%s is given twice; first in line %u",
                            value_label(&source), pair->origin.line);
        return;
    }
    if (!value_resolve(&source, written, &value))
        return;
    if (!pair)
        pair = add_pair(l->arena, pairs);
    if (pair)
        *pair = (struct profile_pair){ arena_copy(l->arena, place.scope),
                                       arena_copy(l->arena, name), value, source.origin };
}

/* The '=' that ends a path such as containers[name=app].image: the first outside brackets. */
static ptrdiff_t find_path_end(struct span s)
{
    bool inside = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '[' || s.ptr[i] == ']')
            inside = s.ptr[i] == '[';
        else if (s.ptr[i] == '=' && !inside)
            return (ptrdiff_t)i;
    }
    return -1;
}

/* The line was split at its first '=', which may stand within the path: it is split again. */
static void set_scoped(struct layer *l, unsigned line, struct layer_place place, struct span name,
                       struct span written)
{
    struct span whole =
        span_of(arena_printf(l->arena, "%.*s=%.*s", SPAN_ARG(name), SPAN_ARG(written)));
    ptrdiff_t end = find_path_end(whole);
    if (place.scope.len == 0)
        profile_problem_add(l->problems, layer_origin(l, line), "[%s] needs a name: [%s.<Kind>]",
                            schema_sections[place.section].name,
                            schema_sections[place.section].name);
    else if (end < 0)
        profile_problem_add(l->problems, layer_origin(l, line), "a '[' of the path has no ']'");
    else
        set_pair(l, line, place, span_trim(span_from(whole.ptr, (size_t)end)),
                 span_trim(span_from_offset(whole, (size_t)end + 1)));
}

static void set_key(struct layer *l, unsigned line, struct layer_place place, struct span name,
                    struct span written)
{
    int section = place.section;
    int key = schema_find_key((enum profile_section)section, name);
    if (key < 0) {
        unknown_key(l, line, section, name);
        return;
    }
    struct value_source source = value_source_at(l, line, place, name);
    struct span value;
    if (l->key_line[key] && !l->may_repeat) {
        profile_problem_add(l->problems, source.origin, "%s is given twice; first in line %u",
                            value_label(&source), l->key_line[key]);
        return;
    }
    l->key_line[key] = line;
    l->profile->origin[key] = source.origin;
    bool stored = value_resolve(&source, written, &value) &&
                  value_store(&source, (enum profile_key)key, value, l->profile);
    assert(stored || l->problems->count > 0);
}

void layer_set(struct layer *l, unsigned line, struct layer_place place, struct span name,
               struct span written)
{
    const struct schema_section *section = &schema_sections[place.section];
    if (section->scoped)
        set_scoped(l, line, place, name, written);
    else if (section->free_form)
        set_pair(l, line, place, name, written);
    else
        set_key(l, line, place, name, written);
}
