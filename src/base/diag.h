/*
 * diag.h: diagnostics: one line each on standard error, as logfmt or JSON.
 *
 * A line is one write(2), so lines of several threads never mix. What clients or files put
 * into a field is escaped. Diagnostics are for operators; results of commands go to standard
 * output, and errors of commands are printed by src/cmd alone.
 *
 *     diag(DIAG_INFO, "listening", diag_str("http", ":8080"), diag_num("workers", 2));
 *
 * gives  time=2022-06-29T14:17:37.071Z level=info msg=listening http=:8080 workers=2
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/span.h"

enum diag_level { DIAG_ERROR, DIAG_WARN, DIAG_INFO, DIAG_DEBUG };
enum diag_format { DIAG_LOGFMT, DIAG_JSON };

struct diag_field {
    const char *key; /* NULL ends the list */
    bool is_number;
    int64_t number;
    struct span text;
};

/* Call once, before there are threads. The default is logfmt, info and more serious. */
void diag_configure(enum diag_format format, enum diag_level most_verbose);

static inline struct diag_field diag_str(const char *key, const char *value)
{
    return (struct diag_field){ .key = key, .text = span_of(value) };
}

static inline struct diag_field diag_span(const char *key, struct span value)
{
    return (struct diag_field){ .key = key, .text = value };
}

static inline struct diag_field diag_num(const char *key, int64_t value)
{
    return (struct diag_field){ .key = key, .is_number = true, .number = value };
}

/* Use diag(). Fields go in the order given, without the first; a field that would make the line
 * longer than 4 KiB is left out and said so. errno is kept. */
void diag_write(enum diag_level level, const char *message, const struct diag_field *fields);

/* The first field of the list is nothing, so that a line may have no fields. */
#define diag(level, message, ...)                                                                  \
    diag_write((level), (message),                                                                 \
               (const struct diag_field[]){ { .key = "" }, ##__VA_ARGS__, { .key = NULL } })

/* For what can happen a thousand times a second: true at most once in `interval_ms`, and then
 * *suppressed is how many were kept back since. Safe from several threads. */
struct diag_limit {
    _Atomic int64_t next_ms;
    _Atomic int64_t suppressed;
};

bool diag_allow(struct diag_limit *limit, int64_t interval_ms, int64_t *suppressed);

#endif
