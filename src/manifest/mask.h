/*
 * mask.h: objects that may be shown: every value of a Secret replaced by the same word.
 */
#ifndef MANIFEST_MASK_H
#define MANIFEST_MASK_H

#include "manifest/node.h"

void mask_secrets(struct node *objects);

#endif
