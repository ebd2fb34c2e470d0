#include "base/std.h"

#include "cmd/cmd.h"
#include "profile/explain.h"

enum { TEXT_BYTES = 1 << 20 };

int cmd_profile(int argc, char **argv)
{
    static const struct cmd_option options[] = { { 0 } };
    static char memory[TEXT_BYTES];
    struct cmd_args args = cmd_args_on(argc, argv, options);
    struct buf out = BUF_OF(memory);
    const char *value;
    int id = cmd_args_next(&args, &value);
    if (id == CMD_STOP)
        return args.status;
    if (id == CMD_OPERAND)
        return cmd_usage(argv[0], "'%s' is not expected here", value);
    explain_profile(&out);
    assert(!out.overflow);
    return cmd_print(buf_span(&out));
}
