#include "base/std.h"

#include "base/clock.h"
#include "visitlog/internal.h"

enum { FULL_REPORT_MS = 10000 };

static uint64_t pack(struct disk_end end)
{
    return (uint64_t)end.result | (uint64_t)end.step << 8 | (uint64_t)(uint32_t)end.os_errno << 32;
}

static struct disk_end unpack(uint64_t packed)
{
    return (struct disk_end){ (enum visitlog_result)(packed & 0xff),
                              (enum disk_step)(packed >> 8 & 0xff), (int)(packed >> 32) };
}

enum visitlog_result health_state(const struct visitlog *log)
{
    return unpack(log->health.packed).result;
}

bool health_may_append(const struct visitlog *log)
{
    switch (health_state(log)) {
    case VISITLOG_GOOD:
        return true;
    case VISITLOG_FULL:
        return clock_mono_ms() >= log->health.retry_at_ms;
    case VISITLOG_FAILED:
        return false;
    }
    return false;
}

static const char *step_text(enum disk_step step)
{
    switch (step) {
    case DISK_WRITE:
        return "cannot write to";
    case DISK_CUT:
        return "cannot take back a half-written batch of";
    case DISK_SYNC:
        return "cannot sync";
    case DISK_ROTATE:
        return "cannot rotate";
    }
    return "cannot use";
}

void health_describe(const struct visitlog *log, char *text, size_t capacity)
{
    struct disk_end end = unpack(log->health.packed);
    text[0] = '\0';
    if (end.result == VISITLOG_GOOD)
        return;
    /* The errno goes first: a long path may be cut, the cause may not. */
    snprintf(text, capacity, "%s: %s, %s: %s %s",
             end.result == VISITLOG_FULL ? "no room for visits" : "the disk failed",
             err_errno_name(end.os_errno), strerror(end.os_errno), step_text(end.step),
             log->config.path);
}

static void tell(struct visitlog *log, enum diag_level level, const char *message)
{
    char reason[sizeof(((struct visitlog_status *)NULL)->reason)];
    health_describe(log, reason, sizeof(reason));
    diag(level, message, diag_str("log", log->config.path), diag_str("error", reason));
}

/* At most once in FULL_REPORT_MS: a disk may be full and not full many times a minute. */
static void tell_full(struct visitlog *log)
{
    int64_t suppressed;
    if (diag_allow(&log->health.full_limit, FULL_REPORT_MS, &suppressed))
        tell(log, DIAG_ERROR,
             "log full: visits are refused until there is room; free some or enlarge the volume");
}

static void become_good(struct visitlog *log, uint64_t from)
{
    if (!atomic_compare_exchange_strong(&log->health.packed, &from, 0))
        return;
    diag(DIAG_INFO, "room again: visits are counted", diag_str("log", log->config.path),
         diag_num("refused", atomic_exchange(&log->health.refused, 0)));
}

static void become_failed(struct visitlog *log, struct disk_end end)
{
    uint64_t from = log->health.packed;
    do {
        if (unpack(from).result == VISITLOG_FAILED)
            return; /* the first cause sticks */
    } while (!atomic_compare_exchange_strong(&log->health.packed, &from, pack(end)));
    tell(log, DIAG_ERROR, "log failed: nothing is acknowledged any more");
    if (log->config.on_failure)
        log->config.on_failure(log->config.on_failure_data);
}

static void become_full(struct visitlog *log, uint64_t from, struct disk_end end)
{
    log->health.retry_at_ms = clock_mono_ms() + VISITLOG_RETRY_MS;
    if (atomic_compare_exchange_strong(&log->health.packed, &from, pack(end)))
        tell_full(log);
}

void health_note(struct visitlog *log, struct disk_end end)
{
    uint64_t now = log->health.packed;
    if (unpack(now).result == VISITLOG_FAILED)
        return;
    switch (end.result) {
    case VISITLOG_GOOD:
        if (now != 0)
            become_good(log, now);
        break;
    case VISITLOG_FULL:
        become_full(log, now, end);
        break;
    case VISITLOG_FAILED:
        become_failed(log, end);
        break;
    }
}

void health_note_refused(struct visitlog *log, uint32_t visits)
{
    atomic_fetch_add_explicit(&log->health.refused, visits, memory_order_relaxed);
}
