#include "base/std.h"

#include "manifest/checks.h"

/* cert-manager's webhook: a duration of at least an hour, and renewal at least five minutes
 * before and within it. */
enum { CERTIFICATE_MS_MIN = 3600000, RENEWAL_MS_MIN = 300000 };

static void check_certificate(const struct check *c)
{
    const struct profile *p = c->p;
    struct span name = p->certificate_issuer;
    struct span kind;
    if (!p->certificate_create)
        return;
    span_split(&name, '/', &kind);
    if (!kubename_is_valid(KUBENAME_SUBDOMAIN, name) ||
        (!span_eq_str(kind, "Issuer") && !span_eq_str(kind, "ClusterIssuer")))
        checks_problem(c, KEY_certificate_issuer, "'%.*s' is not ClusterIssuer/NAME or Issuer/NAME",
                       SPAN_ARG(p->certificate_issuer));
    checks_hosts(c, KEY_certificate_hosts, p->certificate_hosts);
    checks_optional_name(c, KEY_certificate_secret, KUBENAME_SUBDOMAIN, p->certificate_secret);
    checks_seconds(c, KEY_certificate_duration, p->certificate_duration);
    checks_seconds(c, KEY_certificate_renew_before, p->certificate_renew_before);
    if (p->certificate_duration && p->certificate_duration < CERTIFICATE_MS_MIN)
        checks_problem(c, KEY_certificate_duration, "cert-manager takes no less than 1h");
    if (p->certificate_renew_before && p->certificate_renew_before < RENEWAL_MS_MIN)
        checks_problem(c, KEY_certificate_renew_before, "cert-manager takes no less than 5m");
    if (p->certificate_duration && p->certificate_renew_before >= p->certificate_duration)
        checks_problem(c, KEY_certificate_renew_before,
                       "it must be less than certificate.duration");
    if (span_eq(c->d->certificate_secret, c->d->secret) && p->secret.count)
        checks_problem(c, KEY_certificate_secret, "this is the name of the Secret of [secret]");
}

static void check_monitor(const struct check *c)
{
    const struct profile *p = c->p;
    bool has_admin = false;
    if (!p->monitor_create)
        return;
    for (size_t i = 0; i < c->d->port_count; i++)
        has_admin = has_admin || strcmp(c->d->ports[i].name, "admin") == 0;
    if (!has_admin)
        checks_problem(c, KEY_monitor_create,
                       "the metrics are on the admin listener: serve.admin must be given");
    checks_path(c, KEY_monitor_path, p->monitor_path);
    checks_seconds(c, KEY_monitor_interval, p->monitor_interval);
    checks_seconds(c, KEY_monitor_timeout, p->monitor_timeout);
    if (p->monitor_timeout > p->monitor_interval)
        checks_problem(c, KEY_monitor_timeout, "it must not be above monitor.interval");
    if (p->network_create && !p->network_monitoring.len)
        checks_problem(c, KEY_network_monitoring,
                       "the NetworkPolicy would keep Prometheus out: name its namespace");
}

void checks_addons(const struct check *c)
{
    const struct profile *p = c->p;
    check_certificate(c);
    check_monitor(c);
    checks_path(c, KEY_test_path, p->test_path);
    checks_seconds(c, KEY_test_timeout, p->test_timeout);
}
