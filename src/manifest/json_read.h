/*
 * json_read.h: JSON text -> a tree of nodes: what `[patch.*]`, `app import` and `--against` read.
 *
 * Strict, as RFC 8259 and I-JSON (RFC 7493) have it: the whole text is one value; no comments, no
 * trailing commas, no lone surrogates, no bytes that are not UTF-8, and no key twice in one
 * object. At most JSON_DEPTH_MAX containers stand in one another, so no input exhausts the stack.
 * A number that fits an int64_t becomes a NODE_INT; any other keeps its text.
 */
#ifndef MANIFEST_JSON_READ_H
#define MANIFEST_JSON_READ_H

#include "base/err.h"
#include "manifest/node.h"

/* The second keeps a search for a doubled key short. */
enum { JSON_DEPTH_MAX = 64, JSON_CHILDREN_MAX = 10000 };

/* NULL when the text is not good JSON; the error tells line, column and what is wrong. Texts are
 * copied only where they hold escapes, so `text` must live as long as the tree. */
struct node *json_read(struct tree *tree, struct span text, struct err *err);

#endif
