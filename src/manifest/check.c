#include "base/std.h"

#include "base/escape.h"
#include "manifest/check.h"
#include "manifest/checks.h"
#include "profile/schema.h"

enum { SHOWN_BYTES_MAX = 100 };

static const char *shown(const struct check *c, struct span value)
{
    char memory[4 * SHOWN_BYTES_MAX + 4];
    struct buf b = BUF_OF(memory);
    escape_log(&b, span_from(value.ptr, min_size(value.len, SHOWN_BYTES_MAX)));
    if (value.len > SHOWN_BYTES_MAX)
        buf_add_str(&b, "...");
    return arena_copy(c->problems->arena, buf_span(&b)).ptr;
}

void checks_problem(const struct check *c, enum profile_key key, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    profile_problem_key(c->problems, c->p, key, "%s.%s: %s",
                        schema_sections[schema_keys[key].section].name, schema_keys[key].name,
                        text);
}

void checks_pair_problem(const struct check *c, enum profile_section section,
                         const struct profile_pair *pair, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    profile_problem_add(c->problems, pair->origin, "%s.%s: %s", schema_sections[section].name,
                        shown(c, pair->name), text);
}

void checks_name(const struct check *c, enum profile_key key, enum kubename_rule rule,
                 struct span value)
{
    if (!kubename_is_valid(rule, value))
        checks_problem(c, key, "'%s' is not %s", shown(c, value), kubename_rule_text(rule));
}

void checks_optional_name(const struct check *c, enum profile_key key, enum kubename_rule rule,
                          struct span value)
{
    if (value.len)
        checks_name(c, key, rule, value);
}

void checks_seconds(const struct check *c, enum profile_key key, int64_t value_ms)
{
    if (value_ms % 1000)
        checks_problem(c, key, "Kubernetes counts whole seconds");
}

bool checks_quantity(const struct check *c, enum profile_key key, unsigned parts, struct span value,
                     struct quantity *q)
{
    if (!value.len)
        return false;
    if (!quantity_parse(value, q)) {
        checks_problem(c, key,
                       "'%s' is not a quantity: write a number and one of m, k, M, G, T, P, E, "
                       "Ki, Mi, Gi, Ti, Pi, Ei, such as 500m or 128Mi",
                       shown(c, value));
        return false;
    }
    if (quantity_is_multiple(q, parts))
        return true;
    checks_problem(c, key,
                   parts == 1 ? "'%s' is not a whole number of bytes; 'm' means 1/1000"
                              : "'%s' is finer than 1m",
                   shown(c, value));
    return false;
}

/* The name of the installation: every limit that Kubernetes derives from it, at once. */
static void check_instance(const struct check *c)
{
    /* A pod's revision label is <name>-<hash>, of at most 63 bytes, the hash of at most 10:
     * a longer StatefulSet is taken, and its pods never come (kubernetes issue 64023). */
    enum { STATEFULSET_NAME_MAX = 52 };
    enum profile_key key = c->p->app_instance.len ? KEY_app_instance : KEY_app_name;
    checks_name(c, key, KUBENAME_SERVICE, c->d->name);
    if (c->d->name.len > STATEFULSET_NAME_MAX)
        checks_problem(c, key,
                       "'%s' has %zu characters; a StatefulSet's name has at most %d, because its "
                       "pods carry <name>-<hash> as a label (controller-revision-hash)",
                       shown(c, c->d->name), c->d->name.len, STATEFULSET_NAME_MAX);
}

static void check_image(const struct check *c)
{
    const struct profile *p = c->p;
    struct span rest = p->image_pull_secrets;
    struct span name;
    if (p->image_registry.len) {
        const char *both = arena_printf(c->problems->arena, "%.*s/%.*s",
                                        SPAN_ARG(p->image_registry), SPAN_ARG(p->image_repository));
        checks_name(c, KEY_image_registry, KUBENAME_IMAGE_REPOSITORY, span_of(both));
    }
    checks_name(c, KEY_image_repository, KUBENAME_IMAGE_REPOSITORY, p->image_repository);
    checks_optional_name(c, KEY_image_tag, KUBENAME_IMAGE_TAG, p->image_tag);
    checks_optional_name(c, KEY_image_digest, KUBENAME_IMAGE_DIGEST, p->image_digest);
    while (profile_list_next(&rest, &name))
        checks_name(c, KEY_image_pull_secrets, KUBENAME_SUBDOMAIN, name);
}

void checks_app(const struct check *c)
{
    const struct profile *p = c->p;
    if (p->app_name.len == 0)
        checks_problem(c, KEY_app_name, "the application must have a name");
    checks_name(c, KEY_app_name, KUBENAME_LABEL_VALUE, p->app_name);
    if (c->d->name.len)
        check_instance(c);
    checks_optional_name(c, KEY_app_namespace, KUBENAME_LABEL, p->app_namespace);
    checks_name(c, KEY_app_version, KUBENAME_LABEL_VALUE, c->d->version);
    checks_name(c, KEY_app_component, KUBENAME_LABEL_VALUE, p->app_component);
    checks_name(c, KEY_app_part_of, KUBENAME_LABEL_VALUE, p->app_part_of);
    check_image(c);
    checks_optional_name(c, KEY_service_account_name, KUBENAME_SUBDOMAIN, p->service_account_name);
    if (!p->service_account_create && p->service_account_annotations.count)
        checks_pair_problem(c, SECTION_service_account_annotations,
                            &p->service_account_annotations.items[0],
                            "there is no ServiceAccount to annotate: service_account.create is "
                            "false");
}

bool manifest_check(const struct profile *p, const struct derived *d,
                    struct profile_problems *problems)
{
    size_t before = problems->count;
    const struct check c = { .p = p, .d = d, .problems = problems };
    checks_app(&c);
    checks_workload(&c);
    checks_storage(&c);
    checks_parts(&c);
    checks_addons(&c);
    checks_release(&c);
    checks_service(&c);
    checks_files(&c);
    checks_env(&c);
    checks_scaling(&c);
    checks_traffic(&c);
    checks_labels(&c);
    if (problems->arena->exhausted)
        profile_problem_add(problems, (struct profile_origin){ 0 },
                            "the profile is too large: out of memory");
    return problems->count == before;
}
