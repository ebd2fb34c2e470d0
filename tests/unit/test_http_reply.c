#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "http/reply.h"

static char memory[REPLY_MAX];
static struct buf out;
static struct reply_date date;

static int set_up(void **state)
{
    (void)state;
    out = BUF_OF(memory);
    date = (struct reply_date){ 0 };
    reply_date_update(&date, 784111777);
    return 0;
}

static void expect(const char *text)
{
    assert_int_equal(out.len, strlen(text));
    assert_memory_equal(out.ptr, text, out.len);
}

static const struct http_reply page = {
    .status = 200,
    .content_type = { "text/plain", 10 },
    .no_store = true,
    .body = { "hi\n", 3 },
};

static void test_a_page(void **state)
{
    (void)state;
    reply_add(&out, &page, &date, REPLY_PERSIST, false);
    expect("HTTP/1.1 200 OK\r\nServer: app\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
           "Content-Type: text/plain\r\nCache-Control: no-store\r\nContent-Length: 3\r\n\r\nhi\n");
}

static void test_head_has_the_length_and_no_body(void **state)
{
    (void)state;
    reply_add(&out, &page, &date, REPLY_CLOSE, true);
    expect("HTTP/1.1 200 OK\r\nServer: app\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
           "Content-Type: text/plain\r\nCache-Control: no-store\r\nConnection: close\r\n"
           "Content-Length: 3\r\n\r\n");
}

static void test_204_has_neither(void **state)
{
    (void)state;
    struct http_reply reply = { .status = 204, .allow = SPAN_LIT("GET") };
    reply_add(&out, &reply, &date, REPLY_KEEP_ALIVE, false);
    expect("HTTP/1.1 204 No Content\r\nServer: app\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
           "Allow: GET\r\nConnection: keep-alive\r\n\r\n");
}

static void test_errors(void **state)
{
    (void)state;
    reply_add_error(&out, 503, "later", &date);
    expect("HTTP/1.1 503 Service Unavailable\r\nServer: app\r\n"
           "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain; charset=utf-8\r\n"
           "Cache-Control: no-store\r\nRetry-After: 1\r\nConnection: close\r\n"
           "Content-Length: 31\r\n\r\n503 Service Unavailable: later\n");
}

static void test_the_date_moves_with_the_second(void **state)
{
    (void)state;
    struct reply_date before = date;
    reply_date_update(&date, 784111777);
    assert_memory_equal(&before, &date, sizeof(date));
    reply_date_update(&date, 784111778);
    assert_non_null(strstr(date.text, "08:49:38 GMT"));
}

static void test_answers_follow_each_other(void **state)
{
    (void)state;
    reply_add_continue(&out);
    size_t first = out.len;
    assert_memory_equal(out.ptr, "HTTP/1.1 100 Continue\r\n\r\n", first);
    reply_add(&out, &page, &date, REPLY_PERSIST, false);
    assert_memory_equal(out.ptr + first, "HTTP/1.1 200 OK", 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_page, set_up),
        cmocka_unit_test_setup(test_head_has_the_length_and_no_body, set_up),
        cmocka_unit_test_setup(test_204_has_neither, set_up),
        cmocka_unit_test_setup(test_errors, set_up),
        cmocka_unit_test_setup(test_the_date_moves_with_the_second, set_up),
        cmocka_unit_test_setup(test_answers_follow_each_other, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
