/*
 * schema.h: the table of keys as data; see schema.def for what its columns mean.
 */
#ifndef PROFILE_SCHEMA_H
#define PROFILE_SCHEMA_H

#include "profile/profile.h"

enum schema_type {
    TYPE_bool,
    TYPE_count,
    TYPE_duration,
    TYPE_size,
    TYPE_choice,
    TYPE_text,
    TYPE_list,
};

enum schema_where { SERVER, EMIT };

struct schema_key {
    enum profile_section section;
    const char *name;
    enum schema_type type;
    const char *standard;
    int64_t low;
    int64_t high;
    const char *choices;
    const char *meaning;
    const char *field;
    size_t offset; /* of the value in struct profile */
};

struct schema_section {
    const char *name;
    enum schema_where where;
    bool free_form;
    bool scoped; /* written as [section.scope] */
    const char *meaning;
    const char *field; /* when free_form: what its lines become */
    size_t offset;     /* of the pairs in struct profile, when free_form */
};

/* Indexed by enum profile_key and enum profile_section. A section's keys stand together. */
extern const struct schema_key schema_keys[];
extern const struct schema_section schema_sections[];

/* The section of that name, or -1. */
int schema_find_section(struct span name);

/* The same for a section as a file writes it: "patch.Service/app" is the scoped section `patch`,
 * and *scope becomes "Service/app"; empty for any other section. */
int schema_match_section(struct span name, struct span *scope);

/* The key of that name in the section, or -1. */
int schema_find_key(enum profile_section section, struct span name);

/* "text", "duration"... for messages and explanations. */
const char *schema_type_name(enum schema_type type);

/* The index of a word among a choice's, or -1. */
int schema_find_choice(const struct schema_key *key, struct span word);

/* Appends what a key takes: "a duration from 100ms to 1h", "one of always, everysec, no". */
void schema_add_allowed(struct buf *b, const struct schema_key *key);

/* Appends milliseconds as a duration ("1m30s", "500ms") and bytes as a size ("64Ki"). */
void schema_add_duration(struct buf *b, int64_t ms);
void schema_add_size(struct buf *b, uint64_t bytes);

#endif
