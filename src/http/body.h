/*
 * body.h: finding the end of a request's body. The bytes themselves are thrown away: nothing
 * that is served wants them, but what follows them is the next request, so that every byte
 * must be accounted for exactly as the sender meant it (RFC 9112 sections 6 and 7).
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "base/span.h"

struct body {
    uint64_t left;  /* bytes to come: of the body, or of the chunk */
    uint64_t total; /* of chunk data so far */
    uint32_t extra; /* bytes of extensions and trailers so far */
    uint8_t digits; /* of the chunk's size */
    uint8_t state;
};

/* A body of `length` bytes, or a chunked one. */
struct body body_of_length(uint64_t length);
struct body body_chunked(void);

/* True when the body has been read to its end. */
bool body_done(const struct body *b);

/*
 * Takes bytes of the body off the front of `input` and returns how many; all of them unless the
 * body ends before. A body of more than `max_bytes` is -413, malformed framing is -400, and
 * trailers that are too long are -431. The result does not depend on how the bytes are cut.
 */
must_use ptrdiff_t body_skip(struct body *b, struct span input, uint64_t max_bytes);

#endif
