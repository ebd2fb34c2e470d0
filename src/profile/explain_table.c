#include "base/std.h"

#include "base/escape.h"
#include "profile/explain.h"

/* What would end a cell, or be taken for markup, is escaped. */
static void add_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("|<>*\\", *text))
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
}

static void add_cell(struct buf *out, const char *text)
{
    add_text(out, text);
    buf_add_str(out, " |");
}

static void add_code(struct buf *out, const char *text)
{
    if (*text)
        buf_printf(out, " `%s`", text);
    buf_add_str(out, " |");
}

static void add_row(struct buf *out, const struct schema_key *key)
{
    char memory[512];
    struct buf allowed = BUF_OF(memory);
    schema_add_allowed(&allowed, key);
    buf_printf(out, "| `%s` | ", key->name);
    add_cell(out, allowed.overflow ? schema_type_name(key->type) : buf_cstr(&allowed));
    add_code(out, key->standard);
    buf_add_char(out, ' ');
    add_cell(out, key->meaning);
    add_code(out, explain_field(key));
    buf_add_char(out, '\n');
}

static void add_section(struct buf *out, size_t id)
{
    const struct schema_section *section = &schema_sections[id];
    buf_printf(out, "### [%s]\n\n", section->name);
    add_text(out, section->meaning);
    buf_add_str(out, "\n\n| key | takes | default | meaning | becomes |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        if (schema_keys[i].section == id)
            add_row(out, &schema_keys[i]);
    }
    buf_add_char(out, '\n');
}

void explain_markdown(struct buf *out)
{
    for (size_t s = 0; s < PROFILE_SECTION_COUNT; s++) {
        if (!schema_sections[s].free_form)
            add_section(out, s);
    }
    buf_add_str(out, "### Sections that take any key\n\n| section | meaning | becomes |\n"
                     "|---|---|---|\n");
    for (size_t s = 0; s < PROFILE_SECTION_COUNT; s++) {
        const struct schema_section *section = &schema_sections[s];
        if (!section->free_form)
            continue;
        buf_printf(out, "| `[%s%s]` | ", section->name, section->scoped ? ".KIND" : "");
        add_cell(out, section->meaning);
        add_code(out, section->field);
        buf_add_char(out, '\n');
    }
}

static void add_member(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, ", \"%s\": \"", name);
    escape_json(out, span_of(text));
    buf_add_char(out, '"');
}

static void add_json_key(struct buf *out, const struct schema_key *key)
{
    char memory[512];
    struct buf allowed = BUF_OF(memory);
    schema_add_allowed(&allowed, key);
    buf_printf(out, "  {\"key\": \"%s.%s\"", schema_sections[key->section].name, key->name);
    add_member(out, "type", schema_type_name(key->type));
    add_member(out, "takes", allowed.overflow ? "" : buf_cstr(&allowed));
    add_member(out, "default", key->standard);
    add_member(out, "meaning", key->meaning);
    add_member(out, "becomes", explain_field(key));
    buf_add_char(out, '}');
}

static void add_json_section(struct buf *out, const struct schema_section *section)
{
    buf_printf(out, "  {\"key\": \"%s.*\"", section->name);
    add_member(out, "type", section->scoped ? "scoped" : "free");
    add_member(out, "meaning", section->meaning);
    add_member(out, "becomes", section->field);
    buf_add_char(out, '}');
}

void explain_json(struct buf *out)
{
    const char *before = "[\n";
    for (size_t s = 0; s < PROFILE_SECTION_COUNT; s++) {
        if (schema_sections[s].free_form) {
            buf_add_str(out, before);
            add_json_section(out, &schema_sections[s]);
            before = ",\n";
        }
        for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
            if (schema_keys[i].section != s)
                continue;
            buf_add_str(out, before);
            add_json_key(out, &schema_keys[i]);
            before = ",\n";
        }
    }
    buf_add_str(out, "\n]\n");
}
