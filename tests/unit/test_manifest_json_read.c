#include "base/std.h"

#include "manifest_helper.h"

#include "manifest/json_read.h"

static struct node *read_text(struct fixture *f, struct span text)
{
    struct err err = { 0 };
    struct node *n = json_read(&f->tree, text, &err);
    assert_int_equal(n != NULL, err.kind == 0);
    return n;
}

static void refuses(struct fixture *f, const char *text, const char *why)
{
    struct err err = { 0 };
    if (json_read(&f->tree, span_of(text), &err))
        fail_msg("%s was taken", text);
    if (!strstr(err.text, why))
        fail_msg("%s: '%s' does not tell '%s'", text, err.text, why);
}

static void test_every_kind_of_value(void **state)
{
    struct fixture *f = *state;
    struct node *n = read_text(f, SPAN_LIT(" {\"t\" : \"x\", \"i\":-9223372036854775807,\r\n\t"
                                           "\"n\":1.5e+3,\"b\":[true,false,null,{},[]]} \n"));
    assert_string_equal(fixture_json(f, n),
                        "{\n  \"t\": \"x\",\n  \"i\": -9223372036854775807,\n  \"n\": 1.5e+3,\n"
                        "  \"b\": [\n    true,\n    false,\n    null,\n    {},\n    []\n  ]\n}");
}

static void test_numbers_keep_their_value(void **state)
{
    struct fixture *f = *state;
    static const char *const numbers[] = { "0",    "-1",      "9223372036854775807",
                                           "0.50", "1E5",     "9223372036854775808",
                                           "-0.0", "1.0e-10", "123456789012345678901234567890" };
    for (size_t i = 0; i < countof(numbers); i++)
        assert_string_equal(fixture_json(f, read_text(f, span_of(numbers[i]))), numbers[i]);
}

static void test_escapes(void **state)
{
    struct fixture *f = *state;
    struct node *n =
        read_text(f, SPAN_LIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\""));
    assert_true(span_eq_str(n->text, "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    n = read_text(f, SPAN_LIT("\"\\u0000\""));
    assert_int_equal(n->text.len, 1);
}

static void test_what_is_no_json(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[][2] = {
        { "", "a value is expected" },
        { "nul", "a value is expected" },
        { "'x'", "a value is expected" },
        { "{x:1}", "a key in double quotes" },
        { "{\"a\":1,}", "a key in double quotes" },
        { "[1,]", "a value is expected" },
        { "[1 2]", "a ',' or ']'" },
        { "{\"a\" 1}", "a ':' is expected" },
        { "{\"a\":1", "a ',' or '}'" },
        { "01", "no number" },
        { "-", "no number" },
        { "1.", "no number" },
        { "1e", "no number" },
        { "+1", "a value is expected" },
        { "NaN", "a value is expected" },
        { "1 2", "behind the end" },
        { "\"a\nb\"", "control character" },
        { "\"a", "ends within a string" },
        { "\"a\\\"", "ends within a string" },
        { "\"\\x41\"", "no such escape" },
        { "\"\\u12g4\"", "four hexadecimal digits" },
        { "\"\\udc00\"", "low surrogate" },
        { "\"\\ud800\"", "high surrogate" },
        { "\"\\ud800\\u0041\"", "high surrogate" },
        { "\"\xff\"", "not UTF-8" },
        { "{\"a\":1,\"b\":2,\"a\":3}", "column 14: the key stands twice" },
        { "{\"a\":1,\n \"b\":x}", "line 2, column 6:" },
        { "/* c */ 1", "a value is expected" },
    };
    for (size_t i = 0; i < countof(bad); i++)
        refuses(f, bad[i][0], bad[i][1]);
}

static void test_depth_and_breadth_have_a_limit(void **state)
{
    struct fixture *f = *state;
    static char text[40000];
    struct buf b = BUF_OF(text);
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        buf_add_char(&b, '[');
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        buf_add_char(&b, ']');
    assert_non_null(read_text(f, buf_span(&b)));
    buf_reset(&b);
    for (int i = 0; i <= JSON_DEPTH_MAX; i++)
        buf_add_char(&b, '[');
    refuses(f, buf_cstr(&b), "more than 64");
    buf_reset(&b);
    for (int i = 0; i < JSON_CHILDREN_MAX; i++)
        buf_add_str(&b, i ? ",1" : "[1");
    buf_add_char(&b, ']');
    assert_non_null(read_text(f, buf_span(&b)));
    buf_truncate(&b, b.len - 1);
    buf_add_str(&b, ",1]");
    refuses(f, buf_cstr(&b), "more than 10000");
}

static void test_what_is_printed_is_read_back(void **state)
{
    struct fixture *f = *state;
    struct node *map = node_new_map(&f->tree);
    node_map_add_pair(map, SPAN_LIT("k\"\n\x7f"), SPAN_LIT("\xe2\x80\xa8\x01\0\\"));
    node_map_add_int(map, "least", -INT64_MAX);
    struct node *again = read_text(f, span_of(fixture_json(f, map)));
    assert_true(node_equal(map, again));
    node_map_find(again, SPAN_LIT("least"))->number++;
    assert_false(node_equal(map, again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_every_kind_of_value),
        FIXTURE_TEST(test_numbers_keep_their_value),
        FIXTURE_TEST(test_escapes),
        FIXTURE_TEST(test_what_is_no_json),
        FIXTURE_TEST(test_depth_and_breadth_have_a_limit),
        FIXTURE_TEST(test_what_is_printed_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
