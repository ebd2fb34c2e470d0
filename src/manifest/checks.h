/*
 * checks.h: the parts of the check, each about some sections; only manifest/check*.c include
 * it. Rules and limits are those of Kubernetes' apimachinery (pkg/util/validation) and of
 * pkg/apis/{apps,core}/validation.
 */
#ifndef MANIFEST_CHECKS_H
#define MANIFEST_CHECKS_H

#include "manifest/derived.h"
#include "manifest/kubename.h"
#include "manifest/quantity.h"

struct check {
    const struct profile *p;
    const struct derived *d;
    struct profile_problems *problems;
};

/* Adds "section.key: text" for a key. */
void checks_problem(const struct check *c, enum profile_key key, const char *format, ...)
    printf_like(3, 4);

/* Adds "section.name: text" for a line of a free-form section. */
void checks_pair_problem(const struct check *c, enum profile_section section,
                         const struct profile_pair *pair, const char *format, ...)
    printf_like(4, 5);

/* A text must follow a rule; an empty one is good only when it means "left out". */
void checks_name(const struct check *c, enum profile_key key, enum kubename_rule rule,
                 struct span value);
void checks_optional_name(const struct check *c, enum profile_key key, enum kubename_rule rule,
                          struct span value);

/* True for an IPv4 or IPv6 address. */
bool checks_is_address(struct span s);

/* A path of a request: it begins with '/' and has no spaces. */
void checks_path(const struct check *c, enum profile_key key, struct span path);

/* Host names, or such behind "*."; returns how many there are. */
size_t checks_hosts(const struct check *c, enum profile_key key, struct span list);

/* A number, or a percentage up to 100. */
bool checks_amount(struct span text, bool *is_percent, uint64_t *amount);

/* A duration must be whole seconds. */
void checks_seconds(const struct check *c, enum profile_key key, int64_t value_ms);

/* A quantity must be exact in 1/`parts` (1: whole, 1000: millis); *q is it. An empty one is
 * false without a problem. */
bool checks_quantity(const struct check *c, enum profile_key key, unsigned parts, struct span value,
                     struct quantity *q);

void checks_app(const struct check *c);      /* [app] [image] [service_account] */
void checks_workload(const struct check *c); /* [workload] [resources] [security] [probes] */
void checks_storage(const struct check *c);  /* [storage] */
void checks_parts(const struct check *c);    /* [volumes] [mounts] [sidecars] [extra]... */
void checks_addons(const struct check *c);   /* [certificate] [monitor] [test] */
void checks_release(const struct check *c);  /* what app.kube does not know yet */
void checks_service(const struct check *c);  /* [service], and the listeners behind it */
void checks_files(const struct check *c);    /* [config] [files] [secrets] [secret] */
void checks_env(const struct check *c);      /* [env...] */
void checks_scaling(const struct check *c);  /* [disruption] [autoscaling] [tolerations] */
void checks_traffic(const struct check *c);  /* [namespace] [ingress] [route] [host_aliases] */
void checks_labels(const struct check *c);   /* labels, annotations, node selector */

#endif
