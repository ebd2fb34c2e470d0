/*
 * Every state that a power cut can leave. A run is recorded: what was written, what was synced,
 * what was acknowledged, in their order. Then the power goes after each of these events: the disk
 * has what was synced, and of the rest any beginning, whole, torn within a line, or as NUL bytes
 * that the size says are there. Each such disk is opened; every visit that was acknowledged until
 * then must be there, whole and once, and nothing that was never written.
 */
/* WRAP: write fdatasync */
#include "base/std.h"

#include "visitlog_helper.h"

enum { EVENTS_MAX = 400, BATCHES = 90, LINE = 38 };

struct event {
    size_t written;
    size_t synced;
    uint64_t acknowledged;
};

static struct {
    bool on;
    struct event events[EVENTS_MAX];
    size_t count;
    struct event now;
} record;

static void note(void)
{
    assert_true(record.count < EVENTS_MAX);
    record.events[record.count++] = record.now;
}

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
    ssize_t n = __real_write(fd, bytes, len);
    if (record.on && n > 0) {
        record.now.written += (size_t)n;
        note();
    }
    return n;
}

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
    int result = __real_fdatasync(fd);
    if (record.on && result == 0) {
        record.now.synced = record.now.written;
        note();
    }
    return result;
}

/* The bytes of the whole run. */
static char *record_run(struct scratch *s, enum visitlog_fsync mode, size_t *len)
{
    unlink(s->path);
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, mode);
    memset(&record, 0, sizeof(record));
    record.on = true;
    for (unsigned i = 0, id = 0; i < BATCHES; i++) {
        uint64_t number;
        unsigned count = 1 + (i * 7) % 5;
        assert_int_equal(append_visits(log, id, count, &number), VISITLOG_GOOD);
        id += count;
        /* In everysec and no, a visit is promised to survive the process, not the power. */
        if (mode == VISITLOG_FSYNC_ALWAYS)
            record.now.acknowledged = id;
        if (i % 9 == 8)
            visitlog_tick(log);
        note();
    }
    record.on = false;
    scratch_close(log);
    struct span all = file_get(s->path);
    char *copy = arena_alloc(&s->arena, all.len);
    assert_non_null(copy);
    memcpy(copy, all.ptr, all.len);
    *len = all.len;
    return copy;
}

static void check_disk(struct scratch *s, struct span disk, const char *all,
                       const struct event *event)
{
    file_put(s->path, disk);
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    uint64_t count = visitlog_count(log);
    scratch_close(log);
    struct span found = file_get(s->path);
    if (count < event->acknowledged || found.len != count * LINE ||
        memcmp(found.ptr, all, found.len) != 0)
        fail_msg("%ju visits of %ju acknowledged, %zu bytes of a disk of %zu", (uintmax_t)count,
                 (uintmax_t)event->acknowledged, found.len, disk.len);
    scratch_forget(s);
}

/* How many crash points were checked. */
static size_t crash_everywhere(struct scratch *s, enum visitlog_fsync mode)
{
    static char all[64 << 10];
    static char disk[64 << 10];
    size_t len;
    size_t points = 0;
    char *recorded = record_run(s, mode, &len);
    assert_true(len <= sizeof(all));
    memcpy(all, recorded, len);
    struct event events[EVENTS_MAX];
    size_t count = record.count;
    memcpy(events, record.events, sizeof(events));
    for (size_t e = 0; e < count; e++) {
        const struct event *event = &events[e];
        size_t unsure = event->written - event->synced;
        size_t step = unsure > 200 ? 37 : unsure > 40 ? 11 : 5;
        for (size_t kept = 0; kept <= unsure;
             kept += kept == unsure ? 1 : min_size(step, unsure - kept)) {
            memcpy(disk, all, event->synced + kept);
            check_disk(s, span_from(disk, event->synced + kept), all, event);
            memset(disk + event->synced + kept, 0, unsure - kept);
            check_disk(s, span_from(disk, event->written), all, event);
            points += 2;
        }
    }
    return points;
}

static void test_power_goes_anywhere(void **state)
{
    static const enum visitlog_fsync modes[] = { VISITLOG_FSYNC_ALWAYS, VISITLOG_FSYNC_EVERYSEC };
    size_t points = 0;
    for (size_t i = 0; i < countof(modes); i++)
        points += crash_everywhere(*state, modes[i]);
    print_message("%zu crash points\n", points);
    assert_true(points >= 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_power_goes_anywhere, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
