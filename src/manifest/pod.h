/*
 * pod.h: the pod template of the StatefulSet: its metadata, its volumes, its one container.
 */
#ifndef MANIFEST_POD_H
#define MANIFEST_POD_H

#include "manifest/common.h"

/* Fills spec.template. Its checksum annotations change with the content of the ConfigMap and
 * the Secret, so that a changed profile rolls the pods and an unchanged one does not. */
void pod_add_template(const struct build *b, struct node *template);

/* Adds the container to spec.containers. */
void pod_add_container(const struct build *b, struct node *containers);

/* Volumes whose names the profile does not choose. */
extern const char pod_secret_volume[];

#endif
