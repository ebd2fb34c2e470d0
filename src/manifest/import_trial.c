#include "base/std.h"

#include "manifest/imports.h"
#include "manifest/manifest.h"
#include "profile/check.h"
#include "profile/load.h"
#include "profile/value.h"

enum {
    TRIAL_BYTES = 64 << 20,      /* what a command has for loading a profile */
    PROFILE_BYTES_MAX = 1 << 20, /* what load.c reads */
};

const char *imports_bad_value(struct span value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c == '\n' || c == '\r')
            return "a line of the profile cannot hold a line break";
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return "a line of the profile cannot hold a control character";
        if (c == ';' && (i == 0 || strchr(" \t", value.ptr[i - 1])))
            return "in a line of the profile, a ';' behind a space begins a comment";
    }
    if (span_trim(value).len != value.len)
        return "a line of the profile cannot keep spaces at the ends of a value";
    return NULL;
}

static bool is_printed(const struct import_entry *e)
{
    return !e->is_default && !e->taken_out;
}

static void print_section(struct import *m, int section, struct buf *ini, unsigned *line)
{
    bool begun = false;
    for (struct import_entry *e = m->first; e; e = e->next) {
        if (e->section != section || !is_printed(e))
            continue;
        if (!begun) {
            buf_printf(ini, "\n[%s]\n", e->heading);
            *line += 2;
        }
        begun = true;
        e->line = ++*line;
        buf_add_span(ini, e->name);
        buf_add_str(ini, e->value.len ? " = " : " =");
        value_add_escaped(ini, e->value);
        buf_add_char(ini, '\n');
    }
}

static void print(struct import *m, struct buf *ini)
{
    unsigned line = 1;
    buf_reset(ini);
    buf_add_str(ini, "; Made by 'app import' from the values of a Helm release.\n");
    for (int section = 0; section < PROFILE_SECTION_COUNT; section++)
        print_section(m, section, ini, &line);
}

static void take_out(struct import *m, struct import_entry *e, const char *why)
{
    e->taken_out = true;
    imports_left_out(m, e->path, "%s", why);
}

/* Everything that `app lint` would say. */
static void lint(struct arena *a, struct span text, struct profile_problems *problems)
{
    struct profile profile;
    struct derived derived;
    struct tree tree = { .arena = a };
    load_defaults(a, &profile);
    load_text(a, text, "import", &profile, problems);
    if (problems->count == 0)
        check_server(&profile, problems);
    if (problems->count == 0 && !manifest_make(&tree, &profile, &derived, kinds_all(), problems))
        assert(problems->count > 0);
}

/* Takes out every entry whose own line is refused; how many. */
static size_t take_out_refused(struct import *m, const struct profile_problems *problems)
{
    size_t count = 0;
    struct import_entry *e;
    for (const struct profile_problem *p = problems->first; p; p = p->next) {
        for (e = m->first; e && (!is_printed(e) || e->line != p->origin.line);)
            e = e->next;
        if (!e || !p->origin.file)
            continue;
        take_out(m, e, p->text);
        count++;
    }
    return count;
}

static size_t count_problems(struct import *m, struct buf *ini)
{
    struct arena a;
    struct err err = { 0 };
    if (!arena_init(&a, TRIAL_BYTES, &err))
        return 0;
    struct profile_problems problems = { .arena = &a };
    print(m, ini);
    lint(&a, buf_span(ini), &problems);
    arena_fini(&a);
    return problems.count;
}

static bool is_in_section(const struct import_entry *e, const char *text)
{
    size_t len = strlen(e->heading);
    return strncmp(text, e->heading, len) == 0 && text[len] == '.';
}

/*
 * A problem with a key that was not given: a default does not go with an entry of the same section
 * (autoscaling.min = 2 by default, max = 1 from the values). The last one that makes fewer
 * problems by going goes; the rules stand in the order of importance. Else the last of all.
 */
static void take_out_culprit(struct import *m, const struct profile_problems *problems,
                             struct buf *ini)
{
    struct import_entry *culprit = NULL;
    struct import_entry *last = NULL;
    const char *why = problems->first->text;
    for (struct import_entry *e = m->first; e; e = e->next) {
        if (!is_printed(e))
            continue;
        last = e;
        if (!is_in_section(e, why))
            continue;
        e->taken_out = true;
        if (count_problems(m, ini) < problems->count)
            culprit = e;
        e->taken_out = false;
    }
    if (!culprit)
        culprit = last;
    if (culprit)
        take_out(m, culprit, why);
}

/* One round: *good when nothing is left to take out. */
static bool try(struct import *m, struct buf *ini, bool *good, struct err *err)
{
    struct arena a;
    if (!arena_init(&a, TRIAL_BYTES, err))
        return false;
    struct profile_problems problems = { .arena = &a };
    print(m, ini);
    lint(&a, buf_span(ini), &problems);
    *good = problems.count == 0;
    bool fits = !a.exhausted && !ini->overflow && ini->len <= PROFILE_BYTES_MAX;
    if (!fits)
        err_set(err, ERR_REQUEST, "the values are too large for a profile, which has 1 MiB");
    else if (!*good && take_out_refused(m, &problems) == 0)
        take_out_culprit(m, &problems, ini);
    arena_fini(&a);
    return fits;
}

bool imports_print(struct import *m, struct buf *ini, struct err *err)
{
    bool good = false;
    while (!good) {
        if (!try(m, ini, &good, err))
            return false;
    }
    return true;
}
