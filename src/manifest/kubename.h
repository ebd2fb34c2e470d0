/*
 * kubename.h: what the API server takes for a name, by its own rules (apimachinery,
 * pkg/util/validation; IANA_SVC_NAME for port names; the image grammar of distribution).
 */
#ifndef MANIFEST_KUBENAME_H
#define MANIFEST_KUBENAME_H

#include "base/span.h"

enum kubename_rule {
    KUBENAME_LABEL,     /* DNS-1123 label: namespaces, containers, volumes, pods */
    KUBENAME_SUBDOMAIN, /* DNS-1123 subdomain: most objects */
    KUBENAME_SERVICE,   /* DNS-1035 label: Services */
    KUBENAME_LABEL_KEY, /* qualified name: [prefix/]name */
    KUBENAME_LABEL_VALUE,
    KUBENAME_ANNOTATION_KEY, /* a qualified name in any case */
    KUBENAME_PORT,           /* IANA_SVC_NAME */
    KUBENAME_ENV,
    KUBENAME_CONFIG_KEY, /* of a ConfigMap or Secret */
    KUBENAME_IMAGE_REPOSITORY,
    KUBENAME_IMAGE_TAG,
    KUBENAME_IMAGE_DIGEST,
    KUBENAME_HEADER, /* a field of a probe's request */
    KUBENAME_PATH,   /* an absolute path in the container, without ':', '.', '..' and '//' */
};

bool kubename_is_valid(enum kubename_rule rule, struct span name);

/* The rule's name and what it allows, for "... is not <text>". */
const char *kubename_rule_text(enum kubename_rule rule);

#endif
