#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "profile/schema.h"

static void test_every_row_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        const struct schema_key *key = &schema_keys[i];
        size_t len = strlen(key->meaning);
        assert_true(len > 5 && key->meaning[len - 1] == '.');
        assert_int_equal(schema_find_key(key->section, span_of(key->name)), i);
        assert_int_equal(key->type == TYPE_choice, key->choices[0] != '\0');
        bool bounded =
            key->type == TYPE_count || key->type == TYPE_duration || key->type == TYPE_size;
        assert_int_equal(bounded, key->high > key->low);
        assert_false(schema_sections[key->section].free_form);
    }
}

static void test_every_section_is_found_and_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROFILE_SECTION_COUNT; i++) {
        assert_int_equal(schema_find_section(span_of(schema_sections[i].name)), i);
        assert_true(strlen(schema_sections[i].name) <= 49); /* inih cuts longer ones */
        assert_true(strlen(schema_sections[i].meaning) > 5);
    }
    assert_int_equal(schema_find_section(SPAN_LIT("none")), -1);
    assert_int_equal(schema_find_section(SPAN_LIT("")), -1);
}

static void test_choices(void **state)
{
    (void)state;
    const struct schema_key *key = &schema_keys[KEY_log_fsync];
    assert_int_equal(schema_find_choice(key, SPAN_LIT("always")), 0);
    assert_int_equal(schema_find_choice(key, SPAN_LIT("no")), 2);
    assert_int_equal(schema_find_choice(key, SPAN_LIT("Always")), -1);
    assert_int_equal(schema_find_choice(key, SPAN_LIT("")), -1);
    assert_true(span_eq_str(profile_choice_word(KEY_log_fsync, 1), "everysec"));
}

static void test_values_in_their_shortest_form(void **state)
{
    (void)state;
    char memory[64];
    struct buf b = BUF_OF(memory);
    schema_add_duration(&b, 0);
    schema_add_duration(&b, 90061001);
    schema_add_size(&b, 0);
    schema_add_size(&b, 1536);
    schema_add_size(&b, 1ULL << 40);
    assert_string_equal(buf_cstr(&b), "0s1d1h1m1s1ms015361Ti");
}

static void test_what_is_allowed_is_said(void **state)
{
    (void)state;
    char memory[256];
    struct buf b = BUF_OF(memory);
    schema_add_allowed(&b, &schema_keys[KEY_log_fsync]);
    assert_string_equal(buf_cstr(&b), "one of always, everysec, no");
    buf_reset(&b);
    schema_add_allowed(&b, &schema_keys[KEY_serve_drain]);
    assert_string_equal(buf_cstr(&b), "a duration from 0s to 1h");
    buf_reset(&b);
    schema_add_allowed(&b, &schema_keys[KEY_serve_workers]);
    assert_string_equal(buf_cstr(&b), "a whole number from 0 to 64");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_is_complete),
        cmocka_unit_test(test_every_section_is_found_and_short),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_values_in_their_shortest_form),
        cmocka_unit_test(test_what_is_allowed_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
