#include "base/std.h"

#include "base/buf.h"

struct buf buf_on(void *memory, size_t capacity)
{
    return (struct buf){ memory, 0, capacity, false };
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->overflow = false;
}

/* musl's memcpy is one string instruction, which takes longer to begin than to copy what is mostly
 * added here: a few bytes. */
static void copy(char *to, const char *from, size_t len)
{
    enum { WORD = 8, SHORT_MAX = 64 };
    if (len > SHORT_MAX) {
        memcpy(to, from, len);
        return;
    }
    for (; len >= WORD; len -= WORD, to += WORD, from += WORD)
        memcpy(to, from, WORD);
    for (; len; len--)
        *to++ = *from++;
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
    assert(b->len <= b->cap);
    if (b->overflow || len > b->cap - b->len) {
        b->overflow = true;
        return;
    }
    if (len) {
        copy(b->ptr + b->len, bytes, len);
        b->len += len;
    }
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_add_u64(struct buf *b, uint64_t value)
{
    buf_add_padded(b, value, 1);
}

void buf_add_i64(struct buf *b, int64_t value)
{
    if (value < 0) {
        buf_add_char(b, '-');
        buf_add_u64(b, 0 - (uint64_t)value);
    } else {
        buf_add_u64(b, (uint64_t)value);
    }
}

void buf_add_padded(struct buf *b, uint64_t value, unsigned width)
{
    char digits[20]; /* UINT64_MAX has 20 */
    size_t at = sizeof(digits);
    assert(width <= sizeof(digits));
    while (value || sizeof(digits) - at < width) {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    }
    buf_add(b, digits + at, sizeof(digits) - at);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    if (b->overflow)
        return;
    va_list args;
    va_start(args, format);
    /* vsnprintf wants a byte for its NUL: text that fills the rest exactly is an overflow. */
    int n = vsnprintf(b->ptr + b->len, b->cap - b->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= b->cap - b->len)
        b->overflow = true;
    else
        b->len += (size_t)n;
}

struct span buf_span(const struct buf *b)
{
    return (struct span){ b->ptr, b->len };
}

void buf_truncate(struct buf *b, size_t len)
{
    assert(len <= b->len);
    b->len = len;
}

const char *buf_cstr(struct buf *b)
{
    if (b->overflow || b->len == b->cap)
        return NULL;
    b->ptr[b->len] = '\0';
    return b->ptr;
}
