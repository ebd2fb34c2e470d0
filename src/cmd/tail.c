#include "base/std.h"

#include <unistd.h>

#include "cmd/cmd.h"
#include "visitlog/visitlog.h"

enum { TAIL_LINES = 1, TAIL_FOLLOW, LINES_STANDARD = 10 };

struct request {
    struct profile_sources sources;
    const char *named;
    uint64_t lines;
    bool follow;
};

static int take_option(struct request *r, const char *command, int id, const char *value)
{
    switch (id) {
    case TAIL_LINES:
        if (!span_to_u64(span_of(value), &r->lines))
            return cmd_usage(command, "-n takes a number of lines, not '%s'", value);
        return 0;
    case TAIL_FOLLOW:
        r->follow = true;
        return 0;
    case CMD_OPERAND:
        if (r->named)
            return cmd_usage(command, "one log at a time; '%s' is too many", value);
        r->named = value;
        return 0;
    default:
        return cmd_sources_add(&r->sources, id, value) ? 0 : ERR_REQUEST;
    }
}

int cmd_tail(int argc, char **argv)
{
    static const struct cmd_option options[] = {
        { CMD_FILE, 0, "file", CMD_NEEDS_VALUE },
        { CMD_SET, 0, "set", CMD_NEEDS_VALUE },
        { TAIL_LINES, 'n', "lines", CMD_NEEDS_VALUE },
        { TAIL_FOLLOW, 'f', "follow", CMD_NO_VALUE },
        { 0 },
    };
    struct request r = { .lines = LINES_STANDARD };
    struct cmd_args args = cmd_args_on(argc, argv, options);
    struct arena arena;
    struct err err = { 0 };
    const char *value;
    int status;
    int id;
    while ((id = cmd_args_next(&args, &value)) > 0) {
        status = take_option(&r, argv[0], id, value);
        if (status)
            return status;
    }
    if (id == CMD_STOP)
        return args.status;
    if (!arena_init(&arena, CMD_ARENA_BYTES, &err))
        return cmd_fail(&err);
    const char *path = cmd_log_path(&arena, &r.sources, r.named);
    status = ERR_REQUEST;
    if (path)
        status = cmd_log_end(visitlog_tail(path, r.lines, r.follow, STDOUT_FILENO, &err), &err);
    arena_fini(&arena);
    return status;
}
