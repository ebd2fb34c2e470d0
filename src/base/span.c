#include "base/std.h"

#include "base/span.h"

bool span_eq(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool span_eq_str(struct span a, const char *b)
{
    /* Mostly they differ at once: no need to know how long the other is. */
    for (size_t i = 0; i < a.len; i++) {
        if (a.ptr[i] != b[i] || b[i] == '\0')
            return false;
    }
    return b[a.len] == '\0';
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool span_eq_nocase(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

bool span_starts(struct span s, struct span prefix)
{
    return s.len >= prefix.len && span_eq(span_from(s.ptr, prefix.len), prefix);
}

bool span_ends(struct span s, struct span suffix)
{
    return s.len >= suffix.len && span_eq(span_from_offset(s, s.len - suffix.len), suffix);
}

int span_compare(struct span a, struct span b)
{
    size_t common = min_size(a.len, b.len);
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order != 0)
        return order < 0 ? -1 : 1;
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

/* Eight bytes at a time: what is searched is mostly too short for a call of memchr to pay. The
 * lowest high bit in `zeros` belongs to the first byte of the word that was `byte`. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte is the lowest");

ptrdiff_t span_find(struct span s, char byte)
{
    const uint64_t ones = 0x0101010101010101;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + i, sizeof(word));
        word ^= ones * (unsigned char)byte;
        uint64_t zeros = (word - ones) & ~word & (ones << 7);
        if (zeros)
            return (ptrdiff_t)i + __builtin_ctzll(zeros) / 8;
    }
    for (; i < s.len; i++) {
        if (s.ptr[i] == byte)
            return (ptrdiff_t)i;
    }
    return -1;
}

struct span span_trim(struct span s)
{
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
        s.ptr++;
        s.len--;
    }
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

bool span_split(struct span *rest, char separator, struct span *part)
{
    if (!rest->ptr)
        return false;
    ptrdiff_t at = span_find(*rest, separator);
    if (at < 0) {
        *part = *rest;
        *rest = (struct span){ NULL, 0 };
    } else {
        *part = span_from(rest->ptr, (size_t)at);
        *rest = span_from(rest->ptr + at + 1, rest->len - (size_t)at - 1);
    }
    return true;
}

/* Takes the leading decimal digits out of *s; false when there are none or they overflow. */
static bool take_digits(struct span *s, uint64_t *value)
{
    size_t n = 0;
    uint64_t v = 0;
    for (; n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9'; n++) {
        unsigned digit = (unsigned)(s->ptr[n] - '0');
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
            return false;
    }
    *s = span_from_offset(*s, n);
    *value = v;
    return n > 0;
}

bool span_to_u64(struct span s, uint64_t *value)
{
    return take_digits(&s, value) && s.len == 0;
}

int span_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool span_hex_to_u64(struct span s, uint64_t *value)
{
    if (s.len == 0 || s.len > 16)
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        int digit = span_hex_digit(s.ptr[i]);
        if (digit < 0)
            return false;
        v = v << 4 | (uint64_t)digit;
    }
    *value = v;
    return true;
}

bool span_to_size(struct span s, uint64_t *bytes)
{
    static const struct {
        const char *suffix;
        uint64_t factor;
    } units[] = {
        { "", 1 },
        { "k", 1000ULL },
        { "M", 1000000ULL },
        { "G", 1000000000ULL },
        { "T", 1000000000000ULL },
        { "Ki", 1ULL << 10 },
        { "Mi", 1ULL << 20 },
        { "Gi", 1ULL << 30 },
        { "Ti", 1ULL << 40 },
    };
    uint64_t count;
    if (!take_digits(&s, &count))
        return false;
    for (size_t i = 0; i < countof(units); i++) {
        if (span_eq_str(s, units[i].suffix))
            return !__builtin_mul_overflow(count, units[i].factor, bytes);
    }
    return false;
}

struct duration_unit {
    const char *name;
    int64_t ms;
};

static const struct duration_unit duration_units[] = {
    { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
};

/* Takes the leading letters out of *s and finds that unit at or after *next in the table. */
static const struct duration_unit *take_unit(struct span *s, size_t *next)
{
    size_t n = 0;
    while (n < s->len && s->ptr[n] >= 'a' && s->ptr[n] <= 'z')
        n++;
    struct span name = span_from(s->ptr, n);
    *s = span_from_offset(*s, n);
    for (size_t i = *next; i < countof(duration_units); i++) {
        if (span_eq_str(name, duration_units[i].name)) {
            *next = i + 1;
            return &duration_units[i];
        }
    }
    return NULL;
}

bool span_to_duration(struct span s, int64_t *ms)
{
    int64_t total = 0;
    size_t next = 0;
    if (span_eq_str(s, "0")) {
        *ms = 0;
        return true;
    }
    if (s.len == 0)
        return false;
    while (s.len) {
        uint64_t count;
        if (!take_digits(&s, &count) || count > INT64_MAX)
            return false;
        const struct duration_unit *unit = take_unit(&s, &next);
        int64_t part;
        if (!unit || __builtin_mul_overflow((int64_t)count, unit->ms, &part) ||
            __builtin_add_overflow(total, part, &total))
            return false;
    }
    *ms = total;
    return true;
}
