#include "base/std.h"

#include "cmd/cmd.h"

int cmd_version(int argc, char **argv)
{
    if (argc > 1)
        return cmd_usage("version", "'%s' is not expected here", argv[1]);
    return cmd_print(SPAN_LIT("app " APP_VERSION "\n"));
}
