#include "base/std.h"

#include "base/clock.h"
#include "base/escape.h"
#include "cmd/cmd.h"
#include "http/client.h"

enum { PROBE_TIMEOUT = 1, PROBE_EXPECT, TIMEOUT_MS = 3000 };

struct request {
    const char *url;
    int64_t timeout_ms;
    uint64_t expected; /* 0: any from 200 to 399, as for the kubelet */
};

static int take_option(struct request *r, const char *command, int id, const char *value)
{
    if (id == PROBE_TIMEOUT) {
        if (!span_to_duration(span_of(value), &r->timeout_ms) || r->timeout_ms < 1)
            return cmd_usage(command, "--timeout takes a duration such as 3s, not '%s'", value);
    } else if (id == PROBE_EXPECT) {
        if (!span_to_u64(span_of(value), &r->expected) || r->expected < 200 || r->expected > 599)
            return cmd_usage(command, "--expect takes a status from 200 to 599, not '%s'", value);
    } else if (r->url) {
        return cmd_usage(command, "'%s' is one URL too many", value);
    } else {
        r->url = value;
    }
    return 0;
}

static int probe(const struct request *r)
{
    struct client_url url;
    struct client_answer answer;
    struct err err = { 0 };
    int64_t start_ms = clock_mono_ms();
    if (!client_url_parse(&url, r->url, &err) || !client_get(&url, r->timeout_ms, &answer, &err))
        return cmd_fail(&err);
    char memory[400];
    struct buf line = BUF_OF(memory);
    buf_printf(&line, "%u ", answer.status);
    escape_log(&line, span_of(answer.reason));
    buf_printf(&line, " from %s in %" PRId64 " ms", answer.peer, clock_mono_ms() - start_ms);
    bool good = r->expected ? answer.status == r->expected : answer.status < 400;
    if (!good) {
        err_set(&err, ERR_FAILED, "%.*s", SPAN_ARG(buf_span(&line)));
        return cmd_fail(&err);
    }
    buf_add_char(&line, '\n');
    return cmd_print(buf_span(&line));
}

int cmd_probe(int argc, char **argv)
{
    static const struct cmd_option options[] = {
        { PROBE_TIMEOUT, 't', "timeout", CMD_NEEDS_VALUE },
        { PROBE_EXPECT, 0, "expect", CMD_NEEDS_VALUE },
        { 0 },
    };
    struct request r = { .timeout_ms = TIMEOUT_MS };
    struct cmd_args args = cmd_args_on(argc, argv, options);
    const char *value;
    int id;
    while ((id = cmd_args_next(&args, &value)) > 0) {
        int status = take_option(&r, argv[0], id, value);
        if (status)
            return status;
    }
    if (id == CMD_STOP)
        return args.status;
    return r.url ? probe(&r) : cmd_usage(argv[0], "a URL is missing");
}
