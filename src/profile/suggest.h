/*
 * suggest.h: the nearest known name to a misspelt one.
 */
#ifndef PROFILE_SUGGEST_H
#define PROFILE_SUGGEST_H

#include "base/span.h"

/* The best candidate so far; zero it, then offer every known name. */
struct suggestion {
    struct span name; /* NULL pointer: nothing is near */
    size_t distance;
};

/* Keeps `known` when it is nearer to `wrong` than all before, and near enough to be meant: at
 * most a third of its letters changed, added, left out or swapped. */
void suggest_offer(struct suggestion *best, struct span wrong, struct span known);

#endif
