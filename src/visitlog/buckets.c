#include "base/std.h"

#include "visitlog/internal.h"

enum { HOUR_S = 3600, DAY_S = 86400 };

int64_t buckets_hour(int64_t epoch_s)
{
    return epoch_s / HOUR_S;
}

int64_t buckets_day(const struct civil *local)
{
    const struct civil midnight = { .year = local->year, .month = local->month, .day = local->day };
    return clock_epoch_s(&midnight) / DAY_S;
}

/* An older visit does not take a newer one's place: it counts in the total alone. */
static void add_to(struct visitlog_bucket *bucket, int64_t id, uint64_t count)
{
    if (bucket->count && bucket->id > id)
        return;
    if (bucket->id != id)
        *bucket = (struct visitlog_bucket){ .id = id };
    bucket->count += count;
}

void buckets_add_hour(struct visitlog_summary *s, int64_t hour, uint64_t count)
{
    if (hour >= 0)
        add_to(&s->hours[hour % VISITLOG_HOURS], hour, count);
}

void buckets_add_day(struct visitlog_summary *s, int64_t day, uint64_t count)
{
    if (day >= 0)
        add_to(&s->days[day % VISITLOG_DAYS], day, count);
}

void buckets_add(struct visitlog_summary *s, int64_t hour, int64_t day, uint64_t count)
{
    buckets_add_hour(s, hour, count);
    buckets_add_day(s, day, count);
}

void buckets_note_time(struct visitlog_summary *s, int64_t epoch_s)
{
    if (s->first_s == 0 || epoch_s < s->first_s)
        s->first_s = epoch_s;
    s->last_s = max_i64(s->last_s, epoch_s);
}
