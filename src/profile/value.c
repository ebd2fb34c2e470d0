#include "base/std.h"

#include "base/escape.h"
#include "base/file.h"
#include "profile/suggest.h"
#include "profile/value.h"

enum {
    VALUE_FILE_BYTES_MAX = 1 << 20, /* what one ConfigMap or Secret may hold */
    SHOWN_BYTES_MAX = 80,           /* of a wrong value in a message */
};

const char *value_label(const struct value_source *source)
{
    return arena_printf(source->arena, "%s%s%.*s.%.*s", source->section,
                        source->scope.len ? "." : "", SPAN_ARG(source->scope),
                        SPAN_ARG(source->name));
}

/* A value as it may stand in a message: escaped, and cut when it is long. Secrets come from
 * @path and $NAME, so only what was written in the profile is ever shown. */
static const char *shown(const struct value_source *source, struct span value)
{
    char memory[4 * SHOWN_BYTES_MAX + 8];
    struct buf b = BUF_OF(memory);
    escape_log(&b, span_from(value.ptr, min_size(value.len, SHOWN_BYTES_MAX)));
    if (value.len > SHOWN_BYTES_MAX)
        buf_add_str(&b, "...");
    return arena_copy(source->arena, buf_span(&b)).ptr;
}

static bool resolve_file(const struct value_source *source, struct span path, struct span *value)
{
    struct err err = { 0 };
    bool relative = path.len == 0 || path.ptr[0] != '/';
    const char *full =
        arena_printf(source->arena, "%s%.*s", relative ? source->directory : "", SPAN_ARG(path));
    if (path.len == 0)
        return profile_problem_add(source->problems, source->origin,
                                   "%s: '@' must be followed by a path; write '\\@' for a plain @",
                                   value_label(source));
    if (strcmp(full, "-") == 0)
        return profile_problem_add(source->problems, source->origin,
                                   "%s: '@-' is not a file; write '@./-' if it is meant",
                                   value_label(source));
    if (file_read(source->arena, full, VALUE_FILE_BYTES_MAX, value, &err))
        return true;
    return profile_problem_add(source->problems, source->origin, "%s: %s", value_label(source),
                               err.text);
}

static bool resolve_variable(const struct value_source *source, struct span name,
                             struct span *value)
{
    const char *found = name.len ? getenv(arena_copy(source->arena, name).ptr) : NULL;
    if (!found)
        return profile_problem_add(source->problems, source->origin,
                                   "%s: the environment variable '%s' is not set; write '\\$' "
                                   "for a plain $",
                                   value_label(source), shown(source, name));
    *value = arena_copy(source->arena, span_of(found));
    return true;
}

bool value_resolve(const struct value_source *source, struct span written, struct span *value)
{
    struct span rest = span_from_offset(written, 1);
    if (written.len && written.ptr[0] == '@')
        return resolve_file(source, rest, value);
    if (written.len && written.ptr[0] == '$')
        return resolve_variable(source, rest, value);
    bool escaped = written.len > 1 && written.ptr[0] == '\\' && strchr("@$\\", written.ptr[1]);
    *value = arena_copy(source->arena, escaped ? rest : written);
    return true;
}

void value_add_escaped(struct buf *b, struct span value)
{
    bool special = value.len && strchr("@$", value.ptr[0]);
    bool escape = value.len > 1 && value.ptr[0] == '\\' && strchr("@$\\", value.ptr[1]);
    if (special || escape)
        buf_add_char(b, '\\');
    buf_add_span(b, value);
}

static bool refuse(const struct value_source *source, const struct schema_key *key,
                   struct span value)
{
    char memory[512];
    struct buf allowed = BUF_OF(memory);
    schema_add_allowed(&allowed, key);
    struct suggestion best = { 0 };
    struct span rest = span_of(key->choices);
    struct span choice;
    while (key->type == TYPE_choice && span_split(&rest, '|', &choice))
        suggest_offer(&best, value, choice);
    if (best.name.ptr)
        buf_printf(&allowed, "; did you mean '%.*s'?", SPAN_ARG(best.name));
    return profile_problem_add(source->problems, source->origin, "%s: '%s' is not %s",
                               value_label(source), shown(source, value),
                               allowed.overflow ? "allowed" : buf_cstr(&allowed));
}

static bool convert_bool(struct span value, bool *to)
{
    *to = span_eq_str(value, "true");
    return *to || span_eq_str(value, "false");
}

static bool convert_number(const struct schema_key *key, struct span value, int64_t *to)
{
    uint64_t number;
    if (key->type == TYPE_duration)
        return span_to_duration(value, to) && *to >= key->low && *to <= key->high;
    bool good = key->type == TYPE_size ? span_to_size(value, &number) : span_to_u64(value, &number);
    if (!good || number > INT64_MAX)
        return false;
    *to = (int64_t)number;
    return *to >= key->low && *to <= key->high;
}

/* Text becomes a name, a path or a field of a manifest: it is one line of UTF-8. */
static bool convert_text(const struct value_source *source, struct span value, profile_text *to)
{
    if (span_ends(value, SPAN_LIT("\n")))
        value.len--;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c < 0x20 || c == 0x7f)
            return profile_problem_add(source->problems, source->origin,
                                       "%s: the value holds a control character (byte 0x%02x)",
                                       value_label(source), c);
    }
    if (!escape_utf8_valid(value))
        return profile_problem_add(source->problems, source->origin, "%s: the value is not UTF-8",
                                   value_label(source));
    *to = arena_copy(source->arena, value);
    return true;
}

bool value_store(const struct value_source *source, enum profile_key id, struct span value,
                 struct profile *p)
{
    const struct schema_key *key = &schema_keys[id];
    char *field = (char *)p + key->offset;
    int64_t number = 0;
    bool truth = false;
    bool good = true;
    switch (key->type) {
    case TYPE_bool:
        good = convert_bool(value, &truth);
        *(profile_bool *)(void *)field = truth;
        break;
    case TYPE_count:
    case TYPE_duration:
    case TYPE_size: /* all three are 64 bits wide */
        good = convert_number(key, value, &number);
        memcpy(field, &number, sizeof(number));
        break;
    case TYPE_choice:
        *(profile_choice *)(void *)field = schema_find_choice(key, value);
        good = schema_find_choice(key, value) >= 0;
        break;
    case TYPE_text:
    case TYPE_list:
        return convert_text(source, value, (profile_text *)(void *)field);
    }
    return good || refuse(source, key, value);
}
