/*
 * notes.h: what a person wants to know after `app --emit`: how to apply, to watch, to reach this
 * very service, to read the log, to take it away again. The same for the same profile.
 */
#ifndef MANIFEST_NOTES_H
#define MANIFEST_NOTES_H

#include "base/buf.h"
#include "manifest/derived.h"
#include "manifest/node.h"

void notes_add(const struct profile *p, const struct derived *d, const struct node *objects,
               struct buf *out);

#endif
