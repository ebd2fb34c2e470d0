#include "base/std.h"

#include "manifest/checks.h"
#include "manifest/json_read.h"
#include "manifest/pod.h"
#include "manifest/volumes.h"
#include "profile/suggest.h"

static bool is_volume(const struct check *c, struct span name)
{
    const struct profile *p = c->p;
    if (span_eq(name, p->storage_name) || span_eq(name, p->config_volume) ||
        (pod_has_secret(p) && span_eq_str(name, pod_secret_volume)))
        return true;
    for (size_t i = 0; i < p->volumes.count; i++) {
        if (span_eq(name, p->volumes.items[i].name))
            return true;
    }
    return false;
}

static void check_volume(const struct check *c, const struct profile_pair *pair)
{
    const struct profile *p = c->p;
    struct tree tree = { .arena = c->problems->arena };
    struct err err = { 0 };
    if (!kubename_is_valid(KUBENAME_LABEL, pair->name))
        checks_pair_problem(c, SECTION_volumes, pair, "the name is not %s",
                            kubename_rule_text(KUBENAME_LABEL));
    if (span_eq(pair->name, p->storage_name) || span_eq(pair->name, p->config_volume) ||
        span_eq_str(pair->name, pod_secret_volume))
        checks_pair_problem(c, SECTION_volumes, pair,
                            "the pods have a volume of this name already");
    if (!volumes_read(&tree, pair->value, &err))
        checks_pair_problem(c, SECTION_volumes, pair, "%s", err.text);
}

/* core: ValidateVolumeMounts; the server does not look into a StatefulSet's template. */
static void check_mount(const struct check *c, const struct profile_pair *pair)
{
    const struct profile *p = c->p;
    struct volumes_mount mount = volumes_mount(pair->value);
    char memory[256];
    struct buf rooted = BUF_OF(memory);
    if (!kubename_is_valid(KUBENAME_PATH, pair->name))
        checks_pair_problem(c, SECTION_mounts, pair, "the name must be %s",
                            kubename_rule_text(KUBENAME_PATH));
    if (!is_volume(c, mount.volume))
        checks_pair_problem(c, SECTION_mounts, pair, "there is no volume '%.*s'",
                            SPAN_ARG(mount.volume));
    buf_printf(&rooted, "/%.*s", SPAN_ARG(mount.sub_path));
    if (rooted.overflow ||
        (mount.sub_path.len && !kubename_is_valid(KUBENAME_PATH, buf_span(&rooted))))
        checks_pair_problem(c, SECTION_mounts, pair,
                            "behind the volume stands a path in it, without '..' and ':'");
    if (span_eq(pair->name, c->d->volume_path) || span_eq(pair->name, p->config_path) ||
        span_eq(pair->name, p->secrets_path) || span_eq_str(pair->name, "/app"))
        checks_pair_problem(c, SECTION_mounts, pair, "there is something else at this path");
    for (size_t i = 0; i < p->files.count; i++) {
        if (span_eq(p->files.items[i].name, pair->name))
            checks_pair_problem(c, SECTION_mounts, pair, "[files] has something at this path");
    }
}

/* The fields of a core/v1 Container. */
static const char *const container_fields[] = {
    "args",
    "command",
    "env",
    "envFrom",
    "image",
    "imagePullPolicy",
    "lifecycle",
    "livenessProbe",
    "name",
    "ports",
    "readinessProbe",
    "resizePolicy",
    "resources",
    "restartPolicy",
    "restartPolicyRules",
    "securityContext",
    "startupProbe",
    "stdin",
    "stdinOnce",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
    "volumeMounts",
    "workingDir",
};

struct container_check {
    const struct check *c;
    enum profile_section section;
    const struct profile_pair *pair;
};

static void check_fields(const struct container_check *k, const struct node *container)
{
    for (const struct node *n = container->first; n; n = n->next) {
        struct suggestion best = { 0 };
        bool known = false;
        for (size_t i = 0; i < countof(container_fields); i++) {
            known = known || span_eq_str(n->key, container_fields[i]);
            suggest_offer(&best, n->key, span_of(container_fields[i]));
        }
        if (!known)
            checks_pair_problem(k->c, k->section, k->pair, "a container has no field '%.*s'%s%.*s",
                                SPAN_ARG(n->key), best.name.ptr ? "; did you mean " : "",
                                SPAN_ARG(best.name));
    }
}

static void check_container_mounts(const struct container_check *k, const struct node *mounts)
{
    for (const struct node *n = mounts ? mounts->first : NULL; n; n = n->next) {
        struct span name = node_find_text(n, "name");
        if (!is_volume(k->c, name))
            checks_pair_problem(k->c, k->section, k->pair,
                                "volumeMounts: there is no volume '%.*s'", SPAN_ARG(name));
        if (!node_find_text(n, "mountPath").len)
            checks_pair_problem(k->c, k->section, k->pair, "volumeMounts: a mountPath is missing");
    }
}

static bool is_other_container(const struct check *c, const struct container_check *k)
{
    const struct profile_pairs *init = &c->p->init_containers;
    if (span_eq(k->pair->name, c->d->name))
        return true;
    for (size_t i = 0; k->section == SECTION_sidecars && i < init->count; i++) {
        if (span_eq(k->pair->name, init->items[i].name))
            return true;
    }
    return false;
}

static void check_container(const struct check *c, enum profile_section section,
                            const struct profile_pair *pair)
{
    const struct container_check k = { .c = c, .section = section, .pair = pair };
    struct tree tree = { .arena = c->problems->arena };
    struct err err = { 0 };
    if (!kubename_is_valid(KUBENAME_LABEL, pair->name))
        checks_pair_problem(c, section, pair, "the name is not %s",
                            kubename_rule_text(KUBENAME_LABEL));
    if (is_other_container(c, &k))
        checks_pair_problem(c, section, pair, "the pods have a container of this name already");
    const struct node *container = json_read(&tree, pair->value, &err);
    if (!container) {
        checks_pair_problem(c, section, pair, "the value is not JSON: %s", err.text);
        return;
    }
    if (container->kind != NODE_MAP || !node_find_text(container, "image").len) {
        checks_pair_problem(c, section, pair,
                            "a container is an object with an image: {\"image\": \"...\"}");
        return;
    }
    if (node_find(container, "name") && !span_eq(node_find_text(container, "name"), pair->name))
        checks_pair_problem(c, section, pair, "its \"name\" is another; leave it out");
    check_fields(&k, container);
    check_container_mounts(&k, node_find(container, "volumeMounts"));
}

/* What every object has; the rest is the API server's to check. */
static void check_extra(const struct check *c, const struct profile_pair *pair)
{
    struct tree tree = { .arena = c->problems->arena };
    struct err err = { 0 };
    const struct node *object = json_read(&tree, pair->value, &err);
    if (!object)
        checks_pair_problem(c, SECTION_extra, pair, "the value is not JSON: %s", err.text);
    else if (object->kind != NODE_MAP || !node_find_text(object, "apiVersion").len ||
             !node_find_text(object, "kind").len)
        checks_pair_problem(c, SECTION_extra, pair,
                            "an object has an \"apiVersion\" and a \"kind\"");
    else if (!kubename_is_valid(KUBENAME_SUBDOMAIN, node_find_text(object, "metadata.name")))
        checks_pair_problem(c, SECTION_extra, pair,
                            "its \"metadata\" needs a \"name\", which is %s",
                            kubename_rule_text(KUBENAME_SUBDOMAIN));
    else if (node_find(object, "metadata.labels") &&
             node_find(object, "metadata.labels")->kind != NODE_MAP)
        checks_pair_problem(c, SECTION_extra, pair, "its labels are not an object");
}

void checks_parts(const struct check *c)
{
    const struct profile *p = c->p;
    for (size_t i = 0; i < p->volumes.count; i++)
        check_volume(c, &p->volumes.items[i]);
    for (size_t i = 0; i < p->mounts.count; i++)
        check_mount(c, &p->mounts.items[i]);
    for (size_t i = 0; i < p->init_containers.count; i++)
        check_container(c, SECTION_init_containers, &p->init_containers.items[i]);
    for (size_t i = 0; i < p->sidecars.count; i++)
        check_container(c, SECTION_sidecars, &p->sidecars.items[i]);
    for (size_t i = 0; i < p->extra.count; i++)
        check_extra(c, &p->extra.items[i]);
}
