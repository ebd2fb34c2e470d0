/*
 * path.h: the way to a field of an object, as a line of [patch.<Kind>] writes it:
 *
 *     spec.template.spec.containers[name=app].env[0].value
 *     metadata.annotations["example.com/a.b"]
 *     spec.ports[+]
 *
 * Keys are divided by dots; one with a dot or a bracket stands between brackets and double quotes.
 * [0] is a list's first item, [name=app] the item whose field `name` is that text or number, and
 * [+], at the end, one more item.
 */
#ifndef MANIFEST_PATH_H
#define MANIFEST_PATH_H

#include "manifest/node.h"

enum path_step_kind { PATH_KEY, PATH_INDEX, PATH_SELECT, PATH_APPEND };

struct path_step {
    enum path_step_kind kind;
    struct span key;   /* PATH_KEY, PATH_SELECT */
    struct span value; /* PATH_SELECT */
    uint64_t index;    /* PATH_INDEX */
};

/* Takes the first step off a path. False: at its end (err untouched), or what is wrong. */
must_use bool path_next(struct span *rest, struct path_step *step, struct err *err);

/* The child that a step leads to, or NULL. */
struct node *path_follow(struct node *from, const struct path_step *step);

#endif
