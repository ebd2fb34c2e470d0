/*
 * std.h: the first include of every source file.
 *
 * It fixes the feature macros, names the attributes that we use, and takes away the
 * functions that have no safe use: they become names that do not exist, so that the
 * compiler refuses them rather than a reviewer.
 */
#ifndef BASE_STD_H
#define BASE_STD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

/* Assertions state what must hold inside the program; they stay in every build. */
#undef NDEBUG
#include <assert.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define countof(array) (sizeof(array) / sizeof((array)[0]))

/* The result of such a function is its error report: ignoring it is a bug. */
#define must_use __attribute__((warn_unused_result))
#define printf_like(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

static inline int64_t min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t max_i64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Banned: unbounded copies, conversions that cannot fail, hidden shared state. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#define strcpy banned_use_buf_add
#define strcat banned_use_buf_add
#define strncpy banned_use_buf_add
#define strncat banned_use_buf_add
#define sprintf banned_use_buf_printf
#define vsprintf banned_use_buf_printf
#define strtok banned_use_span_split
#define atoi banned_use_span_to_u64
#define atol banned_use_span_to_u64
#define atoll banned_use_span_to_u64
#define gmtime banned_use_clock_civil
#define localtime banned_use_localtime_r
#define ctime banned_use_clock
#define asctime banned_use_clock
#define signal banned_use_sigaction

#endif
