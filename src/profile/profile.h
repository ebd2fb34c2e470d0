/*
 * profile.h: the INI profile as typed values, constant after loading.
 *
 * Every key stands in one table, schema.def; the struct below, the parser, the checks,
 * `app explain`, `app profile` and the error messages are all made from it. A key is added
 * there and nowhere else. An empty profile is valid: every key has a default.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/network.h"

/* The C types of the table's types. Spans have a NUL behind them. */
typedef bool profile_bool;
typedef int64_t profile_count;    /* a whole number within the row's bounds */
typedef int64_t profile_duration; /* milliseconds */
typedef uint64_t profile_size;    /* bytes */
typedef int profile_choice;       /* index into the row's list of words */
typedef struct span profile_text;
typedef struct span profile_list; /* comma-separated; walk it with profile_list_next */

enum profile_key {
#define SECTION(section, where, meaning)
#define FREE(section, where, meaning, field)
#define SCOPED(section, where, meaning, field)
#define KEY(section, name, type, standard, low, high, choices, meaning, field)                     \
    KEY_##section##_##name,
#include "profile/schema.def"
#undef KEY
#undef SCOPED
#undef FREE
#undef SECTION
    PROFILE_KEY_COUNT
};

enum profile_section {
#define SECTION(section, where, meaning) SECTION_##section,
#define FREE(section, where, meaning, field) SECTION_##section,
#define SCOPED(section, where, meaning, field) SECTION_##section,
#define KEY(section, name, type, standard, low, high, choices, meaning, field)
#include "profile/schema.def"
#undef KEY
#undef SCOPED
#undef FREE
#undef SECTION
    PROFILE_SECTION_COUNT
};

/* Where a value came from: "base.ini" line 12, "--set" (line = its position), or the table
 * itself (file NULL, line 0). */
struct profile_origin {
    const char *file;
    unsigned line;
};

/* One line of a free-form section. */
struct profile_pair {
    struct span scope; /* of [patch.Service/app]: "Service/app"; else empty */
    struct span name;
    struct span value;
    struct profile_origin origin;
};

struct profile_pairs {
    struct profile_pair *items; /* in the order given; a name (in a scope) appears once, the last
                                   wins, and a later layer's "!name =" takes it back */
    size_t count;
};

struct profile {
#define SECTION(section, where, meaning)
#define FREE(section, where, meaning, field) struct profile_pairs section;
#define SCOPED(section, where, meaning, field) struct profile_pairs section;
#define KEY(section, name, type, standard, low, high, choices, meaning, field)                     \
    profile_##type section##_##name;
#include "profile/schema.def"
#undef KEY
#undef SCOPED
#undef FREE
#undef SECTION
    struct profile_origin origin[PROFILE_KEY_COUNT];
};

/* What is wrong with a profile: all of it, not only the first. */
struct profile_problem {
    struct profile_origin origin;
    const char *text; /* "log.fsync: 'allways' is not one of always, everysec, no; ..." */
    struct profile_problem *next;
};

struct profile_problems {
    struct arena *arena;
    struct profile_problem *first;
    struct profile_problem *last;
    size_t count;
};

/* Adds a problem, at the line that gave the key (or the pair). Always returns false. */
bool profile_problem_add(struct profile_problems *problems, struct profile_origin origin,
                         const char *format, ...) printf_like(3, 4);
bool profile_problem_key(struct profile_problems *problems, const struct profile *p,
                         enum profile_key key, const char *format, ...) printf_like(4, 5);

/* Appends "base.ini:12: text" for each problem, one line each, in the order in
 * which they were found. */
void profile_problems_print(const struct profile_problems *problems, struct buf *out);

/* Where the values come from; later ones override earlier ones, sets override files. */
enum { PROFILE_SOURCES_MAX = 64 };
struct profile_sources {
    const char *files[PROFILE_SOURCES_MAX]; /* "-" is standard input */
    size_t file_count;
    const char *sets[PROFILE_SOURCES_MAX * 4]; /* "section.key=value", see load.c */
    size_t set_count;
};

/* Loads and checks. False when there are problems; all of them are in *problems, and *p must
 * not be used. Texts live in the arena. */
must_use bool profile_load(struct arena *a, const struct profile_sources *sources,
                           struct profile *p, struct profile_problems *problems);

/* True when the value was given by a file or a --set rather than by the table. */
bool profile_given(const struct profile *p, enum profile_key key);

/* Takes the next item, trimmed, off a list; false at its end. Empty items are left out. An item
 * between double quotes may hold commas. */
bool profile_list_next(struct span *rest, struct span *item);

/* The networks of a list that was checked, in the arena; how many there are. */
size_t profile_networks(struct arena *a, struct span list, const struct network **networks);

/* The word behind a choice, for printing. */
struct span profile_choice_word(enum profile_key key, int value);

/* Appends, as INI text that loads back to the same values, every key of the sections that the
 * server itself reads (the rows marked SERVER). */
void profile_print_server(const struct profile *p, struct buf *out);

/* Appends the effective profile, each value with a comment that tells where it comes from; when
 * `standard` is given, only what is not as it is there. Loads back to the same values, but for what
 * stands in comments because no line can or should hold it: texts of several lines, and the
 * Secret's. */
void profile_print_effective(const struct profile *p, const struct profile *standard,
                             struct buf *out);

#endif
