/*
 * pod.h: the pod template of the StatefulSet: its metadata, its volumes, its one container.
 */
#ifndef MANIFEST_POD_H
#define MANIFEST_POD_H

#include "manifest/common.h"

/* Fills spec.template. Its checksum annotations change with the content of the ConfigMap and
 * the Secret, so that a changed profile rolls the pods and an unchanged one does not. */
void pod_add_template(const struct build *b, struct node *template);

/* Adds the server's container to spec.containers. */
void pod_add_container(const struct build *b, struct node *containers);

/* Adds the containers of [init_containers] and [sidecars]: both are spec.initContainers. */
void pod_add_init_containers(const struct build *b, struct node *spec);

/* Parts that the Pod of the connection test has, too. */
void pod_add_security(const struct profile *p, struct node *spec);
void pod_add_pull_secrets(const struct build *b, struct node *spec);
void pod_add_resources(const struct build *b, struct node *container);
void pod_add_container_security(const struct profile *p, struct node *container);

/* True when the Secret is seen as files. */
bool pod_has_secret(const struct profile *p);

/* Volumes whose names the profile does not choose. */
extern const char pod_secret_volume[];

#endif
