#include "base/std.h"

#include "manifest/quantity.h"

typedef unsigned __int128 wide;

enum { DIGITS_MAX = 28 }; /* 2^63 - 1 times 10^9 has 28: more cannot be in range and exact */

static const uint64_t nano_per_unit = 1000000000;

static const struct suffix {
    const char *text;
    enum quantity_form form;
    int power; /* of 1024 or of 1000 */
} suffixes[] = {
    { "", QUANTITY_DECIMAL, 0 },   { "n", QUANTITY_DECIMAL, -3 }, { "u", QUANTITY_DECIMAL, -2 },
    { "m", QUANTITY_DECIMAL, -1 }, { "k", QUANTITY_DECIMAL, 1 },  { "M", QUANTITY_DECIMAL, 2 },
    { "G", QUANTITY_DECIMAL, 3 },  { "T", QUANTITY_DECIMAL, 4 },  { "P", QUANTITY_DECIMAL, 5 },
    { "E", QUANTITY_DECIMAL, 6 },  { "Ki", QUANTITY_BINARY, 1 },  { "Mi", QUANTITY_BINARY, 2 },
    { "Gi", QUANTITY_BINARY, 3 },  { "Ti", QUANTITY_BINARY, 4 },  { "Pi", QUANTITY_BINARY, 5 },
    { "Ei", QUANTITY_BINARY, 6 },
};

static const char *suffix_of(enum quantity_form form, int power)
{
    for (size_t i = 0; i < countof(suffixes); i++) {
        if (suffixes[i].form == form && suffixes[i].power == power)
            return suffixes[i].text;
    }
    return "";
}

/* Takes "12.5": the digits as one number, and how many stood behind the point. */
static bool take_decimal(struct span *s, wide *digits, int *behind)
{
    size_t count = 0;
    bool point = false;
    size_t significant = 0;
    *digits = 0;
    *behind = 0;
    for (; s->len; *s = span_from_offset(*s, 1)) {
        char c = s->ptr[0];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        count++;
        significant += *digits > 0 || c != '0';
        if (significant > DIGITS_MAX)
            return false;
        *digits = *digits * 10 + (unsigned)(c - '0');
        *behind += point;
    }
    return count > 0;
}

/* "e3", "E-3": false when it is none, as the suffix "E" alone. */
static bool take_exponent(struct span *s, int *exponent)
{
    if (s->len < 2 || (s->ptr[0] != 'e' && s->ptr[0] != 'E'))
        return false;
    struct span rest = span_from_offset(*s, 1);
    bool negative = rest.ptr[0] == '-';
    if (negative || rest.ptr[0] == '+')
        rest = span_from_offset(rest, 1);
    uint64_t value;
    if (!span_to_u64(rest, &value) || value > DIGITS_MAX)
        return false;
    *exponent = negative ? -(int)value : (int)value;
    *s = span_from_offset(*s, s->len);
    return true;
}

static bool in_range(wide nano)
{
    return nano <= (wide)INT64_MAX * nano_per_unit;
}

/* *value times 10^power; false when that is out of range or not exact. */
static bool scale_decimal(wide *value, int power)
{
    for (; power > 0 && *value; power--) {
        if (*value > (wide)-1 / 10)
            return false;
        *value *= 10;
    }
    for (; power < 0 && *value; power++) {
        if (*value % 10)
            return false;
        *value /= 10;
    }
    return true;
}

/* *value times 1024^power; the number is first brought into range of what may be multiplied. */
static bool scale_binary(wide *value, int power)
{
    for (; power > 0; power--) {
        if (*value > (wide)-1 / 1024)
            return false;
        *value *= 1024;
    }
    return true;
}

static bool find_suffix(struct span text, const struct suffix **found)
{
    for (size_t i = 0; i < countof(suffixes); i++) {
        if (span_eq_str(text, suffixes[i].text)) {
            *found = &suffixes[i];
            return true;
        }
    }
    return false;
}

bool quantity_parse(struct span text, struct quantity *q)
{
    const int nano_power = 9;
    wide value;
    int behind;
    int exponent;
    const struct suffix *suffix;
    if (!take_decimal(&text, &value, &behind))
        return false;
    if (take_exponent(&text, &exponent)) {
        q->form = QUANTITY_EXPONENT;
        if (!scale_decimal(&value, exponent + nano_power - behind))
            return false;
    } else if (!find_suffix(text, &suffix)) {
        return false;
    } else if (suffix->form == QUANTITY_BINARY) {
        q->form = QUANTITY_BINARY;
        if (!scale_binary(&value, suffix->power) || !scale_decimal(&value, nano_power - behind))
            return false;
    } else {
        q->form = QUANTITY_DECIMAL;
        if (!scale_decimal(&value, 3 * suffix->power + nano_power - behind))
            return false;
    }
    q->nano = value;
    return in_range(value);
}

int quantity_compare(const struct quantity *a, const struct quantity *b)
{
    return (a->nano > b->nano) - (a->nano < b->nano);
}

bool quantity_is_multiple(const struct quantity *q, unsigned parts)
{
    assert(parts > 0 && nano_per_unit % parts == 0);
    return q->nano % (nano_per_unit / parts) == 0;
}

/* Canonical: the largest suffix that leaves a whole number. */
static void add_decimal(struct buf *b, const struct quantity *q)
{
    wide value = q->nano;
    int power = -3;
    while (value && value % 1000 == 0) {
        value /= 1000;
        power++;
    }
    if (value == 0)
        power = 0;
    assert(value <= UINT64_MAX || power < 0);
    /* A number in nanos may exceed 64 bits: print it in two parts. */
    if (value > UINT64_MAX) {
        buf_add_u64(b, (uint64_t)(value / nano_per_unit));
        buf_add_padded(b, (uint64_t)(value % nano_per_unit), 9);
    } else {
        buf_add_u64(b, (uint64_t)value);
    }
    if (q->form != QUANTITY_EXPONENT)
        buf_add_str(b, suffix_of(QUANTITY_DECIMAL, power));
    else if (power != 0)
        buf_printf(b, "e%d", 3 * power);
}

void quantity_add(struct buf *b, const struct quantity *q)
{
    wide units = q->nano / nano_per_unit;
    /* As apimachinery does: below 1024 the binary form is written as the decimal one. */
    if (q->form != QUANTITY_BINARY || units < 1024 || q->nano % nano_per_unit) {
        add_decimal(b, q);
        return;
    }
    int power = 0;
    while (units % 1024 == 0) {
        units /= 1024;
        power++;
    }
    buf_add_u64(b, (uint64_t)units);
    buf_add_str(b, suffix_of(QUANTITY_BINARY, power));
}
