/*
 * visitlog_helper.h: what the tests of src/visitlog share: a scratch directory, a log in it,
 * visits that can be told apart, and the bytes of a file.
 */
#ifndef TESTS_UNIT_VISITLOG_HELPER_H
#define TESTS_UNIT_VISITLOG_HELPER_H

#include <fcntl.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "visitlog/internal.h"

enum { HELPER_ARENA_BYTES = 64 << 20, HELPER_FILE_MAX = 128 << 20 };

struct scratch {
    char directory[64];
    char path[80]; /* of a log that is not there yet */
    struct arena arena;
};

/* Memory-backed where the machine has that: thousands of syncs are quick there. */
static inline int scratch_setup(void **state)
{
    static struct scratch s;
    struct err err = { 0 };
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(s.directory, sizeof(s.directory), "%s/visitlog-XXXXXX", root);
    setenv("TZ", "UTC0", 1);
    tzset();
    diag_configure(DIAG_LOGFMT, DIAG_ERROR);
    if (!mkdtemp(s.directory) || !arena_init(&s.arena, HELPER_ARENA_BYTES, &err))
        return -1;
    snprintf(s.path, sizeof(s.path), "%s/log", s.directory);
    *state = &s;
    return 0;
}

static inline int scratch_teardown(void **state)
{
    struct scratch *s = *state;
    char command[96];
    snprintf(command, sizeof(command), "rm -rf '%s'", s->directory);
    arena_fini(&s->arena);
    return system(command);
}

/* Forgets everything in the arena: for loops that open a log thousands of times. */
static inline void scratch_forget(struct scratch *s)
{
    struct err err = { 0 };
    arena_fini(&s->arena);
    assert_true(arena_init(&s->arena, HELPER_ARENA_BYTES, &err));
}

static inline struct visitlog *scratch_try_open(struct scratch *s, enum visitlog_format format,
                                                enum visitlog_fsync mode, struct err *err)
{
    struct visitlog_config config = {
        .path = s->path, .format = format, .fsync = mode, .pod = "app-0"
    };
    return visitlog_open(&s->arena, &config, err);
}

static inline struct visitlog *scratch_open(struct scratch *s, enum visitlog_format format,
                                            enum visitlog_fsync mode)
{
    struct err err = { 0 };
    struct visitlog *log = scratch_try_open(s, format, mode, &err);
    assert_string_equal(err.text, "");
    assert_non_null(log);
    return log;
}

static inline void scratch_close(struct visitlog *log)
{
    struct err err = { 0 };
    assert_true(visitlog_close(log, &err));
}

static inline void file_put(const char *path, struct span bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_true(file_write_all(fd, bytes));
    close(fd);
}

/* Good until the next call. */
static inline struct span file_get(const char *path)
{
    static char content[HELPER_FILE_MAX];
    size_t len = 0;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    while ((n = read(fd, content + len, sizeof(content) - len)) > 0)
        len += (size_t)n;
    close(fd);
    assert_true(n == 0 && len < sizeof(content));
    return span_from(content, len);
}

static inline void assert_span(struct span got, const char *want)
{
    if (!span_eq_str(got, want))
        fail_msg("got '%.*s', want '%s'", SPAN_ARG(got), want);
}

static inline size_t count_newlines_in(struct span s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += s.ptr[i] == '\n';
    return count;
}

/* The visit whose line in the `visits` format is told by `id`: ids are microseconds. */
static inline struct visitlog_visit visit_with(unsigned id)
{
    return (struct visitlog_visit){
        .when = { .tv_sec = 1656512257 + id / 1000000, .tv_nsec = (long)(id % 1000000) * 1000 },
        .status = 200,
    };
}

/* Appends visits with the ids first_id.. as one batch. */
static inline enum visitlog_result append_visits(struct visitlog *log, unsigned first_id,
                                                 unsigned count, uint64_t *number)
{
    static _Thread_local char memory[256 << 10];
    struct visitlog_batch batch = visitlog_batch_on(memory, sizeof(memory));
    for (unsigned i = 0; i < count; i++) {
        struct visitlog_visit visit = visit_with(first_id + i);
        assert_true(visitlog_batch_add(log, &batch, &visit));
    }
    enum visitlog_result result = visitlog_append(log, &batch, number);
    assert_int_equal(batch.count, 0);
    assert_int_equal(batch.lines.len, 0);
    return result;
}

/* Standard error into a file while diagnostics are looked at. */
static inline int capture_begin(struct scratch *s)
{
    char path[96];
    snprintf(path, sizeof(path), "%s/stderr", s->directory);
    int kept = dup(STDERR_FILENO);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(kept >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    close(fd);
    diag_configure(DIAG_LOGFMT, DIAG_INFO);
    return kept;
}

static inline struct span capture_end(struct scratch *s, int kept)
{
    char path[96];
    snprintf(path, sizeof(path), "%s/stderr", s->directory);
    dup2(kept, STDERR_FILENO);
    close(kept);
    diag_configure(DIAG_LOGFMT, DIAG_ERROR);
    return file_get(path);
}

static inline bool span_has(struct span s, const char *text)
{
    return memmem(s.ptr, s.len, text, strlen(text)) != NULL;
}

#endif
