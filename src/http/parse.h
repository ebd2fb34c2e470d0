/*
 * parse.h: the head of a request: bytes in, a request or a status code out. No I/O.
 *
 * Strict by RFC 9112: whatever two readers could understand differently is refused, because
 * that is what request smuggling is made of. The result depends on the bytes alone and never on
 * how they were cut into pieces: only complete lines are looked at, but for the first byte.
 */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include "http/http.h"

enum {
    PARSE_TARGET_MAX = 8 << 10, /* a longer target is 414 (RFC 9112 section 3 asks for 8000) */
    PARSE_LINE_MAX = PARSE_TARGET_MAX + 128, /* of the request line: method and version, too */
    PARSE_FIELDS_MAX = 16 << 10,             /* bytes of all field lines; more is 431 */
    PARSE_VALUE_MAX = 8 << 10,               /* of one field's value; more is 431 */
    PARSE_HEAD_MAX = 2 + PARSE_LINE_MAX + PARSE_FIELDS_MAX + 2,
};

enum parse_body { PARSE_NO_BODY, PARSE_LENGTH, PARSE_CHUNKED };

struct parse_head {
    struct http_request request;
    enum parse_body body;
    uint64_t content_length; /* for PARSE_LENGTH */
    bool close;              /* no further request may follow on the connection */
    bool expect_continue;    /* the client waits for 100 before it sends the body */
    const char *why;         /* of an error, for the client to read */
    /* While parsing. */
    bool has_host;
    bool has_length;
    bool has_coding;
    bool keep_alive_asked;
    char path[PARSE_TARGET_MAX]; /* the decoded path, when it had to be decoded */
};

/*
 * Parses the head at the start of `input`. Returns the number of bytes that it takes (the body
 * begins there), 0 when more bytes are needed, or the negative status code to answer with
 * (-400, -414, -417, -431, -501, -505), and then h->why tells the reason. The spans of
 * h->request point into `input` and into *h.
 */
must_use ptrdiff_t parse_head(struct parse_head *h, struct span input);

/* A character of a token (RFC 9110 section 5.6.2), and of a field's value (section 5.5). */
bool parse_is_token(char c);
bool parse_is_value(char c);

#endif
