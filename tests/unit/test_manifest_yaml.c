#include "base/std.h"

#include "manifest/yaml.h"
#include "manifest_helper.h"

static struct node *document(struct fixture *f, struct node **map)
{
    struct node *seq = node_new_seq(&f->tree);
    *map = node_seq_add_map(seq);
    return seq;
}

static void assert_prints(const struct node *seq, const char *expected)
{
    static char memory[4096];
    struct buf out = BUF_OF(memory);
    yaml_print_documents(seq, &out);
    assert_string_equal(buf_cstr(&out), expected);
}

static void test_nesting(void **state)
{
    struct fixture *f = *state;
    struct node *map;
    struct node *seq = document(f, &map);
    node_map_add_map(map, "empty");
    node_map_add_seq(map, "none");
    struct node *list = node_map_add_seq(map, "list");
    node_seq_add_str(list, "one");
    struct node *item = node_seq_add_map(list);
    node_map_add_int(item, "number", -7);
    node_map_add_bool(node_map_add_map(item, "deep"), "truth", false);
    node_map_add_str(node_seq_add_map(seq), "second", "");
    assert_prints(seq, "---\nempty: {}\nnone: []\nlist:\n  - \"one\"\n  - number: -7\n"
                       "    deep:\n      truth: false\n---\nsecond: \"\"\n");
}

static void test_values_are_quoted_whatever_they_look_like(void **state)
{
    struct fixture *f = *state;
    static const char *const traps[] = { "true", "no",         "1e3", "0o7", "1:20", "~",
                                         "null", "2026-01-01", "- a", "# c", "a: b", "*x",
                                         "&x",   "!x",         "---", "" };
    for (size_t i = 0; i < countof(traps); i++) {
        struct node *map;
        struct node *seq = document(f, &map);
        node_map_add_str(map, "k", traps[i]);
        assert_prints(seq, arena_printf(&f->arena, "---\nk: \"%s\"\n", traps[i]));
    }
}

static void test_keys_are_plain_only_when_safe(void **state)
{
    (void)state;
    static const char *const plain[] = { "a", "apiVersion", "app.kubernetes.io/name",
                                         "_", "a-b",        "ya" };
    static const char *const quoted[] = { "",  "y", "Y",   "no",   "On",  "TRUE",     "null",
                                          "t", "1", "1.0", ".inf", "a b", "a:b",      "<<",
                                          "=", "~", "-",   "/a",   "a#",  "\xc3\xa4", "f" };
    for (size_t i = 0; i < countof(plain); i++)
        assert_true(yaml_is_plain_key(span_of(plain[i])));
    for (size_t i = 0; i < countof(quoted); i++)
        assert_false(yaml_is_plain_key(span_of(quoted[i])));
}

static void test_which_texts_are_blocks(void **state)
{
    (void)state;
    static const char *const blocks[] = {
        "a\n",      "a\nb",     "a\n\n",      "a\n\nb\n", "a\n---\n",
        "a\n  b\n", "a\n\tb\n", "\xc3\xa4\n", "# a\n",    "\xf0\x9f\x98\x80\n"
    };
    static const char *const lines[] = {
        "",
        "a",
        "\n",
        "\na",
        " a\nb",
        "\ta\nb",
        "a \nb",
        "a\n \nb",
        "a\nb ",
        "a\r\nb",
        "a\nb\t",
        "a\n\x01",
        "a\n\x7f",
        "a\n\xc2\x85",
        "a\n\xe2\x80\xa8",
        "\xef\xbb\xbf"
        "a\n",
        "a\n\xef\xbf\xbe",
        "a\n\xff",
    };
    for (size_t i = 0; i < countof(blocks); i++)
        assert_true(yaml_is_block(span_of(blocks[i])));
    for (size_t i = 0; i < countof(lines); i++)
        assert_false(yaml_is_block(span_of(lines[i])));
    assert_false(yaml_is_block(span_from("a\n\0", 3)));
}

static void test_a_block_tells_how_it_ends(void **state)
{
    struct fixture *f = *state;
    struct node *map;
    struct node *seq = document(f, &map);
    struct node *inner = node_map_add_map(map, "m");
    node_map_add_str(inner, "one", "a\n\n  b\n");
    node_map_add_str(inner, "none", "a\nb");
    node_map_add_str(inner, "many", "a\n\n\n");
    node_seq_add_str(node_map_add_seq(map, "s"), "x\ny\n");
    node_map_add_str(map, "z", "end");
    assert_prints(seq, "---\nm:\n  one: |\n    a\n\n      b\n  none: |-\n    a\n    b\n"
                       "  many: |+\n    a\n\n\ns:\n  - |\n    x\n    y\nz: \"end\"\n");
}

static void test_escapes_come_from_one_place(void **state)
{
    struct fixture *f = *state;
    struct node *map;
    struct node *seq = document(f, &map);
    node_map_add_str(map, "a b\"", "tab\t\"q\" \\ \n\xe2\x80\xa8");
    assert_prints(seq, "---\n\"a b\\\"\": \"tab\\t\\\"q\\\" \\\\ \\n\\u2028\"\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_nesting),
        FIXTURE_TEST(test_values_are_quoted_whatever_they_look_like),
        FIXTURE_TEST(test_keys_are_plain_only_when_safe),
        FIXTURE_TEST(test_which_texts_are_blocks),
        FIXTURE_TEST(test_a_block_tells_how_it_ends),
        FIXTURE_TEST(test_escapes_come_from_one_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
