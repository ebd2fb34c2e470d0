#include "base/std.h"

#include "manifest_helper.h"

static void test_metadata(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[app]\nnamespace = n\npart_of = p\n[labels]\nteam = t\n"
                    "[annotations]\na = all\nb = all\n[service_annotations]\nb = own\n");
    const struct common_object about = { .api_version = "v1",
                                         .kind = "Kind",
                                         .name = SPAN_LIT("x"),
                                         .annotations = &f->profile.service_annotations };
    struct node *object = common_begin(&f->build, node_new_seq(&f->tree), &about);
    assert_text_at(object, "apiVersion", "v1");
    assert_text_at(object, "kind", "Kind");
    assert_text_at(object, "metadata/name", "x");
    assert_text_at(object, "metadata/namespace", "n");
    assert_text_at(object, "metadata/labels/team", "t");
    assert_text_at(object, "metadata/annotations/a", "all");
    assert_text_at(object, "metadata/annotations/b", "own");
}

static void test_what_is_empty_is_left_out(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[app]\ncomponent =\n");
    const struct common_object about = { .api_version = "v1",
                                         .kind = "Kind",
                                         .name = SPAN_LIT("x") };
    struct node *object = common_begin(&f->build, node_new_seq(&f->tree), &about);
    assert_null(fixture_at(object, "metadata/namespace"));
    assert_null(fixture_at(object, "metadata/annotations"));
    const struct node *labels = fixture_at(object, "metadata/labels");
    assert_null(node_map_find(labels, SPAN_LIT("app.kubernetes.io/component")));
    assert_null(node_map_find(labels, SPAN_LIT("app.kubernetes.io/part-of")));
}

static void test_the_selector_never_changes(void **state)
{
    struct fixture *f = *state;
    fixture_load(f,
                 "[app]\nname = n\ninstance = i\nversion = 9\npart_of = p\n[labels]\nteam = t\n");
    struct node *labels = node_new_map(&f->tree);
    common_add_selector(&f->build, labels);
    assert_string_equal(fixture_json(f, labels), "{\n  \"app.kubernetes.io/name\": \"n\",\n"
                                                 "  \"app.kubernetes.io/instance\": \"i\"\n}");
}

static void test_our_labels_cannot_be_given(void **state)
{
    struct fixture *f = *state;
    struct node *labels = node_new_map(&f->tree);
    fixture_load(f, "[app]\npart_of = p\n");
    common_add_labels(&f->build, labels);
    assert_non_null(labels->first);
    for (const struct node *n = labels->first; n; n = n->next)
        assert_true(common_is_own_label(n->key));
    assert_true(common_is_own_label(SPAN_LIT("controller-revision-hash")));
    assert_false(common_is_own_label(SPAN_LIT("app.kubernetes.io/created-by")));
}

static void test_lists_and_choices(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "");
    struct node *map = node_new_map(&f->tree);
    common_add_list(map, "none", SPAN_LIT(" , "));
    common_add_list(map, "two", SPAN_LIT("a, b"));
    common_add_choice(map, "left out", KEY_service_ip_family_policy, 0);
    common_add_choice(map, "type", KEY_service_type, 1);
    common_add_quantity(&f->build, map, "no", SPAN_LIT(""));
    common_add_quantity(&f->build, map, "q", SPAN_LIT("0.5"));
    assert_string_equal(fixture_json(f, map), "{\n  \"two\": [\n    \"a\",\n    \"b\"\n  ],\n"
                                              "  \"type\": \"NodePort\",\n  \"q\": \"500m\"\n}");
}

static void test_base64(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "");
    /* RFC 4648 section 10, and bytes that are no text. */
    static const char *const cases[][2] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
        { "\xff\xfe\xfd", "//79" },
        { "\xfb\xff", "+/8=" },
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_span(common_base64(&f->build, span_of(cases[i][0])), cases[i][1]);
}

static struct span checksum_of(struct fixture *f, const char *const *pairs, size_t count)
{
    struct node *map = node_new_map(&f->tree);
    for (size_t i = 0; i < count; i++)
        node_map_add_str(map, pairs[2 * i], pairs[2 * i + 1]);
    return common_checksum(&f->build, map);
}

static void test_a_checksum_depends_on_content_alone(void **state)
{
    struct fixture *f = *state;
    static const char *const one[] = { "a", "1", "b", "2" };
    static const char *const turned[] = { "b", "2", "a", "1" };
    static const char *const other[] = { "a", "1", "b", "3" };
    static const char *const moved[] = { "a", "1b", "", "2" };
    fixture_load(f, "");
    struct span first = checksum_of(f, one, 2);
    assert_int_equal(first.len, 64);
    assert_true(span_eq(first, checksum_of(f, turned, 2)));
    assert_false(span_eq(first, checksum_of(f, other, 2)));
    assert_false(span_eq(first, checksum_of(f, moved, 2)));
    assert_false(span_eq(first, checksum_of(f, one, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_metadata),
        FIXTURE_TEST(test_what_is_empty_is_left_out),
        FIXTURE_TEST(test_the_selector_never_changes),
        FIXTURE_TEST(test_our_labels_cannot_be_given),
        FIXTURE_TEST(test_lists_and_choices),
        FIXTURE_TEST(test_base64),
        FIXTURE_TEST(test_a_checksum_depends_on_content_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
