/*
 * Any bytes as JSON. What must hold: what is taken can be printed, is taken again, and is the
 * same tree then; what is refused says where and why.
 */
#include "base/std.h"

#include "manifest/json.h"
#include "manifest/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096, OUTPUT_MAX = 128 * INPUT_MAX };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char memory[OUTPUT_MAX];
    struct span text = span_from(data, min_size(size, INPUT_MAX));
    struct buf out = BUF_OF(memory);
    struct arena arena;
    struct err err = { 0 };
    bool ready = arena_init(&arena, (size_t)8 << 20, &err);
    assert(ready);
    struct tree tree = { .arena = &arena };
    const struct node *n = json_read(&tree, text, &err);
    if (n) {
        json_print(n, &out);
        assert(!out.overflow && !arena.exhausted);
        const struct node *again = json_read(&tree, buf_span(&out), &err);
        assert(again && node_equal(n, again));
    } else {
        assert(err.kind == ERR_REQUEST && strncmp(err.text, "line ", 5) == 0);
    }
    arena_fini(&arena);
    return 0;
}
