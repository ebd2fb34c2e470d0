/*
 * against.h: what stands in the way of an upgrade: the fields that the API server never changes
 * on an object that is there. It says so in one line, for the first of them, without the value;
 * here every one is told, old and new, and how to carry it out all the same.
 */
#ifndef MANIFEST_AGAINST_H
#define MANIFEST_AGAINST_H

#include "base/buf.h"
#include "base/err.h"
#include "manifest/node.h"

/*
 * Reads what is there: one object or a List as JSON (kubectl get -o json, app --emit -o json), or
 * what app --emit printed as YAML. A sequence of objects, or NULL with an error.
 */
struct node *against_read(struct tree *tree, struct span text, struct err *err);

/*
 * Compares the objects that are to be with those of the same kind and name that are there, and
 * appends each change that would be refused, and its remedy. Returns the number of them.
 */
size_t against_compare(const struct node *wanted, const struct node *there, struct buf *out);

#endif
