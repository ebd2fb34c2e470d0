#include "base/std.h"

#include "visitlog/template.h"
#include "visitlog_helper.h"

static const struct visitlog_visit visit = {
    .when = { .tv_sec = 1656512257, .tv_nsec = 71203000 },
    .address = SPAN_LIT("192.0.2.7"),
    .method = SPAN_LIT("GET"),
    .target = SPAN_LIT("/?a=\"b\""),
    .minor = 1,
    .status = 200,
    .user_agent = SPAN_LIT("me\n\x1b\\"),
    .forwarded = SPAN_LIT("203.0.113.9"),
    .request_id = SPAN_LIT("r-1"),
};

static const char *line_of(const char *text)
{
    static char memory[VISITLOG_LINE_MAX];
    struct buf line = BUF_OF(memory);
    struct template t;
    struct err err = { 0 };
    struct civil when = clock_civil_utc(visit.when.tv_sec);
    const struct template_context context = { .when = &when, .pod = "app-0" };
    if (!template_compile(&t, span_of(text), &err))
        fail_msg("%s: %s", text, err.text);
    template_add(&t, &context, &visit, &line);
    buf_truncate(&line, line.len - 1);
    return buf_cstr(&line);
}

static void test_every_variable(void **state)
{
    (void)state;
    char pid[16];
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    assert_string_equal(line_of("$remote_addr|${remote_user}|$$|$time_local|$time_iso8601|$msec"),
                        "192.0.2.7|-|$|29/Jun/2022:14:17:37 +0000|2022-06-29T14:17:37+00:00|"
                        "1656512257.071");
    assert_string_equal(line_of("\"$request\" $request_method $request_uri $server_protocol"),
                        "\"GET /?a=\\x22b\\x22 HTTP/1.1\" GET /?a=\\x22b\\x22 HTTP/1.1");
    assert_string_equal(line_of("$status $body_bytes_sent ${http_referer}x $http_user_agent"),
                        "200 - -x me\\x0a\\x1b\\x5c");
    assert_string_equal(line_of("$http_x_forwarded_for $request_id $hostname"),
                        "203.0.113.9 r-1 app-0");
    assert_string_equal(line_of("$pid"), pid);
}

static void test_what_cannot_be_compiled(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        { "", "it is empty" },
        { "$nothing", "there is no variable '$nothing'; there are $remote_addr, " },
        { "a $", "there is no variable '$'" },
        { "${status", "a '${' has no '}'" },
        { "$request_uri$request_uri$request_uri", "of 4096 that it may have" },
    };
    for (size_t i = 0; i < countof(bad); i++) {
        struct template t;
        struct err err = { 0 };
        assert_false(template_compile(&t, span_of(bad[i][0]), &err));
        if (!strstr(err.text, bad[i][1]))
            fail_msg("'%s' is not in '%s'", bad[i][1], err.text);
    }
    char many[4 * TEMPLATE_PIECES_MAX];
    struct buf b = BUF_OF(many);
    for (int i = 0; i <= TEMPLATE_PIECES_MAX; i++)
        buf_add_str(&b, "$$");
    struct template t;
    struct err err = { 0 };
    assert_false(template_compile(&t, buf_span(&b), &err));
}

static void test_the_longest_fields_fit(void **state)
{
    (void)state;
    static char text[10000];
    static char memory[VISITLOG_LINE_MAX];
    memset(text, '"', sizeof(text));
    struct span whole = span_from(text, sizeof(text));
    const struct visitlog_visit longest = { .address = whole,
                                            .method = whole,
                                            .target = whole,
                                            .referrer = whole,
                                            .user_agent = whole,
                                            .forwarded = whole,
                                            .request_id = whole,
                                            .status = 200 };
    struct template t;
    struct err err = { 0 };
    struct buf line = BUF_OF(memory);
    struct civil when = clock_civil_utc(0);
    const struct template_context context = { .when = &when, .pod = text };
    text[sizeof(text) - 1] = '\0';
    assert_true(template_compile(&t,
                                 SPAN_LIT("$remote_addr $request $http_referer $http_user_agent "
                                          "$http_x_forwarded_for $request_id $hostname $msec"),
                                 &err));
    template_add(&t, &context, &longest, &line);
    assert_false(line.overflow);
    assert_true(memory[line.len - 1] == '\n');
    assert_int_equal(count_newlines_in(buf_span(&line)), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_variable),
        cmocka_unit_test(test_what_cannot_be_compiled),
        cmocka_unit_test(test_the_longest_fields_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
