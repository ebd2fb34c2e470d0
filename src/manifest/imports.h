/*
 * imports.h: the parts of the import, each in a file of its own; only manifest/import*.c include
 * it.
 *
 * First the rules of the table turn values into entries, then the walk names what no rule knows,
 * then the entries are tried: printed, loaded, checked, and those that are refused taken out.
 */
#ifndef MANIFEST_IMPORTS_H
#define MANIFEST_IMPORTS_H

#include "manifest/import.h"
#include "profile/schema.h"

enum { IMPORT_RULES_MAX = 160 };

/* What will be one line of the profile. */
struct import_entry {
    int section;         /* enum profile_section, or where schema.def has [patch.<Kind>] */
    const char *heading; /* the section as it is written */
    struct span name;
    struct span value;
    const char *path; /* of the value that it comes from */
    unsigned line;    /* in the last print */
    bool is_default;  /* not printed: the profile has it anyway */
    bool taken_out;
    struct import_entry *next;
};

struct import {
    struct arena *arena;
    const struct node *values;
    struct buf *left_out;
    struct import_entry *first;
    struct import_entry *last;
    struct import_entry *by_key[PROFILE_KEY_COUNT];
    const struct node *claimed[IMPORT_RULES_MAX]; /* by a rule: not for the walk */
    size_t claimed_count;
    size_t annotation_bytes; /* of all that were carried */
    struct buf printed;      /* where JSON is made */
    struct buf line;
};

struct import_rule;
typedef void import_part(struct import *m, const struct import_rule *rule, const struct node *n);

enum import_kind {
    IMPORT_TEXT,
    IMPORT_SCALAR, /* a text, or a number that is meant as one: a tag, a quantity */
    IMPORT_COUNT,
    IMPORT_SECONDS,
    IMPORT_BOOL,
    IMPORT_LIST,  /* of texts */
    IMPORT_NAMES, /* of texts, or of maps with a name */
    IMPORT_LABELS,
    IMPORT_ANNOTATIONS,
    IMPORT_PATCH, /* the pod's field of the same name, a NODE_MAP or NODE_SEQ */
    IMPORT_FALSE, /* what the objects have anyway, and the profile cannot change */
    IMPORT_ONE,
    IMPORT_PART, /* a function of import_parts.c or import_traffic.c */
};

struct import_rule {
    const char *path;
    enum import_kind kind;
    int to; /* an enum profile_key; of labels and annotations an enum profile_section */
    import_part *part;
};

extern const struct import_rule import_rules[]; /* ends with a path of NULL */

/* ---- import.c: entries and left-outs ---- */

/* A key of the profile becomes that value; empty ones are left alone unless it is for a reason
 * (imports_key_empty). The first of two that differ stands, the other is left out. */
void imports_key(struct import *m, const char *path, enum profile_key key, struct span value);
void imports_key_empty(struct import *m, const char *path, enum profile_key key);
void imports_pair(struct import *m, const char *path, enum profile_section section,
                  struct span name, struct span value);

/* A field of the StatefulSet, into [patch.StatefulSet]; where the profile has no such section,
 * the value is left out, and the line told that would carry it. */
void imports_patch(struct import *m, const char *path, const char *field, const struct node *n);

void imports_left_out(struct import *m, const char *path, const char *format, ...)
    printf_like(3, 4);

/* "a whole number is expected, not a text". */
void imports_expected(struct import *m, const char *path, const struct node *n, const char *what);

/* Left out, with the patch that would carry it. */
void imports_suggest(struct import *m, const char *path, const char *kind, const char *field,
                     const struct node *n);

/* True for null, "", {} and []: what says nothing. */
bool imports_says_nothing(const struct node *n);

/* Names a value that no rule knows, and where it is a map each value within. */
void imports_unknown(struct import *m, const char *path, const struct node *n);

/* The same for all children of a map whose keys are not among `known` (ends with NULL). */
void imports_rest(struct import *m, const char *path, const struct node *map,
                  const char *const known[]);

/* The path of a child: "a.b", a["b.c"], "a[0]". */
const char *imports_child(struct import *m, const char *path, const struct node *child);
const char *imports_item(struct import *m, const char *path, size_t at);

/* ---- import_table.c ---- */

/* Applies every rule to the value that it is about. */
void imports_apply_rules(struct import *m);

/* The text of a text, or of a number that is one as it is written; false for anything else. */
bool imports_scalar(struct import *m, const struct node *n, struct span *text);

/* Why a list cannot have that item, or NULL. */
const char *imports_bad_item(struct span item);

/* ---- import_trial.c ---- */

/* NULL when a line can hold the value, else why not. */
const char *imports_bad_value(struct span value);

/* Prints the entries that load and pass the checks; the others are taken out and named. */
bool imports_print(struct import *m, struct buf *ini, struct err *err);

/* ---- import_parts.c, import_traffic.c: the values that are more than one key ---- */

import_part imports_registry, imports_repository, imports_drop, imports_http_get, imports_resources,
    imports_memory_target, imports_tolerations, imports_environment, imports_storage_class,
    imports_claim, imports_storage_off, imports_list_of_patches, imports_hosts, imports_tls,
    imports_parents, imports_routes, imports_route_annotations;

#endif
