#include "base/std.h"

#include "http/body.h"
#include "http/parse.h"

enum {
    SIZE_DIGITS_MAX = 15, /* hexadecimal: far below 2^63 */
    EXTRA_MAX = 4 << 10,  /* bytes of extensions and trailers of one body */
};

enum state {
    LENGTH,
    SIZE,       /* of a chunk: hexadecimal digits */
    SIZE_LF,    /* behind the CR of the size's line */
    EXT_NAME,   /* behind ';': at least one character of a token */
    EXT_REST,   /* the rest of the name */
    EXT_VALUE,  /* behind '=': a token or a quoted string */
    EXT_TOKEN,  /* the rest of the token */
    EXT_QUOTED, /* within the quotes */
    EXT_PAIR,   /* behind a '\' in the quotes */
    EXT_END,    /* behind the closing quote */
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER, /* at the start of a trailer line */
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF, /* behind the CR of the empty line at the end */
    DONE,
};

struct body body_of_length(uint64_t length)
{
    return (struct body){ .state = length ? LENGTH : DONE, .left = length };
}

struct body body_chunked(void)
{
    return (struct body){ .state = SIZE };
}

bool body_done(const struct body *b)
{
    return b->state == DONE;
}

/* What follows a chunk's size or an extension: another extension or the end of the line. */
static int after_size(char c)
{
    return c == ';' ? EXT_NAME : c == '\r' ? SIZE_LF : -400;
}

static int step_size(struct body *b, char c)
{
    int digit = span_hex_digit(c);
    if (digit >= 0 && b->digits < SIZE_DIGITS_MAX) {
        b->left = b->left << 4 | (uint64_t)digit;
        b->digits++;
        return SIZE;
    }
    return digit < 0 && b->digits > 0 ? after_size(c) : -400;
}

static int step_extension(enum state state, char c)
{
    switch (state) {
    case EXT_NAME:
        return parse_is_token(c) ? EXT_REST : -400;
    case EXT_REST:
        return parse_is_token(c) ? EXT_REST : c == '=' ? EXT_VALUE : after_size(c);
    case EXT_VALUE:
        return c == '"' ? EXT_QUOTED : parse_is_token(c) ? EXT_TOKEN : -400;
    case EXT_TOKEN:
        return parse_is_token(c) ? EXT_TOKEN : after_size(c);
    case EXT_QUOTED:
        if (c == '"' || c == '\\')
            return c == '"' ? EXT_END : EXT_PAIR;
        return parse_is_value(c) ? EXT_QUOTED : -400;
    case EXT_PAIR:
        return parse_is_value(c) ? EXT_QUOTED : -400;
    default: /* EXT_END: the caller passes extension states only */
        assert(state == EXT_END);
        return after_size(c);
    }
}

static int step_trailer(enum state state, char c)
{
    switch (state) {
    case TRAILER:
        return c == '\r' ? LAST_LF : parse_is_token(c) ? TRAILER_NAME : -400;
    case TRAILER_NAME:
        return c == ':' ? TRAILER_VALUE : parse_is_token(c) ? TRAILER_NAME : -400;
    case TRAILER_VALUE:
        return c == '\r' ? TRAILER_LF : parse_is_value(c) ? TRAILER_VALUE : -400;
    case TRAILER_LF:
        return c == '\n' ? TRAILER : -400;
    default: /* LAST_LF: the caller passes trailer states only */
        assert(state == LAST_LF);
        return c == '\n' ? DONE : -400;
    }
}

/* The chunk's size is known: data, or the trailers behind the last chunk. */
static int begin_data(struct body *b, char c, uint64_t max_bytes)
{
    if (c != '\n')
        return -400;
    b->digits = 0;
    if (b->left == 0)
        return TRAILER;
    if (b->left > max_bytes || b->total > max_bytes - b->left)
        return -413;
    b->total += b->left;
    return DATA;
}

/* One byte of the framing: the next state, or a negative status. */
static int step(struct body *b, char c, uint64_t max_bytes)
{
    enum state state = (enum state)b->state;
    bool extension = state >= EXT_NAME && state <= EXT_END;
    bool trailer = state >= TRAILER && state <= LAST_LF;
    if ((extension || trailer) && ++b->extra > EXTRA_MAX)
        return extension ? -400 : -431;
    if (extension)
        return step_extension(state, c);
    if (trailer)
        return step_trailer(state, c);
    if (state == SIZE)
        return step_size(b, c);
    if (state == SIZE_LF)
        return begin_data(b, c, max_bytes);
    if (state == DATA_CR)
        return c == '\r' ? DATA_LF : -400;
    assert(state == DATA_LF);
    return c == '\n' ? SIZE : -400;
}

ptrdiff_t body_skip(struct body *b, struct span input, uint64_t max_bytes)
{
    size_t at = 0;
    if (b->state == LENGTH && b->left > max_bytes)
        return -413;
    while (at < input.len && b->state != DONE) {
        if (b->state == LENGTH || b->state == DATA) {
            size_t taken = b->left < input.len - at ? (size_t)b->left : input.len - at;
            b->left -= taken;
            at += taken;
            if (b->left == 0)
                b->state = b->state == LENGTH ? DONE : DATA_CR;
            continue;
        }
        int next = step(b, input.ptr[at++], max_bytes);
        if (next < 0)
            return next;
        b->state = (uint8_t)next;
    }
    return (ptrdiff_t)at;
}
