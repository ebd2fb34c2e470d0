#include "base/std.h"

#include "profile/schema.h"

const struct schema_key schema_keys[] = {
#define SECTION(section, where, meaning)
#define FREE(section, where, meaning, field)
#define SCOPED(section, where, meaning, field)
#define KEY(section, name, type, standard, low, high, choices, meaning, field)                     \
    { SECTION_##section,                                                                           \
      #name,                                                                                       \
      TYPE_##type,                                                                                 \
      standard,                                                                                    \
      low,                                                                                         \
      high,                                                                                        \
      choices,                                                                                     \
      meaning,                                                                                     \
      field,                                                                                       \
      offsetof(struct profile, section##_##name) },
#include "profile/schema.def"
#undef KEY
#undef SCOPED
#undef FREE
#undef SECTION
};

const struct schema_section schema_sections[] = {
#define SECTION(section, where, meaning) { #section, where, false, false, meaning, "", 0 },
#define FREE(section, where, meaning, field)                                                       \
    { #section, where, true, false, meaning, field, offsetof(struct profile, section) },
#define SCOPED(section, where, meaning, field)                                                     \
    { #section, where, true, true, meaning, field, offsetof(struct profile, section) },
#define KEY(section, name, type, standard, low, high, choices, meaning, field)
#include "profile/schema.def"
#undef KEY
#undef SCOPED
#undef FREE
#undef SECTION
};

static_assert(countof(schema_keys) == PROFILE_KEY_COUNT, "one row for each key");
static_assert(countof(schema_sections) == PROFILE_SECTION_COUNT, "one row for each section");

int schema_find_section(struct span name)
{
    for (size_t i = 0; i < PROFILE_SECTION_COUNT; i++) {
        if (span_eq_str(name, schema_sections[i].name))
            return (int)i;
    }
    return -1;
}

int schema_match_section(struct span name, struct span *scope)
{
    struct span rest = name;
    struct span first;
    span_split(&rest, '.', &first);
    *scope = (struct span){ 0 };
    int section = schema_find_section(first);
    if (!rest.ptr || section < 0 || !schema_sections[section].scoped)
        return schema_find_section(name);
    *scope = rest;
    return section;
}

int schema_find_key(enum profile_section section, struct span name)
{
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        if (schema_keys[i].section == section && span_eq_str(name, schema_keys[i].name))
            return (int)i;
    }
    return -1;
}

const char *schema_type_name(enum schema_type type)
{
    switch (type) {
    case TYPE_bool:
        return "bool";
    case TYPE_count:
        return "count";
    case TYPE_duration:
        return "duration";
    case TYPE_size:
        return "size";
    case TYPE_choice:
        return "choice";
    case TYPE_text:
        return "text";
    case TYPE_list:
        return "list";
    }
    return "";
}

int schema_find_choice(const struct schema_key *key, struct span word)
{
    struct span rest = span_of(key->choices);
    struct span choice;
    for (int i = 0; span_split(&rest, '|', &choice); i++) {
        if (span_eq(choice, word))
            return i;
    }
    return -1;
}

struct span profile_choice_word(enum profile_key key, int value)
{
    struct span rest = span_of(schema_keys[key].choices);
    struct span choice = SPAN_LIT("");
    for (int i = 0; i <= value; i++) {
        bool found = span_split(&rest, '|', &choice);
        assert(found);
    }
    return choice;
}

void schema_add_duration(struct buf *b, int64_t ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = { { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 } };
    if (ms == 0)
        buf_add_str(b, "0s");
    for (size_t i = 0; i < countof(units); i++) {
        if (ms < units[i].ms)
            continue;
        buf_add_i64(b, ms / units[i].ms);
        buf_add_str(b, units[i].unit);
        ms %= units[i].ms;
    }
}

void schema_add_size(struct buf *b, uint64_t bytes)
{
    static const char suffixes[][3] = { "", "Ki", "Mi", "Gi", "Ti" };
    size_t i = 0;
    for (; i + 1 < countof(suffixes) && bytes && bytes % 1024 == 0; i++)
        bytes /= 1024;
    buf_add_u64(b, bytes);
    buf_add_str(b, suffixes[i]);
}

static void add_choices(struct buf *b, const char *choices)
{
    struct span rest = span_of(choices);
    struct span choice;
    for (bool first = true; span_split(&rest, '|', &choice); first = false) {
        buf_add_str(b, first ? "one of " : ", ");
        buf_add_span(b, choice);
    }
}

void schema_add_allowed(struct buf *b, const struct schema_key *key)
{
    switch (key->type) {
    case TYPE_bool:
        buf_add_str(b, "true or false");
        break;
    case TYPE_count:
        buf_printf(b, "a whole number from %" PRId64 " to %" PRId64, key->low, key->high);
        break;
    case TYPE_duration:
        buf_add_str(b, "a duration from ");
        schema_add_duration(b, key->low);
        buf_add_str(b, " to ");
        schema_add_duration(b, key->high);
        break;
    case TYPE_size:
        buf_add_str(b, "a size from ");
        schema_add_size(b, (uint64_t)key->low);
        buf_add_str(b, " to ");
        schema_add_size(b, (uint64_t)key->high);
        break;
    case TYPE_choice:
        add_choices(b, key->choices);
        break;
    case TYPE_text:
        buf_add_str(b, "text");
        break;
    case TYPE_list:
        buf_add_str(b, "a list, separated by commas");
        break;
    }
}
