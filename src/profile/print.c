#include "base/std.h"

#include "base/escape.h"
#include "profile/schema.h"
#include "profile/value.h"

static void add_value(struct buf *out, const struct profile *p, enum profile_key id)
{
    const struct schema_key *key = &schema_keys[id];
    const void *field = (const char *)p + key->offset;
    switch (key->type) {
    case TYPE_bool:
        buf_add_str(out, *(const profile_bool *)field ? "true" : "false");
        break;
    case TYPE_count:
        buf_add_i64(out, *(const profile_count *)field);
        break;
    case TYPE_duration:
        schema_add_duration(out, *(const profile_duration *)field);
        break;
    case TYPE_size:
        schema_add_size(out, *(const profile_size *)field);
        break;
    case TYPE_choice:
        buf_add_span(out, profile_choice_word(id, *(const profile_choice *)field));
        break;
    case TYPE_text:
    case TYPE_list:
        value_add_escaped(out, *(const profile_text *)field);
        break;
    }
}

/* "name = value", with no space at the line's end when the value is empty. */
static void add_line(struct buf *out, const struct profile *p, enum profile_key id)
{
    size_t start = out->len;
    buf_printf(out, "%s = ", schema_keys[id].name);
    add_value(out, p, id);
    if (out->len > start && !out->overflow && out->ptr[out->len - 1] == ' ')
        buf_truncate(out, out->len - 1);
    buf_add_char(out, '\n');
}

void profile_print_server(const struct profile *p, struct buf *out)
{
    bool first = true;
    for (size_t s = 0; s < PROFILE_SECTION_COUNT; s++) {
        if (schema_sections[s].where != SERVER)
            continue;
        buf_printf(out, "%s[%s]\n", first ? "" : "\n", schema_sections[s].name);
        first = false;
        for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
            if (schema_keys[i].section == s)
                add_line(out, p, (enum profile_key)i);
        }
    }
}

static void add_origin(struct buf *out, struct profile_origin origin)
{
    if (origin.file)
        buf_printf(out, "; %s:%u\n", origin.file, origin.line);
    else
        buf_add_str(out, "; default\n");
}

/* What an INI line gives back as it is. */
static bool fits_line(struct span value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f ||
            (c == ';' && i && strchr(" \t", value.ptr[i - 1])))
            return false;
    }
    struct span trimmed = span_trim(value);
    return trimmed.len == value.len && escape_utf8_valid(value);
}

static void add_pair(struct buf *out, const struct profile_pair *pair, bool shown)
{
    add_origin(out, pair->origin);
    if (!shown || !fits_line(pair->value)) {
        buf_printf(out, "; %.*s: %s, %zu bytes\n", SPAN_ARG(pair->name),
                   shown ? "more than a line can hold" : "not shown", pair->value.len);
        return;
    }
    buf_printf(out, "%.*s = ", SPAN_ARG(pair->name));
    value_add_escaped(out, pair->value);
    buf_add_char(out, '\n');
}

static void add_pairs(struct buf *out, const struct profile *p, size_t section)
{
    const struct profile_pairs *pairs =
        (const void *)((const char *)p + schema_sections[section].offset);
    struct span scope = { 0 };
    for (size_t i = 0; i < pairs->count; i++) {
        const struct profile_pair *pair = &pairs->items[i];
        if (i == 0 || !span_eq(scope, pair->scope))
            buf_printf(out, "\n[%s%s%.*s]\n", schema_sections[section].name,
                       pair->scope.len ? "." : "", SPAN_ARG(pair->scope));
        scope = pair->scope;
        add_pair(out, pair, section != SECTION_secret);
    }
}

static bool is_default(const struct profile *p, const struct profile *standard, size_t id)
{
    char memory[2][4096];
    struct buf is = BUF_OF(memory[0]);
    struct buf was = BUF_OF(memory[1]);
    add_value(&is, p, (enum profile_key)id);
    add_value(&was, standard, (enum profile_key)id);
    return !is.overflow && span_eq(buf_span(&is), buf_span(&was));
}

void profile_print_effective(const struct profile *p, const struct profile *standard,
                             struct buf *out)
{
    for (size_t s = 0; s < PROFILE_SECTION_COUNT; s++) {
        bool begun = false;
        if (schema_sections[s].free_form)
            add_pairs(out, p, s);
        for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
            if (schema_keys[i].section != s || (standard && is_default(p, standard, i)))
                continue;
            if (!begun)
                buf_printf(out, "\n[%s]\n", schema_sections[s].name);
            begun = true;
            add_origin(out, p->origin[i]);
            add_line(out, p, (enum profile_key)i);
        }
    }
}
