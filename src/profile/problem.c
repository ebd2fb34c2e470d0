#include "base/std.h"

#include "profile/profile.h"

enum { PROBLEMS_MAX = 200 }; /* more are counted, not kept */

static bool add(struct profile_problems *problems, struct profile_origin origin, const char *text)
{
    problems->count++;
    if (problems->count > PROBLEMS_MAX)
        return false;
    struct profile_problem *problem = arena_alloc(problems->arena, sizeof(*problem));
    if (!problem)
        return false;
    *problem = (struct profile_problem){ .origin = origin, .text = text };
    if (problems->last)
        problems->last->next = problem;
    else
        problems->first = problem;
    problems->last = problem;
    return false;
}

bool profile_problem_add(struct profile_problems *problems, struct profile_origin origin,
                         const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(problems->arena, format, args);
    va_end(args);
    return add(problems, origin, text);
}

bool profile_problem_key(struct profile_problems *problems, const struct profile *p,
                         enum profile_key key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(problems->arena, format, args);
    va_end(args);
    return add(problems, p->origin[key], text);
}

static void add_origin(struct buf *out, struct profile_origin origin)
{
    buf_add_str(out, origin.file ? origin.file : "defaults");
    if (origin.line) {
        buf_add_char(out, ':');
        buf_add_u64(out, origin.line);
    }
    buf_add_str(out, ": ");
}

void profile_problems_print(const struct profile_problems *problems, struct buf *out)
{
    for (const struct profile_problem *p = problems->first; p; p = p->next) {
        add_origin(out, p->origin);
        buf_add_str(out, p->text);
        buf_add_char(out, '\n');
    }
    if (problems->count > PROBLEMS_MAX)
        buf_printf(out, "and %zu more\n", problems->count - PROBLEMS_MAX);
}
