/*
 * explain.h: the table of keys, printed for people.
 */
#ifndef PROFILE_EXPLAIN_H
#define PROFILE_EXPLAIN_H

#include "profile/schema.h"

/* Appends everything about one key. */
void explain_key(enum profile_key key, struct buf *out);

/* Appends a section's meaning and its keys. */
void explain_section(enum profile_section section, struct buf *out);

/* Appends all sections, a line for each key. */
void explain_all(struct buf *out);

/* Appends the complete commented default profile; loading it gives the defaults. */
void explain_profile(struct buf *out);

/* Appends every key and free-form section as a table in Markdown, or as a list in JSON. */
void explain_markdown(struct buf *out);
void explain_json(struct buf *out);

/* What a key becomes; "" when it only steers what is printed. */
const char *explain_field(const struct schema_key *key);

/* Finds "section" or "section.key": fills *section, and *key with the key or -1. False, with
 * an error that names the nearest, when there is none. */
must_use bool explain_find(const char *name, enum profile_section *section, int *key,
                           struct err *err);

#endif
