#include "base/std.h"

#include "visitlog_helper.h"

#include "base/escape.h"

static char memory[64 << 10];

/* One visit's line, without a log file: formatting needs the configuration only. */
static struct span line_of(enum visitlog_format format, const struct visitlog_visit *visit)
{
    static struct visitlog log;
    log.config = (struct visitlog_config){ .format = format, .pod = "app-0" };
    log.django_end = SPAN_LIT(" views 18 A client visited\n");
    struct visitlog_batch batch = visitlog_batch_on(memory, sizeof(memory));
    assert_true(visitlog_batch_add(&log, &batch, visit));
    assert_int_equal(batch.count, 1);
    return buf_span(&batch.lines);
}

static struct visitlog_visit client_visit(void)
{
    return (struct visitlog_visit){
        .when = { 784111777, 71203999 }, /* 1994-11-06 08:49:37 */
        .address = SPAN_LIT("203.0.113.9"),
        .method = SPAN_LIT("GET"),
        .target = SPAN_LIT("/?a=b"),
        .minor = 1,
        .status = 200,
        .referrer = SPAN_LIT("https://example.org/"),
        .user_agent = SPAN_LIT("curl/8.5"),
    };
}

static void test_the_lines_of_before_byte_for_byte(void **state)
{
    (void)state;
    struct visitlog_visit flask = { .when = { 1656512257, 71203000 } };
    assert_span(line_of(VISITLOG_VISITS, &flask), "Visit at: 2022-06-29 14:17:37.071203 \n");
    struct visitlog_visit django = { .when = { 1633360319, 390999999 } };
    assert_span(line_of(VISITLOG_DJANGO, &django),
                "INFO 2021-10-04 15:11:59,390 views 18 A client visited\n");
}

static void test_microseconds_are_always_six_digits(void **state)
{
    (void)state;
    struct visitlog_visit visit = { .when = { 1656512257, 0 } };
    assert_span(line_of(VISITLOG_VISITS, &visit), "Visit at: 2022-06-29 14:17:37.000000 \n");
    visit.when.tv_nsec = 999999999;
    assert_span(line_of(VISITLOG_VISITS, &visit), "Visit at: 2022-06-29 14:17:37.999999 \n");
    assert_span(line_of(VISITLOG_DJANGO, &visit),
                "INFO 2022-06-29 14:17:37,999 views 18 A client visited\n");
}

static void test_combined(void **state)
{
    (void)state;
    struct visitlog_visit visit = client_visit();
    assert_span(line_of(VISITLOG_COMBINED, &visit),
                "203.0.113.9 - - [06/Nov/1994:08:49:37 +0000] \"GET /?a=b HTTP/1.1\" 200 - "
                "\"https://example.org/\" \"curl/8.5\"\n");
    struct visitlog_visit unknown = { .when = { 0, 0 }, .status = 200 };
    assert_span(line_of(VISITLOG_COMBINED, &unknown),
                "- - - [01/Jan/1970:00:00:00 +0000] \"- - HTTP/1.0\" 200 - \"-\" \"-\"\n");
}

static void test_json(void **state)
{
    (void)state;
    struct visitlog_visit visit = client_visit();
    assert_span(line_of(VISITLOG_JSON, &visit),
                "{\"time\":\"1994-11-06T08:49:37.071203+00:00\",\"address\":\"203.0.113.9\","
                "\"method\":\"GET\",\"target\":\"/?a=b\",\"status\":200,"
                "\"referrer\":\"https://example.org/\",\"user_agent\":\"curl/8.5\","
                "\"pod\":\"app-0\"}\n");
}

static void test_times_are_in_the_zone_of_tz(void **state)
{
    (void)state;
    struct visitlog_visit visit = client_visit();
    setenv("TZ", "MSK-3", 1);
    tzset();
    assert_true(
        span_starts(line_of(VISITLOG_VISITS, &visit), SPAN_LIT("Visit at: 1994-11-06 11:49:37")));
    assert_true(span_has(line_of(VISITLOG_COMBINED, &visit), "[06/Nov/1994:11:49:37 +0300]"));
    assert_true(span_has(line_of(VISITLOG_JSON, &visit), "11:49:37.071203+03:00\""));
    setenv("TZ", "NST3:30", 1);
    tzset();
    assert_true(span_has(line_of(VISITLOG_COMBINED, &visit), "[06/Nov/1994:05:19:37 -0330]"));
    assert_true(span_has(line_of(VISITLOG_JSON, &visit), "05:19:37.071203-03:30\""));
    setenv("TZ", "UTC0", 1);
    tzset();
}

static void test_the_kept_second_is_renewed(void **state)
{
    (void)state;
    struct visitlog log = { .config = { .format = VISITLOG_VISITS } };
    struct visitlog_batch batch = visitlog_batch_on(memory, sizeof(memory));
    static const int64_t seconds[] = { 1656512257, 1656512257, 1656512258, 1656512257, 0 };
    for (size_t i = 0; i < countof(seconds); i++) {
        struct visitlog_visit visit = { .when = { seconds[i], 1000 } };
        assert_true(visitlog_batch_add(&log, &batch, &visit));
    }
    assert_int_equal(batch.count, 5);
    assert_span(buf_span(&batch.lines), "Visit at: 2022-06-29 14:17:37.000001 \n"
                                        "Visit at: 2022-06-29 14:17:37.000001 \n"
                                        "Visit at: 2022-06-29 14:17:38.000001 \n"
                                        "Visit at: 2022-06-29 14:17:37.000001 \n"
                                        "Visit at: 1970-01-01 00:00:00.000001 \n");
}

static void test_an_insane_clock_gives_a_whole_line(void **state)
{
    (void)state;
    static const int64_t seconds[] = { INT64_MIN, -1, 253402300800, INT64_MAX };
    for (size_t i = 0; i < countof(seconds); i++) {
        for (int format = VISITLOG_VISITS; format <= VISITLOG_JSON; format++) {
            struct visitlog_visit visit = client_visit();
            visit.when.tv_sec = seconds[i];
            struct span line = line_of((enum visitlog_format)format, &visit);
            assert_true(line_is_whole(span_from(line.ptr, line.len - 1)));
        }
    }
}

static void test_a_batch_is_full_before_a_longest_line_would_not_fit(void **state)
{
    (void)state;
    struct visitlog log = { .config = { .format = VISITLOG_VISITS } };
    struct visitlog_batch batch = visitlog_batch_on(memory, VISITLOG_LINE_MAX + 38);
    struct visitlog_visit visit = { .when = { 1, 1 } };
    assert_true(visitlog_batch_add(&log, &batch, &visit));
    assert_true(visitlog_batch_add(&log, &batch, &visit));
    assert_false(visitlog_batch_add(&log, &batch, &visit));
    assert_int_equal(batch.count, 2);
    assert_int_equal(batch.lines.len, 2 * 38);
}

/* ---- what clients may send ---- */

/* The address is the peer's in text, which has no space; all else is the client's choice. */
static struct visitlog_visit all_fields(struct span s)
{
    struct visitlog_visit visit = client_visit();
    visit.method = visit.target = visit.referrer = visit.user_agent = s;
    if (span_find(s, ' ') == -1)
        visit.address = s;
    return visit;
}

static bool is_hex(struct span s, size_t at, size_t digits)
{
    uint64_t value;
    return at + digits <= s.len && span_hex_to_u64(span_from(s.ptr + at, digits), &value);
}

/* No escape was cut in the middle. */
static void check_escapes(struct span line, enum visitlog_format format)
{
    for (size_t i = 0; i + 1 < line.len; i++) {
        if (line.ptr[i] != '\\')
            continue;
        char c = line.ptr[++i];
        if (format == VISITLOG_COMBINED)
            assert_true(c == 'x' && is_hex(line, i + 1, 2));
        else
            assert_true(c == 'u' ? is_hex(line, i + 1, 4) : strchr("\"\\nrt", c) != NULL);
    }
}

static void check_one_line(enum visitlog_format format, struct span field)
{
    struct visitlog_visit visit = all_fields(field);
    struct span line = line_of(format, &visit);
    assert_in_range(line.len, 1, VISITLOG_LINE_MAX);
    assert_int_equal(count_newlines_in(line), 1);
    assert_int_equal(line.ptr[line.len - 1], '\n');
    for (size_t i = 0; i + 1 < line.len; i++)
        assert_false((unsigned char)line.ptr[i] < 0x20 || line.ptr[i] == 0x7f);
    assert_true(escape_utf8_valid(line));
    check_escapes(line, format);
    assert_true(line_is_whole(span_from(line.ptr, line.len - 1)));
}

static void test_one_visit_is_one_line_whatever_is_sent(void **state)
{
    (void)state;
    static const struct span attacks[] = {
        SPAN_LIT("\nVisit at: 2022-06-29 14:17:37.071203 \n"),
        SPAN_LIT("\" 200 - \"-\" \"-\"\r\n6.6.6.6 - - [x] \"GET"),
        SPAN_LIT("\"},\n{\"time\":\"never\""),
        SPAN_LIT("\\\"\\"),
        SPAN_LIT("\\"),
        SPAN_LIT("\0\x01\x1b[2J\x7f"),
        SPAN_LIT("\xff\xfe\xc0\x80\xed\xa0\x80"),
        SPAN_LIT("\xe2\x80\xa8\xe2\x80\xa9\xc2\x85"),
        SPAN_LIT("\xf0\x9f\x98"),
        SPAN_LIT("{[{["),
    };
    for (size_t i = 0; i < countof(attacks); i++) {
        check_one_line(VISITLOG_COMBINED, attacks[i]);
        check_one_line(VISITLOG_JSON, attacks[i]);
    }
}

static void test_every_byte_value(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        char byte = (char)value;
        check_one_line(VISITLOG_COMBINED, span_from(&byte, 1));
        check_one_line(VISITLOG_JSON, span_from(&byte, 1));
    }
}

static void test_escapes_are_what_readers_expect(void **state)
{
    (void)state;
    struct visitlog_visit visit = client_visit();
    visit.user_agent = SPAN_LIT("a\"b\\c\nd\xc3\xa9");
    assert_true(
        span_has(line_of(VISITLOG_COMBINED, &visit), "\"a\\x22b\\x5cc\\x0ad\\xc3\\xa9\"\n"));
    assert_true(
        span_has(line_of(VISITLOG_JSON, &visit), "\"user_agent\":\"a\\\"b\\\\c\\nd\xc3\xa9\""));
}

static void test_long_fields_are_cut_at_whole_characters(void **state)
{
    (void)state;
    static char long_text[70000];
    static const char *const units[] = { "a",        "\n",           "\"",
                                         "\xc3\xa9", "\xff",         "\xf0\x9f\x98\x80",
                                         "ab\n",     "\xe2\x82\xac", "\x01" };
    for (size_t i = 0; i < countof(units); i++) {
        size_t unit_len = strlen(units[i]);
        for (size_t at = 0; at + unit_len <= sizeof(long_text); at += unit_len)
            memcpy(long_text + at, units[i], unit_len);
        size_t usable = sizeof(long_text) / unit_len * unit_len;
        for (size_t len = 780; len < 1720; len += 7) {
            check_one_line(VISITLOG_COMBINED, span_from(long_text, len / unit_len * unit_len));
            check_one_line(VISITLOG_JSON, span_from(long_text, len / unit_len * unit_len));
        }
        check_one_line(VISITLOG_COMBINED, span_from(long_text, usable));
        check_one_line(VISITLOG_JSON, span_from(long_text, usable));
    }
}

static void test_no_escape_is_cut_in_the_middle(void **state)
{
    (void)state;
    static char text[2000];
    static const char controls[] = "\n\x01\"";
    for (size_t i = 0; i + 1 < sizeof(controls); i++) {
        for (size_t plain = 0; plain < 12; plain++) {
            memset(text, controls[i], sizeof(text));
            memset(text, 'a', plain);
            check_one_line(VISITLOG_COMBINED, span_from(text, sizeof(text)));
            check_one_line(VISITLOG_JSON, span_from(text, sizeof(text)));
        }
    }
}

static void test_a_field_that_just_fits_is_not_cut(void **state)
{
    (void)state;
    static char text[801];
    memset(text, 'x', sizeof(text));
    struct visitlog_visit visit = client_visit();
    visit.user_agent = span_from(text, 800);
    size_t at_limit = line_of(VISITLOG_JSON, &visit).len;
    visit.user_agent.len = 801;
    assert_int_equal(line_of(VISITLOG_JSON, &visit).len, at_limit);
    visit.user_agent.len = 799;
    assert_int_equal(line_of(VISITLOG_JSON, &visit).len, at_limit - 1);
}

/* ---- whole lines ---- */

static void test_whole_lines_and_no_beginning_of_one(void **state)
{
    (void)state;
    static const char *const whole[] = {
        "Visit at: 2022-06-29 14:17:37.071203 ",
        "INFO 2021-10-04 15:11:59,390 views 18 A client visited",
        "203.0.113.9 - - [06/Nov/1994:08:49:37 +0000] \"GET / HTTP/1.1\" 200 - \"-\" \"a\\\"b\"",
        "::1 - bob [06/Nov/1994:08:49:37 +0000] \"GET / HTTP/1.1\" 404 12 \"-\" \"\"",
        "{\"time\":\"x\",\"target\":\"}{\\\"}\",\"a\":[1,{\"b\":2}],\"pod\":\"p\"}",
    };
    for (size_t i = 0; i < countof(whole); i++) {
        struct span line = span_of(whole[i]);
        assert_true(line_is_whole(line));
        for (size_t len = 0; len < line.len; len++)
            assert_false(line_is_whole(span_from(line.ptr, len)));
    }
}

static void test_python_leaves_zero_microseconds_out(void **state)
{
    (void)state;
    assert_true(line_is_whole(SPAN_LIT("Visit at: 2022-06-29 14:17:37 ")));
    assert_false(line_is_whole(SPAN_LIT("Visit at: 2022-06-29 14:17:37")));
    assert_false(line_is_whole(SPAN_LIT("Visit at: 2022-06-29 14:17:37.07 ")));
}

static void test_line_ends_of_other_systems(void **state)
{
    (void)state;
    assert_true(line_is_whole(SPAN_LIT("Visit at: 2022-06-29 14:17:37.071203 \r")));
    assert_false(line_is_whole(SPAN_LIT("\r")));
    assert_false(line_is_whole(SPAN_LIT("")));
}

static void test_what_is_no_line_of_ours(void **state)
{
    (void)state;
    static const char *const other[] = {
        "hello",
        "{}x",
        "}{",
        "{\"a\":\"\\",
        "]",
        "Visit at: 2022-06-29 14:17:37.071203 x",
        "INFO 2021-10-04 15:11:59,390 views x A client visited",
        "INFO 2021-10-04 15:11:59,390  18 A client visited",
        "a b c [06/Nov/1994:08:49:37 +0000] \"GET / HTTP/1.1\" 20 - \"-\" \"-\"",
    };
    for (size_t i = 0; i < countof(other); i++)
        assert_false(line_is_whole(span_of(other[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_lines_of_before_byte_for_byte),
        cmocka_unit_test(test_microseconds_are_always_six_digits),
        cmocka_unit_test(test_combined),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_times_are_in_the_zone_of_tz),
        cmocka_unit_test(test_the_kept_second_is_renewed),
        cmocka_unit_test(test_an_insane_clock_gives_a_whole_line),
        cmocka_unit_test(test_a_batch_is_full_before_a_longest_line_would_not_fit),
        cmocka_unit_test(test_one_visit_is_one_line_whatever_is_sent),
        cmocka_unit_test(test_every_byte_value),
        cmocka_unit_test(test_escapes_are_what_readers_expect),
        cmocka_unit_test(test_long_fields_are_cut_at_whole_characters),
        cmocka_unit_test(test_no_escape_is_cut_in_the_middle),
        cmocka_unit_test(test_a_field_that_just_fits_is_not_cut),
        cmocka_unit_test(test_whole_lines_and_no_beginning_of_one),
        cmocka_unit_test(test_python_leaves_zero_microseconds_out),
        cmocka_unit_test(test_line_ends_of_other_systems),
        cmocka_unit_test(test_what_is_no_line_of_ours),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
