/*
 * escape.h: every escaping rule of the product, so that a claim about what a client can
 * write into our output is checked in one file.
 *
 * All take any bytes and append text that cannot end its container early. Bytes that are not
 * UTF-8 become U+FFFD where the format is Unicode (JSON, YAML, HTML) and \xHH where it is not.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/buf.h"

/* Decodes the character at the start of s: its length in bytes and, in *code, its number.
 * Returns 0 when the bytes are not UTF-8 (RFC 3629: no overlong forms, no surrogates). */
size_t escape_utf8_decode(struct span s, uint32_t *code);
bool escape_utf8_valid(struct span s);

/* Appends a character, which must be no surrogate and at most 0x10ffff. */
void escape_utf8_encode(struct buf *b, uint32_t code);

/* The inside of a JSON string (RFC 8259 section 7), without the quotes. */
void escape_json(struct buf *b, struct span s);

/* The inside of a YAML double-quoted scalar (YAML 1.2.2 section 5.7), without the quotes.
 * Only escapes that YAML 1.1 and 1.2 readers share are used. */
void escape_yaml(struct buf *b, struct span s);

/* Text or a quoted attribute value of HTML. */
void escape_html(struct buf *b, struct span s);

/* A field of a log line: control bytes, `"`, `\` and bytes from 0x7f on become \xHH, as nginx
 * and Apache write them; the field can neither end its quotes nor its line. */
void escape_log(struct buf *b, struct span s);

/* A logfmt value: bare when it needs no quotes, else in quotes with JSON's escapes. */
void escape_logfmt(struct buf *b, struct span s);

/* Any bytes in base64, padded, in one line (RFC 4648 section 4). */
void escape_base64(struct buf *b, struct span s);

#endif
