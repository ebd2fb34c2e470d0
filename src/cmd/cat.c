#include "base/std.h"

#include <unistd.h>

#include "cmd/cmd.h"
#include "visitlog/visitlog.h"

int cmd_cat(int argc, char **argv)
{
    static const struct cmd_option options[] = { CMD_PROFILE_OPTIONS, { 0 } };
    struct profile_sources sources = { 0 };
    struct cmd_args args = cmd_args_on(argc, argv, options);
    struct arena arena;
    struct err err = { 0 };
    const char *named = NULL;
    const char *value;
    int id;
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
    if (!arena_init(&arena, CMD_ARENA_BYTES, &err))
        return cmd_fail(&err);
    const char *path = cmd_log_path(&arena, &sources, named);
    int status = ERR_REQUEST;
    if (path)
        status = cmd_log_end(visitlog_print(path, STDOUT_FILENO, &err), &err);
    arena_fini(&arena);
    return status;
}
