#include "base/std.h"

#include "base/clock.h"
#include "base/escape.h"
#include "visitlog/internal.h"

/*
 * How many bytes of a line each client field may take, escapes included. What is longer is cut
 * at a whole character. Together with what is not the client's they fit the longest line.
 */
enum {
    ADDRESS_MAX = 64,
    METHOD_MAX = 32,
    TARGET_MAX = 1700,
    REFERRER_MAX = 700,
    USER_AGENT_MAX = 800,
    FORWARDED_MAX = 180,
    REQUEST_ID_MAX = 64,
    POD_MAX = 253, /* a DNS subdomain (RFC 1123), as Kubernetes names pods */
    FIXED_MAX = 256,
};

static_assert(ADDRESS_MAX + METHOD_MAX + TARGET_MAX + REFERRER_MAX + USER_AGENT_MAX +
                      FORWARDED_MAX + REQUEST_ID_MAX + POD_MAX + FIXED_MAX <=
                  VISITLOG_LINE_MAX,
              "every line fits");

/* Years of four digits, in every zone. */
static const int64_t latest_s = 253402214400; /* 9999-12-31 00:00:00 UTC */

const char *const visitlog_format_names[] = { "visits", "django", "combined", "json", NULL };

struct visitlog_batch visitlog_batch_on(void *memory, size_t capacity)
{
    assert(capacity >= VISITLOG_LINE_MAX);
    return (struct visitlog_batch){ .lines = buf_on(memory, capacity) };
}

static void add_date(struct buf *b, const struct civil *c)
{
    buf_add_padded(b, (uint64_t)c->year, 4);
    buf_add_char(b, '-');
    buf_add_padded(b, c->month, 2);
    buf_add_char(b, '-');
    buf_add_padded(b, c->day, 2);
}

static void add_time(struct buf *b, const struct civil *c)
{
    buf_add_padded(b, c->hour, 2);
    buf_add_char(b, ':');
    buf_add_padded(b, c->minute, 2);
    buf_add_char(b, ':');
    buf_add_padded(b, c->second, 2);
}

/* "+0300", or "+03:00" with a colon between. */
static void add_offset(struct buf *b, const struct civil *c, const char *between)
{
    unsigned minutes = (unsigned)(c->offset_minutes < 0 ? -c->offset_minutes : c->offset_minutes);
    buf_add_char(b, c->offset_minutes < 0 ? '-' : '+');
    buf_add_padded(b, minutes / 60, 2);
    buf_add_str(b, between);
    buf_add_padded(b, minutes % 60, 2);
}

static void add_combined_stamp(struct buf *b, const struct civil *c)
{
    buf_add_str(b, " - - [");
    buf_add_padded(b, c->day, 2);
    buf_add_char(b, '/');
    buf_add_str(b, clock_month_name(c->month));
    buf_add_char(b, '/');
    buf_add_padded(b, (uint64_t)c->year, 4);
    buf_add_char(b, ':');
    add_time(b, c);
    buf_add_char(b, ' ');
    add_offset(b, c, "");
    buf_add_str(b, "] \"");
}

/* Where the time of day's fraction goes into a json stamp: before its "+00:00". */
enum { JSON_OFFSET_LEN = 6 };

/* All of a line that stays the same within one second. */
static void add_stamp(struct buf *b, enum visitlog_format format, const struct civil *c)
{
    switch (format) {
    case VISITLOG_VISITS:
        buf_add_str(b, "Visit at: ");
        add_date(b, c);
        buf_add_char(b, ' ');
        add_time(b, c);
        buf_add_char(b, '.');
        break;
    case VISITLOG_DJANGO:
        buf_add_str(b, "INFO ");
        add_date(b, c);
        buf_add_char(b, ' ');
        add_time(b, c);
        buf_add_char(b, ',');
        break;
    case VISITLOG_COMBINED:
        add_combined_stamp(b, c);
        break;
    case VISITLOG_JSON:
        add_date(b, c);
        buf_add_char(b, 'T');
        add_time(b, c);
        add_offset(b, c, ":");
        break;
    }
}

/* Kept within the years that have four digits, whatever the machine's clock says. */
static void keep_stamp(const struct visitlog *log, struct visitlog_batch *batch, int64_t epoch_s)
{
    int64_t bounded_s = max_i64(0, min_i64(epoch_s, latest_s));
    struct civil c = clock_civil_local(bounded_s);
    struct buf stamp = BUF_OF(batch->stamp);
    add_stamp(&stamp, log->config.format, &c);
    assert(!stamp.overflow);
    batch->stamp_len = stamp.len;
    batch->stamp_s = epoch_s;
    batch->hour = buckets_hour(bounded_s);
    batch->day = buckets_day(&c);
}

static char *put_bytes(char *to, const char *bytes, size_t len)
{
    memcpy(to, bytes, len);
    return to + len;
}

static char *put_digits(char *to, unsigned value, unsigned digits)
{
    for (unsigned i = digits; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + digits;
}

/* These two are the hot ones: no checks beyond that a longest line fits. */
static void add_visits_line(struct visitlog_batch *batch, unsigned microseconds)
{
    char *to = batch->lines.ptr + batch->lines.len;
    to = put_bytes(to, batch->stamp, batch->stamp_len);
    to = put_digits(to, microseconds, 6);
    to = put_bytes(to, " \n", 2);
    batch->lines.len = (size_t)(to - batch->lines.ptr);
}

static void add_django_line(const struct visitlog *log, struct visitlog_batch *batch,
                            unsigned microseconds)
{
    char *to = batch->lines.ptr + batch->lines.len;
    to = put_bytes(to, batch->stamp, batch->stamp_len);
    to = put_digits(to, microseconds / 1000, 3);
    to = put_bytes(to, log->django_end.ptr, log->django_end.len);
    batch->lines.len = (size_t)(to - batch->lines.ptr);
}

/* Escapes character by character and leaves off the first that does not fit, whole. */
static void add_cut(struct buf *field, struct span s, void (*escape)(struct buf *, struct span))
{
    uint32_t code;
    while (s.len) {
        size_t before = field->len;
        size_t n = escape_utf8_decode(s, &code);
        if (n == 0)
            n = 1;
        escape(field, span_from(s.ptr, n));
        if (field->overflow) {
            field->overflow = false;
            buf_truncate(field, before);
            return;
        }
        s = span_from_offset(s, n);
    }
}

/* A client's field in at most `max` bytes. */
static void add_field(struct buf *b, struct span s, size_t max,
                      void (*escape)(struct buf *, struct span))
{
    assert(buf_room(b) >= max);
    struct buf field = buf_on(b->ptr + b->len, max);
    if (s.len <= max)
        escape(&field, s);
    if (s.len > max || field.overflow) {
        buf_reset(&field);
        add_cut(&field, s, escape);
    }
    b->len += field.len;
}

static void add_log_field(struct buf *b, struct span s, size_t max)
{
    add_field(b, s.len ? s : SPAN_LIT("-"), max, escape_log);
}

/* The Combined Log Format of Apache and nginx; the size of the answer is not known yet. */
static void add_combined_line(struct visitlog_batch *batch, const struct visitlog_visit *visit)
{
    struct buf *b = &batch->lines;
    add_log_field(b, visit->address, ADDRESS_MAX);
    buf_add(b, batch->stamp, batch->stamp_len);
    add_log_field(b, visit->method, METHOD_MAX);
    buf_add_char(b, ' ');
    add_log_field(b, visit->target, TARGET_MAX);
    buf_add_str(b, " HTTP/1.");
    buf_add_u64(b, visit->minor);
    buf_add_str(b, "\" ");
    buf_add_u64(b, visit->status);
    buf_add_str(b, " - \"");
    add_log_field(b, visit->referrer, REFERRER_MAX);
    buf_add_str(b, "\" \"");
    add_log_field(b, visit->user_agent, USER_AGENT_MAX);
    buf_add_str(b, "\"\n");
}

static void add_json_text(struct buf *b, const char *key, struct span s, size_t max)
{
    buf_add_str(b, ",\"");
    buf_add_str(b, key);
    buf_add_str(b, "\":\"");
    add_field(b, s, max, escape_json);
    buf_add_char(b, '"');
}

static void add_json_line(const struct visitlog *log, struct visitlog_batch *batch,
                          const struct visitlog_visit *visit, unsigned microseconds)
{
    struct buf *b = &batch->lines;
    size_t date_len = batch->stamp_len - JSON_OFFSET_LEN;
    buf_add_str(b, "{\"time\":\"");
    buf_add(b, batch->stamp, date_len);
    buf_add_char(b, '.');
    buf_add_padded(b, microseconds, 6);
    buf_add(b, batch->stamp + date_len, JSON_OFFSET_LEN);
    buf_add_char(b, '"');
    add_json_text(b, "address", visit->address, ADDRESS_MAX);
    add_json_text(b, "method", visit->method, METHOD_MAX);
    add_json_text(b, "target", visit->target, TARGET_MAX);
    buf_add_str(b, ",\"status\":");
    buf_add_u64(b, visit->status);
    add_json_text(b, "referrer", visit->referrer, REFERRER_MAX);
    add_json_text(b, "user_agent", visit->user_agent, USER_AGENT_MAX);
    if (visit->forwarded.len)
        add_json_text(b, "forwarded", visit->forwarded, FORWARDED_MAX);
    if (visit->request_id.len)
        add_json_text(b, "request_id", visit->request_id, REQUEST_ID_MAX);
    add_json_text(b, "pod", span_of(log->config.pod ? log->config.pod : ""), POD_MAX);
    buf_add_str(b, "}\n");
}

/* A visit of a third hour is put to the second: clocks that jump so have no better answer. */
static void count_part(struct visitlog_batch *batch)
{
    size_t i = batch->parts[0].count && batch->parts[0].hour != batch->hour;
    if (batch->parts[i].count == 0) {
        batch->parts[i].hour = batch->hour;
        batch->parts[i].day = batch->day;
    }
    batch->parts[i].count++;
}

bool visitlog_batch_add(const struct visitlog *log, struct visitlog_batch *batch,
                        const struct visitlog_visit *visit)
{
    if (buf_room(&batch->lines) < VISITLOG_LINE_MAX)
        return false;
    if (batch->stamp_len == 0 || batch->stamp_s != visit->when.tv_sec)
        keep_stamp(log, batch, visit->when.tv_sec);
    assert(visit->when.tv_nsec >= 0 && visit->when.tv_nsec < 1000000000);
    unsigned microseconds = (unsigned)visit->when.tv_nsec / 1000;
    size_t before = batch->lines.len;
    switch (log->config.format) {
    case VISITLOG_VISITS:
        add_visits_line(batch, microseconds);
        break;
    case VISITLOG_DJANGO:
        add_django_line(log, batch, microseconds);
        break;
    case VISITLOG_COMBINED:
        add_combined_line(batch, visit);
        break;
    case VISITLOG_JSON:
        add_json_line(log, batch, visit, microseconds);
        break;
    }
    assert(!batch->lines.overflow && batch->lines.len - before <= VISITLOG_LINE_MAX);
    batch->count++;
    count_part(batch);
    return true;
}

/* ---- is it a whole line? Each function takes what it names off the front of *s. ---- */

/* `pattern` as it stands, but '#' is any digit. */
static bool take(struct span *s, const char *pattern)
{
    size_t len = strlen(pattern);
    if (s->len < len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = s->ptr[i];
        if (pattern[i] == '#' ? c < '0' || c > '9' : c != pattern[i])
            return false;
    }
    *s = span_from_offset(*s, len);
    return true;
}

/* One or more bytes that are no space. */
static bool take_word(struct span *s)
{
    size_t n = 0;
    while (n < s->len && s->ptr[n] != ' ')
        n++;
    *s = span_from_offset(*s, n);
    return n > 0;
}

static bool take_number(struct span *s)
{
    if (!take(s, "#"))
        return false;
    while (take(s, "#"))
        continue;
    return true;
}

/* A text in quotes, in which a backslash escapes. */
static bool take_quoted(struct span *s)
{
    if (!take(s, "\""))
        return false;
    for (size_t i = 0; i < s->len; i++) {
        if (s->ptr[i] == '"') {
            *s = span_from_offset(*s, i + 1);
            return true;
        }
        if (s->ptr[i] == '\\')
            i++;
    }
    return false;
}

/* Python leaves the microseconds out when they are 0. */
static bool is_visits(struct span s)
{
    if (!take(&s, "Visit at: ####-##-## ##:##:##"))
        return false;
    take(&s, ".######");
    return take(&s, " ") && s.len == 0;
}

static bool is_django(struct span s)
{
    return take(&s, "INFO ####-##-## ##:##:##,### ") && take_word(&s) && take(&s, " ") &&
           take_number(&s) && take(&s, " A client visited") && s.len == 0;
}

static bool is_combined(struct span s)
{
    return take_word(&s) && take(&s, " ") && take_word(&s) && take(&s, " ") && take_word(&s) &&
           take(&s, " [##/") && take_word(&s) && take(&s, " ") && take_word(&s) && take(&s, " ") &&
           take_quoted(&s) && take(&s, " ### ") && take_word(&s) && take(&s, " ") &&
           take_quoted(&s) && take(&s, " ") && take_quoted(&s) && s.len == 0;
}

/* An object whose braces close at the very end: the beginning of one never does. */
static bool is_json(struct span s)
{
    unsigned depth = 0;
    if (s.len == 0 || s.ptr[0] != '{')
        return false;
    while (s.len) {
        char c = s.ptr[0];
        if (c == '"') {
            if (!take_quoted(&s))
                return false;
            continue;
        }
        s = span_from_offset(s, 1);
        depth += c == '{' || c == '[';
        if ((c == '}' || c == ']') && --depth == 0)
            return s.len == 0;
    }
    return false;
}

bool line_is_whole(struct span line)
{
    if (span_ends(line, SPAN_LIT("\r")))
        line.len--;
    return is_visits(line) || is_django(line) || is_combined(line) || is_json(line);
}
