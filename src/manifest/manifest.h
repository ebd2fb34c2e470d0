/*
 * manifest.h: from a profile to the finished objects: checked, built, patched, and checked once
 * more as a whole. The only way there is, so that what `app lint` takes, `app --emit` prints.
 */
#ifndef MANIFEST_MANIFEST_H
#define MANIFEST_MANIFEST_H

#include "manifest/kinds.h"

/*
 * A sequence of the chosen objects, each map in its printed order; it may be empty. *d is filled.
 * NULL when there are problems: all of them are added.
 */
struct node *manifest_make(struct tree *tree, const struct profile *p, struct derived *d,
                           struct kinds_choice choice, struct profile_problems *problems);

#endif
