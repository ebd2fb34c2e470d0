/*
 * yaml_read.h: reads back what yaml.h prints, and nothing else: `--against` takes an earlier
 * emission. It is no reader of YAML at large (that would be a much larger program, and a much
 * larger surface): whatever is written in another way is refused with its line.
 */
#ifndef MANIFEST_YAML_READ_H
#define MANIFEST_YAML_READ_H

#include "base/err.h"
#include "manifest/node.h"

/* A sequence of the documents; NULL on an error. Texts may point into `text`. */
struct node *yaml_read_documents(struct tree *tree, struct span text, struct err *err);

#endif
