/*
 * span.h: a view of bytes somebody else owns: a pointer and a length, not NUL-terminated.
 *
 * A span is passed by value and never freed. An empty span may have a NULL pointer; no
 * function here reads a pointer when the length is 0. Parsing is strict: the whole span
 * must be the number, the size or the duration; signs, spaces and trailing bytes are refused.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include "base/std.h"

struct span {
    const char *ptr;
    size_t len;
};

#define SPAN_LIT(literal) ((struct span){ (literal), sizeof(literal) - 1 })

/* For printf's "%.*s". */
#define SPAN_ARG(s) ((int)(s).len), ((s).len ? (s).ptr : "")

/* Inline, so that the length of a literal is a constant. */
static inline struct span span_of(const char *text)
{
    return (struct span){ text, strlen(text) };
}

static inline struct span span_from(const void *ptr, size_t len)
{
    return (struct span){ ptr, len };
}

bool span_eq(struct span a, struct span b);
bool span_eq_str(struct span a, const char *b);

/* ASCII letters compare without case, as HTTP field names do (RFC 9110 section 5.1). */
bool span_eq_nocase(struct span a, struct span b);

bool span_starts(struct span s, struct span prefix);
bool span_ends(struct span s, struct span suffix);

/* -1, 0 or 1 in byte order; a prefix sorts before what it begins. */
int span_compare(struct span a, struct span b);

/* The offset of the first such byte, or -1. */
ptrdiff_t span_find(struct span s, char byte);

/* The part from an offset on; an offset past the end gives an empty span. */
static inline struct span span_from_offset(struct span s, size_t offset)
{
    if (offset >= s.len)
        return (struct span){ NULL, 0 };
    return (struct span){ s.ptr + offset, s.len - offset };
}

/* Without the spaces and tabs (SP, HTAB) at both ends. */
struct span span_trim(struct span s);

/* Takes the part before the next separator out of *rest, or all of it when there is none.
 * Returns false when *rest was used up; "a,,b" gives "a", "", "b". Start with the whole text. */
bool span_split(struct span *rest, char separator, struct span *part);

/* Decimal digits only, at most UINT64_MAX. */
must_use bool span_to_u64(struct span s, uint64_t *value);

/* 0 to 15, or -1 when it is no hexadecimal digit. */
int span_hex_digit(char c);

/* Hexadecimal digits only: 1 to 16 of them, no prefix. */
must_use bool span_hex_to_u64(struct span s, uint64_t *value);

/* A number of bytes with an optional suffix k, M, G, T (powers of 1000) or Ki, Mi, Gi, Ti
 * (powers of 1024), as Kubernetes writes quantities; whole numbers only. */
must_use bool span_to_size(struct span s, uint64_t *bytes);

/* A duration in milliseconds: one or more of <number><unit>, units ms, s, m, h, d, in
 * descending order ("1h30m", "500ms"). A bare "0" needs no unit. */
must_use bool span_to_duration(struct span s, int64_t *ms);

#endif
