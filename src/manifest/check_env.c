#include "base/std.h"

#include "base/escape.h"
#include "manifest/checks.h"

/* The sections that make variables, in the order in which the container has them. */
struct source {
    enum profile_section section;
    const struct profile_pairs *pairs;
};

enum { SOURCE_COUNT = 4 };

static void list_sources(const struct profile *p, struct source sources[SOURCE_COUNT])
{
    sources[0] = (struct source){ SECTION_env_field, &p->env_field };
    sources[1] = (struct source){ SECTION_env_secret, &p->env_secret };
    sources[2] = (struct source){ SECTION_env_config, &p->env_config };
    sources[3] = (struct source){ SECTION_env, &p->env };
}

static const struct profile_pair *find(const struct profile_pairs *pairs, size_t count,
                                       struct span name)
{
    for (size_t i = 0; i < count; i++) {
        if (span_eq(pairs->items[i].name, name))
            return &pairs->items[i];
    }
    return NULL;
}

/* True when the container has that variable before the `at`th of a source. */
static bool is_defined(const struct check *c, const struct source *source, size_t at,
                       struct span name)
{
    struct source sources[SOURCE_COUNT];
    list_sources(c->p, sources);
    if (span_eq_str(name, derived_pod_name))
        return true;
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        bool last = sources[i].section == source->section;
        if (find(sources[i].pairs, last ? at : sources[i].pairs->count, name))
            return true;
        if (last)
            break;
    }
    return false;
}

static void check_name(const struct check *c, const struct source *source, size_t at)
{
    const struct profile_pair *pair = &source->pairs->items[at];
    if (!kubename_is_valid(KUBENAME_ENV, pair->name))
        checks_pair_problem(c, source->section, pair, "the name is not %s",
                            kubename_rule_text(KUBENAME_ENV));
    else if (is_defined(c, source, at, pair->name))
        checks_pair_problem(c, source->section, pair, "the container has this variable already");
}

/* The fields that the downward API offers to variables (core: validEnvDownwardAPIFieldPath). */
static bool is_field(struct span path)
{
    static const char *const resources[] = { "cpu", "memory", "ephemeral-storage" };
    static const char *const fields[] = {
        "metadata.name", "metadata.namespace", "metadata.uid",
        "spec.nodeName", "status.hostIP",      "status.hostIPs",
        "status.podIP",  "status.podIPs",      "spec.serviceAccountName",
    };
    static const struct {
        struct span prefix;
        enum kubename_rule rule;
    } maps[] = {
        { SPAN_LIT("metadata.labels['"), KUBENAME_LABEL_KEY },
        { SPAN_LIT("metadata.annotations['"), KUBENAME_ANNOTATION_KEY },
    };
    for (size_t i = 0; i < countof(fields); i++) {
        if (span_eq_str(path, fields[i]))
            return true;
    }
    for (size_t i = 0; derived_is_resource_field(path) && i < countof(resources); i++) {
        if (span_eq_str(span_from_offset(path, (size_t)span_find(path, '.') + 1), resources[i]))
            return true;
    }
    for (size_t i = 0; i < countof(maps); i++) {
        struct span key = span_from_offset(path, maps[i].prefix.len);
        if (!span_starts(path, maps[i].prefix) || !span_ends(key, SPAN_LIT("']")))
            continue;
        key.len -= 2;
        return kubename_is_valid(maps[i].rule, key);
    }
    return false;
}

static void check_reference(const struct check *c, const struct source *source, size_t at)
{
    const struct profile_pair *pair = &source->pairs->items[at];
    struct span key = pair->value;
    struct span object;
    span_split(&key, '/', &object);
    bool bare = !key.ptr;
    if (bare)
        key = object;
    if ((!bare && !kubename_is_valid(KUBENAME_SUBDOMAIN, object)) ||
        !kubename_is_valid(KUBENAME_CONFIG_KEY, key))
        checks_pair_problem(c, source->section, pair, "the value must be OBJECT/KEY%s",
                            source->section == SECTION_env_secret ? ", or an entry of [secret]"
                                                                  : "");
    else if (bare && source->section == SECTION_env_config)
        checks_pair_problem(c, source->section, pair, "the value must be CONFIGMAP/KEY");
    else if (bare && !c->p->secrets_existing.len && !find(&c->p->secret, c->p->secret.count, key))
        checks_pair_problem(c, source->section, pair,
                            "[secret] has no such entry; write SECRET/KEY for another Secret");
}

/* "$(NAME)" that nobody replaces would reach the server as it is; "$$(" is a plain "$(". */
static void check_expansions(const struct check *c, const struct source *source, size_t at)
{
    const struct profile_pair *pair = &source->pairs->items[at];
    struct span rest = pair->value;
    for (size_t i = 0; i + 1 < rest.len; i++) {
        if (rest.ptr[i] != '$')
            continue;
        if (rest.ptr[i + 1] != '(') {
            i += rest.ptr[i + 1] == '$';
            continue;
        }
        struct span name = span_from_offset(rest, i + 2);
        ptrdiff_t end = span_find(name, ')');
        if (end < 0)
            return;
        name.len = (size_t)end;
        if (!is_defined(c, source, at, name))
            checks_pair_problem(c, source->section, pair,
                                "$(...) must name a variable that stands before it; write $$( "
                                "for a plain $(");
        i += name.len + 2;
    }
}

static void check_value(const struct check *c, const struct source *source, size_t at)
{
    const struct profile_pair *pair = &source->pairs->items[at];
    if (!escape_utf8_valid(pair->value) || span_find(pair->value, '\0') >= 0)
        checks_pair_problem(c, source->section, pair, "the value is not text in UTF-8");
    else if (source->section == SECTION_env_field && !is_field(pair->value))
        checks_pair_problem(
            c, source->section, pair,
            "there is no such field; use metadata.name, metadata.namespace, "
            "metadata.uid, metadata.labels['KEY'], metadata.annotations['KEY'], "
            "spec.nodeName, spec.serviceAccountName, status.hostIP, status.hostIPs, "
            "status.podIP, status.podIPs, or limits. or requests. with cpu, memory or "
            "ephemeral-storage");
    else if (source->section == SECTION_env_secret || source->section == SECTION_env_config)
        check_reference(c, source, at);
    else if (source->section == SECTION_env)
        check_expansions(c, source, at);
}

void checks_env(const struct check *c)
{
    struct source sources[SOURCE_COUNT];
    list_sources(c->p, sources);
    for (size_t s = 0; s < SOURCE_COUNT; s++) {
        for (size_t i = 0; i < sources[s].pairs->count; i++) {
            check_name(c, &sources[s], i);
            check_value(c, &sources[s], i);
        }
    }
}
