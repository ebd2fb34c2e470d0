#include "base/std.h"

#include "base/clock.h"
#include "base/escape.h"
#include "visitlog/internal.h"
#include "visitlog/template.h"

static_assert((int)LINE_ADDRESS_MAX + LINE_METHOD_MAX + LINE_TARGET_MAX + LINE_REFERRER_MAX +
                      LINE_USER_AGENT_MAX + LINE_FORWARDED_MAX + LINE_REQUEST_ID_MAX +
                      LINE_POD_MAX + LINE_FIXED_MAX <=
                  VISITLOG_LINE_MAX,
              "every line fits");

/* Years of four digits, in every zone. */
static const int64_t latest_s = 253402214400; /* 9999-12-31 00:00:00 UTC */

const char *const visitlog_format_names[] = { "visits", "django",   "combined",
                                              "json",   "template", NULL };

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

void line_add_local_time(struct buf *b, const struct civil *c)
{
    buf_add_padded(b, c->day, 2);
    buf_add_char(b, '/');
    buf_add_str(b, clock_month_name(c->month));
    buf_add_char(b, '/');
    buf_add_padded(b, (uint64_t)c->year, 4);
    buf_add_char(b, ':');
    add_time(b, c);
    buf_add_char(b, ' ');
    add_offset(b, c, "");
}

static void add_combined_stamp(struct buf *b, const struct civil *c)
{
    buf_add_str(b, " - - [");
    line_add_local_time(b, c);
    buf_add_str(b, "] \"");
}

void line_add_iso_time(struct buf *b, const struct civil *c)
{
    add_date(b, c);
    buf_add_char(b, 'T');
    add_time(b, c);
    add_offset(b, c, ":");
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
        line_add_iso_time(b, c);
        break;
    case VISITLOG_TEMPLATE:
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
    batch->has_stamp = true;
    batch->civil = c;
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

void line_add_field(struct buf *b, struct span s, size_t max)
{
    add_field(b, s.len ? s : SPAN_LIT("-"), max, escape_log);
}

/* The Combined Log Format of Apache and nginx; the size of the answer is not known yet. */
static void add_combined_line(struct visitlog_batch *batch, const struct visitlog_visit *visit)
{
    struct buf *b = &batch->lines;
    line_add_field(b, visit->address, LINE_ADDRESS_MAX);
    buf_add(b, batch->stamp, batch->stamp_len);
    line_add_field(b, visit->method, LINE_METHOD_MAX);
    buf_add_char(b, ' ');
    line_add_field(b, visit->target, LINE_TARGET_MAX);
    buf_add_str(b, " HTTP/1.");
    buf_add_u64(b, visit->minor);
    buf_add_str(b, "\" ");
    buf_add_u64(b, visit->status);
    buf_add_str(b, " - \"");
    line_add_field(b, visit->referrer, LINE_REFERRER_MAX);
    buf_add_str(b, "\" \"");
    line_add_field(b, visit->user_agent, LINE_USER_AGENT_MAX);
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
    add_json_text(b, "address", visit->address, LINE_ADDRESS_MAX);
    add_json_text(b, "method", visit->method, LINE_METHOD_MAX);
    add_json_text(b, "target", visit->target, LINE_TARGET_MAX);
    buf_add_str(b, ",\"status\":");
    buf_add_u64(b, visit->status);
    add_json_text(b, "referrer", visit->referrer, LINE_REFERRER_MAX);
    add_json_text(b, "user_agent", visit->user_agent, LINE_USER_AGENT_MAX);
    if (visit->forwarded.len)
        add_json_text(b, "forwarded", visit->forwarded, LINE_FORWARDED_MAX);
    if (visit->request_id.len)
        add_json_text(b, "request_id", visit->request_id, LINE_REQUEST_ID_MAX);
    add_json_text(b, "pod", span_of(log->config.pod ? log->config.pod : ""), LINE_POD_MAX);
    buf_add_str(b, "}\n");
}

static void add_template_line(const struct visitlog *log, struct visitlog_batch *batch,
                              const struct visitlog_visit *visit)
{
    const struct template_context context = { .when = &batch->civil, .pod = log->config.pod };
    template_add(log->template, &context, visit, &batch->lines);
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
    if (!batch->has_stamp || batch->stamp_s != visit->when.tv_sec)
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
    case VISITLOG_TEMPLATE:
        add_template_line(log, batch, visit);
        break;
    }
    assert(!batch->lines.overflow && batch->lines.len - before <= VISITLOG_LINE_MAX);
    batch->count++;
    count_part(batch);
    return true;
}
