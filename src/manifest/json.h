/*
 * json.h: a tree printed as JSON (RFC 8259), two spaces a level. The texts must be UTF-8.
 */
#ifndef MANIFEST_JSON_H
#define MANIFEST_JSON_H

#include "base/buf.h"
#include "manifest/node.h"

/* Appends one node, without a line feed behind it. */
void json_print(const struct node *node, struct buf *out);

/* Appends the items of a sequence as one Kubernetes List, which `kubectl apply` takes. */
void json_print_list(const struct node *seq, struct buf *out);

#endif
