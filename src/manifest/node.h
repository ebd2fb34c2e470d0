/*
 * node.h: a tree of maps, sequences and scalars: what a Kubernetes object is before it is text.
 *
 * Nodes live in an arena and are added at the end of a parent; there is no other way to make
 * one, so a tree is always well nested, and a key that a map already has is a bug (asserted).
 * Texts are not copied: they must live as long as the tree. When the arena is exhausted, a
 * spare node is handed out that is in no tree: builders go on, and the arena's flag tells it
 * once at the end.
 */
#ifndef MANIFEST_NODE_H
#define MANIFEST_NODE_H

#include "base/arena.h"

/* A NODE_NUMBER is a number that no int64_t holds, as JSON writes it, in `text`. */
enum node_kind { NODE_MAP, NODE_SEQ, NODE_TEXT, NODE_INT, NODE_NUMBER, NODE_BOOL, NODE_NULL };

struct node {
    enum node_kind kind;
    bool truth;      /* of a NODE_BOOL */
    struct span key; /* within a map */
    struct span text;
    int64_t number;
    struct node *first; /* children of a map or sequence */
    struct node *last;
    struct node *next;
    struct tree *tree;
};

struct tree {
    struct arena *arena;
    struct node spare;
};

/* A map or a sequence that has no parent. */
struct node *node_new_map(struct tree *tree);
struct node *node_new_seq(struct tree *tree);

/* Adds a child to a map; the containers are returned, to be filled. */
struct node *node_map_add_map(struct node *map, const char *key);
struct node *node_map_add_seq(struct node *map, const char *key);
void node_map_add_str(struct node *map, const char *key, const char *text);
void node_map_add_text(struct node *map, const char *key, struct span text);
void node_map_add_int(struct node *map, const char *key, int64_t number);
void node_map_add_bool(struct node *map, const char *key, bool truth);

/* The same for a key that is not ours: a label's, a file's. */
void node_map_add_pair(struct node *map, struct span key, struct span text);

/* Adds an item to a sequence. */
struct node *node_seq_add_map(struct node *seq);
void node_seq_add_str(struct node *seq, const char *text);
void node_seq_add_text(struct node *seq, struct span text);

/* A node that has no parent; a container is to be filled, anything else to be given its value. */
struct node *node_new(struct tree *tree, enum node_kind kind);

/* Gives a node without a parent to a map (that has no such key), or to a sequence. */
void node_map_take(struct node *map, struct span key, struct node *child);
void node_seq_take(struct node *seq, struct node *child);

/* Takes a child out of its parent. */
void node_remove(struct node *parent, struct node *child);

/* Makes a node what another without a parent is: its kind, value and children. */
void node_become(struct node *n, const struct node *other);

/* The child of a map with that key, or NULL. */
struct node *node_map_find(const struct node *map, struct span key);

/* The node that a path of keys leads to ("spec.template.metadata"), or NULL. */
struct node *node_find(const struct node *map, const char *path);

/* The text of such a node; empty when it is missing or no text. */
struct span node_find_text(const struct node *map, const char *path);

/* True when both are equal, whatever the order of the maps' keys. */
bool node_equal(const struct node *a, const struct node *b);

/* Puts the keys of every map of the tree in the order in which they are printed: bytewise, as
 * `kubectl get -o yaml` does, and as kube-linter asks for. */
void node_sort(struct node *root);

#endif
