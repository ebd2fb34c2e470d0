#include "base/std.h"

#include "manifest/checks.h"
#include "manifest/pod.h"

/* What the API server takes in one ConfigMap or Secret (core: MaxSecretSize). */
enum { CONTENT_BYTES_MAX = 1 << 20 };

/* True when `inner` is `outer` itself or lies below it; nothing lies below an empty path. */
static bool is_below(struct span inner, struct span outer)
{
    if (outer.len == 0)
        return false;
    return span_eq(inner, outer) ||
           (inner.len > outer.len && span_starts(inner, outer) && inner.ptr[outer.len] == '/');
}

static bool is_plain_path(struct span path)
{
    return kubename_is_valid(KUBENAME_PATH, path) && path.ptr[path.len - 1] != '/';
}

static void check_directories(const struct check *c)
{
    const struct profile *p = c->p;
    if (!is_plain_path(p->config_path))
        checks_problem(c, KEY_config_path, "'%.*s' is not %s, with no '/' at its end",
                       SPAN_ARG(p->config_path), kubename_rule_text(KUBENAME_PATH));
    if (p->secrets_path.len && !is_plain_path(p->secrets_path))
        checks_problem(c, KEY_secrets_path, "'%.*s' is not %s, with no '/' at its end",
                       SPAN_ARG(p->secrets_path), kubename_rule_text(KUBENAME_PATH));
    if (p->secrets_path.len &&
        (is_below(p->secrets_path, p->config_path) || is_below(p->config_path, p->secrets_path)))
        checks_problem(c, KEY_secrets_path, "it must not lie in config.path, nor around it");
    if (!kubename_is_valid(KUBENAME_PATH, c->d->volume_path))
        checks_problem(c, KEY_log_file,
                       "the log needs a directory of its own, where the volume is mounted: '%.*s' "
                       "is not %s",
                       SPAN_ARG(c->d->volume_path), kubename_rule_text(KUBENAME_PATH));
    else if (is_below(c->d->volume_path, p->config_path) ||
             is_below(p->config_path, c->d->volume_path) ||
             is_below(c->d->volume_path, p->secrets_path) ||
             is_below(p->secrets_path, c->d->volume_path))
        checks_problem(c, KEY_log_file,
                       "the volume at %.*s must not overlap config.path or secrets.path",
                       SPAN_ARG(c->d->volume_path));
    if (span_starts(SPAN_LIT("/app"), c->d->volume_path) && c->d->volume_path.len == 4)
        checks_problem(c, KEY_log_file, "the volume would hide the binary, which is /app");
}

static void check_names(const struct check *c)
{
    const struct profile *p = c->p;
    checks_optional_name(c, KEY_config_name, KUBENAME_SUBDOMAIN, p->config_name);
    checks_optional_name(c, KEY_secrets_name, KUBENAME_SUBDOMAIN, p->secrets_name);
    checks_optional_name(c, KEY_config_existing, KUBENAME_SUBDOMAIN, p->config_existing);
    checks_optional_name(c, KEY_secrets_existing, KUBENAME_SUBDOMAIN, p->secrets_existing);
    if (p->config_existing.len && p->files.count)
        checks_pair_problem(c, SECTION_files, &p->files.items[0],
                            "with config.existing, no ConfigMap is printed that could hold it");
    if (p->secrets_existing.len && p->secret.count)
        checks_pair_problem(c, SECTION_secret, &p->secret.items[0],
                            "with secrets.existing, no Secret is printed that could hold it");
    checks_name(c, KEY_config_volume, KUBENAME_LABEL, p->config_volume);
    if (span_eq(p->config_volume, p->storage_name))
        checks_problem(c, KEY_config_volume, "this is storage.name; two volumes need two names");
    if (span_eq_str(p->config_volume, pod_secret_volume))
        checks_problem(c, KEY_config_volume, "this is the name of the Secret's volume");
    if (span_eq_str(p->storage_name, pod_secret_volume))
        checks_problem(c, KEY_storage_name, "this is the name of the Secret's volume");
}

/* Another file of the same name would take the same key of the ConfigMap. */
static bool is_taken(const struct profile_pairs *files, size_t at, struct span name)
{
    if (span_eq_str(name, derived_config_key))
        return true;
    for (size_t i = 0; i < at; i++) {
        if (span_eq(derived_base_name(files->items[i].name), name))
            return true;
    }
    return false;
}

static void check_file(const struct check *c, size_t at)
{
    const struct profile *p = c->p;
    const struct profile_pair *file = &p->files.items[at];
    struct span name = derived_base_name(file->name);
    if (!is_plain_path(file->name)) {
        checks_pair_problem(c, SECTION_files, file, "the name must be %s",
                            kubename_rule_text(KUBENAME_PATH));
        return;
    }
    if (!kubename_is_valid(KUBENAME_CONFIG_KEY, name))
        checks_pair_problem(c, SECTION_files, file, "'%.*s' is not %s", SPAN_ARG(name),
                            kubename_rule_text(KUBENAME_CONFIG_KEY));
    if (is_taken(&p->files, at, name))
        checks_pair_problem(c, SECTION_files, file,
                            "the ConfigMap has '%.*s' already; each file needs a name of its own, "
                            "in whatever directory",
                            SPAN_ARG(name));
    bool in_config =
        is_below(file->name, p->config_path) && !derived_file_is_in_config(p, file->name);
    if (in_config || is_below(file->name, p->secrets_path))
        checks_pair_problem(c, SECTION_files, file,
                            "config.path and secrets.path are read-only: nothing can be mounted "
                            "in them");
    if (span_eq(file->name, c->d->volume_path) || is_below(c->d->volume_path, file->name) ||
        is_below(p->config_path, file->name) || span_eq_str(file->name, "/app"))
        checks_pair_problem(c, SECTION_files, file, "there is something else at this path");
}

static void check_sizes(const struct check *c)
{
    const struct profile *p = c->p;
    size_t config = c->d->config_text.len;
    size_t secret = 0;
    for (size_t i = 0; i < p->files.count; i++)
        config += p->files.items[i].value.len;
    for (size_t i = 0; i < p->secret.count; i++)
        secret += p->secret.items[i].value.len;
    if (c->d->config_text.len == 0 || config > CONTENT_BYTES_MAX)
        checks_problem(c, KEY_config_name, "the ConfigMap would be over its limit of %d bytes",
                       CONTENT_BYTES_MAX);
    if (secret > CONTENT_BYTES_MAX)
        checks_problem(c, KEY_secrets_name, "the Secret has %zu bytes; its limit is %d", secret,
                       CONTENT_BYTES_MAX);
}

void checks_files(const struct check *c)
{
    const struct profile_pairs *secret = &c->p->secret;
    check_directories(c);
    check_names(c);
    for (size_t i = 0; i < c->p->files.count; i++)
        check_file(c, i);
    for (size_t i = 0; i < secret->count; i++) {
        if (!kubename_is_valid(KUBENAME_CONFIG_KEY, secret->items[i].name))
            checks_pair_problem(c, SECTION_secret, &secret->items[i], "the name is not %s",
                                kubename_rule_text(KUBENAME_CONFIG_KEY));
    }
    check_sizes(c);
}
