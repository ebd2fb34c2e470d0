/*
 * patch.h: [patch.<Kind>]: whatever the table of keys has no key for, said on the finished
 * objects. Every line must find its object and its way: a path that leads nowhere is a problem,
 * and so is a line that changes nothing because no object is of that kind.
 */
#ifndef MANIFEST_PATCH_H
#define MANIFEST_PATCH_H

#include "manifest/common.h"

/* Applies every line of [patch.*], in order, to a sequence of objects. False after a problem. */
must_use bool patch_apply(const struct build *b, struct node *objects,
                          struct profile_problems *problems);

#endif
