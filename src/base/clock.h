/*
 * clock.h: the two clocks and the written forms of time.
 *
 * Deadlines are in monotonic milliseconds; what is written for people is wall time. The
 * calendar is our own arithmetic (proleptic Gregorian, no leap seconds, as POSIX time), so it
 * holds no lock, no state and no locale.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/buf.h"

/* A moment of wall time in a zone. */
struct civil {
    int64_t year;
    unsigned month; /* 1..12 */
    unsigned day;   /* 1..31 */
    unsigned hour;
    unsigned minute;
    unsigned second;
    unsigned weekday;   /* 0 = Sunday */
    int offset_minutes; /* east of UTC */
};

/* CLOCK_MONOTONIC. */
int64_t clock_mono_ms(void);

/* CLOCK_REALTIME. */
struct timespec clock_wall(void);

/* Seconds since the epoch to the calendar, in UTC. Good for years 0 to 9999. */
struct civil clock_civil_utc(int64_t epoch_s);

/* The same in the zone that TZ names (a POSIX string; tzset must have run). */
struct civil clock_civil_local(int64_t epoch_s);

/* The inverse of clock_civil_utc, for the fields year to second; no check of ranges. */
int64_t clock_epoch_s(const struct civil *c);

/* The inverse of clock_civil_local, by the fields year to second: the first of two moments that a
 * change of the clocks gives one name. */
int64_t clock_epoch_local(const struct civil *c);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate, RFC 9110 section 5.6.7). */
enum { CLOCK_HTTP_DATE_LEN = 29 };
void clock_add_http_date(struct buf *b, int64_t epoch_s);

/* "2022-06-29T14:17:37.071Z" (RFC 3339, UTC, milliseconds). */
void clock_add_rfc3339_ms(struct buf *b, struct timespec wall);

/* The three-letter English month of 1..12 ("Jan"). */
const char *clock_month_name(unsigned month);

#endif
