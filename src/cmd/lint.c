#include "base/std.h"

#include "cmd/cmd.h"
#include "manifest/manifest.h"

int cmd_lint(int argc, char **argv)
{
    struct profile_sources sources = { 0 };
    struct arena arena;
    struct profile profile;
    struct err err = { 0 };
    int status;
    if (!cmd_sources_only(argc, argv, &sources, &status))
        return status;
    if (!arena_init(&arena, CMD_ARENA_BYTES, &err))
        return cmd_fail(&err);
    if (!cmd_profile_load(&arena, &sources, &profile))
        return ERR_REQUEST;
    struct profile_problems problems = { .arena = &arena };
    struct derived derived;
    struct tree tree = { .arena = &arena };
    if (!manifest_make(&tree, &profile, &derived, kinds_all(), &problems))
        return cmd_problems_print(&arena, &problems);
    return cmd_print(SPAN_LIT("the profile is good\n"));
}
