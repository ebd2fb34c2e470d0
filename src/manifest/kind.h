/*
 * kind.h: one builder for each kind of object; each fills an empty map with one object of a
 * profile that has passed the checks. kinds.c says which are built, and in what order.
 */
#ifndef MANIFEST_KIND_H
#define MANIFEST_KIND_H

#include "manifest/common.h"

/* Only when namespace.create is true. */
bool kind_namespace_wanted(const struct build *b);
void kind_namespace(const struct build *b, struct node *object);

/* Only when network.create is true. */
bool kind_networkpolicy_wanted(const struct build *b);
void kind_networkpolicy(const struct build *b, struct node *object);

/* Only when disruption.create is true. */
bool kind_disruption_wanted(const struct build *b);
void kind_disruption(const struct build *b, struct node *object);

/* Only when autoscaling.create is true. */
bool kind_autoscaler_wanted(const struct build *b);
void kind_autoscaler(const struct build *b, struct node *object);

/* Only when ingress.create is true. */
bool kind_ingress_wanted(const struct build *b);
void kind_ingress(const struct build *b, struct node *object);

/* Only when route.create is true. */
bool kind_httproute_wanted(const struct build *b);
void kind_httproute(const struct build *b, struct node *object);

/* Unless service_account.create is false. */
bool kind_serviceaccount_wanted(const struct build *b);
void kind_serviceaccount(const struct build *b, struct node *object);

/* Only when [secret] has entries. */
bool kind_secret_wanted(const struct build *b);
void kind_secret(const struct build *b, struct node *object);

/* Adds the Secret's entries to a map, in base64. */
void kind_secret_add_data(const struct build *b, struct node *data);

void kind_configmap(const struct build *b, struct node *object);

/* Adds app.ini and those [files] that are text, or (binary) those that are not, in base64. */
void kind_configmap_add_data(const struct build *b, struct node *data, bool binary);

/* The Service without an address, which gives each pod its DNS name, ready or not. */
void kind_service_headless(const struct build *b, struct node *object);

/* The Service that clients reach. */
void kind_service(const struct build *b, struct node *object);

void kind_statefulset(const struct build *b, struct node *object);

#endif
