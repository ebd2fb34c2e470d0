#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "manifest/kubename.h"

enum { RULES = KUBENAME_PATH + 1 };

static void assert_taken(enum kubename_rule rule, const char *name)
{
    if (!kubename_is_valid(rule, span_of(name)))
        fail_msg("'%s' is no %s", name, kubename_rule_text(rule));
}

static void assert_refused(enum kubename_rule rule, const char *name)
{
    if (kubename_is_valid(rule, span_of(name)))
        fail_msg("'%s' passes for %s", name, kubename_rule_text(rule));
}

/* `count` letters are taken, one more is refused. */
static void assert_limit(enum kubename_rule rule, size_t count)
{
    char name[2000];
    memset(name, 'a', sizeof(name));
    assert_true(kubename_is_valid(rule, span_from(name, count)));
    assert_false(kubename_is_valid(rule, span_from(name, count + 1)));
}

static void test_names_of_objects(void **state)
{
    (void)state;
    static const char *const none[] = {
        "", "-a", "a-", "A", "a_b", "a b", "\xc3\xa4", "a\n", "a/b"
    };
    for (size_t i = 0; i < countof(none); i++) {
        assert_refused(KUBENAME_LABEL, none[i]);
        assert_refused(KUBENAME_SUBDOMAIN, none[i]);
        assert_refused(KUBENAME_SERVICE, none[i]);
    }
    assert_taken(KUBENAME_LABEL, "1a-2");
    assert_taken(KUBENAME_LABEL, "0");
    assert_refused(KUBENAME_LABEL, "a.b");
    assert_taken(KUBENAME_SUBDOMAIN, "a.b-c.1");
    assert_refused(KUBENAME_SUBDOMAIN, "a..b");
    assert_refused(KUBENAME_SUBDOMAIN, "a.");
    assert_refused(KUBENAME_SUBDOMAIN, ".a");
    assert_refused(KUBENAME_SUBDOMAIN, "a.-b");
    assert_taken(KUBENAME_SERVICE, "a1-b");
    assert_refused(KUBENAME_SERVICE, "1a");
    assert_refused(KUBENAME_SERVICE, "a.b");
    assert_limit(KUBENAME_LABEL, 63);
    assert_limit(KUBENAME_SERVICE, 63);
    assert_limit(KUBENAME_SUBDOMAIN, 253);
}

static void test_labels_and_annotations(void **state)
{
    (void)state;
    static const char *const both[] = { "a", "A", "1", "a.b_c-D", "example.com/a", "x/Y" };
    static const char *const none[] = {
        "", "/a", "a/", "a/b/c", "-a", "a.", "a b", "_a", "a..b/c"
    };
    for (size_t i = 0; i < countof(both); i++) {
        assert_taken(KUBENAME_LABEL_KEY, both[i]);
        assert_taken(KUBENAME_ANNOTATION_KEY, both[i]);
    }
    for (size_t i = 0; i < countof(none); i++) {
        assert_refused(KUBENAME_LABEL_KEY, none[i]);
        assert_refused(KUBENAME_ANNOTATION_KEY, none[i]);
    }
    assert_refused(KUBENAME_LABEL_KEY, "Example.com/a");
    assert_taken(KUBENAME_ANNOTATION_KEY, "Example.com/a");
    assert_limit(KUBENAME_LABEL_KEY, 63);
    assert_taken(KUBENAME_LABEL_VALUE, "");
    assert_taken(KUBENAME_LABEL_VALUE, "v1.0_x-Y");
    assert_refused(KUBENAME_LABEL_VALUE, "a/b");
    assert_refused(KUBENAME_LABEL_VALUE, "-a");
    assert_refused(KUBENAME_LABEL_VALUE, "a b");
    assert_limit(KUBENAME_LABEL_VALUE, 63);
    char prefixed[300];
    memset(prefixed, 'a', sizeof(prefixed));
    prefixed[253] = '/';
    assert_true(kubename_is_valid(KUBENAME_LABEL_KEY, span_from(prefixed, 253 + 1 + 3)));
    prefixed[253] = 'a';
    prefixed[254] = '/';
    assert_false(kubename_is_valid(KUBENAME_LABEL_KEY, span_from(prefixed, 254 + 1 + 3)));
}

static void test_ports_variables_and_keys(void **state)
{
    (void)state;
    assert_taken(KUBENAME_PORT, "http-2");
    assert_taken(KUBENAME_PORT, "1a");
    assert_refused(KUBENAME_PORT, "8080");
    assert_refused(KUBENAME_PORT, "a--b");
    assert_refused(KUBENAME_PORT, "-a");
    assert_refused(KUBENAME_PORT, "Http");
    assert_refused(KUBENAME_PORT, "");
    assert_limit(KUBENAME_PORT, 15);
    assert_taken(KUBENAME_ENV, "A_b.c-1");
    assert_taken(KUBENAME_ENV, "_");
    assert_taken(KUBENAME_ENV, ".a");
    assert_refused(KUBENAME_ENV, "1A");
    assert_refused(KUBENAME_ENV, "");
    assert_refused(KUBENAME_ENV, ".");
    assert_refused(KUBENAME_ENV, "..");
    assert_refused(KUBENAME_ENV, "..a");
    assert_refused(KUBENAME_ENV, "A B");
    assert_taken(KUBENAME_CONFIG_KEY, "1.json");
    assert_taken(KUBENAME_CONFIG_KEY, ".a");
    assert_refused(KUBENAME_CONFIG_KEY, "..a");
    assert_refused(KUBENAME_CONFIG_KEY, ".");
    assert_refused(KUBENAME_CONFIG_KEY, "a/b");
    assert_refused(KUBENAME_CONFIG_KEY, "");
    assert_limit(KUBENAME_CONFIG_KEY, 253);
}

static void test_images(void **state)
{
    (void)state;
    static const char *const good[] = { "app",
                                        "team/app",
                                        "registry.example:5000/team/app",
                                        "localhost/app",
                                        "Registry.example/a__b",
                                        "a--b/c.d",
                                        "1.2.3.4:1/a",
                                        "localhost:5000/a/b" };
    static const char *const bad[] = { "",
                                       "App",
                                       "a/B",
                                       "a//b",
                                       "/a",
                                       "a/",
                                       "a:1",
                                       "a@b",
                                       "a___b",
                                       "a..b",
                                       "a._b",
                                       "reg.example:x/a",
                                       "reg.example:99999/a",
                                       " a",
                                       "-a.b/c",
                                       "a_/b",
                                       "a:5000" };
    for (size_t i = 0; i < countof(good); i++)
        assert_taken(KUBENAME_IMAGE_REPOSITORY, good[i]);
    for (size_t i = 0; i < countof(bad); i++)
        assert_refused(KUBENAME_IMAGE_REPOSITORY, bad[i]);
    assert_limit(KUBENAME_IMAGE_REPOSITORY, 255);
    assert_taken(KUBENAME_IMAGE_TAG, "_1.0-A");
    assert_refused(KUBENAME_IMAGE_TAG, ".1");
    assert_refused(KUBENAME_IMAGE_TAG, "-1");
    assert_refused(KUBENAME_IMAGE_TAG, "1+2");
    assert_refused(KUBENAME_IMAGE_TAG, "");
    assert_limit(KUBENAME_IMAGE_TAG, 128);
    const char *hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    char digest[100];
    snprintf(digest, sizeof(digest), "sha256:%s", hex);
    assert_taken(KUBENAME_IMAGE_DIGEST, digest);
    digest[10] = 'A';
    assert_refused(KUBENAME_IMAGE_DIGEST, digest);
    digest[70] = '\0';
    assert_refused(KUBENAME_IMAGE_DIGEST, digest);
    assert_refused(KUBENAME_IMAGE_DIGEST, hex);
}

static void test_paths(void **state)
{
    (void)state;
    static const char *const good[] = { "/a", "/a/", "/a/b.c", "/..a", "/a b" };
    static const char *const bad[] = {
        "", "/", "a", "//", "/a//b", "/a/./b", "/a/..", "/..", "/a:b"
    };
    for (size_t i = 0; i < countof(good); i++)
        assert_taken(KUBENAME_PATH, good[i]);
    for (size_t i = 0; i < countof(bad); i++)
        assert_refused(KUBENAME_PATH, bad[i]);
}

static void test_a_nul_is_never_part_of_a_name(void **state)
{
    (void)state;
    for (int rule = 0; rule < RULES; rule++) {
        if (rule != KUBENAME_PATH)
            assert_false(kubename_is_valid((enum kubename_rule)rule, span_from("a\0a", 3)));
        assert_true(strlen(kubename_rule_text((enum kubename_rule)rule)) > 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_objects),
        cmocka_unit_test(test_labels_and_annotations),
        cmocka_unit_test(test_ports_variables_and_keys),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_a_nul_is_never_part_of_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
