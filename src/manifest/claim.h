/*
 * claim.h: the claim for the volume of the log: within the StatefulSet, or as an object.
 */
#ifndef MANIFEST_CLAIM_H
#define MANIFEST_CLAIM_H

#include "manifest/common.h"

/* Fills a claim template: apiVersion, kind, metadata with storage.name, spec. */
void claim_fill_template(const struct build *b, struct node *claim);

/* Adds what both a template's and an object's spec say. */
void claim_add_spec(const struct build *b, struct node *claim);

/* "VolumeSnapshot/NAME", "PersistentVolumeClaim/NAME", "GROUP/KIND/NAME". */
struct claim_source {
    struct span group; /* empty: core */
    struct span kind;
    struct span name;
};

/* False when it is none of these forms. */
must_use bool claim_source_parse(struct span written, struct claim_source *source);

#endif
