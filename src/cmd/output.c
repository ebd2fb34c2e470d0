#include "base/std.h"

#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"

/* Messages on standard error: when they cannot be written, the exit status still tells. */
static void tell(struct span text)
{
    bool told = file_write_all(STDERR_FILENO, text);
    (void)told;
}

int cmd_fail(const struct err *err)
{
    char memory[sizeof(err->text) + 16];
    struct buf b = BUF_OF(memory);
    assert(err->kind != ERR_NONE);
    buf_add_str(&b, "app: ");
    buf_add_str(&b, err->text);
    buf_add_char(&b, '\n');
    tell(buf_span(&b));
    return (int)err->kind;
}

int cmd_usage(const char *command, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    char memory[600];
    struct buf b = BUF_OF(memory);
    buf_printf(&b, "app %s: %s; see 'app %s --help'\n", command, text, command);
    tell(buf_span(&b));
    return ERR_REQUEST;
}

void cmd_tell(const char *format, ...)
{
    char memory[16 << 10];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(memory, sizeof(memory), format, args);
    va_end(args);
    if (len > 0)
        tell(span_from(memory, min_size((size_t)len, sizeof(memory) - 1)));
}

int cmd_problems_print(struct arena *a, const struct profile_problems *problems)
{
    enum { MESSAGES_BYTES = 1 << 20 };
    void *memory = arena_alloc(a, MESSAGES_BYTES);
    struct buf b = buf_on(memory, memory ? MESSAGES_BYTES : 0);
    profile_problems_print(problems, &b);
    tell(buf_span(&b));
    if (b.overflow)
        tell(SPAN_LIT("app: there are more problems than can be told at once\n"));
    return ERR_REQUEST;
}

int cmd_print(struct span text)
{
    if (file_write_all(STDOUT_FILENO, text))
        return 0;
    if (errno != EPIPE) {
        struct err err = { 0 };
        err_set_os(&err, ERR_FAILED, "cannot write to standard output");
        cmd_fail(&err);
    }
    return ERR_FAILED;
}
