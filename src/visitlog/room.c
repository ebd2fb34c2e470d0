#include "base/std.h"

#include <sys/statvfs.h>

#include "visitlog/internal.h"

/*
 * How much room is left. Little room is told, once, while there still is some: by a diagnostic line
 * and by readiness, which stays good. It is over only some way above the mark, so that a disk that
 * hovers about it is not told of again and again.
 */

enum { MARGIN_PERCENT = 1, WHOLE_PERCENT = 100 };

static void tell(const struct visitlog *log, bool low, uint64_t free_bytes)
{
    diag(low ? DIAG_WARN : DIAG_INFO,
         low ? "little room is left for the log; enlarge the volume, or keep less"
             : "there is room for the log again",
         diag_str("log", log->config.path), diag_num("free_bytes", (int64_t)free_bytes));
}

void room_look(struct visitlog *log)
{
    struct statvfs fs;
    unsigned mark = log->config.low_percent;
    if (mark == 0 || fstatvfs(log->segment.fd, &fs) != 0 || fs.f_blocks == 0)
        return;
    bool was_low = log->room_low;
    uint64_t percent = (uint64_t)fs.f_bavail * WHOLE_PERCENT / fs.f_blocks;
    bool low = percent < mark + (was_low ? MARGIN_PERCENT : 0);
    log->room_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    log->room_low = low;
    if (low != was_low)
        tell(log, low, log->room_bytes);
}
