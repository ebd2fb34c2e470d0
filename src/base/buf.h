/*
 * buf.h: append bytes to a block of fixed capacity.
 *
 * The caller gives the memory (an array, or a block of an arena) and keeps it. What does not
 * fit is not written at all and sets `overflow`, which sticks until buf_reset: append freely,
 * test once at the end. What always holds: len <= cap, and ptr[0..len) are the bytes appended.
 * The contents are not NUL-terminated unless buf_cstr is asked.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/span.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    bool overflow;
};

#define BUF_OF(array) ((struct buf){ (array), 0, sizeof(array), false })

struct buf buf_on(void *memory, size_t capacity);
void buf_reset(struct buf *b);

void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_add_char(struct buf *b, char c);
void buf_add_u64(struct buf *b, uint64_t value);
void buf_add_i64(struct buf *b, int64_t value);

/* Decimal with leading zeros up to `width` digits (at most 20). */
void buf_add_padded(struct buf *b, uint64_t value, unsigned width);
void buf_printf(struct buf *b, const char *format, ...) printf_like(2, 3);

/* The bytes so far; valid until the next append to memory that is reused. */
struct span buf_span(const struct buf *b);

/* Cuts back to an earlier length. */
void buf_truncate(struct buf *b, size_t len);

/* Inline, so that the length of a literal is a constant. */
static inline void buf_add_str(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

static inline void buf_add_span(struct buf *b, struct span s)
{
    buf_add(b, s.ptr, s.len);
}

static inline size_t buf_room(const struct buf *b)
{
    return b->cap - b->len;
}

/* NUL-terminates (needs one byte of room) and returns the text, or NULL after an overflow. */
const char *buf_cstr(struct buf *b);

#endif
