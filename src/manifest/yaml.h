/*
 * yaml.h: a tree printed as YAML.
 *
 * Every reader reads back what was put in, be it a YAML 1.1 parser (PyYAML, the one in
 * kubectl) or a 1.2 one: string values are always in double quotes (or a block scalar, where
 * that is safe), keys are plain only when nobody takes them for something else, and there are
 * no anchors, tags, folded lines or tabs. The texts must be UTF-8.
 */
#ifndef MANIFEST_YAML_H
#define MANIFEST_YAML_H

#include "base/buf.h"
#include "manifest/node.h"

/* Appends each item of a sequence as a document of its own, "---" before each. */
void yaml_print_documents(const struct node *seq, struct buf *out);

/* Appends one object as the only document. */
void yaml_print_object(const struct node *map, struct buf *out);

/* True when a text reads well and safely as a block scalar: several lines of printable
 * characters, none with a space at its end, the first one not empty and not indented. */
bool yaml_is_block(struct span text);

/* True when a key means itself without quotes, to every reader. */
bool yaml_is_plain_key(struct span key);

#endif
