/*
 * common.h: what several objects say in the same words: metadata, labels, selectors.
 */
#ifndef MANIFEST_COMMON_H
#define MANIFEST_COMMON_H

#include "manifest/derived.h"
#include "manifest/node.h"

/* What a builder reads, and where it makes its nodes. */
struct build {
    const struct profile *p;
    const struct derived *d;
    struct tree *tree;
};

/* What one object's metadata has of its own; each may be empty. */
struct common_object {
    const char *api_version;
    const char *kind;
    struct span name;
    struct span name_label;                  /* in place of app.name */
    const struct profile_pairs *labels;      /* they win over [labels] */
    const struct profile_pairs *annotations; /* they win over [annotations] */
    bool cluster_wide;                       /* it is in no namespace */
};

/* Adds an object to a sequence, with apiVersion, kind and metadata (name, namespace, labels,
 * annotations); it is returned, to be filled. */
struct node *common_begin(const struct build *b, struct node *objects,
                          const struct common_object *about);

/* Adds the labels of every object, app.kubernetes.io/... and [labels], to a map. */
void common_add_labels(const struct build *b, struct node *labels);

/* Adds to a map the two labels that select the pods, and that never change: name, instance. */
void common_add_selector(const struct build *b, struct node *labels);

/* Adds a key with the map {matchLabels: what common_add_selector adds}. */
void common_add_label_selector(const struct build *b, struct node *map, const char *key);

/* Adds pairs to a map; those whose key it has already are left out. */
void common_add_pairs(struct node *map, const struct profile_pairs *pairs);

/* True when the pod sets this label itself, or Kubernetes does: not the profile's to give. */
bool common_is_own_label(struct span key);

/* Adds the list's items to a sequence of that key; nothing when it is empty. */
void common_add_list(struct node *map, const char *key, struct span list);

/* Adds the word of a choice, unless the choice is "default": then the cluster decides. */
void common_add_choice(struct node *map, const char *key, enum profile_key choice, int value);

/* Adds an IntOrString: a number stays one, a percentage is text; nothing when it is empty. */
void common_add_amount(struct node *map, const char *key, struct span amount);

/* Adds a quantity in its canonical form; nothing when it is empty. */
void common_add_quantity(const struct build *b, struct node *map, const char *key,
                         struct span written);

/* The bytes in base64 (RFC 4648 section 4), in the arena. */
struct span common_base64(const struct build *b, struct span bytes);

/* The SHA-256 of a map of texts, whatever the order of its keys was. */
struct span common_checksum(const struct build *b, struct node *map);

#endif
