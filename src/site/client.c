#include "base/std.h"

#include "site/internal.h"

/*
 * Who the client is. A proxy that is trusted says for whom it asks, in a field that it adds to at
 * the right; what stands further left came with the request, and anybody may have written it. So
 * the list is walked from the right, as long as the one who speaks is trusted: the first who is
 * not is the client. Of an untrusted peer no field is read at all.
 */

enum { HOPS_MAX = 32 };

static bool is_trusted(const struct site_config *config, const struct network_address *address)
{
    for (size_t i = 0; i < config->trusted_count; i++) {
        if (network_holds(&config->trusted[i], address))
            return true;
    }
    return false;
}

/* "192.0.2.7", "192.0.2.7:4711", "[2001:db8::7]:4711", also between quotes (RFC 7239 section 6). */
static bool read_node(struct span text, struct network_address *address)
{
    struct span rest = span_trim(text);
    struct span host;
    if (rest.len >= 2 && rest.ptr[0] == '"' && span_ends(rest, SPAN_LIT("\"")))
        rest = span_from(rest.ptr + 1, rest.len - 2);
    if (rest.len && rest.ptr[0] == '[') {
        rest = span_from_offset(rest, 1);
        return span_split(&rest, ']', &host) && rest.ptr && network_parse_address(host, address);
    }
    if (network_parse_address(rest, address))
        return true;
    return span_split(&rest, ':', &host) && network_parse_address(host, address);
}

/* The `for` of one element of Forwarded: "for=192.0.2.7;proto=https". */
static struct span forwarded_for(struct span element)
{
    struct span pair;
    while (span_split(&element, ';', &pair)) {
        struct span value = span_trim(pair);
        struct span name;
        span_split(&value, '=', &name);
        if (value.ptr && span_eq_nocase(name, SPAN_LIT("for")))
            return value;
    }
    return (struct span){ 0 };
}

/* The last item of a list, taken off; false when there is none. */
static bool take_last(struct span *list, struct span *item)
{
    if (list->len == 0)
        return false;
    size_t from = list->len;
    while (from > 0 && list->ptr[from - 1] != ',')
        from--;
    *item = span_from_offset(*list, from);
    list->len = from > 0 ? from - 1 : 0;
    return true;
}

/* Walks one field from its right end; false when the walk is over. */
static bool walk(const struct site_config *config, struct span list,
                 struct network_address *address, unsigned *hops)
{
    struct span item;
    while (take_last(&list, &item)) {
        struct network_address next;
        if (config->forwarded == SITE_FORWARDED)
            item = forwarded_for(item);
        if (!is_trusted(config, address) || ++*hops > HOPS_MAX || !read_node(item, &next))
            return false;
        *address = next;
    }
    return true;
}

static void follow_proxies(const struct site_config *config, const struct http_request *request,
                           struct network_address *address)
{
    static const char *const names[] = { "X-Forwarded-For", "Forwarded" };
    unsigned hops = 0;
    for (size_t i = request->field_count; i-- > 0;) {
        const struct http_field *field = &request->fields[i];
        if (span_eq_nocase(field->name, span_of(names[config->forwarded])) &&
            !walk(config, field->value, address, &hops))
            return;
    }
}

bool site_client_wants_privacy(const struct http_request *request)
{
    return span_eq_str(http_request_field(request, "Sec-GPC"), "1") ||
           span_eq_str(http_request_field(request, "DNT"), "1");
}

struct span site_client_address(const struct site_config *config,
                                const struct http_request *request, char memory[NETWORK_TEXT_BYTES])
{
    struct network_address address;
    if (config->address == SITE_ADDRESS_NONE || !network_of_peer(request->peer, &address))
        return SPAN_LIT("");
    if (config->trusted_count)
        follow_proxies(config, request, &address);
    if (config->address == SITE_ADDRESS_ANONYMOUS)
        network_anonymize(&address);
    return network_text(&address, memory);
}
