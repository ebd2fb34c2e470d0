#include "base/std.h"

#include "site/internal.h"

/* Weights are kept in thousandths: RFC 9110 section 12.4.2 allows three digits. */
enum { WEIGHT_FULL = 1000 };

/* In the order of preference between equals; indexed by enum site_media. */
static const struct {
    struct span type;
    struct span subtype;
    struct span header;
} media_table[] = {
    [SITE_TEXT] = { { "text", 4 }, { "plain", 5 }, { "text/plain; charset=utf-8", 25 } },
    [SITE_HTML] = { { "text", 4 }, { "html", 4 }, { "text/html; charset=utf-8", 24 } },
    [SITE_JSON] = { { "application", 11 }, { "json", 4 }, { "application/json", 16 } },
};

struct span site_media_type(enum site_media media)
{
    return media_table[media].header;
}

/* "0.8" as 800; what is not a weight counts as 0, so that garbage is never preferred. */
static unsigned parse_weight(struct span s)
{
    if (s.len == 0 || s.len > 5 || (s.ptr[0] != '0' && s.ptr[0] != '1'))
        return 0;
    unsigned weight = (unsigned)(s.ptr[0] - '0') * WEIGHT_FULL;
    if (s.len > 1 && s.ptr[1] != '.')
        return 0;
    unsigned place = WEIGHT_FULL / 10;
    for (size_t i = 2; i < s.len; i++, place /= 10) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return 0;
        weight += (unsigned)(s.ptr[i] - '0') * place;
    }
    return weight <= WEIGHT_FULL ? weight : 0;
}

/* The q of a range's parameters; 1 when there is none. */
static unsigned range_weight(struct span parameters)
{
    struct span parameter;
    while (span_split(&parameters, ';', &parameter)) {
        parameter = span_trim(parameter);
        if (parameter.len >= 2 && (parameter.ptr[0] | 0x20) == 'q' && parameter.ptr[1] == '=')
            return parse_weight(span_from_offset(parameter, 2));
    }
    return WEIGHT_FULL;
}

/* How closely a range names a medium: 0 not at all, 1 by any/any, 2 by type/any, 3 exactly. */
static unsigned range_fits(struct span range, enum site_media media)
{
    struct span subtype = range;
    struct span type;
    span_split(&subtype, '/', &type);
    bool any_subtype = span_eq_str(subtype, "*");
    if (any_subtype && span_eq_str(type, "*"))
        return 1;
    if (!span_eq_nocase(type, media_table[media].type))
        return 0;
    if (any_subtype)
        return 2;
    return span_eq_nocase(subtype, media_table[media].subtype) ? 3 : 0;
}

/* The most specific range that fits decides (RFC 9110 section 12.5.1). */
static unsigned accepted_weight(struct span accept, enum site_media media)
{
    unsigned best_fit = 0;
    unsigned weight = 0;
    struct span item;
    while (span_split(&accept, ',', &item)) {
        struct span range;
        struct span parameters = span_trim(item);
        if (!span_split(&parameters, ';', &range))
            continue;
        unsigned fit = range_fits(span_trim(range), media);
        if (fit > best_fit) {
            best_fit = fit;
            weight = range_weight(parameters);
        }
    }
    return weight;
}

enum site_media site_accept(struct span accept)
{
    if (accept.len == 0 || span_eq_str(accept, "*/*"))
        return SITE_TEXT;
    enum site_media best = SITE_TEXT;
    unsigned best_weight = accepted_weight(accept, SITE_TEXT);
    for (size_t i = 1; i < countof(media_table); i++) {
        unsigned weight = accepted_weight(accept, (enum site_media)i);
        if (weight > best_weight) {
            best = (enum site_media)i;
            best_weight = weight;
        }
    }
    return best;
}
