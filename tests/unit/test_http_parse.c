#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/buf.h"
#include "http/parse.h"

static struct parse_head head;

/* The result of the whole input; the same must come of every way to deliver it. */
static ptrdiff_t parse(struct span input)
{
    ptrdiff_t whole = parse_head(&head, input);
    ptrdiff_t last = 0;
    for (size_t n = 1; n <= input.len && last == 0; n++) {
        /* A copy that ends where the input ends: reading past it is seen by the sanitizer. */
        char *copy = test_malloc(n);
        memcpy(copy, input.ptr, n);
        last = parse_head(&head, span_from(copy, n));
        test_free(copy);
    }
    assert_int_equal(last, whole);
    return parse_head(&head, input);
}

static ptrdiff_t parse_text(const char *text)
{
    return parse(span_of(text));
}

static void test_a_plain_request(void **state)
{
    (void)state;
    const char *text = "GET /a%20b?c=d HTTP/1.1\r\nHost: h:1\r\nUser-Agent:  x y\t\r\n\r\nrest";
    assert_int_equal(parse_text(text), strlen(text) - 4);
    assert_int_equal(head.request.method, HTTP_GET);
    assert_int_equal(head.request.minor, 1);
    assert_true(span_eq_str(head.request.target, "/a%20b?c=d"));
    assert_true(span_eq_str(head.request.path, "/a b"));
    assert_true(span_eq_str(head.request.query, "c=d"));
    assert_true(span_eq_str(head.request.host, "h:1"));
    assert_true(span_eq_str(http_request_field(&head.request, "user-agent"), "x y"));
    assert_null(http_request_field(&head.request, "Accept").ptr);
    assert_int_equal(head.request.field_count, 2);
    assert_int_equal(head.body, PARSE_NO_BODY);
    assert_false(head.close);
}

static void test_forms_of_the_target(void **state)
{
    (void)state;
    assert_true(parse_text("GET http://a:8080/x?y HTTP/1.1\r\nHost: b\r\n\r\n") > 0);
    assert_true(span_eq_str(head.request.host, "a:8080"));
    assert_true(span_eq_str(head.request.path, "/x"));
    assert_true(span_eq_str(head.request.query, "y"));
    assert_true(parse_text("GET HTTPS://a?y HTTP/1.1\r\nHost: b\r\n\r\n") > 0);
    assert_true(span_eq_str(head.request.path, "/"));
    assert_true(span_eq_str(head.request.query, "y"));
    assert_true(parse_text("OPTIONS * HTTP/1.1\r\nHost: b\r\n\r\n") > 0);
    assert_true(span_eq_str(head.request.path, "*"));
    assert_int_equal(parse_text("POST * HTTP/1.1\r\nHost: b\r\n\r\n"), -400);
    assert_int_equal(parse_text("GET h:80 HTTP/1.1\r\nHost: b\r\n\r\n"), -400);
}

static void test_connection_and_version(void **state)
{
    (void)state;
    assert_true(parse_text("GET / HTTP/1.0\r\n\r\n") > 0);
    assert_true(head.close);
    assert_int_equal(head.request.minor, 0);
    assert_true(parse_text("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") > 0);
    assert_false(head.close);
    assert_true(parse_text("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n") > 0);
    assert_true(head.close);
    assert_true(
        parse_text("GET / HTTP/1.1\r\nHost: x\r\nConnection: a\r\nConnection: cLoSe\r\n\r\n") > 0);
    assert_true(head.close);
    assert_true(parse_text("GET / HTTP/1.1\r\nHost: x\r\nConnection: closed\r\n\r\n") > 0);
    assert_false(head.close);
}

static void test_framing(void **state)
{
    (void)state;
    assert_true(parse_text("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 007\r\n\r\n") > 0);
    assert_int_equal(head.body, PARSE_LENGTH);
    assert_int_equal(head.content_length, 7);
    assert_true(parse_text("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") > 0);
    assert_int_equal(head.body, PARSE_NO_BODY);
    assert_true(parse_text("POST / HTTP/1.1\r\nHost: x\r\ntransfer-encoding: CHUNKED\r\n\r\n") > 0);
    assert_int_equal(head.body, PARSE_CHUNKED);
    assert_true(parse_text("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\n\r\n") > 0);
    assert_true(head.expect_continue);
    assert_true(parse_text("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n") > 0);
    assert_false(head.expect_continue);
}

static void test_every_byte_in_every_place(void **state)
{
    (void)state;
    static const char token[] = "!#$%&'*+-.^_`|~";
    for (unsigned c = 0; c < 256; c++) {
        bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        bool is_token = alnum || (c && strchr(token, (int)c));
        bool is_value = c == '\t' || (c >= 0x20 && c != 0x7f);
        assert_int_equal(parse_is_token((char)c), is_token);
        assert_int_equal(parse_is_value((char)c), is_value);
        char name[] = "GET / HTTP/1.1\r\nHost: x\r\nA?: b\r\n\r\n";
        *strchr(name, '?') = (char)c;
        struct span input = span_from(name, sizeof(name) - 1);
        /* A colon, or the end of the line, makes another line of it. */
        if (c != ':' && c != '\n')
            assert_int_equal(parse(input) > 0, is_token);
        char value[] = "GET / HTTP/1.1\r\nHost: x\r\nA: b?c\r\n\r\n";
        *strchr(value, '?') = (char)c;
        if (c != '\n')
            assert_int_equal(parse(span_from(value, sizeof(value) - 1)) > 0, is_value);
        char target[] = "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n";
        *strchr(target, '?') = (char)c;
        bool is_target = c > 0x20 && c < 0x7f && c != '#' && c != '%';
        if (c != '\n')
            assert_int_equal(parse(span_from(target, sizeof(target) - 1)) > 0, is_target);
    }
}

static void test_limits_are_exact(void **state)
{
    (void)state;
    static char memory[PARSE_HEAD_MAX + 4096];
    static const struct {
        size_t target;
        size_t value;
        ptrdiff_t status;
    } cases[] = {
        { PARSE_TARGET_MAX, 1, 0 },    { PARSE_TARGET_MAX + 1, 1, -414 },
        { 1, PARSE_VALUE_MAX, 0 },     { 1, PARSE_VALUE_MAX + 1, -431 },
        { 1, PARSE_FIELDS_MAX, -431 },
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct buf b = BUF_OF(memory);
        buf_add_str(&b, "GET /");
        for (size_t n = 1; n < cases[i].target; n++)
            buf_add_char(&b, 'a');
        buf_add_str(&b, " HTTP/1.1\r\nHost: x\r\nA: ");
        for (size_t n = 0; n < cases[i].value; n++)
            buf_add_char(&b, 'a');
        buf_add_str(&b, "\r\n\r\n");
        ptrdiff_t result = parse_head(&head, buf_span(&b));
        assert_int_equal(result > 0 ? 0 : result, cases[i].status);
    }
}

static void test_the_number_of_fields(void **state)
{
    (void)state;
    char memory[4096];
    for (size_t count = HTTP_FIELDS_MAX - 1; count <= HTTP_FIELDS_MAX; count++) {
        struct buf b = BUF_OF(memory);
        buf_add_str(&b, "GET / HTTP/1.1\r\nHost: x\r\n");
        for (size_t i = 0; i < count; i++)
            buf_add_str(&b, "A: b\r\n");
        buf_add_str(&b, "\r\n");
        ptrdiff_t result = parse(buf_span(&b));
        assert_int_equal(result > 0, count == HTTP_FIELDS_MAX - 1);
    }
}

static void test_what_is_not_complete_needs_more(void **state)
{
    (void)state;
    static const char *const texts[] = { "G",
                                         "GET / HTTP/1.1",
                                         "GET / HTTP/1.1\r",
                                         "GET / HTTP/1.1\r\nHost: x\r\n",
                                         "GET / HTTP/1.1\r\nHost: x\r\n\r",
                                         "\r",
                                         "\r\n" };
    for (size_t i = 0; i < countof(texts); i++)
        assert_int_equal(parse_text(texts[i]), 0);
    assert_int_equal(parse_head(&head, (struct span){ 0 }), 0);
}

static void test_errors_say_why(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int status;
    } cases[] = {
        { "\x16\x03\x01", 400 },
        { "GET / HTTP/1.1\r\n\r\n", 400 },
        { "get / HTTP/1.1\r\n\r\n", 501 },
        { "GET / HTTP/3.0\r\n\r\n", 505 },
        { "GET / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n", 417 },
        { "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: br\r\n\r\n", 501 },
    };
    for (size_t i = 0; i < countof(cases); i++) {
        assert_int_equal(parse_text(cases[i].text), -cases[i].status);
        assert_true(strlen(head.why) > 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plain_request),
        cmocka_unit_test(test_forms_of_the_target),
        cmocka_unit_test(test_connection_and_version),
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_every_byte_in_every_place),
        cmocka_unit_test(test_limits_are_exact),
        cmocka_unit_test(test_the_number_of_fields),
        cmocka_unit_test(test_what_is_not_complete_needs_more),
        cmocka_unit_test(test_errors_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
