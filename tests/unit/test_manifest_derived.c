#include "base/std.h"

#include "manifest_helper.h"

static void test_an_empty_profile_has_all_names(void **state)
{
    struct fixture *f = *state;
    const struct derived *d = &f->derived;
    fixture_load(f, "");
    assert_span(d->name, "app");
    assert_span(d->headless, "app-headless");
    assert_span(d->service, "app");
    assert_span(d->service_account, "app");
    assert_span(d->config, "app-config");
    assert_span(d->secret, "app-secret");
    assert_span(d->version, APP_VERSION);
    assert_span(d->image, "app:" APP_VERSION);
    assert_span(d->config_file, "/etc/app/app.ini");
    assert_span(d->volume_path, "/data");
    assert_span(d->probe_port, "admin");
    assert_int_equal(d->port_count, 2);
    assert_int_equal(d->grace_s, 20);
    assert_true(span_starts(d->config_text, SPAN_LIT("[serve]\n")));
}

static void test_given_names_win(void **state)
{
    struct fixture *f = *state;
    const struct derived *d = &f->derived;
    fixture_load(f, "[app]\nname = a\ninstance = b\n[service]\nname = s\n[config]\nname = c\n"
                    "[secrets]\nname = x\n[service_account]\nname = sa\n");
    assert_span(d->name, "b");
    assert_span(d->headless, "b-headless");
    assert_span(d->service, "s");
    assert_span(d->config, "c");
    assert_span(d->secret, "x");
    assert_span(d->service_account, "sa");
    fixture_load(f, "[service_account]\ncreate = false\n");
    assert_span(d->service_account, "default");
}

static void test_the_image(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[image]\nrepository = r/a\ntag = t\n");
    assert_span(f->derived.image, "r/a:t");
    fixture_load(f, "[image]\nrepository = r/a\ndigest = sha256:0\n");
    assert_span(f->derived.image, "r/a@sha256:0");
    fixture_load(f, "[image]\nrepository = r/a\ntag = t\ndigest = sha256:0\n");
    assert_span(f->derived.image, "r/a:t@sha256:0");
}

static void test_a_version_becomes_a_label(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[app]\nversion = 1.0+5\n");
    assert_span(f->derived.version, "1.0_5");
    assert_span(f->derived.image, "app:1.0_5");
    fixture_load(f, "[app]\nversion = "
                    "1234567890123456789012345678901234567890123456789012345678901.-4567\n");
    assert_int_equal(f->derived.version.len, 61);
}

static void test_ports_come_from_the_listeners(void **state)
{
    struct fixture *f = *state;
    const struct derived *d = &f->derived;
    fixture_load(f, "[serve]\nhttp = 127.0.0.1:1, [::1]:2, :80, localhost:3, [::]:81, 1.2.3.4:80\n"
                    "admin =\n");
    assert_int_equal(d->port_count, 2);
    assert_string_equal(d->ports[0].name, "http");
    assert_int_equal(d->ports[0].number, 80);
    assert_string_equal(d->ports[1].name, "http-2");
    assert_int_equal(d->ports[1].number, 81);
    assert_span(d->probe_port, "http");
    fixture_load(f, "[serve]\nhttp = :80\nadmin = :90\n[probes]\nport = 80\n");
    assert_string_equal(d->ports[1].name, "admin");
    assert_span(d->probe_port, "80");
}

static void test_addresses(void **state)
{
    (void)state;
    assert_int_equal(derived_address_port(SPAN_LIT("[::]:65535")), 65535);
    assert_int_equal(derived_address_port(SPAN_LIT(":65536")), 0);
    assert_int_equal(derived_address_port(SPAN_LIT("")), 0);
    assert_int_equal(derived_address_port(SPAN_LIT("a:")), 0);
    assert_true(derived_address_is_loopback(SPAN_LIT("127.1.2.3:80")));
    assert_true(derived_address_is_loopback(SPAN_LIT("[::1]:80")));
    assert_true(derived_address_is_loopback(SPAN_LIT("localhost:80")));
    assert_false(derived_address_is_loopback(SPAN_LIT(":80")));
    assert_false(derived_address_is_loopback(SPAN_LIT("localhost.example:80")));
}

static void test_the_volume_is_the_logs_directory(void **state)
{
    struct fixture *f = *state;
    static const char *const cases[][2] = {
        { "data/visits.log", "/data" }, { "/data/visits.log", "/data" }, { "/a/b/c.log", "/a/b" },
        { "a/b//c.log", "/a/b" },       { "visits.log", "/" },           { "/visits.log", "" },
    };
    for (size_t i = 0; i < countof(cases); i++) {
        fixture_load(f, arena_printf(&f->arena, "[log]\nfile = %s\n", cases[i][0]));
        assert_span(f->derived.volume_path, cases[i][1]);
    }
}

static void test_the_grace_covers_the_shutdown(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[serve]\ndrain = 1500ms\nfinish = 1s\n");
    assert_int_equal(f->derived.grace_s, 3 + 5);
    fixture_load(f, "[workload]\ngrace = 90s\n");
    assert_int_equal(f->derived.grace_s, 90);
}

static void test_files(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "");
    assert_span(derived_base_name(SPAN_LIT("/a/b.c")), "b.c");
    assert_span(derived_base_name(SPAN_LIT("/a/")), "");
    assert_true(derived_file_is_in_config(&f->profile, SPAN_LIT("/etc/app/x")));
    assert_false(derived_file_is_in_config(&f->profile, SPAN_LIT("/etc/app/x/y")));
    assert_false(derived_file_is_in_config(&f->profile, SPAN_LIT("/etc/appx")));
    assert_false(derived_file_is_in_config(&f->profile, SPAN_LIT("/etc/app")));
    assert_false(derived_file_is_in_config(&f->profile, SPAN_LIT("/etc/bpp/x")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_an_empty_profile_has_all_names),
        FIXTURE_TEST(test_given_names_win),
        FIXTURE_TEST(test_the_image),
        FIXTURE_TEST(test_a_version_becomes_a_label),
        FIXTURE_TEST(test_ports_come_from_the_listeners),
        FIXTURE_TEST(test_addresses),
        FIXTURE_TEST(test_the_volume_is_the_logs_directory),
        FIXTURE_TEST(test_the_grace_covers_the_shutdown),
        FIXTURE_TEST(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
