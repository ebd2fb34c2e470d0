#include "base/std.h"

#include "manifest/json_read.h"
#include "manifest/yaml.h"
#include "manifest/yaml_read.h"
#include "manifest_helper.h"

static void test_what_is_printed_is_read_back(void **state)
{
    struct fixture *f = *state;
    static const char *const values[] = {
        "{\"a\":{},\"b\":[],\"c\":[[1,[\"x\"]],[{}]],\"d\":null,\"e\":true,\"f\":-5}",
        "{\"text\":\"a\\nb\\n\",\"keep\":\"a\\n\\n\\nb\\n\\n\",\"strip\":\"a\\nb\",\"one\":"
        "\"\\n\"}",
        "{\"y\":\"no\",\"a: b\":\"---\",\"\\\"\":\"\\\\\\u0001\\u2028\\ud83d\\ude00\",\"- x\":\": "
        "\"}",
        "{\"l\":[{\"a\":1,\"b\":{\"c\":[{\"d\":\"x\\ny\\n\"},\"z\"]}},{\"q: r\":2}]}",
    };
    for (size_t i = 0; i < countof(values); i++) {
        static char memory[4096];
        struct buf out = BUF_OF(memory);
        struct err err = { 0 };
        struct node *documents = node_new_seq(&f->tree);
        node_seq_take(documents, json_read(&f->tree, span_of(values[i]), &err));
        node_seq_take(documents, json_read(&f->tree, span_of(values[0]), &err));
        yaml_print_documents(documents, &out);
        const struct node *again = yaml_read_documents(&f->tree, buf_span(&out), &err);
        if (!again)
            fail_msg("%s: %s", err.text, buf_cstr(&out));
        assert_true(node_equal(documents, again));
    }
}

static void test_comments_before_the_first_document(void **state)
{
    struct fixture *f = *state;
    struct err err = { 0 };
    const struct node *seq =
        yaml_read_documents(&f->tree, SPAN_LIT("# by app\n#\n---\na: 1\n"), &err);
    assert_int_at(seq, "0/a", 1);
    assert_non_null(yaml_read_documents(&f->tree, SPAN_LIT(""), &err));
}

static void test_what_others_write_is_refused_with_its_line(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[][2] = {
        { "a: 1\n", "line 1 is not" },
        { "---\n", "line 2 is not" },
        { "---\na: plain\n", "line 2 is not" },
        { "---\na: 'x'\n", "line 2 is not" },
        { "---\na: 1", "line 2 is not" },
        { "---\na: 1\n   b: 2\n", "line 3 is not" },
        { "---\na: 1\na: 2\n", "line 3 is not" },
        { "---\na:\nb: 1\n", "line 3 is not" },
        { "---\na: {x: 1}\n", "line 2 is not" },
        { "---\na: &x 1\n", "line 2 is not" },
        { "---\na: \"x\n", "line 2 is not" },
        { "---\na: \"\\q\"\n", "line 2 is not" },
        { "---\na: \"\\ud800\"\n", "line 2 is not" },
        { "---\n- 1\n -2\n", "line 3 is not" },
        { "---\na: \"\xff\"\n", "not UTF-8" },
        { "---\na: 1\n...\n", "line 3 is not" },
    };
    for (size_t i = 0; i < countof(bad); i++) {
        struct err err = { 0 };
        if (yaml_read_documents(&f->tree, span_of(bad[i][0]), &err))
            fail_msg("was taken: %s", bad[i][0]);
        if (!strstr(err.text, bad[i][1]))
            fail_msg("'%s' is not in '%s', of: %s", bad[i][1], err.text, bad[i][0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_what_is_printed_is_read_back),
        FIXTURE_TEST(test_comments_before_the_first_document),
        FIXTURE_TEST(test_what_others_write_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
