#include "base/std.h"

#include "visitlog_helper.h"

/* What became of a file: its bytes after open, one visit, and close. */
struct outcome {
    struct span content; /* without the visit that the test appended */
    uint64_t counted;    /* at open */
};

static const char appended[] = "Visit at: 2022-06-29 14:17:37.000042 \n";

/* Opens a log with that content, appends one visit, closes, opens again. */
static struct outcome reopen_with(struct scratch *s, struct span content)
{
    uint64_t number;
    file_put(s->path, content);
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    struct outcome out = { .counted = visitlog_count(log) };
    assert_int_equal(append_visits(log, 42, 1, &number), VISITLOG_GOOD);
    assert_int_equal(number, out.counted + 1);
    scratch_close(log);

    log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    assert_int_equal(visitlog_count(log), number);
    scratch_close(log);
    scratch_forget(s);

    out.content = file_get(s->path);
    assert_true(span_ends(out.content, SPAN_LIT(appended)));
    out.content.len -= sizeof(appended) - 1;
    assert_int_equal(count_newlines_in(out.content), out.counted);
    return out;
}

static void check_kept(struct scratch *s, struct span content, struct span kept, uint64_t count)
{
    struct outcome out = reopen_with(s, content);
    if (!span_eq(out.content, kept))
        fail_msg("of '%.*s' stayed '%.*s'", SPAN_ARG(content), SPAN_ARG(out.content));
    assert_int_equal(out.counted, count);
}

static void check_kept_as_is(struct scratch *s, struct span content, uint64_t count)
{
    check_kept(s, content, content, count);
}

/* Cuts at every byte of the last three of five lines; `whole_len` is the length of a line, its
 * newline not counted, from which on it is a whole record. */
static void check_every_cut(struct scratch *s, struct span lines)
{
    size_t line_len = lines.len / 5;
    assert_int_equal(count_newlines_in(lines), 5);
    for (size_t len = 2 * line_len; len <= lines.len; len++) {
        size_t whole = len / line_len;
        char expected[512];
        struct buf want = BUF_OF(expected);
        buf_add(&want, lines.ptr, whole * line_len);
        if (len % line_len == line_len - 1) { /* only the newline is missing */
            buf_add(&want, lines.ptr + whole * line_len, line_len);
            whole++;
        }
        check_kept(s, span_from(lines.ptr, len), buf_span(&want), whole);
    }
}

static void test_flask_cut_at_every_byte(void **state)
{
    check_every_cut(*state, SPAN_LIT("Visit at: 2022-06-29 14:17:37.071203 \n"
                                     "Visit at: 2022-06-29 14:17:37.170014 \n"
                                     "Visit at: 2022-06-29 14:17:42.804386 \n"
                                     "Visit at: 2022-06-29 14:17:42.809456 \n"
                                     "Visit at: 2022-06-29 14:17:52.798923 \n"));
}

static void test_django_cut_at_every_byte(void **state)
{
    check_every_cut(*state, SPAN_LIT("INFO 2021-10-04 15:11:59,390 views 18 A client visited\n"
                                     "INFO 2021-10-04 15:22:24,308 views 18 A client visited\n"
                                     "INFO 2021-10-04 15:22:27,369 views 18 A client visited\n"
                                     "INFO 2021-10-04 15:22:42,432 views 18 A client visited\n"
                                     "INFO 2021-10-04 15:22:47,560 views 18 A client visited\n"));
}

static void test_combined_cut_at_every_byte(void **state)
{
#define COMBINED_LINE "::1 - - [06/Nov/1994:08:49:37 +0000] \"GET / HTTP/1.1\" 200 - \"-\" \"a\"\n"
    check_every_cut(
        *state, SPAN_LIT(COMBINED_LINE COMBINED_LINE COMBINED_LINE COMBINED_LINE COMBINED_LINE));
#undef COMBINED_LINE
}

static void test_json_cut_at_every_byte(void **state)
{
#define JSON_LINE                                                                                  \
    "{\"time\":\"1994-11-06T08:49:37.071203+00:00\",\"target\":\"/}\",\"pod\":\"p\"}\n"
    check_every_cut(*state, SPAN_LIT(JSON_LINE JSON_LINE JSON_LINE JSON_LINE JSON_LINE));
#undef JSON_LINE
}

#define ONE "Visit at: 2022-06-29 14:17:37.071203 \n"

static void test_nul_tails(void **state)
{
    static const size_t lengths[] = { 1,    2,    7,     511,   512,   513,
                                      4095, 4096, 65535, 65536, 65537, 300000 };
    static const char *const before[] = { "", ONE, ONE "Visit at: 2022-0", ONE "garbage" };
    static char content[400000];
    for (size_t i = 0; i < countof(lengths); i++) {
        for (size_t k = 0; k < countof(before); k++) {
            size_t len = strlen(before[k]);
            memset(content, 0, sizeof(content));
            memcpy(content, before[k], len);
            size_t kept = before[k][0] ? sizeof(ONE) - 1 : 0;
            check_kept(*state, span_from(content, len + lengths[i]), span_from(content, kept),
                       kept ? 1 : 0);
        }
    }
}

static void test_every_nul_tail_up_to_a_page(void **state)
{
    static char content[sizeof(ONE) + 4096];
    memcpy(content, ONE, sizeof(ONE) - 1);
    for (size_t nuls = 1; nuls <= 4096; nuls += nuls < 64 ? 1 : 61)
        check_kept(*state, span_from(content, sizeof(ONE) - 1 + nuls), SPAN_LIT(ONE), 1);
}

static void test_a_whole_line_before_nuls_is_kept(void **state)
{
    check_kept(*state, SPAN_LIT(ONE "Visit at: 2022-06-29 14:17:37.071203 \0\0\0\0"),
               SPAN_LIT(ONE ONE), 2);
}

static void test_nuls_before_a_torn_line_go_with_it(void **state)
{
    check_kept(*state, SPAN_LIT(ONE "\0\0\0\0Visit at: 2022"), SPAN_LIT(ONE), 1);
}

static void test_files_of_before_are_taken_as_they_are(void **state)
{
    check_kept_as_is(*state, SPAN_LIT(""), 0);
    check_kept_as_is(*state, SPAN_LIT("\n"), 1);
    check_kept_as_is(*state, SPAN_LIT("\n\n\n\n"), 4);
    check_kept_as_is(*state, SPAN_LIT("Visit at: 2022-06-29 14:17:37 \n"), 1);
    check_kept_as_is(*state, SPAN_LIT("Visit at: 2022-06-29 14:17:37.071203 \r\n\r\n"), 2);
    check_kept_as_is(*state, SPAN_LIT("\xef\xbb\xbf" ONE), 1);
    check_kept_as_is(*state, SPAN_LIT("\xef\xbb\xbf"), 0);
    check_kept_as_is(*state, SPAN_LIT("hello\nVisit\xff\0\x01 at\n" ONE), 3);
    check_kept_as_is(*state, SPAN_LIT("Visit at: 20\n" ONE), 2);
    check_kept_as_is(*state,
                     SPAN_LIT("INFO 2021-10-04 15:11:59,390 views 18 A client visited\n" ONE), 2);
}

static void test_last_lines_without_newline(void **state)
{
    check_kept(*state, SPAN_LIT("Visit at: 2022-06-29 14:17:37.071203 "), SPAN_LIT(ONE), 1);
    check_kept(*state, SPAN_LIT("\xef\xbb\xbfVisit at: 2022-06-29 14:17:37.071203 "),
               SPAN_LIT("\xef\xbb\xbf" ONE), 1);
    check_kept(*state, SPAN_LIT(ONE "Visit at: 2022-06-29 14:17:37.071203 \r"),
               SPAN_LIT(ONE "Visit at: 2022-06-29 14:17:37.071203 \r\n"), 2);
    check_kept(*state, SPAN_LIT("\xef\xbb\xbfVisit"), SPAN_LIT("\xef\xbb\xbf"), 0);
    check_kept(*state, SPAN_LIT("Visit at"), SPAN_LIT(""), 0);
    check_kept(*state, SPAN_LIT("\n \r"), SPAN_LIT("\n"), 1);
}

static void test_what_cannot_be_a_line_of_ours_is_kept(void **state)
{
    static char content[VISITLOG_TAIL_BYTES + 10];
    static char kept[VISITLOG_TAIL_BYTES + 11];
    memset(content, 'x', sizeof(content));
    memset(kept, 'x', sizeof(kept));
    kept[sizeof(kept) - 1] = '\n';
    check_kept(*state, span_from(content, sizeof(content)), span_from(kept, sizeof(kept)), 1);
    /* One newline within the tail, and it is a torn line again. */
    content[20] = '\n';
    check_kept(*state, span_from(content, sizeof(content)), span_from(content, 21), 1);
}

static void test_large_files_are_counted(void **state)
{
    enum { LINES = 40000 };
    static char content[LINES * (sizeof(ONE) - 1) + 3];
    for (size_t i = 0; i < LINES; i++)
        memcpy(content + i * (sizeof(ONE) - 1), ONE, sizeof(ONE) - 1);
    size_t len = sizeof(content) - 3;
    memcpy(content + len, "Vis", 3);
    check_kept(*state, span_from(content, sizeof(content)), span_from(content, len), LINES);
    memset(content, '\n', sizeof(content));
    check_kept_as_is(*state, span_from(content, sizeof(content)), sizeof(content));
    /* The counter adds up eight bytes at a time: no other value may pass for a newline. */
    for (size_t i = 0; i < sizeof(content); i++)
        content[i] = (char)(i % 256);
    content[sizeof(content) - 1] = '\n';
    check_kept_as_is(*state, span_from(content, sizeof(content)),
                     count_newlines_in(span_from(content, sizeof(content))));
}

static void test_a_cut_is_reported_with_its_bytes(void **state)
{
    struct scratch *s = *state;
    file_put(s->path, SPAN_LIT(ONE "Visit\n at: \x1b[2J\nVis\x1b\"it"));
    int kept = capture_begin(s);
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    struct span said = capture_end(s, kept);
    assert_true(span_has(said, "level=warn"));
    assert_true(span_has(said, "cut a torn end off the log"));
    assert_true(span_has(said, " bytes=7 "));
    assert_true(span_has(said, "torn=\"Vis\\u001b\\\"it\""));
    assert_int_equal(count_newlines_in(said), 1);
    scratch_close(log);
}

static void test_a_clean_log_is_opened_without_a_word(void **state)
{
    struct scratch *s = *state;
    file_put(s->path, SPAN_LIT(ONE));
    int kept = capture_begin(s);
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    assert_int_equal(capture_end(s, kept).len, 0);
    scratch_close(log);
}

static void test_the_window_is_given_back(void **state)
{
    struct scratch *s = *state;
    file_put(s->path, SPAN_LIT(ONE));
    size_t before = s->arena.used;
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    assert_true(s->arena.used - before < 64 << 10);
    scratch_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flask_cut_at_every_byte),
        cmocka_unit_test(test_django_cut_at_every_byte),
        cmocka_unit_test(test_combined_cut_at_every_byte),
        cmocka_unit_test(test_json_cut_at_every_byte),
        cmocka_unit_test(test_nul_tails),
        cmocka_unit_test(test_every_nul_tail_up_to_a_page),
        cmocka_unit_test(test_a_whole_line_before_nuls_is_kept),
        cmocka_unit_test(test_nuls_before_a_torn_line_go_with_it),
        cmocka_unit_test(test_files_of_before_are_taken_as_they_are),
        cmocka_unit_test(test_last_lines_without_newline),
        cmocka_unit_test(test_what_cannot_be_a_line_of_ours_is_kept),
        cmocka_unit_test(test_large_files_are_counted),
        cmocka_unit_test(test_a_cut_is_reported_with_its_bytes),
        cmocka_unit_test(test_a_clean_log_is_opened_without_a_word),
        cmocka_unit_test(test_the_window_is_given_back),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
