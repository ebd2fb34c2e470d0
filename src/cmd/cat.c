#include "base/std.h"

#include <unistd.h>

#include "cmd/cmd.h"
#include "visitlog/visitlog.h"

/* Prints a log that was named, or found. A reader that has gone away is a failure without a
 * message, as for every program in a pipe. */
static int print(const char *path)
{
    struct err err = { 0 };
    if (visitlog_print(path, STDOUT_FILENO, &err))
        return 0;
    return err.os_errno == EPIPE ? ERR_FAILED : cmd_fail(&err);
}

static int print_profiled(const struct profile_sources *sources)
{
    struct arena arena;
    struct err err = { 0 };
    struct profile profile;
    if (!arena_init(&arena, CMD_ARENA_BYTES, &err))
        return cmd_fail(&err);
    int status = ERR_REQUEST;
    if (cmd_profile_load(&arena, sources, &profile))
        status = print(profile.log_file.ptr);
    arena_fini(&arena);
    return status;
}

int cmd_cat(int argc, char **argv)
{
    static const struct cmd_option options[] = { CMD_PROFILE_OPTIONS, { 0 } };
    struct profile_sources sources = { 0 };
    struct cmd_args args = cmd_args_on(argc, argv, options);
    const char *named = NULL;
    const char *value;
    int id;
    /* A closed pipe is told by write(2), not by a signal. */
    sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    while ((id = cmd_args_next(&args, &value)) > 0) {
        if (id == CMD_OPERAND && named)
            return cmd_usage(argv[0], "one log at a time; '%s' is too many", value);
        if (id == CMD_OPERAND)
            named = value;
        else if (!cmd_sources_add(&sources, id, value))
            return ERR_REQUEST;
    }
    if (id == CMD_STOP)
        return args.status;
    return named ? print(named) : print_profiled(&sources);
}
