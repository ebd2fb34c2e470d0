#include "base/std.h"

#include "cmd/cmd.h"
#include "profile/explain.h"

enum { TEXT_BYTES = 8 << 20, PROFILE_CHANGED = 1 };

struct request {
    struct profile_sources sources;
    bool changed;
};

static int take_arguments(struct request *r, int argc, char **argv, bool *stop)
{
    static const struct cmd_option options[] = {
        CMD_PROFILE_OPTIONS,
        { PROFILE_CHANGED, 0, "changed", CMD_NO_VALUE },
        { 0 },
    };
    struct cmd_args args = cmd_args_on(argc, argv, options);
    const char *value;
    int id;
    *stop = true;
    while ((id = cmd_args_next(&args, &value)) > 0) {
        if (id == CMD_OPERAND)
            return cmd_usage(argv[0], "'%s' is not expected here", value);
        if (id == PROFILE_CHANGED)
            r->changed = true;
        else if (!cmd_sources_add(&r->sources, id, value))
            return ERR_REQUEST;
    }
    *stop = id == CMD_STOP;
    return args.status;
}

static int print_effective(struct arena *a, const struct request *r)
{
    static const struct profile_sources none;
    struct profile profile;
    struct profile standard;
    void *memory = arena_alloc(a, TEXT_BYTES);
    struct buf out = buf_on(memory, memory ? TEXT_BYTES : 0);
    if (!cmd_profile_load(a, &r->sources, &profile) || !cmd_profile_load(a, &none, &standard))
        return ERR_REQUEST;
    buf_add_str(&out,
                "; The profile as it is after all files and --set, and where each value comes "
                "from.\n");
    profile_print_effective(&profile, r->changed ? &standard : NULL, &out);
    assert(!out.overflow);
    return cmd_print(buf_span(&out));
}

static int print_standard(struct arena *a)
{
    void *memory = arena_alloc(a, TEXT_BYTES);
    struct buf out = buf_on(memory, memory ? TEXT_BYTES : 0);
    explain_profile(&out);
    assert(!out.overflow);
    return cmd_print(buf_span(&out));
}

int cmd_profile(int argc, char **argv)
{
    struct request r = { 0 };
    struct arena arena;
    struct err err = { 0 };
    bool stop;
    int status = take_arguments(&r, argc, argv, &stop);
    if (stop)
        return status;
    if (!arena_init(&arena, CMD_ARENA_BYTES, &err))
        return cmd_fail(&err);
    bool effective = r.changed || r.sources.file_count || r.sources.set_count;
    return effective ? print_effective(&arena, &r) : print_standard(&arena);
}
