/*
 * answer.h: the head of an answer, as a client reads it: bytes in, a status out. No I/O.
 */
#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include "base/span.h"

enum { ANSWER_HEAD_MAX = 16 << 10 };

struct answer {
    unsigned status;    /* 200 to 599; interim answers (1xx) are passed over */
    struct span reason; /* may be empty; points into the input */
};

/*
 * Reads the head at the start of `input`, up to its empty line. Returns the number of bytes it
 * takes, 0 when more are needed, -1 when this is no answer of HTTP/1 (RFC 9112 section 4), or is
 * longer than ANSWER_HEAD_MAX.
 */
must_use ptrdiff_t answer_parse(struct answer *a, struct span input);

#endif
