#include "base/std.h"

#include "cmd/cmd.h"

static int unknown_command(const char *name)
{
    struct err err = { 0 };
    const struct command *near = command_nearest(name);
    if (near)
        err_set(&err, ERR_REQUEST, "there is no command '%s'; did you mean '%s'?", name,
                near->name);
    else
        err_set(&err, ERR_REQUEST, "there is no command '%s'; 'app help' lists them", name);
    return cmd_fail(&err);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        struct err err = { 0 };
        err_set(&err, ERR_REQUEST, "which command? 'app help' lists them");
        return cmd_fail(&err);
    }
    const struct command *command = command_find(argv[1]);
    return command ? command->run(argc - 1, argv + 1) : unknown_command(argv[1]);
}
