/*
 * Any bytes as the content of a log, and as what a client sends. The first byte chooses the
 * format; the rest is both. What must hold: complete lines stay as they are, the count is the
 * number of newlines, one visit adds one line, and opening again changes nothing.
 */
#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "visitlog/visitlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 64 << 20, CONTENT_MAX = 1 << 20 };

static char path[64];
static char before[CONTENT_MAX];
static char after[CONTENT_MAX + 2 * VISITLOG_LINE_MAX];

static void remove_file(void)
{
    unlink(path);
}

static void prepare(void)
{
    if (path[0])
        return;
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(path, sizeof(path), "%s/fuzz-recover-%d", root, (int)getpid());
    diag_configure(DIAG_LOGFMT, DIAG_ERROR);
    atexit(remove_file);
}

static void put_file(struct span content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert(fd >= 0);
    assert(file_write_all(fd, content));
    close(fd);
}

static struct span get_file(char *memory, size_t capacity)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert(fd >= 0);
    ssize_t n = read(fd, memory, capacity);
    assert(n >= 0 && (size_t)n < capacity);
    close(fd);
    return span_from(memory, (size_t)n);
}

static size_t newlines(struct span s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += s.ptr[i] == '\n';
    return count;
}

static struct visitlog *open_log(struct arena *a, enum visitlog_format format)
{
    struct err err = { 0 };
    struct visitlog_config config = {
        .path = path, .format = format, .fsync = VISITLOG_FSYNC_NO, .pod = "app-0"
    };
    assert(arena_init(a, ARENA_BYTES, &err));
    struct visitlog *log = visitlog_open(a, &config, &err);
    assert(log);
    return log;
}

static void close_log(struct arena *a, struct visitlog *log)
{
    struct err err = { 0 };
    assert(visitlog_close(log, &err));
    arena_fini(a);
}

/* What recovery may have made of a content. */
static void check_recovered(struct span content, struct span recovered)
{
    const char *newline = content.len ? memrchr(content.ptr, '\n', content.len) : NULL;
    size_t complete = newline ? (size_t)(newline + 1 - content.ptr) : 0;
    assert(span_starts(recovered, span_from(content.ptr, complete)));
    assert(recovered.len <= content.len + 1);
    if (recovered.len > complete && recovered.ptr[recovered.len - 1] == '\n') {
        size_t kept = recovered.len - 1;
        assert(span_starts(content, span_from(recovered.ptr, kept)));
    } else {
        bool only_mark = span_eq_str(recovered, "\xef\xbb\xbf");
        assert(recovered.len == complete || (complete == 0 && only_mark));
    }
}

static void append_visit(struct visitlog *log, struct span field)
{
    static char lines[VISITLOG_LINE_MAX];
    struct visitlog_batch batch = visitlog_batch_on(lines, sizeof(lines));
    struct visitlog_visit visit = { .when = { 1656512257, 71203000 },
                                    .address = field,
                                    .method = field,
                                    .target = field,
                                    .status = 200,
                                    .referrer = field,
                                    .user_agent = field };
    uint64_t count = visitlog_count(log);
    uint64_t number;
    assert(visitlog_batch_add(log, &batch, &visit));
    assert(visitlog_append(log, &batch, &number) == VISITLOG_GOOD);
    assert(number == count + 1 && visitlog_count(log) == number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > CONTENT_MAX)
        return 0;
    prepare();
    struct arena a;
    enum visitlog_format format = (enum visitlog_format)(data[0] % (VISITLOG_JSON + 1));
    struct span content = span_from(data + 1, size - 1);
    put_file(content);

    struct visitlog *log = open_log(&a, format);
    struct span recovered = get_file(before, sizeof(before));
    check_recovered(content, recovered);
    assert(visitlog_count(log) == newlines(recovered));
    append_visit(log, content);
    close_log(&a, log);

    struct span appended = get_file(after, sizeof(after));
    assert(span_starts(appended, recovered));
    assert(newlines(appended) == newlines(recovered) + 1);
    assert(appended.ptr[appended.len - 1] == '\n');

    log = open_log(&a, format);
    assert(visitlog_count(log) == newlines(appended));
    close_log(&a, log);
    struct stat st;
    assert(stat(path, &st) == 0 && (size_t)st.st_size == appended.len);
    return 0;
}
