/* load.h, value.h and the collecting of problems. */
#include "base/std.h"

#include <setjmp.h>
#include <unistd.h>
#include <cmocka.h>

#include "profile_helper.h"

static struct arena arena;
static struct profile profile;
static struct profile_problems problems;
static char directory[64];

static int set_up(void **state)
{
    (void)state;
    struct err err = { 0 };
    problems = (struct profile_problems){ 0 };
    snprintf(directory, sizeof(directory), "/tmp/test-profile-XXXXXX");
    return mkdtemp(directory) && arena_init(&arena, 16 << 20, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    arena_fini(&arena);
    return system(command);
}

static const char *file(const char *name, const char *text)
{
    const char *path = arena_printf(&arena, "%s/%s", directory, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}

static const char *messages(void)
{
    char *memory = arena_alloc(&arena, 64 << 10);
    struct buf b = buf_on(memory, 64 << 10);
    profile_problems_print(&problems, &b);
    return buf_cstr(&b);
}

static bool load(struct profile_sources sources)
{
    return profile_load(&arena, &sources, &profile, &problems);
}

static void test_nothing_gives_the_defaults(void **state)
{
    (void)state;
    assert_true(load((struct profile_sources){ 0 }));
    assert_int_equal(profile.serve_drain, 5000);
    assert_int_equal(profile.serve_buffers, 4 << 20);
    assert_true(span_eq_str(profile.log_file, "data/visits.log"));
    assert_false(profile_given(&profile, KEY_log_file));
}

static void test_later_files_and_sets_override(void **state)
{
    (void)state;
    struct profile_sources sources = {
        .files = { file("base.ini", "[log]\nformat = json\nfsync = no\n[labels]\na = 1\nb = 2\n"),
                   file("prod.ini", "[log]\nfsync = everysec\n[labels]\nb = 3\n") },
        .file_count = 2,
        .sets = { "log.format=django", "labels.x.y/z=a=b", "labels.a=9", "log.format=combined" },
        .set_count = 4,
    };
    assert_true(load(sources));
    assert_int_equal(profile.log_format, 2);
    assert_int_equal(profile.log_fsync, 1);
    assert_true(profile_given(&profile, KEY_log_fsync));
    assert_int_equal(profile.labels.count, 3);
    assert_true(span_eq_str(profile.labels.items[0].value, "9"));
    assert_true(span_eq_str(profile.labels.items[1].value, "3"));
    assert_true(span_eq_str(profile.labels.items[2].name, "x.y/z"));
    assert_true(span_eq_str(profile.labels.items[2].value, "a=b"));
}

static void test_files_variables_and_escapes(void **state)
{
    (void)state;
    file("value", "from a file\n");
    setenv("TEST_VALUE", "from a variable", 1);
    struct profile_sources sources = {
        .files = { file("p.ini", "[app]\npart_of = @value\n[secret]\na = @value\nb = $TEST_VALUE\n"
                                 "c = \\@x\nd = \\$x\ne = \\\\@x\nf = \\x\n") },
        .file_count = 1,
    };
    assert_true(load(sources));
    static const char *const expected[] = {
        "from a file\n", "from a variable", "@x", "$x", "\\@x", "\\x"
    };
    assert_true(span_eq_str(profile.app_part_of, "from a file")); /* text loses its newline */
    for (size_t i = 0; i < countof(expected); i++)
        assert_true(span_eq_str(profile.secret.items[i].value, expected[i]));
}

static void test_what_is_missing_is_said(void **state)
{
    (void)state;
    unsetenv("TEST_NOTHING");
    struct profile_sources sources = {
        .files = { file("p.ini", "[secret]\na = @nowhere\nb = $TEST_NOTHING\nc = @\nd = $\n"),
                   "/nowhere.ini" },
        .file_count = 2,
        .sets = { "log", "log.=x", ".x=y", "log.fsync", "=" },
        .set_count = 5,
    };
    assert_false(load(sources));
    const char *said = messages();
    assert_int_equal(problems.count, 10);
    assert_non_null(strstr(said, "p.ini:2: secret.a: cannot open"));
    assert_non_null(
        strstr(said, "p.ini:3: secret.b: the environment variable 'TEST_NOTHING' is not set"));
    assert_non_null(strstr(said, "/nowhere.ini: cannot open /nowhere.ini: ENOENT"));
    assert_non_null(strstr(said, "--set:1: 'log' is not SECTION.KEY=VALUE"));
}

static void test_values_and_their_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *set;
        const char *message; /* NULL: taken */
    } cases[] = {
        { "serve.workers=64", NULL },
        { "serve.workers=65", "'65' is not a whole number from 0 to 64" },
        { "serve.workers=", "'' is not a whole number" },
        { "serve.workers=-1", "'-1' is not a whole number" },
        { "serve.drain=1h", NULL },
        { "serve.drain=1h1ms", "is not a duration from 0s to 1h" },
        { "serve.drain=5", "'5' is not a duration" },
        { "serve.head_timeout=99ms", "is not a duration from 100ms" },
        { "serve.buffers=64Ki", NULL },
        { "serve.buffers=65535", "is not a size from 64Ki to 1Gi" },
        { "serve.buffers=1.5Mi", "is not a size" },
        { "log.fsync=ALWAYS", "is not one of always, everysec, no" },
        { "log.fsync=allways", "did you mean 'always'?" },
        { "log.file=a\tb", "control character (byte 0x09)" },
        { "log.file=\xff", "is not UTF-8" },
        { "service_account.create=yes", "is not true or false" },
        { "service_account.create=false", NULL },
    };
    for (size_t i = 0; i < countof(cases); i++) {
        problems = (struct profile_problems){ 0 };
        bool good = load((struct profile_sources){ .sets = { cases[i].set }, .set_count = 1 });
        assert_int_equal(good, cases[i].message == NULL);
        if (cases[i].message && !strstr(messages(), cases[i].message))
            fail_msg("'%s' is not in '%s'", cases[i].message, messages());
    }
}

static void test_names_are_suggested(void **state)
{
    (void)state;
    struct profile_sources sources = {
        .sets = { "lgo.file=x", "log.fiel=x", "serve.fsync=no", "serve.zzzzzz=1", "zzzzzz.a=1" },
        .set_count = 5,
    };
    assert_false(load(sources));
    const char *said = messages();
    assert_non_null(strstr(said, "there is no section [lgo]; did you mean [log]?"));
    assert_non_null(strstr(said, "there is no key log.fiel; did you mean log.file?"));
    assert_non_null(strstr(said, "there is no key serve.fsync; did you mean log.fsync?"));
    assert_non_null(strstr(said, "there is no key serve.zzzzzz; 'app explain serve' lists them"));
    assert_non_null(strstr(said, "there is no section [zzzzzz]; 'app explain' lists them"));
}

static void test_many_problems_are_counted(void **state)
{
    (void)state;
    static char text[16 << 10];
    struct buf b = BUF_OF(text);
    buf_add_str(&b, "[log]\n");
    for (int i = 0; i < 500; i++)
        buf_printf(&b, "zz%d = 1\n", i);
    assert_false(load(
        (struct profile_sources){ .files = { file("p.ini", buf_cstr(&b)) }, .file_count = 1 }));
    assert_int_equal(problems.count, 500);
    assert_non_null(strstr(messages(), "and 300 more\n"));
}

static void test_lists(void **state)
{
    (void)state;
    struct span rest = SPAN_LIT(" a ,, b,");
    struct span item;
    assert_true(profile_list_next(&rest, &item) && span_eq_str(item, "a"));
    assert_true(profile_list_next(&rest, &item) && span_eq_str(item, "b"));
    assert_false(profile_list_next(&rest, &item));
    rest = SPAN_LIT("\"a, b\" , c,\"\",\"d\"x,e\"f,\"g");
    static const char *const items[] = { "a, b", "c", "d", "e\"f", "g" };
    for (size_t i = 0; i < countof(items); i++)
        assert_true(profile_list_next(&rest, &item) && span_eq_str(item, items[i]));
    assert_false(profile_list_next(&rest, &item));
}

static bool is_pair(size_t i, const char *scope, const char *name, const char *value)
{
    const struct profile_pair *pair = &profile.patch.items[i];
    return span_eq_str(pair->scope, scope) && span_eq_str(pair->name, name) &&
           span_eq_str(pair->value, value);
}

/* The names are longer than what inih keeps without our patch. */
static void test_scoped_sections(void **state)
{
    (void)state;
    struct profile_sources sources = {
        .files = { file("p.ini",
                        "[patch.HorizontalPodAutoscaler/abcdefghijklmnopqrstuvwxyz.example]\n"
                        "a[name=x = y].b = \"c=d\"\n[patch.Service]\na = 1\nb =\n") },
        .file_count = 1,
        .sets = { "patch.Service.a=2", "\"patch.Service/a.b\".c[k=v].d.e={\"f\":\"=\"}" },
        .set_count = 2,
    };
    assert_true(load(sources));
    assert_int_equal(profile.patch.count, 4);
    assert_true(is_pair(0, "HorizontalPodAutoscaler/abcdefghijklmnopqrstuvwxyz.example",
                        "a[name=x = y].b", "\"c=d\""));
    assert_true(is_pair(1, "Service", "a", "2"));
    assert_true(is_pair(2, "Service", "b", ""));
    assert_true(is_pair(3, "Service/a.b", "c[k=v].d.e", "{\"f\":\"=\"}"));
    assert_false(load((struct profile_sources){
        .files = { file("p.ini", "[patch]\na = 1\n[patch.X]\na[b = 1\n") }, .file_count = 1 }));
    assert_non_null(strstr(messages(), "p.ini:2: [patch] needs a name: [patch.<Kind>]"));
    assert_non_null(strstr(messages(), "p.ini:4: a '[' of the path has no ']'"));
}

static void test_a_later_layer_takes_back(void **state)
{
    (void)state;
    struct profile_sources sources = {
        .files = { file("a.ini", "[labels]\na = 1\nb = 2\nc = 3\n[patch.X]\np = 1\n"),
                   file("b.ini", "[labels]\n!b =\nd = 4\n[patch.X]\n!p =\n") },
        .file_count = 2,
        .sets = { "labels.!c=" },
        .set_count = 1,
    };
    assert_true(load(sources));
    assert_int_equal(profile.labels.count, 2);
    assert_int_equal(profile.patch.count, 0);
    assert_true(span_eq_str(profile.labels.items[0].name, "a"));
    assert_true(span_eq_str(profile.labels.items[1].name, "d"));
    assert_false(load((struct profile_sources){
        .files = { file("p.ini", "[labels]\na = 1\n!a =\n!b =\n!a = x\n") }, .file_count = 1 }));
    assert_non_null(strstr(messages(), "p.ini:3: labels.a: this same file gives it in line 2"));
    assert_non_null(strstr(messages(), "p.ini:4: labels.b: there is nothing to take back"));
    assert_non_null(strstr(messages(), "p.ini:5: labels.a: a name behind '!' is taken back"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_gives_the_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_later_files_and_sets_override, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_variables_and_escapes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_missing_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_values_and_their_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_are_suggested, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_problems_are_counted, set_up, tear_down),
        cmocka_unit_test(test_lists),
        cmocka_unit_test_setup_teardown(test_scoped_sections, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_later_layer_takes_back, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
