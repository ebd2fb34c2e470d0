#include "base/std.h"

#include "profile/explain.h"
#include "profile/schema.h"
#include "profile/suggest.h"
#include "profile/value.h"

static const char *standard_or_empty(const struct schema_key *key)
{
    return key->standard[0] ? key->standard : "(empty)";
}

const char *explain_field(const struct schema_key *key)
{
    if (key->field[0] || schema_sections[key->section].where == EMIT)
        return key->field;
    return "ConfigMap.data[app.ini]";
}

void explain_key(enum profile_key id, struct buf *out)
{
    const struct schema_key *key = &schema_keys[id];
    buf_printf(out, "%s.%s\n    %s\n", schema_sections[key->section].name, key->name, key->meaning);
    buf_printf(out, "    type     %s: ", schema_type_name(key->type));
    schema_add_allowed(out, key);
    buf_printf(out, "\n    default  %s\n", standard_or_empty(key));
    if (explain_field(key)[0])
        buf_printf(out, "    becomes  %s\n", explain_field(key));
}

void explain_section(enum profile_section id, struct buf *out)
{
    const struct schema_section *section = &schema_sections[id];
    buf_printf(out, "[%s]\n    %s\n", section->name, section->meaning);
    buf_printf(out, "    read by  %s\n", section->where == SERVER ? "app serve" : "app --emit");
    if (section->free_form)
        buf_printf(out, "    takes any key\n    becomes  %s\n", section->field);
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        if (schema_keys[i].section != id)
            continue;
        buf_add_char(out, '\n');
        explain_key((enum profile_key)i, out);
    }
}

void explain_all(struct buf *out)
{
    for (size_t s = 0; s < PROFILE_SECTION_COUNT; s++) {
        const struct schema_section *section = &schema_sections[s];
        buf_printf(out, "%s[%s] %s\n", s ? "\n" : "", section->name, section->meaning);
        for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
            const struct schema_key *key = &schema_keys[i];
            if (key->section == s)
                buf_printf(out, "    %-20s %-14s %s\n", key->name, standard_or_empty(key),
                           key->meaning);
        }
    }
}

void explain_profile(struct buf *out)
{
    buf_add_str(out, "; The complete profile with its defaults. Keep what you change; the rest may "
                     "go.\n; '@path' is a file's content, '$NAME' an environment variable; "
                     "'\\@' and '\\$' are plain.\n");
    for (size_t s = 0; s < PROFILE_SECTION_COUNT; s++) {
        const struct schema_section *section = &schema_sections[s];
        buf_printf(out, "\n; %s\n[%s]\n", section->meaning, section->name);
        if (section->scoped)
            buf_printf(out, "; written [%s.<Kind>] or [%s.<Kind>/<name>]\n", section->name,
                       section->name);
        else if (section->free_form)
            buf_add_str(out, "; takes any key: name = value\n");
        for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
            const struct schema_key *key = &schema_keys[i];
            if (key->section != s)
                continue;
            buf_printf(out, "; %s (%s: ", key->meaning, schema_type_name(key->type));
            schema_add_allowed(out, key);
            buf_printf(out, ")\n%s =%s%s\n", key->name, key->standard[0] ? " " : "", key->standard);
        }
    }
}

static bool no_section(struct span name, struct err *err)
{
    struct suggestion best = { 0 };
    for (size_t i = 0; i < PROFILE_SECTION_COUNT; i++)
        suggest_offer(&best, name, span_of(schema_sections[i].name));
    if (best.name.ptr)
        return err_set(err, ERR_REQUEST, "there is no section '%.*s'; did you mean '%.*s'?",
                       SPAN_ARG(name), SPAN_ARG(best.name));
    return err_set(err, ERR_REQUEST, "there is no section '%.*s'; 'app explain' lists them",
                   SPAN_ARG(name));
}

static bool no_key(enum profile_section section, struct span name, struct err *err)
{
    const char *in = schema_sections[section].name;
    struct suggestion best = { 0 };
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        if (schema_keys[i].section == section)
            suggest_offer(&best, name, span_of(schema_keys[i].name));
    }
    if (schema_sections[section].free_form)
        return err_set(err, ERR_REQUEST, "[%s] takes any key; 'app explain %s' tells more", in, in);
    if (best.name.ptr)
        return err_set(err, ERR_REQUEST, "there is no key '%s.%.*s'; did you mean '%s.%.*s'?", in,
                       SPAN_ARG(name), in, SPAN_ARG(best.name));
    return err_set(err, ERR_REQUEST, "there is no key '%s.%.*s'; 'app explain %s' lists them", in,
                   SPAN_ARG(name), in);
}

bool explain_find(const char *name, enum profile_section *section, int *key, struct err *err)
{
    struct span key_name = span_of(name);
    struct span section_name;
    span_split(&key_name, '.', &section_name);
    int found = schema_find_section(section_name);
    if (found < 0)
        return no_section(section_name, err);
    *section = (enum profile_section)found;
    *key = -1;
    if (!key_name.ptr)
        return true;
    *key = schema_find_key(*section, key_name);
    return *key >= 0 || no_key(*section, key_name, err);
}
