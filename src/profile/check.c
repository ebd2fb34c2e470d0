#include "base/std.h"

#include "base/network.h"
#include "profile/check.h"
#include "profile/schema.h"

enum { PORT_MAX = 65535 };

static bool is_port(struct span text)
{
    uint64_t port;
    return span_to_u64(text, &port) && port <= PORT_MAX;
}

bool check_address(struct span address)
{
    if (address.len && address.ptr[0] == '[') {
        ptrdiff_t end = span_find(address, ']');
        struct span port =
            end > 1 ? span_from_offset(address, (size_t)end + 1) : (struct span){ 0 };
        return port.len > 1 && port.ptr[0] == ':' && is_port(span_from_offset(port, 1));
    }
    struct span port = address;
    struct span host;
    if (!span_split(&port, ':', &host) || span_find(host, ' ') >= 0)
        return false;
    return is_port(port);
}

/* ---- POSIX TZ ---- */

static size_t count_while(struct span s, bool (*is)(char))
{
    size_t n = 0;
    while (n < s.len && is(s.ptr[n]))
        n++;
    return n;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_quoted_name(char c)
{
    return is_letter(c) || is_digit(c) || c == '+' || c == '-';
}

/* "MSK" or "<+03>": at least three characters. */
static bool take_zone_name(struct span *s)
{
    bool quoted = s->len && s->ptr[0] == '<';
    struct span rest = span_from_offset(*s, quoted);
    size_t n = count_while(rest, quoted ? is_quoted_name : is_letter);
    *s = span_from_offset(rest, n);
    if (quoted && (s->len == 0 || s->ptr[0] != '>'))
        return false;
    *s = span_from_offset(*s, quoted);
    return n >= 3;
}

static bool take_number(struct span *s, uint64_t most)
{
    size_t n = count_while(*s, is_digit);
    uint64_t value;
    bool good = n > 0 && n <= 3 && span_to_u64(span_from(s->ptr, n), &value) && value <= most;
    *s = span_from_offset(*s, n);
    return good;
}

/* [+-]hh[:mm[:ss]]; the hours of a rule's time may reach a week (RFC 8536 section 3.3.1). */
static bool take_time(struct span *s, uint64_t hours)
{
    if (s->len && (s->ptr[0] == '+' || s->ptr[0] == '-'))
        *s = span_from_offset(*s, 1);
    if (!take_number(s, hours))
        return false;
    for (int part = 0; part < 2 && s->len && s->ptr[0] == ':'; part++) {
        *s = span_from_offset(*s, 1);
        if (!take_number(s, 59))
            return false;
    }
    return true;
}

/* "Mm.w.d", "Jn" or "n", and "/time". */
static bool take_date(struct span *s)
{
    bool month = s->len && s->ptr[0] == 'M';
    bool julian = s->len && s->ptr[0] == 'J';
    *s = span_from_offset(*s, month || julian);
    if (!take_number(s, month ? 12 : 365))
        return false;
    for (int part = 0; month && part < 2; part++) {
        if (s->len == 0 || s->ptr[0] != '.')
            return false;
        *s = span_from_offset(*s, 1);
        if (!take_number(s, part == 0 ? 5 : 6))
            return false;
    }
    if (s->len == 0 || s->ptr[0] != '/')
        return true;
    *s = span_from_offset(*s, 1);
    return take_time(s, 167);
}

/* ",start,end": when the other time begins and ends. */
static bool take_rule(struct span *s)
{
    for (int date = 0; date < 2; date++) {
        if (s->len == 0 || s->ptr[0] != ',')
            return false;
        *s = span_from_offset(*s, 1);
        if (!take_date(s))
            return false;
    }
    return true;
}

bool check_timezone(struct span zone)
{
    struct span s = zone;
    if (span_eq_str(zone, "UTC"))
        return true;
    if (!take_zone_name(&s) || !take_time(&s, 24))
        return false;
    if (s.len == 0)
        return true;
    if (!take_zone_name(&s))
        return false;
    if (s.len && s.ptr[0] != ',' && !take_time(&s, 24))
        return false;
    return s.len == 0 || (take_rule(&s) && s.len == 0);
}

/* ---- the rules ---- */

static void check_listeners(const struct profile *p, struct profile_problems *problems)
{
    struct span rest = p->serve_http;
    struct span address;
    size_t count = 0;
    while (profile_list_next(&rest, &address)) {
        count++;
        if (!check_address(address))
            profile_problem_key(problems, p, KEY_serve_http,
                                "serve.http: '%.*s' is not an address; write host:port, "
                                "[ipv6]:port or :port",
                                SPAN_ARG(address));
        struct span port = span_from_offset(
            address, address.len - min_size(address.len, 2)); /* ":0" leaves the choice open */
        if (span_eq(address, p->serve_admin) && !span_eq_str(port, ":0"))
            profile_problem_key(problems, p, KEY_serve_admin,
                                "serve.admin: '%.*s' is an address of serve.http, too; give the "
                                "admin listener a port of its own, or leave serve.admin empty",
                                SPAN_ARG(address));
    }
    if (count == 0)
        profile_problem_key(problems, p, KEY_serve_http,
                            "serve.http: there must be at least one address, such as :8080");
    if (p->serve_admin.len && !check_address(p->serve_admin))
        profile_problem_key(problems, p, KEY_serve_admin,
                            "serve.admin: '%.*s' is not an address; write host:port, "
                            "[ipv6]:port, :port, or nothing",
                            SPAN_ARG(p->serve_admin));
}

static void check_proxies(const struct profile *p, struct profile_problems *problems)
{
    struct span rest = p->serve_trusted_proxies;
    struct span item;
    struct network network;
    if (p->serve_proxy_protocol && !profile_list_next(&rest, &item))
        profile_problem_key(problems, p, KEY_serve_proxy_protocol,
                            "serve.proxy_protocol: serve.trusted_proxies must say from whom");
    if (p->serve_proxy_protocol && !p->serve_admin.len)
        profile_problem_key(problems, p, KEY_serve_proxy_protocol,
                            "serve.proxy_protocol: the kubelet sends no such header; its probes "
                            "need an admin listener");
    rest = p->serve_trusted_proxies;
    while (profile_list_next(&rest, &item)) {
        if (!network_parse(item, &network))
            profile_problem_key(problems, p, KEY_serve_trusted_proxies,
                                "serve.trusted_proxies: '%.*s' is not a network; write it as "
                                "10.0.0.0/8 or 2001:db8::/32",
                                SPAN_ARG(item));
    }
}

/* The server's values go into a ConfigMap as INI text: what that cannot carry is refused. */
static void check_carried(const struct profile *p, struct profile_problems *problems)
{
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        const struct schema_key *key = &schema_keys[i];
        if (schema_sections[key->section].where != SERVER ||
            (key->type != TYPE_text && key->type != TYPE_list))
            continue;
        const profile_text *value = (const void *)((const char *)p + key->offset);
        struct span trimmed = span_trim(*value);
        if (trimmed.len != value->len || span_find(*value, ';') >= 0)
            profile_problem_key(problems, p, (enum profile_key)i,
                                "%s.%s: the value must not hold a ';' nor begin or end in a space",
                                schema_sections[key->section].name, key->name);
    }
}

void check_server(const struct profile *p, struct profile_problems *problems)
{
    check_listeners(p, problems);
    check_proxies(p, problems);
    check_carried(p, problems);
    if (p->log_file.len == 0 || span_ends(p->log_file, SPAN_LIT("/")))
        profile_problem_key(problems, p, KEY_log_file, "log.file: '%.*s' does not name a file",
                            SPAN_ARG(p->log_file));
    if (!check_timezone(p->log_timezone))
        profile_problem_key(problems, p, KEY_log_timezone,
                            "log.timezone: '%.*s' is not a POSIX TZ string; write the name and the "
                            "offset to the west, such as MSK-3 or CET-1CEST,M3.5.0,M10.5.0/3: the "
                            "image has no database of zone names",
                            SPAN_ARG(p->log_timezone));
}
