#include "base/std.h"

#include "manifest/checks.h"

/* The Gateway API's limit for the lists of a route. */
enum { ROUTE_ITEMS_MAX = 16 };

/* A DNS-1123 subdomain, or one behind "*."; never an address. */
static bool is_host(struct span host)
{
    if (span_starts(host, SPAN_LIT("*.")))
        host = span_from_offset(host, 2);
    return kubename_is_valid(KUBENAME_SUBDOMAIN, host) && !checks_is_address(host);
}

size_t checks_hosts(const struct check *c, enum profile_key key, struct span list)
{
    struct span host;
    size_t count = 0;
    for (; profile_list_next(&list, &host); count++) {
        if (!is_host(host))
            checks_problem(c, key,
                           "'%.*s' is not a host name: %s, or one behind '*.', and no address",
                           SPAN_ARG(host), kubename_rule_text(KUBENAME_SUBDOMAIN));
    }
    return count;
}

static bool holds(struct span s, struct span part)
{
    for (; s.len >= part.len; s = span_from_offset(s, 1)) {
        if (span_eq_nocase(span_from(s.ptr, part.len), part))
            return true;
    }
    return false;
}

/* Both kinds refuse paths that a proxy might rewrite (networking: ValidateIngressSpec). */
static void check_path(const struct check *c, enum profile_key key, struct span path)
{
    static const char *const bad[] = { "//", "/./", "/../", "%2f", " " };
    bool good = path.len > 0 && path.ptr[0] == '/' && !span_ends(path, SPAN_LIT("/..")) &&
                !span_ends(path, SPAN_LIT("/."));
    for (size_t i = 0; i < countof(bad); i++)
        good = good && !holds(path, span_of(bad[i]));
    if (!good)
        checks_problem(c, key,
                       "'%.*s' is not a path: it begins with '/', without '//', '.', '..', spaces "
                       "and '%%2f'",
                       SPAN_ARG(path));
}

static void check_ingress(const struct check *c)
{
    const struct profile *p = c->p;
    struct span rest = p->ingress_paths;
    struct span path;
    size_t paths = 0;
    if (!p->ingress_create)
        return;
    checks_optional_name(c, KEY_ingress_class, KUBENAME_SUBDOMAIN, p->ingress_class);
    checks_optional_name(c, KEY_ingress_tls_secret, KUBENAME_SUBDOMAIN, p->ingress_tls_secret);
    if (checks_hosts(c, KEY_ingress_hosts, p->ingress_hosts) == 0 && c->d->ingress_secret.len)
        checks_problem(c, KEY_ingress_tls_secret, "a certificate is for hosts: give ingress.hosts");
    for (; profile_list_next(&rest, &path); paths++)
        check_path(c, KEY_ingress_paths, path);
    if (paths == 0)
        checks_problem(c, KEY_ingress_paths, "there must be at least one path, such as /");
}

static void check_route(const struct check *c)
{
    const struct profile *p = c->p;
    struct span rest = p->route_parents;
    struct span name;
    size_t parents = 0;
    if (!p->route_create)
        return;
    for (; profile_list_next(&rest, &name); parents++) {
        struct span space;
        span_split(&name, '/', &space);
        if (!kubename_is_valid(KUBENAME_SUBDOMAIN, name.ptr ? name : space) ||
            (name.ptr && !kubename_is_valid(KUBENAME_LABEL, space)))
            checks_problem(c, KEY_route_parents, "a Gateway is written as name or namespace/name");
    }
    if (parents == 0 || parents > ROUTE_ITEMS_MAX)
        checks_problem(c, KEY_route_parents, "there must be 1 to %d Gateways", ROUTE_ITEMS_MAX);
    if (checks_hosts(c, KEY_route_hosts, p->route_hosts) > ROUTE_ITEMS_MAX)
        checks_problem(c, KEY_route_hosts, "at most %d host names", ROUTE_ITEMS_MAX);
    check_path(c, KEY_route_path, p->route_path);
}

static void check_aliases(const struct check *c)
{
    const struct profile_pairs *aliases = &c->p->host_aliases;
    for (size_t i = 0; i < aliases->count; i++) {
        const struct profile_pair *pair = &aliases->items[i];
        if (!kubename_is_valid(KUBENAME_SUBDOMAIN, pair->name))
            checks_pair_problem(c, SECTION_host_aliases, pair, "the name is not %s",
                                kubename_rule_text(KUBENAME_SUBDOMAIN));
        if (!checks_is_address(pair->value))
            checks_pair_problem(c, SECTION_host_aliases, pair, "the value is not an IP address");
    }
}

void checks_traffic(const struct check *c)
{
    const struct profile *p = c->p;
    if (p->namespace_create && !p->app_namespace.len)
        checks_problem(c, KEY_namespace_create, "app.namespace (or -n) must say which");
    checks_optional_name(c, KEY_network_monitoring, KUBENAME_LABEL, p->network_monitoring);
    check_ingress(c);
    check_route(c);
    check_aliases(c);
}
