/*
 * Any JSON as the values of a Helm release. What must hold: what is printed loads without a
 * problem and passes the checks; what is left out is told in whole lines; and importing the same
 * values twice gives the same bytes.
 */
#include "base/std.h"

#include "manifest/manifest.h"
#include "manifest/import.h"
#include "manifest/json_read.h"
#include "profile/check.h"
#include "profile/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 16 << 10, OUTPUT_MAX = 1 << 20, ARENA_BYTES = 128 << 20 };

struct outcome {
    struct buf ini;
    struct buf left_out;
    bool good;
};

static void import(struct arena *a, const struct node *values, struct outcome *o)
{
    struct err err = { 0 };
    o->ini = buf_on(arena_alloc(a, OUTPUT_MAX), OUTPUT_MAX);
    o->left_out = buf_on(arena_alloc(a, OUTPUT_MAX), OUTPUT_MAX);
    o->good = import_values(a, values, &o->ini, &o->left_out, &err);
    assert(o->good == (err.kind == ERR_NONE));
    assert(o->good || (values->kind != NODE_MAP && err.kind == ERR_REQUEST));
}

static void check_profile(struct arena *a, struct span text)
{
    struct profile p;
    struct derived d;
    struct tree tree = { .arena = a };
    struct profile_problems problems = { .arena = a };
    load_defaults(a, &p);
    load_text(a, text, "import.ini", &p, &problems);
    if (problems.count == 0)
        check_server(&p, &problems);
    bool good = problems.count == 0 && manifest_make(&tree, &p, &d, kinds_all(), &problems);
    if (!good)
        fprintf(stderr, "%s in:\n%.*s", problems.first->text, SPAN_ARG(text));
    assert(good);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_from(data, min_size(size, INPUT_MAX));
    struct arena arena;
    struct err err = { 0 };
    struct outcome first;
    struct outcome second;
    bool ready = arena_init(&arena, ARENA_BYTES, &err);
    assert(ready);
    struct tree tree = { .arena = &arena };
    const struct node *values = json_read(&tree, text, &err);
    if (values) {
        import(&arena, values, &first);
        import(&arena, values, &second);
        assert(first.good == second.good);
        assert(span_eq(buf_span(&first.left_out), buf_span(&second.left_out)));
        assert(first.left_out.len == 0 || span_ends(buf_span(&first.left_out), SPAN_LIT("\n")));
        if (first.good) {
            assert(span_eq(buf_span(&first.ini), buf_span(&second.ini)));
            check_profile(&arena, buf_span(&first.ini));
        }
    }
    arena_fini(&arena);
    return 0;
}
