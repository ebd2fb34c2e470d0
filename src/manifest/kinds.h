/*
 * kinds.h: the table of kinds, in the order in which the objects must exist, and the choice
 * among them.
 */
#ifndef MANIFEST_KINDS_H
#define MANIFEST_KINDS_H

#include "manifest/common.h"

/* A set of the table's rows. */
struct kinds_choice {
    uint64_t rows;
};

/* Every kind. */
struct kinds_choice kinds_all(void);

/* "statefulset,svc": names, plurals and short names of kinds, as kubectl takes them, in any case.
 */
must_use bool kinds_choose(struct span list, struct kinds_choice *choice, struct err *err);

/* A sequence of all objects that this profile wants, in the order in which they must exist; those
 * that come only when they are named (the claims that a StatefulSet makes itself) if the choice
 * has them. The profile must have passed manifest_check. */
struct node *kinds_build(const struct build *b, struct kinds_choice choice);

/* Takes the objects of kinds that are not chosen out of a sequence. It comes after the patches,
 * which are about all objects. */
void kinds_keep(struct node *objects, struct kinds_choice choice);

#endif
