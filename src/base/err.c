#include "base/std.h"

#include "base/err.h"

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    assert(kind != ERR_NONE);
    if (err->kind != ERR_NONE)
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    err->kind = kind;
    return false;
}

bool err_set_os(struct err *err, enum err_kind kind, const char *format, ...)
{
    int cause = errno;
    assert(kind != ERR_NONE);
    if (err->kind != ERR_NONE)
        return false;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    size_t used = min_size(length < 0 ? 0 : (size_t)length, sizeof(err->text) - 1);
    snprintf(err->text + used, sizeof(err->text) - used, ": %s, %s", err_errno_name(cause),
             strerror(cause));
    err->kind = kind;
    err->os_errno = cause;
    return false;
}

const char *err_errno_name(int os_errno)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        { EACCES, "EACCES" },
        { EADDRINUSE, "EADDRINUSE" },
        { EADDRNOTAVAIL, "EADDRNOTAVAIL" },
        { EAFNOSUPPORT, "EAFNOSUPPORT" },
        { EAGAIN, "EAGAIN" },
        { EBADF, "EBADF" },
        { EBUSY, "EBUSY" },
        { ECONNREFUSED, "ECONNREFUSED" },
        { ECONNRESET, "ECONNRESET" },
        { EDQUOT, "EDQUOT" },
        { EEXIST, "EEXIST" },
        { EFBIG, "EFBIG" },
        { EINTR, "EINTR" },
        { EINVAL, "EINVAL" },
        { EIO, "EIO" },
        { EISDIR, "EISDIR" },
        { ELOOP, "ELOOP" },
        { EMFILE, "EMFILE" },
        { ENAMETOOLONG, "ENAMETOOLONG" },
        { ENFILE, "ENFILE" },
        { ENODEV, "ENODEV" },
        { ENOENT, "ENOENT" },
        { ENOLCK, "ENOLCK" },
        { ENOMEM, "ENOMEM" },
        { ENOSPC, "ENOSPC" },
        { ENOTDIR, "ENOTDIR" },
        { ENXIO, "ENXIO" },
        { EPERM, "EPERM" },
        { EPIPE, "EPIPE" },
        { EROFS, "EROFS" },
        { ETIMEDOUT, "ETIMEDOUT" },
        { ETXTBSY, "ETXTBSY" },
    };
    for (size_t i = 0; i < countof(names); i++) {
        if (names[i].number == os_errno)
            return names[i].name;
    }
    return "E?";
}
