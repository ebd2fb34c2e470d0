#include "base/std.h"

#include "base/clock.h"

int64_t clock_mono_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct timespec clock_wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now;
}

/*
 * Days are counted in 400-year eras that begin on 1 March, so that the leap day is the last
 * day of its year and every month's offset is one linear formula.
 */
enum { DAYS_PER_ERA = 146097, DAYS_TO_EPOCH = 719468 /* 0000-03-01 to 1970-01-01 */ };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct civil clock_civil_utc(int64_t epoch_s)
{
    int64_t days = floor_div(epoch_s, 86400);
    unsigned rest = (unsigned)(epoch_s - days * 86400);
    int64_t shifted = days + DAYS_TO_EPOCH;
    int64_t era = floor_div(shifted, DAYS_PER_ERA);
    unsigned day_of_era = (unsigned)(shifted - era * DAYS_PER_ERA);
    unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned march_month = (5 * day_of_year + 2) / 153; /* 0 = March */
    unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;
    return (struct civil){
        .year = (int64_t)year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * march_month + 2) / 5 + 1,
        .hour = rest / 3600,
        .minute = rest / 60 % 60,
        .second = rest % 60,
        .weekday = (unsigned)(((days + 4) % 7 + 7) % 7), /* the epoch was a Thursday */
    };
}

struct civil clock_civil_local(int64_t epoch_s)
{
    time_t at = (time_t)epoch_s;
    struct tm tm;
    if (!localtime_r(&at, &tm))
        return clock_civil_utc(epoch_s);
    struct civil c = clock_civil_utc(epoch_s + tm.tm_gmtoff);
    c.offset_minutes = (int)(tm.tm_gmtoff / 60);
    return c;
}

int64_t clock_epoch_s(const struct civil *c)
{
    int64_t year = c->year - (c->month <= 2);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t march_month = c->month > 2 ? c->month - 3 : c->month + 9;
    int64_t day_of_year = (153 * march_month + 2) / 5 + c->day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    int64_t days = era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
    return days * 86400 + (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + c->second;
}

static const char month_names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

const char *clock_month_name(unsigned month)
{
    assert(month >= 1 && month <= 12);
    return month_names[month - 1];
}

static void add_time_of_day(struct buf *b, const struct civil *c)
{
    buf_add_padded(b, c->hour, 2);
    buf_add_char(b, ':');
    buf_add_padded(b, c->minute, 2);
    buf_add_char(b, ':');
    buf_add_padded(b, c->second, 2);
}

int64_t clock_epoch_local(const struct civil *c)
{
    struct tm tm = {
        .tm_year = (int)c->year - 1900,
        .tm_mon = (int)c->month - 1,
        .tm_mday = (int)c->day,
        .tm_hour = (int)c->hour,
        .tm_min = (int)c->minute,
        .tm_sec = (int)c->second,
        .tm_isdst = -1,
    };
    return (int64_t)mktime(&tm);
}

void clock_add_http_date(struct buf *b, int64_t epoch_s)
{
    static const char day_names[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    struct civil c = clock_civil_utc(epoch_s);
    buf_add(b, day_names[c.weekday], 3);
    buf_add_str(b, ", ");
    buf_add_padded(b, c.day, 2);
    buf_add_char(b, ' ');
    buf_add(b, clock_month_name(c.month), 3);
    buf_add_char(b, ' ');
    buf_add_padded(b, (uint64_t)c.year, 4);
    buf_add_char(b, ' ');
    add_time_of_day(b, &c);
    buf_add_str(b, " GMT");
}

void clock_add_rfc3339_ms(struct buf *b, struct timespec wall)
{
    struct civil c = clock_civil_utc(wall.tv_sec);
    buf_add_padded(b, (uint64_t)c.year, 4);
    buf_add_char(b, '-');
    buf_add_padded(b, c.month, 2);
    buf_add_char(b, '-');
    buf_add_padded(b, c.day, 2);
    buf_add_char(b, 'T');
    add_time_of_day(b, &c);
    buf_add_char(b, '.');
    buf_add_padded(b, (uint64_t)(wall.tv_nsec / 1000000), 3);
    buf_add_char(b, 'Z');
}
