#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/buf.h"
#include "http/answer.h"

static void test_a_head_is_taken_whole_however_it_comes(void **state)
{
    (void)state;
    const struct span text = SPAN_LIT("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\n"
                                      "Content-Length: 3\r\n\r\nabc");
    struct answer a;
    for (size_t n = 0; n < text.len - 3; n++)
        assert_int_equal(answer_parse(&a, span_from(text.ptr, n)), 0);
    for (size_t n = text.len - 3; n <= text.len; n++) {
        assert_int_equal(answer_parse(&a, span_from(text.ptr, n)), text.len - 3);
        assert_int_equal(a.status, 404);
        assert_true(span_eq_str(a.reason, "Not Found"));
    }
}

static void test_what_servers_leave_out(void **state)
{
    (void)state;
    struct answer a;
    assert_int_equal(answer_parse(&a, SPAN_LIT("HTTP/1.0 200\r\n\r\n")), 16);
    assert_int_equal(a.reason.len, 0);
    assert_int_equal(answer_parse(&a, SPAN_LIT("HTTP/1.1 200 \n\n")), 15);
    assert_int_equal(a.status, 200);
}

static void test_what_is_no_answer(void **state)
{
    (void)state;
    static const char *const bad[] = { "X",
                                       "HTTP/2",
                                       "HTTP/1.2 200 OK\r\n\r\n",
                                       "HTTP/1.1 20 OK\r\n\r\n",
                                       "HTTP/1.1 600 OK\r\n\r\n",
                                       "HTTP/1.1 099 OK\r\n\r\n",
                                       "HTTP/1.1 2000\r\n\r\n",
                                       "HTTP/1.1  200\r\n\r\n",
                                       "SSH-2.0-x\r\n",
                                       "\r\n" };
    struct answer a;
    for (size_t i = 0; i < countof(bad); i++) {
        if (answer_parse(&a, span_of(bad[i])) != -1)
            fail_msg("was taken: %s", bad[i]);
    }
}

static void test_a_head_without_end(void **state)
{
    (void)state;
    static char memory[ANSWER_HEAD_MAX + 1];
    struct buf b = BUF_OF(memory);
    struct answer a;
    buf_add_str(&b, "HTTP/1.1 200 OK\r\n");
    while (b.len < ANSWER_HEAD_MAX - 1)
        buf_add_char(&b, 'x');
    assert_int_equal(answer_parse(&a, buf_span(&b)), 0);
    buf_add_char(&b, 'x');
    assert_int_equal(answer_parse(&a, buf_span(&b)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_head_is_taken_whole_however_it_comes),
        cmocka_unit_test(test_what_servers_leave_out),
        cmocka_unit_test(test_what_is_no_answer),
        cmocka_unit_test(test_a_head_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
