/*
 * derived.h: what the objects share and the profile leaves to be worked out: names that have
 * a default, the image reference, the ports, the volume's directory. Computed once, so that a
 * reference from one object to another cannot miss.
 */
#ifndef MANIFEST_DERIVED_H
#define MANIFEST_DERIVED_H

#include "profile/profile.h"

enum {
    DERIVED_PORTS_MAX = 9, /* eight public listeners and the admin one */
    DERIVED_CONFIG_BYTES_MAX = 1 << 20,
};

struct derived_port {
    const char *name; /* "http", "http-2", ... "admin" */
    int64_t number;
};

struct derived {
    struct span name;     /* of the installation, and of most objects */
    struct span headless; /* the Service that gives each pod its DNS name */
    struct span service;
    struct span service_account;
    struct span config;
    struct span secret;
    struct span version; /* as a label value */
    struct span image;
    struct span test;               /* the Pod of the connection test */
    struct span claim;              /* the one claim, unless each pod has its own */
    struct span certificate_secret; /* what cert-manager fills */
    struct span ingress_secret;     /* the Ingress's certificate; empty: plain HTTP */
    struct span config_file;        /* the path that the server is started with */
    struct span config_text;        /* and its content; empty when it is over the limit */
    struct span volume_path;        /* the log's directory, absolute */
    struct span probe_port;         /* a name or a number */
    int64_t grace_s;
    struct derived_port ports[DERIVED_PORTS_MAX];
    size_t port_count;
};

extern const char derived_config_key[]; /* "app.ini", in the ConfigMap */
extern const char derived_pod_name[];   /* "POD_NAME", which the server reads */

/* Works for any loaded profile, good or not, so that the checks can use it, too. */
void derived_from(struct arena *a, const struct profile *p, struct derived *d);

/* True for "limits.cpu", "requests.memory"...: a field of the container's resources. */
bool derived_is_resource_field(struct span path);

/* True when each pod has a claim of its own, made from the StatefulSet's template. */
bool derived_has_template(const struct profile *p);

/* The port of "host:port", and whether only the pod itself can reach it. */
int64_t derived_address_port(struct span address);
bool derived_address_is_loopback(struct span address);

/* What stands behind the last '/' of a path. */
struct span derived_base_name(struct span path);

/* True when a file's directory is where the whole ConfigMap is mounted, so that it is seen
 * there without a mount of its own. */
bool derived_file_is_in_config(const struct profile *p, struct span path);

#endif
