/*
 * Any bytes as a profile: loading must not crash, and what it takes must survive being printed
 * for the ConfigMap and loaded again: the pod must run on the values that were checked.
 */
#include "base/std.h"

#include "base/buf.h"
#include "profile/check.h"
#include "profile/load.h"
#include "profile/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 64 << 10, ARENA_BYTES = 64 << 20, PRINT_BYTES = 1 << 20 };

static bool load(struct arena *a, struct span text, struct profile *p)
{
    struct profile_problems problems = { .arena = a };
    char messages[4096];
    struct buf out = BUF_OF(messages);
    load_defaults(a, p);
    load_text(a, text, "fuzz.ini", p, &problems);
    if (problems.count == 0)
        check_server(p, &problems);
    profile_problems_print(&problems, &out);
    assert((problems.count == 0) == (problems.first == NULL));
    return problems.count == 0;
}

/* Files and variables are the machine's: an input that asks for them is another test's. */
static bool asks_for_more(struct span text)
{
    return span_find(text, '@') >= 0 || span_find(text, '$') >= 0;
}

static void same_server_values(const struct profile *a, const struct profile *b)
{
    char left[PRINT_BYTES / 4];
    char right[PRINT_BYTES / 4];
    struct buf l = BUF_OF(left);
    struct buf r = BUF_OF(right);
    profile_print_server(a, &l);
    profile_print_server(b, &r);
    assert(!l.overflow && span_eq(buf_span(&l), buf_span(&r)));
    assert(a->serve_drain == b->serve_drain && a->log_fsync == b->log_fsync);
    assert(span_eq(a->log_file, b->log_file) && span_eq(a->serve_http, b->serve_http));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_from(data, min_size(size, INPUT_MAX));
    struct arena arena;
    struct err err = { 0 };
    struct profile first;
    struct profile second;
    if (asks_for_more(text) || !arena_init(&arena, ARENA_BYTES, &err))
        return 0;
    if (load(&arena, text, &first)) {
        static char printed[PRINT_BYTES];
        struct buf b = BUF_OF(printed);
        profile_print_server(&first, &b);
        assert(!b.overflow);
        bool again = load(&arena, buf_span(&b), &second);
        assert(again);
        same_server_values(&first, &second);
    }
    arena_fini(&arena);
    return 0;
}
