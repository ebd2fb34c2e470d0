#include "base/std.h"

#include <stdlib.h>
#include <time.h>

#include "cmd/cmd.h"

const char *cmd_log_path(struct arena *a, const struct profile_sources *sources, const char *named)
{
    struct profile profile;
    /* A closed pipe is told by write(2), not by a signal. */
    sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    if (!cmd_profile_load(a, sources, &profile))
        return NULL;
    setenv("TZ", profile.log_timezone.ptr, 1);
    tzset();
    return named ? named : profile.log_file.ptr;
}

int cmd_log_end(bool good, const struct err *err)
{
    if (good)
        return 0;
    return err->os_errno == EPIPE ? ERR_FAILED : cmd_fail(err);
}
