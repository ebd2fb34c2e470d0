/*
 * manifest_helper.h: what the tests of src/manifest share: an arena, a tree, and a profile
 * that is loaded from INI text, as the commands do it.
 */
#ifndef MANIFEST_HELPER_H
#define MANIFEST_HELPER_H

#include <setjmp.h>
#include <cmocka.h>

#include "manifest/check.h"
#include "manifest/common.h"
#include "manifest/json.h"
#include "profile/load.h"

struct fixture {
    struct arena arena;
    struct tree tree;
    struct profile profile;
    struct derived derived;
    struct profile_problems problems;
    struct build build;
};

static inline int fixture_open(void **state)
{
    static struct fixture f;
    struct err err = { 0 };
    f = (struct fixture){ 0 };
    if (!arena_init(&f.arena, (size_t)64 << 20, &err))
        return -1;
    f.tree.arena = &f.arena;
    f.problems.arena = &f.arena;
    *state = &f;
    return 0;
}

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;
    arena_fini(&f->arena);
    return 0;
}

/* Loads the text over the defaults, as the file "t.ini"; it must load without a problem. */
static inline void fixture_load(struct fixture *f, const char *ini)
{
    f->problems = (struct profile_problems){ .arena = &f->arena };
    load_defaults(&f->arena, &f->profile);
    load_text(&f->arena, span_of(ini), "t.ini", &f->profile, &f->problems);
    if (f->problems.count)
        fail_msg("%s... does not load: %s", ini, f->problems.first->text);
    derived_from(&f->arena, &f->profile, &f->derived);
    f->build = (struct build){ .p = &f->profile, .d = &f->derived, .tree = &f->tree };
}

/* Every problem that manifest_check has with the text, one line each. */
static inline const char *fixture_check(struct fixture *f, const char *ini)
{
    enum { TEXT_BYTES = 1 << 16 };
    struct buf out = buf_on(arena_alloc(&f->arena, TEXT_BYTES), TEXT_BYTES);
    fixture_load(f, ini);
    bool good = manifest_check(&f->profile, &f->derived, &f->problems);
    profile_problems_print(&f->problems, &out);
    const char *text = buf_cstr(&out);
    assert_non_null(text);
    assert_int_equal(good, text[0] == '\0');
    return text;
}

/* The JSON of a node. */
static inline const char *fixture_json(struct fixture *f, const struct node *node)
{
    enum { TEXT_BYTES = 1 << 16 };
    struct buf out = buf_on(arena_alloc(&f->arena, TEXT_BYTES), TEXT_BYTES);
    json_print(node, &out);
    const char *text = buf_cstr(&out);
    assert_non_null(text);
    return text;
}

/* The node at "spec/ports/0/name": keys of maps and positions in sequences. */
static inline const struct node *fixture_at(const struct node *node, const char *path)
{
    struct span rest = span_of(path);
    struct span step;
    uint64_t position;
    while (node && span_split(&rest, '/', &step)) {
        if (node->kind == NODE_MAP) {
            node = node_map_find(node, step);
            continue;
        }
        node = span_to_u64(step, &position) ? node->first : NULL;
        while (node && position-- > 0)
            node = node->next;
    }
    return node;
}

static inline void assert_text_at(const struct node *node, const char *path, const char *text)
{
    const struct node *found = fixture_at(node, path);
    assert_non_null(found);
    assert_int_equal(found->kind, NODE_TEXT);
    assert_int_equal(found->text.len, strlen(text));
    assert_memory_equal(found->text.ptr, text, found->text.len);
}

static inline void assert_int_at(const struct node *node, const char *path, int64_t number)
{
    const struct node *found = fixture_at(node, path);
    assert_non_null(found);
    assert_int_equal(found->kind, NODE_INT);
    assert_int_equal(found->number, number);
}

static inline void assert_span(struct span s, const char *text)
{
    assert_int_equal(s.len, strlen(text));
    assert_memory_equal(s.len ? s.ptr : "", text, s.len);
}

#define FIXTURE_TEST(function)                                                                     \
    cmocka_unit_test_setup_teardown(function, fixture_open, fixture_close)

#endif
