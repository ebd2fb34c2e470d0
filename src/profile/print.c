#include "base/std.h"

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

void profile_print_server(const struct profile *p, struct buf *out)
{
    bool first = true;
    for (size_t s = 0; s < PROFILE_SECTION_COUNT; s++) {
        if (schema_sections[s].where != SERVER)
            continue;
        buf_printf(out, "%s[%s]\n", first ? "" : "\n", schema_sections[s].name);
        first = false;
        for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
            if (schema_keys[i].section != s)
                continue;
            size_t start = out->len;
            buf_printf(out, "%s = ", schema_keys[i].name);
            add_value(out, p, (enum profile_key)i);
            /* An empty value leaves no space at the line's end. */
            if (out->len > start && !out->overflow && out->ptr[out->len - 1] == ' ')
                buf_truncate(out, out->len - 1);
            buf_add_char(out, '\n');
        }
    }
}
