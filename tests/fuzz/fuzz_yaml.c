/*
 * Any tree, made from any JSON. What must hold: what yaml.h prints, yaml_read.h reads back as the
 * same tree. And any bytes as YAML: what is taken can be printed and is the same tree then; what
 * is refused is refused with a reason.
 */
#include "base/std.h"

#include "manifest/json_read.h"
#include "manifest/yaml.h"
#include "manifest/yaml_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096, OUTPUT_MAX = 256 * INPUT_MAX };

static char memory[OUTPUT_MAX];

static void prints_and_reads(struct tree *tree, const struct node *documents)
{
    struct buf out = BUF_OF(memory);
    struct err err = { 0 };
    yaml_print_documents(documents, &out);
    assert(!out.overflow);
    const struct node *again = yaml_read_documents(tree, buf_span(&out), &err);
    assert(again && node_equal(documents, again));
}

/* The reader takes no numbers but whole ones: nothing that is emitted has others, unless a patch
 * says so. */
static bool has_number(const struct node *n)
{
    bool found = n->kind == NODE_NUMBER;
    for (const struct node *child = n->first; child; child = child->next)
        found = found || has_number(child);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_from(data, min_size(size, INPUT_MAX));
    struct arena arena;
    struct err err = { 0 };
    bool ready = arena_init(&arena, (size_t)32 << 20, &err);
    assert(ready);
    struct tree tree = { .arena = &arena };
    struct node *value = json_read(&tree, text, &err);
    if (value && value->kind == NODE_MAP && !has_number(value)) {
        struct node *documents = node_new_seq(&tree);
        node_seq_take(documents, value);
        prints_and_reads(&tree, documents);
    }
    err = (struct err){ 0 };
    const struct node *read = yaml_read_documents(&tree, text, &err);
    assert(read || err.kind == ERR_REQUEST);
    if (read)
        prints_and_reads(&tree, read);
    arena_fini(&arena);
    return 0;
}
