/* What is printed of the table loads back to the same values: explain.h and profile_print_server.
 */
#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "profile/explain.h"
#include "profile/schema.h"
#include "profile_helper.h"

static char first_text[1 << 20];
static char second_text[1 << 20];

/* Printed values, one section after the other, as the thing to compare. */
static struct span server_text(const struct profile *p, char *memory)
{
    struct buf b = buf_on(memory, sizeof(first_text));
    profile_print_server(p, &b);
    assert_false(b.overflow);
    return buf_span(&b);
}

static void test_the_printed_profile_gives_the_defaults(void **state)
{
    (void)state;
    static struct loaded printed;
    static struct loaded defaults;
    struct buf b = BUF_OF(first_text);
    explain_profile(&b);
    assert_false(b.overflow);
    assert_true(loaded_init(&printed, buf_span(&b)));
    assert_true(loaded_init(&defaults, (struct span){ 0 }));
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        const struct schema_key *key = &schema_keys[i];
        const char *left = (const char *)&printed.profile + key->offset;
        const char *right = (const char *)&defaults.profile + key->offset;
        if (key->type == TYPE_text || key->type == TYPE_list)
            assert_true(span_eq(*(const struct span *)(const void *)left,
                                *(const struct span *)(const void *)right));
        else if (key->type == TYPE_bool)
            assert_memory_equal(left, right, sizeof(bool));
        else if (key->type == TYPE_choice)
            assert_memory_equal(left, right, sizeof(int));
        else
            assert_memory_equal(left, right, sizeof(int64_t));
        assert_true(profile_given(&printed.profile, (enum profile_key)i));
    }
    loaded_fini(&printed);
    loaded_fini(&defaults);
}

static uint64_t seed = 1;

static uint64_t next_random(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

/* Text that may stand in a server's value, with every character that has a meaning somewhere. */
static void add_random_text(struct buf *b)
{
    static const char alphabet[] = "ab/@$\\#=[]:\"' .,-_";
    size_t len = 1 + next_random(12);
    buf_add_char(b, "ab\\@$#["[next_random(7)]);
    for (size_t i = 0; i < len; i++)
        buf_add_char(b, alphabet[next_random(sizeof(alphabet) - 1)]);
    buf_add_char(b, 'z');
}

static void test_random_values_come_back(void **state)
{
    (void)state;
    static struct loaded once;
    static struct loaded again;
    for (int round = 0; round < 3000; round++) {
        struct profile p;
        char memory[64];
        struct buf name = BUF_OF(memory);
        assert_true(loaded_init(&once, (struct span){ 0 }));
        p = once.profile;
        add_random_text(&name);
        p.log_file = buf_span(&name);
        p.log_fsync = (int)next_random(3);
        p.log_format = (int)next_random(4);
        p.serve_drain = (int64_t)next_random(3600001);
        p.serve_workers = (int64_t)next_random(65);
        p.serve_buffers = 65536 + next_random(1 << 20);
        struct span text = server_text(&p, first_text);
        assert_true(loaded_init(&again, text));
        assert_true(span_eq(text, server_text(&again.profile, second_text)));
        assert_true(span_eq(again.profile.log_file, p.log_file));
        assert_int_equal(again.profile.serve_drain, p.serve_drain);
        assert_int_equal(again.profile.serve_buffers, p.serve_buffers);
        loaded_fini(&once);
        loaded_fini(&again);
    }
}

static void test_only_the_servers_sections_are_printed(void **state)
{
    (void)state;
    static struct loaded loaded;
    assert_true(loaded_init(&loaded, SPAN_LIT("[secret]\nkey = hidden\n")));
    struct span text = server_text(&loaded.profile, first_text);
    const char *printed = arena_copy(&loaded.arena, text).ptr;
    assert_non_null(strstr(printed, "[log]\nfile = data/visits.log\n"));
    assert_null(strstr(printed, "hidden"));
    assert_null(strstr(printed, "[image]"));
    assert_null(strstr(printed, " \n"));
    loaded_fini(&loaded);
}

static void test_explaining(void **state)
{
    (void)state;
    struct buf b = BUF_OF(first_text);
    explain_key(KEY_log_fsync, &b);
    const char *text = buf_cstr(&b);
    assert_non_null(strstr(text, "log.fsync\n"));
    assert_non_null(strstr(text, "one of always, everysec, no"));
    assert_non_null(strstr(text, "default  always\n"));
    buf_reset(&b);
    explain_all(&b);
    text = buf_cstr(&b);
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++)
        assert_non_null(strstr(text, schema_keys[i].meaning));
    buf_reset(&b);
    explain_section(SECTION_labels, &b);
    assert_non_null(strstr(buf_cstr(&b), "takes any key"));
}

static void test_finding(void **state)
{
    (void)state;
    enum profile_section section;
    int key;
    struct err err = { 0 };
    assert_true(explain_find("log", &section, &key, &err));
    assert_true(section == SECTION_log && key == -1);
    assert_true(explain_find("log.fsync", &section, &key, &err));
    assert_int_equal(key, KEY_log_fsync);
    static const struct {
        const char *name;
        const char *message;
    } wrong[] = { { "lgo", "did you mean 'log'?" },
                  { "log.fsnc", "did you mean 'log.fsync'?" },
                  { "log.zzz", "'app explain log' lists them" },
                  { "", "'app explain' lists them" },
                  { "labels.a", "takes any key" } };
    for (size_t i = 0; i < countof(wrong); i++) {
        struct err why = { 0 };
        assert_false(explain_find(wrong[i].name, &section, &key, &why));
        assert_non_null(strstr(why.text, wrong[i].message));
        assert_int_equal(why.kind, ERR_REQUEST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_printed_profile_gives_the_defaults),
        cmocka_unit_test(test_random_values_come_back),
        cmocka_unit_test(test_only_the_servers_sections_are_printed),
        cmocka_unit_test(test_explaining),
        cmocka_unit_test(test_finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
