/*
 * profile_helper.h: a profile out of a text, and what was said of it.
 */
#ifndef PROFILE_HELPER_H
#define PROFILE_HELPER_H

#include "base/buf.h"
#include "profile/check.h"
#include "profile/load.h"

struct loaded {
    struct arena arena;
    struct profile profile;
    struct profile_problems problems;
    char messages[64 << 10]; /* every problem, a line each */
};

/* Loads the text over the defaults; true when nothing is wrong. Fini when done. */
static inline bool loaded_init(struct loaded *l, struct span text)
{
    struct err err = { 0 };
    struct buf out = BUF_OF(l->messages);
    bool made = arena_init(&l->arena, 32 << 20, &err);
    assert(made);
    l->problems = (struct profile_problems){ .arena = &l->arena };
    load_defaults(&l->arena, &l->profile);
    load_text(&l->arena, text, "test.ini", &l->profile, &l->problems);
    if (l->problems.count == 0)
        check_server(&l->profile, &l->problems);
    profile_problems_print(&l->problems, &out);
    const char *messages = buf_cstr(&out);
    assert(messages);
    return l->problems.count == 0;
}

static inline void loaded_fini(struct loaded *l)
{
    arena_fini(&l->arena);
}

#endif
