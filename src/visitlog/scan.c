#include "base/std.h"

#include <unistd.h>

#include "visitlog/internal.h"

/*
 * Lines that are there: how many, and when. The times of a log stand in its lines, in the zone of
 * the log where a format says none; all lines of one hour share the text up to the hour, so that
 * the calendar is asked once for each.
 */

enum { WINDOW_BYTES = 256 << 10, HOUR_TEXT_MAX = 40 };

struct hour_text {
    char text[HOUR_TEXT_MAX];
    size_t len;
    int64_t hour_s; /* epoch seconds of the hour's beginning */
    int64_t hour;
    int64_t day;
};

struct scanner {
    const struct scan_range *range;
    struct visitlog_summary *summary;
    struct hour_text known;
    uint64_t in_hour; /* lines of the known hour that are not in the buckets yet */
    uint64_t lines;
};

static unsigned number_at(const char *text, size_t digits)
{
    assert(text);
    unsigned value = 0;
    for (size_t i = 0; i < digits; i++)
        value = value * 10 + (unsigned)(text[i] - '0');
    return value;
}

static bool is_like(struct span s, const char *pattern)
{
    size_t len = strlen(pattern);
    if (s.len < len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = s.ptr[i];
        if (pattern[i] == '#' ? c < '0' || c > '9' : c != pattern[i])
            return false;
    }
    return true;
}

static unsigned month_named(const char *name)
{
    for (unsigned month = 1; month <= 12; month++) {
        if (memcmp(name, clock_month_name(month), 3) == 0)
            return month;
    }
    return 0;
}

/* "+0300" or "+03:00" in seconds; false when there is none. */
static bool read_offset(struct span s, int64_t *seconds)
{
    if (s.len < 5 || (s.ptr[0] != '+' && s.ptr[0] != '-'))
        return false;
    bool colon = is_like(span_from_offset(s, 1), "##:##");
    if (!colon && !is_like(span_from_offset(s, 1), "####"))
        return false;
    int64_t minutes = (int64_t)number_at(s.ptr + 1, 2) * 60 + number_at(s.ptr + (colon ? 4 : 3), 2);
    *seconds = (s.ptr[0] == '-' ? -60 : 60) * minutes;
    return true;
}

/* Where a line's time stands: "2026-01-31 23" (or with a T), "31/Jan/2026:23"; and its offset. */
struct stamp {
    struct span hour; /* up to the hour */
    struct span rest; /* ":59:59..." */
    struct span offset;
    bool named_month;
};

static bool find_stamp(struct span line, struct stamp *stamp)
{
    static const char iso[] = "####-##-##";
    static const char *const prefixes[] = { "Visit at: ", "INFO ", "{\"time\":\"" };
    *stamp = (struct stamp){ 0 };
    for (size_t i = 0; i < countof(prefixes); i++) {
        if (!span_starts(line, span_of(prefixes[i])))
            continue;
        struct span at = span_from_offset(line, strlen(prefixes[i]));
        if (!is_like(at, iso) || at.len < 19 || !is_like(span_from_offset(at, 11), "##:##:##"))
            return false;
        stamp->hour = span_from(at.ptr, 13);
        stamp->rest = span_from_offset(at, 13);
        ptrdiff_t quote = span_find(at, '"');
        if (i == 2 && quote > 25)
            stamp->offset = span_from(at.ptr + quote - 6, 6);
        return true;
    }
    ptrdiff_t bracket = span_find(span_from(line.ptr, min_size(line.len, 512)), '[');
    if (bracket < 0)
        return false;
    struct span at = span_from_offset(line, (size_t)bracket + 1);
    if (at.len < 26 || !is_like(at, "##/") || !is_like(span_from_offset(at, 6), "/####:##:##:## "))
        return false;
    stamp->hour = span_from(at.ptr, 14);
    stamp->rest = span_from_offset(at, 14);
    stamp->offset = span_from(at.ptr + 21, 5);
    stamp->named_month = true;
    return true;
}

static bool ask_calendar(const struct stamp *stamp, struct hour_text *known)
{
    const char *t = stamp->hour.ptr;
    int64_t offset_s = 0;
    struct civil c;
    if (stamp->named_month)
        c = (struct civil){ .year = number_at(t + 7, 4),
                            .month = month_named(t + 3),
                            .day = number_at(t, 2),
                            .hour = number_at(t + 12, 2) };
    else
        c = (struct civil){ .year = number_at(t, 4),
                            .month = number_at(t + 5, 2),
                            .day = number_at(t + 8, 2),
                            .hour = number_at(t + 11, 2) };
    if (c.year < 1970 || c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 || c.hour > 23)
        return false;
    if (stamp->offset.len)
        known->hour_s = read_offset(stamp->offset, &offset_s) ? clock_epoch_s(&c) - offset_s : -1;
    else
        known->hour_s = clock_epoch_local(&c);
    if (known->hour_s < 0)
        return false;
    struct civil local = clock_civil_local(known->hour_s);
    known->hour = buckets_hour(known->hour_s);
    known->day = buckets_day(&local);
    return true;
}

static void flush_hour(struct scanner *s)
{
    if (s->in_hour)
        buckets_add(s->summary, s->known.hour, s->known.day, s->in_hour);
    s->in_hour = 0;
}

static bool is_known(const struct hour_text *known, const struct stamp *stamp)
{
    size_t len = stamp->hour.len + stamp->offset.len;
    return known->len == len && memcmp(known->text, stamp->hour.ptr, stamp->hour.len) == 0 &&
           (!stamp->offset.len ||
            memcmp(known->text + stamp->hour.len, stamp->offset.ptr, stamp->offset.len) == 0);
}

static bool know(struct scanner *s, const struct stamp *stamp)
{
    if (is_known(&s->known, stamp))
        return true;
    flush_hour(s);
    struct buf text = BUF_OF(s->known.text);
    buf_add_span(&text, stamp->hour);
    buf_add_span(&text, stamp->offset);
    s->known.len = text.len;
    if (ask_calendar(stamp, &s->known))
        return true;
    s->known.len = 0;
    return false;
}

bool scan_line_time(struct span line, int64_t *epoch_s)
{
    struct stamp stamp;
    struct hour_text known = { .len = 0 };
    if (!find_stamp(line, &stamp) || !ask_calendar(&stamp, &known))
        return false;
    *epoch_s = known.hour_s + (int64_t)number_at(stamp.rest.ptr + 1, 2) * 60 +
               number_at(stamp.rest.ptr + 4, 2);
    return true;
}

static void take_line(struct scanner *s, struct span line)
{
    struct stamp stamp;
    s->lines++;
    if (s->range->each)
        s->range->each(s->range->data, line);
    if (!find_stamp(line, &stamp) || !know(s, &stamp))
        return;
    s->in_hour++;
    buckets_note_time(s->summary, s->known.hour_s + (int64_t)number_at(stamp.rest.ptr + 1, 2) * 60 +
                                      number_at(stamp.rest.ptr + 4, 2));
}

/* Takes the whole lines of a window; how many bytes they have. */
static size_t take_lines(struct scanner *s, struct span window)
{
    size_t taken = 0;
    const char *newline;
    while ((newline = memchr(window.ptr + taken, '\n', window.len - taken))) {
        take_line(s, span_from(window.ptr + taken, (size_t)(newline - window.ptr) - taken));
        taken = (size_t)(newline - window.ptr) + 1;
    }
    return taken;
}

static ssize_t read_window(int fd, char *window, size_t room, uint64_t at)
{
    ssize_t n;
    do {
        n = pread(fd, window, room, (off_t)at);
    } while (n == -1 && errno == EINTR);
    return n;
}

/* Where the next data are: there are no lines in a hole. */
static uint64_t skip_hole(int fd, uint64_t at, uint64_t to)
{
    off_t data = lseek(fd, (off_t)at, SEEK_DATA);
    if (data == -1)
        return errno == ENXIO ? to : at;
    return (uint64_t)data > at ? (uint64_t)data : at;
}

/* A line longer than a window, which is none of ours, counts when its end comes. */
static bool scan_windows(struct scanner *s, char *window)
{
    uint64_t at = s->range->from;
    while ((at = skip_hole(s->range->fd, at, s->range->to)) < s->range->to) {
        size_t room = min_size(WINDOW_BYTES, s->range->to - at);
        ssize_t n = read_window(s->range->fd, window, room, at);
        if (n == -1)
            return false;
        if (n == 0)
            break;
        size_t taken = take_lines(s, span_from(window, (size_t)n));
        at += taken ? taken : (size_t)n;
    }
    flush_hour(s);
    return true;
}

bool scan_lines(const struct scan_range *range, struct visitlog_summary *summary, uint64_t *lines,
                struct err *err)
{
    struct arena scratch;
    struct scanner s = { .range = range, .summary = summary };
    if (!arena_init(&scratch, (size_t)2 * WINDOW_BYTES, err))
        return false;
    char *window = arena_alloc(&scratch, WINDOW_BYTES);
    assert(window);
    bool good = scan_windows(&s, window);
    if (!good)
        err_set_os(err, ERR_DISK, "cannot read the log");
    *lines = s.lines;
    arena_fini(&scratch);
    return good;
}
