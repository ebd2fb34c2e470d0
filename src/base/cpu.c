#include "base/std.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cpu.h"

enum { CPU_FILE_BYTES = 64 }; /* two decimal numbers */

/* Appends a small file's text; nothing when it cannot be read. */
static void add_file(struct buf *b, const char *path)
{
    char text[CPU_FILE_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return;
    ssize_t n = read(fd, text, sizeof(text));
    close(fd);
    if (n > 0 && text[n - 1] == '\n')
        n--;
    if (n > 0)
        buf_add(b, text, (size_t)n);
}

unsigned cpu_limit_parse(struct span cpu_max)
{
    struct span quota_text;
    uint64_t quota_us;
    uint64_t period_us;
    struct span period_text = cpu_max;
    if (!span_split(&period_text, ' ', &quota_text) || !span_to_u64(quota_text, &quota_us) ||
        !span_to_u64(period_text, &period_us) || quota_us == 0 || period_us == 0)
        return 0;
    uint64_t whole = quota_us / period_us + (quota_us % period_us != 0);
    return whole > UINT_MAX ? UINT_MAX : (unsigned)whole;
}

static unsigned cgroup_limit(void)
{
    char memory[2 * CPU_FILE_BYTES + 1];
    struct buf b = BUF_OF(memory);
    add_file(&b, "/sys/fs/cgroup/cpu.max");
    if (b.len == 0) {
        add_file(&b, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
        buf_add_char(&b, ' ');
        add_file(&b, "/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    }
    return cpu_limit_parse(buf_span(&b));
}

unsigned cpu_count(void)
{
    cpu_set_t set;
    unsigned cores = 1;
    if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
        cores = (unsigned)CPU_COUNT(&set);
    unsigned limit = cgroup_limit();
    return limit && limit < cores ? limit : cores;
}
