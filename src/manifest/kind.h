/*
 * kind.h: one builder for each kind of object; each adds to a sequence the objects of its kind
 * that a profile wants: none, one or several. The profile has passed the checks. kinds.c says
 * which are built, and in what order.
 */
#ifndef MANIFEST_KIND_H
#define MANIFEST_KIND_H

#include "manifest/common.h"

void kind_namespace(const struct build *b, struct node *objects);
void kind_networkpolicy(const struct build *b, struct node *objects);
void kind_disruption(const struct build *b, struct node *objects);
void kind_autoscaler(const struct build *b, struct node *objects);
void kind_certificate(const struct build *b, struct node *objects);
void kind_ingress(const struct build *b, struct node *objects);
void kind_httproute(const struct build *b, struct node *objects);
void kind_monitor(const struct build *b, struct node *objects);
void kind_serviceaccount(const struct build *b, struct node *objects);
void kind_statefulset(const struct build *b, struct node *objects);

/* Only when [secret] has entries. */
void kind_secret(const struct build *b, struct node *objects);

/* Adds the Secret's entries to a map, in base64. */
void kind_secret_add_data(const struct build *b, struct node *data);

void kind_configmap(const struct build *b, struct node *objects);

/* Adds app.ini and those [files] that are text, or (binary) those that are not, in base64. */
void kind_configmap_add_data(const struct build *b, struct node *data, bool binary);

/* The one claim of storage.mode = claim. */
void kind_claim(const struct build *b, struct node *objects);

/* The claims that a StatefulSet's controller would make, for those who make them first. */
void kind_replica_claims(const struct build *b, struct node *objects);

/* The Service without an address, which gives each pod its DNS name, ready or not. */
void kind_service_headless(const struct build *b, struct node *objects);

/* The Service that clients reach. */
void kind_service(const struct build *b, struct node *objects);

/* With service.per_replica, one for each pod. */
void kind_service_replicas(const struct build *b, struct node *objects);

/* The Pod of the connection test. */
void kind_test(const struct build *b, struct node *objects);

/* The objects of [extra]. */
void kind_extra(const struct build *b, struct node *objects);

/* True for the kinds, of those that Kubernetes and its common extensions have, whose objects are
 * in no namespace. */
bool kind_is_cluster_wide(struct span kind);

#endif
