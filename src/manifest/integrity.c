#include "base/std.h"

#include "manifest/integrity.h"

struct integrity {
    const struct build *b;
    const struct node *objects;
    struct profile_problems *problems;
    const struct node *set; /* the StatefulSet that is looked at */
};

/* The checks of the profile have passed, so a patch or an object of the profile's own is the
 * reason: the line of the last one that can be. */
static struct profile_origin blame(const struct integrity *k)
{
    const struct profile *p = k->b->p;
    if (p->patch.count)
        return p->patch.items[p->patch.count - 1].origin;
    if (p->extra.count)
        return p->extra.items[p->extra.count - 1].origin;
    return (struct profile_origin){ 0 };
}

static bool refuse(const struct integrity *k, const struct node *object, const char *what,
                   struct span detail)
{
    return profile_problem_add(
        k->problems, blame(k), "after the patches and [extra], %.*s/%.*s: %s%s%.*s%s",
        SPAN_ARG(node_find_text(object, "kind")), SPAN_ARG(node_find_text(object, "metadata.name")),
        what, detail.len ? " '" : "", SPAN_ARG(detail), detail.len ? "'" : "");
}

static bool same(const struct node *a, const struct node *b, const char *path)
{
    return span_eq(node_find_text(a, path), node_find_text(b, path));
}

static bool check_object(const struct integrity *k, const struct node *object)
{
    if (!node_find_text(object, "kind").len || !node_find_text(object, "apiVersion").len ||
        !node_find_text(object, "metadata.name").len)
        return refuse(k, object, "an object needs apiVersion, kind and metadata.name",
                      (struct span){ 0 });
    for (const struct node *n = k->objects->first; n != object; n = n->next) {
        if (same(n, object, "kind") && same(n, object, "metadata.name") &&
            same(n, object, "metadata.namespace"))
            return refuse(k, object, "this object is printed twice", (struct span){ 0 });
    }
    return true;
}

static bool holds_labels(const struct node *labels, const struct node *wanted)
{
    for (const struct node *n = wanted ? wanted->first : NULL; n; n = n->next) {
        const struct node *label = labels ? node_map_find(labels, n->key) : NULL;
        if (!label || !node_equal(label, n))
            return false;
    }
    return wanted && wanted->first;
}

static const struct node *find_named(const struct node *seq, struct span name)
{
    const struct node *n = seq && seq->kind == NODE_SEQ ? seq->first : NULL;
    while (n && !span_eq(node_find_text(n, "name"), name))
        n = n->next;
    return n;
}

static bool check_mounts(const struct integrity *k, const struct node *container)
{
    const struct node *mounts = node_find(container, "volumeMounts");
    const struct node *volumes = node_find(k->set, "spec.template.spec.volumes");
    const struct node *claims = node_find(k->set, "spec.volumeClaimTemplates");
    for (const struct node *m = mounts ? mounts->first : NULL; m; m = m->next) {
        struct span name = node_find_text(m, "name");
        bool found = find_named(volumes, name);
        for (const struct node *t = claims ? claims->first : NULL; t; t = t->next)
            found = found || span_eq(node_find_text(t, "metadata.name"), name);
        if (!found)
            return refuse(k, k->set, "a container mounts a volume that is not there:", name);
        for (const struct node *other = mounts->first; other != m; other = other->next) {
            if (same(other, m, "mountPath"))
                return refuse(k, k->set, "two volumes are mounted at",
                              node_find_text(m, "mountPath"));
        }
    }
    return true;
}

static bool check_probes(const struct integrity *k, const struct node *container)
{
    static const char *const ports[] = { "startupProbe.httpGet.port", "livenessProbe.httpGet.port",
                                         "readinessProbe.httpGet.port" };
    for (size_t i = 0; i < countof(ports); i++) {
        struct span port = node_find_text(container, ports[i]);
        if (port.len && !find_named(node_find(container, "ports"), port))
            return refuse(k, k->set, "a probe asks a port that its container does not have:", port);
    }
    return true;
}

/* core: ValidateSecurityContext. */
static bool check_privileges(const struct integrity *k, const struct node *container)
{
    const struct node *privileged = node_find(container, "securityContext.privileged");
    const struct node *escalates = node_find(container, "securityContext.allowPrivilegeEscalation");
    if (!privileged || !privileged->truth || !escalates || escalates->kind != NODE_BOOL ||
        escalates->truth)
        return true;
    return refuse(k, k->set, "a container cannot be privileged without allowPrivilegeEscalation:",
                  node_find_text(container, "name"));
}

static bool check_containers(const struct integrity *k, const struct node *containers)
{
    for (const struct node *n = containers ? containers->first : NULL; n; n = n->next) {
        struct span name = node_find_text(n, "name");
        if (!name.len || !node_find_text(n, "image").len)
            return refuse(k, k->set, "a container has no name or no image", (struct span){ 0 });
        if (find_named(containers, name) != n)
            return refuse(k, k->set, "two containers are called", name);
        if (!check_mounts(k, n) || !check_probes(k, n) || !check_privileges(k, n))
            return false;
    }
    return true;
}

static bool is_headless(const struct integrity *k, struct span name)
{
    for (const struct node *n = k->objects->first; n; n = n->next) {
        if (span_eq_str(node_find_text(n, "kind"), "Service") &&
            span_eq(node_find_text(n, "metadata.name"), name))
            return span_eq_str(node_find_text(n, "spec.clusterIP"), "None");
    }
    return false;
}

static bool check_set(struct integrity *k, const struct node *set)
{
    k->set = set;
    if (!holds_labels(node_find(set, "spec.template.metadata.labels"),
                      node_find(set, "spec.selector.matchLabels")))
        return refuse(k, set, "its selector does not select its own pods", (struct span){ 0 });
    if (!is_headless(k, node_find_text(set, "spec.serviceName")))
        return refuse(k, set, "serviceName names no headless Service that is printed:",
                      node_find_text(set, "spec.serviceName"));
    return check_containers(k, node_find(set, "spec.template.spec.containers")) &&
           check_containers(k, node_find(set, "spec.template.spec.initContainers"));
}

bool integrity_check(const struct build *b, const struct node *objects,
                     struct profile_problems *problems)
{
    struct integrity k = { .b = b, .objects = objects, .problems = problems };
    bool good = true;
    for (const struct node *n = objects->first; n; n = n->next) {
        bool is_set = span_eq_str(node_find_text(n, "kind"), "StatefulSet");
        if (!check_object(&k, n) || (is_set && !check_set(&k, n)))
            good = false;
    }
    return good;
}
