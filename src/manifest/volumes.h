/*
 * volumes.h: the volumes and mounts of [volumes] and [mounts], as they are written.
 */
#ifndef MANIFEST_VOLUMES_H
#define MANIFEST_VOLUMES_H

#include "manifest/common.h"

/*
 * The volume that "secret/NAME", "configmap/NAME", "claim/NAME", "empty", "empty/SIZE" or a JSON
 * object {"<source>": {...}} stands for: a map with that one source, without a name. NULL on an
 * error, which tells what is wrong.
 */
struct node *volumes_read(struct tree *tree, struct span written, struct err *err);

/* "VOLUME[/path/in/it][:ro]". */
struct volumes_mount {
    struct span volume;
    struct span sub_path; /* empty: the whole volume */
    bool read_only;
};

struct volumes_mount volumes_mount(struct span written);

/* Adds a volume of that name to a sequence, its source still to be given. */
struct node *volumes_add(struct node *volumes, struct span name);

#endif
