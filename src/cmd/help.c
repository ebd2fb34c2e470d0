#include "base/std.h"

#include "cmd/cmd.h"

static int help_overview(void)
{
    char memory[4096];
    struct buf b = BUF_OF(memory);
    buf_add_str(&b, "app: the visit-logging web server and the generator of its own manifests\n\n"
                    "usage: app COMMAND [ARGUMENT]...\n\n");
    for (const struct command *c = command_table; c->name; c++)
        buf_printf(&b, "  app %-8s  %s\n", c->name, c->summary);
    buf_add_str(&b, "\n'app --emit' is the same as 'app emit'. 'app help COMMAND' tells more.\n");
    assert(!b.overflow);
    return cmd_print(buf_span(&b));
}

int cmd_help(int argc, char **argv)
{
    if (argc < 2)
        return help_overview();
    const struct command *c = command_find(argv[1]);
    if (argc > 2 || !c)
        return cmd_usage("help", "there is no command '%s'", argv[argc > 2 ? 2 : 1]);
    char memory[4096];
    struct buf b = BUF_OF(memory);
    buf_printf(&b, "usage: app %s%s%s\n\n%s.\n", c->name, c->arguments[0] ? " " : "", c->arguments,
               c->summary);
    if (c->details[0])
        buf_printf(&b, "\n%s", c->details);
    assert(!b.overflow);
    return cmd_print(buf_span(&b));
}
