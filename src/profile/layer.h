/*
 * layer.h: one layer of a profile, a file or all the --set together, and how a line of it is set.
 *
 * Later layers override earlier ones; within one file a key may stand only once. Every problem
 * names the line, and the nearest name that there is.
 */
#ifndef PROFILE_LAYER_H
#define PROFILE_LAYER_H

#include "profile/schema.h"

/* A section, and what stands behind its dot when it is a scoped one. */
struct layer_place {
    int section;
    struct span scope;
};

/* One layer: a file, or all the --set together. */
struct layer {
    struct arena *arena;
    struct profile *profile;
    struct profile_problems *problems;
    const char *file;
    const char *directory;
    struct layer_place here;              /* the section whose lines are being read; -1 = none */
    bool may_repeat;                      /* a later --set overrides an earlier one */
    unsigned key_line[PROFILE_KEY_COUNT]; /* where this layer gave the key; 0 = not yet */
};

/* Sets what the line "name = written" of a section says, or adds a problem. */
void layer_set(struct layer *l, unsigned line, struct layer_place place, struct span name,
               struct span written);

/* Adds the problem that there is no section of that name. */
void layer_unknown_section(const struct layer *l, unsigned line, struct span name);

/* The origin of a line of this layer. */
struct profile_origin layer_origin(const struct layer *l, unsigned line);

#endif
