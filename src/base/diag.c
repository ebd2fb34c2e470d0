#include "base/std.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/escape.h"
#include "base/file.h"

enum { LINE_MAX_BYTES = 4096, END_ROOM = 2 /* "}\n" always fits */ };

static enum diag_format configured_format = DIAG_LOGFMT;
static enum diag_level configured_level = DIAG_INFO;

void diag_configure(enum diag_format format, enum diag_level most_verbose)
{
    configured_format = format;
    configured_level = most_verbose;
}

static const char *level_name(enum diag_level level)
{
    switch (level) {
    case DIAG_ERROR:
        return "error";
    case DIAG_WARN:
        return "warn";
    case DIAG_INFO:
        return "info";
    case DIAG_DEBUG:
        return "debug";
    }
    return "info";
}

static void add_key(struct buf *line, const char *key)
{
    if (configured_format == DIAG_JSON) {
        buf_add_char(line, line->len == 0 ? '{' : ',');
        buf_add_char(line, '"');
        buf_add_str(line, key);
        buf_add_str(line, "\":");
    } else {
        if (line->len)
            buf_add_char(line, ' ');
        buf_add_str(line, key);
        buf_add_char(line, '=');
    }
}

static void add_text(struct buf *line, const char *key, struct span text)
{
    add_key(line, key);
    if (configured_format == DIAG_JSON) {
        buf_add_char(line, '"');
        escape_json(line, text);
        buf_add_char(line, '"');
    } else {
        escape_logfmt(line, text);
    }
}

static void add_field(struct buf *line, const struct diag_field *field)
{
    size_t before = line->len;
    if (field->is_number) {
        add_key(line, field->key);
        buf_add_i64(line, field->number);
    } else {
        add_text(line, field->key, field->text);
    }
    if (line->overflow) {
        /* A half field would break the line's syntax: leave it out, whole. */
        line->overflow = false;
        buf_truncate(line, before);
        add_text(line, field->key, SPAN_LIT("(too long)"));
    }
}

void diag_write(enum diag_level level, const char *message, const struct diag_field *fields)
{
    if (level > configured_level)
        return;
    int kept_errno = errno;
    char memory[LINE_MAX_BYTES];
    struct buf line = buf_on(memory, sizeof(memory) - END_ROOM);
    char stamp_memory[32];
    struct buf stamp = BUF_OF(stamp_memory);
    clock_add_rfc3339_ms(&stamp, clock_wall());
    add_text(&line, "time", buf_span(&stamp));
    add_text(&line, "level", span_of(level_name(level)));
    add_text(&line, "msg", span_of(message));
    for (fields++; fields->key; fields++)
        add_field(&line, fields);
    line.cap = sizeof(memory);
    buf_add_str(&line, configured_format == DIAG_JSON ? "}\n" : "\n");
    bool told = file_write_all(STDERR_FILENO, buf_span(&line));
    (void)told; /* nobody is left to tell when standard error itself cannot be written */
    errno = kept_errno;
}

bool diag_allow(struct diag_limit *limit, int64_t interval_ms, int64_t *suppressed)
{
    int64_t now = clock_mono_ms();
    int64_t next = atomic_load_explicit(&limit->next_ms, memory_order_relaxed);
    if (now < next || !atomic_compare_exchange_strong(&limit->next_ms, &next, now + interval_ms)) {
        atomic_fetch_add_explicit(&limit->suppressed, 1, memory_order_relaxed);
        return false;
    }
    *suppressed = atomic_exchange(&limit->suppressed, 0);
    return true;
}
