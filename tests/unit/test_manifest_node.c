#include "base/std.h"

#include "manifest_helper.h"

static void test_children_keep_the_order_in_which_they_came(void **state)
{
    struct fixture *f = *state;
    struct node *map = node_new_map(&f->tree);
    node_map_add_str(map, "z", "1");
    node_map_add_int(map, "a", -2);
    node_map_add_bool(map, "m", true);
    struct node *seq = node_map_add_seq(map, "s");
    node_seq_add_str(seq, "x");
    node_map_add_str(node_seq_add_map(seq), "k", "v");
    assert_true(span_eq_str(map->first->key, "z"));
    assert_true(span_eq_str(map->last->key, "s"));
    assert_int_at(map, "a", -2);
    assert_text_at(map, "s/0", "x");
    assert_text_at(map, "s/1/k", "v");
    assert_null(fixture_at(map, "s/2"));
    assert_null(fixture_at(map, "none"));
}

static void test_sorting_is_bytewise_at_every_level(void **state)
{
    struct fixture *f = *state;
    static const char *const keys[] = { "b", "a.b", "a", "B", "a-b", "a/b", "ab", "_" };
    struct node *outer = node_new_map(&f->tree);
    struct node *inner = node_map_add_map(node_seq_add_map(node_map_add_seq(outer, "seq")), "map");
    for (size_t i = 0; i < countof(keys); i++)
        node_map_add_int(inner, keys[i], (int64_t)i);
    node_sort(outer);
    static const char *const sorted[] = { "B", "_", "a", "a-b", "a.b", "a/b", "ab", "b" };
    const struct node *n = inner->first;
    for (size_t i = 0; i < countof(sorted); i++, n = n->next)
        assert_true(span_eq_str(n->key, sorted[i]));
    assert_null(n);
    assert_true(span_eq_str(inner->last->key, "b"));
}

static void test_sorting_many_and_none(void **state)
{
    struct fixture *f = *state;
    struct node *map = node_new_map(&f->tree);
    node_sort(map);
    assert_null(map->first);
    for (int i = 0; i < 1000; i++)
        node_map_add_int(map, arena_printf(&f->arena, "%03d", i * 7 % 1000), i);
    node_sort(map);
    int at = 0;
    for (const struct node *n = map->first; n; n = n->next, at++)
        assert_string_equal(n->key.ptr, arena_printf(&f->arena, "%03d", at));
    assert_int_equal(at, 1000);
}

/* Every number of nodes that fit, until all fit: no crash, and the flag tells. */
static void test_an_exhausted_arena_is_survived(void **state)
{
    (void)state;
    bool fitted = false;
    for (size_t limit = 4096; !fitted; limit += 64) {
        struct arena small;
        struct err err = { 0 };
        assert_true(arena_init(&small, 1 << 16, &err));
        small.limit = min_size(limit, small.limit);
        struct tree tree = { .arena = &small };
        struct node *root = node_new_seq(&tree);
        for (int i = 0; i < 30; i++) {
            struct node *map = node_seq_add_map(root);
            node_map_add_str(map, "a", "b");
            struct node *inner = node_map_add_map(node_map_add_map(map, "b"), "c");
            node_map_add_int(inner, "d", i);
            node_seq_add_str(node_map_add_seq(map, "e"), "f");
        }
        node_sort(root);
        size_t count = 0;
        for (const struct node *n = root->first; n; n = n->next)
            count++;
        fitted = !small.exhausted;
        assert_true(fitted ? count == 30 : count <= 30);
        arena_fini(&small);
        assert_true(limit < 1 << 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_children_keep_the_order_in_which_they_came),
        FIXTURE_TEST(test_sorting_is_bytewise_at_every_level),
        FIXTURE_TEST(test_sorting_many_and_none),
        FIXTURE_TEST(test_an_exhausted_arena_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
