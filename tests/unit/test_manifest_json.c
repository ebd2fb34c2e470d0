#include "base/std.h"

#include "manifest_helper.h"

static void test_every_kind_of_node(void **state)
{
    struct fixture *f = *state;
    struct node *map = node_new_map(&f->tree);
    node_map_add_map(map, "empty");
    node_map_add_seq(map, "none");
    node_map_add_int(map, "least", INT64_MIN);
    node_map_add_bool(map, "yes", true);
    struct node *seq = node_map_add_seq(map, "s");
    node_seq_add_str(seq, "/a");
    node_map_add_bool(node_seq_add_map(seq), "no", false);
    map->first->kind = NODE_NULL;
    assert_string_equal(fixture_json(f, map),
                        "{\n  \"empty\": null,\n  \"none\": [],\n"
                        "  \"least\": -9223372036854775808,\n  \"yes\": true,\n  \"s\": [\n"
                        "    \"/a\",\n    {\n      \"no\": false\n    }\n  ]\n}");
}

static void test_texts_cannot_end_their_quotes(void **state)
{
    struct fixture *f = *state;
    struct node *map = node_new_map(&f->tree);
    node_map_add_pair(map, SPAN_LIT("k\"\n"), SPAN_LIT("\"\\\x01\n\0."));
    assert_string_equal(fixture_json(f, map),
                        "{\n  \"k\\\"\\n\": \"\\\"\\\\\\u0001\\n\\u0000.\"\n}");
}

static void test_a_list_is_one_object(void **state)
{
    struct fixture *f = *state;
    char memory[500];
    struct buf out = BUF_OF(memory);
    struct node *seq = node_new_seq(&f->tree);
    node_map_add_str(node_seq_add_map(seq), "kind", "A");
    node_map_add_str(node_seq_add_map(seq), "kind", "B");
    json_print_list(seq, &out);
    assert_string_equal(
        buf_cstr(&out),
        "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [\n"
        "    {\n      \"kind\": \"A\"\n    },\n    {\n      \"kind\": \"B\"\n    }\n"
        "  ]\n}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_every_kind_of_node),
        FIXTURE_TEST(test_texts_cannot_end_their_quotes),
        FIXTURE_TEST(test_a_list_is_one_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
