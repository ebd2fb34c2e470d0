#include "base/std.h"

#include "base/clock.h"
#include "visitlog/internal.h"

/*
 * Group commit. A batch's ticket is the number of its last visit. One thread at a time has the
 * turn to sync; whoever needs a commit either takes the turn, or waits until it ends and looks
 * whether its ticket was covered. One fdatasync covers all that was written before it began:
 * `written` is raised only after write(2) returned, and is read before fdatasync is called. So
 * while one sync runs, all later batches gather, and share the next one.
 *
 * The lock is not held during the sync: those who are covered must not queue behind the next
 * one. A sync that fails is told to all: its caller, those who wait, and those to come.
 */

void commit_begin(struct visitlog *log)
{
    pthread_mutex_lock(&log->commit_lock);
    while (log->commit_busy)
        pthread_cond_wait(&log->commit_done, &log->commit_lock);
    log->commit_busy = true;
    pthread_mutex_unlock(&log->commit_lock);
}

void commit_end(struct visitlog *log)
{
    pthread_mutex_lock(&log->commit_lock);
    assert(log->commit_busy);
    log->commit_busy = false;
    pthread_cond_broadcast(&log->commit_done);
    pthread_mutex_unlock(&log->commit_lock);
}

enum visitlog_result commit_all(struct visitlog *log)
{
    if (health_state(log) == VISITLOG_FAILED)
        return VISITLOG_FAILED;
    uint64_t covered = log->written;
    assert(covered >= log->durable);
    log->commit_began_ms = clock_mono_ms();
    struct disk_end end = segment_sync(&log->segment);
    log->commit_began_ms = 0;
    if (end.result == VISITLOG_GOOD)
        log->durable = covered;
    else
        health_note(log, end);
    return end.result;
}

/* True with the turn; false when somebody else's sync has covered the ticket meanwhile. */
static bool begin_unless_covered(struct visitlog *log, uint64_t ticket)
{
    pthread_mutex_lock(&log->commit_lock);
    while (log->commit_busy && log->durable < ticket)
        pthread_cond_wait(&log->commit_done, &log->commit_lock);
    bool needed = log->durable < ticket;
    if (needed)
        log->commit_busy = true;
    pthread_mutex_unlock(&log->commit_lock);
    return needed;
}

enum visitlog_result commit_wait(struct visitlog *log, uint64_t ticket)
{
    if (log->durable >= ticket || !begin_unless_covered(log, ticket))
        return VISITLOG_GOOD;
    enum visitlog_result result = commit_all(log);
    commit_end(log);
    return result;
}
