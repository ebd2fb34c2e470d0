/*
 * reply.h: an answer as bytes. No I/O.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "base/buf.h"
#include "http/http.h"

enum {
    REPLY_HEAD_MAX = 1024, /* of an answer, extra fields included */
    REPLY_MAX = REPLY_HEAD_MAX + HTTP_BODY_MAX,
};

enum reply_connection {
    REPLY_PERSIST,    /* HTTP/1.1 keeps the connection without a word */
    REPLY_CLOSE,      /* "Connection: close" */
    REPLY_KEEP_ALIVE, /* "Connection: keep-alive", for HTTP/1.0 clients that asked for it */
};

/* The Server and Date fields of the present second; zero it at first. */
struct reply_date {
    int64_t epoch_s;
    size_t len;
    char text[64];
};

void reply_date_update(struct reply_date *date, int64_t epoch_s);

/* Appends the whole answer. `head_only` is for HEAD: all fields, no body. 204 has neither
 * Content-Length nor body (RFC 9110 section 8.6). The buffer needs REPLY_MAX bytes of room. */
void reply_add(struct buf *out, const struct http_reply *reply, const struct reply_date *date,
               enum reply_connection connection, bool head_only);

/* Appends an error that the server itself answers, with `why` for people; the connection ends. */
void reply_add_error(struct buf *out, unsigned status, const char *why,
                     const struct reply_date *date);

/* Appends "HTTP/1.1 100 Continue". */
void reply_add_continue(struct buf *out);

#endif
