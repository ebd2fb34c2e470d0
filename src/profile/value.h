/*
 * value.h: from the text of a value to its typed form.
 */
#ifndef PROFILE_VALUE_H
#define PROFILE_VALUE_H

#include "profile/schema.h"

/* A value as written, with what is needed to resolve and to report it. */
struct value_source {
    struct arena *arena;
    struct profile_problems *problems;
    struct profile_origin origin;
    const char *section;   /* "log" */
    struct span scope;     /* of a scoped section, or empty */
    struct span name;      /* "fsync" */
    const char *directory; /* what an @path is relative to; "" is the working directory */
};

/* "log.fsync", "labels.team", "patch.Service.spec": for messages. */
const char *value_label(const struct value_source *source);

/* '@path' is the file's content, '$NAME' the environment variable; '\@', '\$' and '\\' stand
 * for the second character. False after a problem was added. */
must_use bool value_resolve(const struct value_source *source, struct span written,
                            struct span *value);

/* Stores the typed value at its place in *p. False after a problem was added. */
must_use bool value_store(const struct value_source *source, enum profile_key id, struct span value,
                          struct profile *p);

/* Appends a value so that value_resolve gives it back. */
void value_add_escaped(struct buf *b, struct span value);

#endif
