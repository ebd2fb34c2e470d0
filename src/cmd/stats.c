#include "base/std.h"

#include "base/clock.h"
#include "base/escape.h"
#include "cmd/cmd.h"
#include "visitlog/visitlog.h"

enum {
    TEXT_BYTES = 64 << 10,
    STATS_ARENA_BYTES = 256 << 20,
    BAR_COLUMNS = 50,
    HOURS_SHOWN = 24,
    DAYS_SHOWN = 30,
    HOUR_S = 3600,
    DAY_S = 86400,
};

static void add_moment(struct buf *out, const char *name, int64_t epoch_s)
{
    struct civil c = clock_civil_local(epoch_s);
    if (epoch_s == 0)
        buf_printf(out, "%-10s -\n", name);
    else
        buf_printf(out, "%-10s %04d-%02u-%02u %02u:%02u:%02u\n", name, (int)c.year, c.month, c.day,
                   c.hour, c.minute, c.second);
}

static uint64_t count_at(const struct visitlog_bucket *buckets, size_t size, int64_t id)
{
    const struct visitlog_bucket *bucket = &buckets[id < 0 ? 0 : (size_t)id % size];
    return id >= 0 && bucket->id == id ? bucket->count : 0;
}

/* A bar as long as its part of the longest. */
static void add_bar(struct buf *out, const char *label, uint64_t count, uint64_t most)
{
    uint64_t columns = most ? (count * BAR_COLUMNS + most - 1) / most : 0;
    buf_printf(out, "  %-12s %10ju ", label, (uintmax_t)count);
    for (uint64_t i = 0; i < columns; i++)
        buf_add_char(out, '#');
    buf_add_char(out, '\n');
}

static void add_hours(struct buf *out, const struct visitlog_summary *s)
{
    uint64_t most = 0;
    int64_t last = s->last_s / HOUR_S;
    for (int64_t hour = last - HOURS_SHOWN + 1; hour <= last; hour++) {
        uint64_t count = count_at(s->hours, VISITLOG_HOURS, hour);
        most = count > most ? count : most;
    }
    buf_add_str(out, "\nthe last hours\n");
    for (int64_t hour = last - HOURS_SHOWN + 1; hour <= last; hour++) {
        char label[32];
        struct civil c = clock_civil_local(hour * HOUR_S);
        snprintf(label, sizeof(label), "%02u-%02u %02u:00", c.month, c.day, c.hour);
        add_bar(out, label, count_at(s->hours, VISITLOG_HOURS, hour), most);
    }
}

static int64_t local_day(int64_t epoch_s)
{
    struct civil c = clock_civil_local(epoch_s);
    const struct civil midnight = { .year = c.year, .month = c.month, .day = c.day };
    return clock_epoch_s(&midnight) / DAY_S;
}

static void add_days(struct buf *out, const struct visitlog_summary *s)
{
    uint64_t most = 0;
    int64_t last = local_day(s->last_s);
    int64_t first = max_i64(last - DAYS_SHOWN + 1, local_day(s->first_s));
    for (int64_t day = first; day <= last; day++) {
        uint64_t count = count_at(s->days, VISITLOG_DAYS, day);
        most = count > most ? count : most;
    }
    buf_add_str(out, "\nthe last days\n");
    for (int64_t day = first; day <= last; day++) {
        char label[32];
        struct civil c = clock_civil_utc(day * DAY_S);
        snprintf(label, sizeof(label), "%04d-%02u-%02u", (int)c.year, c.month, c.day);
        add_bar(out, label, count_at(s->days, VISITLOG_DAYS, day), most);
    }
}

static void add_top(struct buf *out, const char *name, const struct visitlog_top *top)
{
    if (top[0].count)
        buf_printf(out, "\nthe most frequent %s\n", name);
    for (size_t i = 0; i < VISITLOG_TOP && top[i].count; i++) {
        buf_printf(out, "  %10ju ", (uintmax_t)top[i].count);
        escape_log(out, top[i].text);
        buf_add_char(out, '\n');
    }
}

/* By the last seven days that were whole, or the time that there was. */
static void add_room(struct buf *out, const struct visitlog_stats *stats)
{
    enum { WEEK = 7 };
    const struct visitlog_summary *s = &stats->summary;
    int64_t last = local_day(s->last_s);
    uint64_t visits = 0;
    for (int64_t day = last - WEEK + 1; day <= last; day++)
        visits += count_at(s->days, VISITLOG_DAYS, day);
    double days = (double)min_i64((int64_t)WEEK * DAY_S, s->last_s - s->first_s) / DAY_S;
    buf_printf(out, "%-10s %ju bytes in %ju segments and the log; %ju bytes free\n", "size",
               (uintmax_t)stats->bytes, (uintmax_t)s->segments, (uintmax_t)stats->free_bytes);
    if (visits == 0 || days <= 0 || s->visits == 0 || stats->bytes == 0)
        return;
    double per_day = (double)visits / days;
    double line = (double)stats->bytes / (double)s->visits;
    buf_printf(out, "%-10s %.0f visits a day; at this rate the room is enough for %.0f days\n",
               "rate", per_day, (double)stats->free_bytes / (per_day * line));
}

static int print_stats(struct arena *a, const struct visitlog_stats *stats)
{
    void *memory = arena_alloc(a, TEXT_BYTES);
    struct buf out = buf_on(memory, memory ? TEXT_BYTES : 0);
    const struct visitlog_summary *s = &stats->summary;
    buf_printf(&out, "%-10s %ju\n", "visits", (uintmax_t)s->visits);
    add_moment(&out, "first", s->first_s);
    add_moment(&out, "last", s->last_s);
    add_room(&out, stats);
    if (s->last_s) {
        add_hours(&out, s);
        add_days(&out, s);
    }
    add_top(&out, "targets", stats->targets);
    add_top(&out, "referrers", stats->referrers);
    return cmd_print(buf_span(&out));
}

static int stats(struct arena *a, const struct profile_sources *sources, const char *named)
{
    struct err err = { 0 };
    const char *path = cmd_log_path(a, sources, named);
    struct visitlog_stats *found = arena_alloc(a, sizeof(*found));
    if (!path)
        return ERR_REQUEST;
    if (!found || !visitlog_stats(a, path, found, &err)) {
        err_set(&err, ERR_FAILED, "out of memory");
        return cmd_fail(&err);
    }
    return print_stats(a, found);
}

int cmd_stats(int argc, char **argv)
{
    static const struct cmd_option options[] = { CMD_PROFILE_OPTIONS, { 0 } };
    struct profile_sources sources = { 0 };
    struct cmd_args args = cmd_args_on(argc, argv, options);
    struct arena arena;
    struct err err = { 0 };
    const char *named = NULL;
    const char *value;
    int id;
    while ((id = cmd_args_next(&args, &value)) > 0) {
        if (id == CMD_OPERAND && named)
            return cmd_usage(argv[0], "one log at a time; '%s' is too many", value);
        if (id == CMD_OPERAND)
            named = value;
        else if (!cmd_sources_add(&sources, id, value))
            return ERR_REQUEST;
    }
    if (id == CMD_STOP)
        return args.status;
    if (!arena_init(&arena, STATS_ARENA_BYTES, &err))
        return cmd_fail(&err);
    int status = stats(&arena, &sources, named);
    arena_fini(&arena);
    return status;
}
