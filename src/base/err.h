/*
 * err.h: the one error record.
 *
 * The callee fills it, the command prints it. The first cause sticks: setting an error that
 * is already set changes nothing, so that a clean-up path cannot hide why it was entered.
 * A zeroed struct err is "no error". The text says what was wrong, where, and what to do.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/std.h"

/* The kinds are the exit statuses (design: 0 done, 1 could not be done, 2 wrong request,
 * 74 the disk failed, 75 the log is held by another server; 74 and 75 as in sysexits.h). */
enum err_kind {
    ERR_NONE = 0,
    ERR_FAILED = 1,
    ERR_REQUEST = 2,
    ERR_DISK = 74,
    ERR_HELD = 75,
};

struct err {
    enum err_kind kind;
    int os_errno; /* the errno behind it, or 0 */
    char text[500];
};

/* Sets the error unless one is set. Always returns false: `return err_set(...)`. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...) printf_like(3, 4);

/* The same with errno's name and meaning at the end ("...: ENOSPC, No space left on device"). */
bool err_set_os(struct err *err, enum err_kind kind, const char *format, ...) printf_like(3, 4);

/* "ENOSPC" for ENOSPC, "errno 999" never: unknown numbers give "E?". Static storage. */
const char *err_errno_name(int os_errno);

#endif
