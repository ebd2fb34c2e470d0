#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/buf.h"
#include "http/body.h"

enum { MAX_BYTES = 1000 };

/* Bytes taken until the end, 0 when the end is not there, or the negative status; the same for
 * the whole, for every cut in two, and byte by byte. */
static ptrdiff_t run(struct body begin, const char *text, size_t first_piece)
{
    struct span input = span_of(text);
    size_t at = 0;
    size_t piece = first_piece;
    while (at < input.len && !body_done(&begin)) {
        size_t len = min_size(piece, input.len - at);
        ptrdiff_t n = body_skip(&begin, span_from(input.ptr + at, len), MAX_BYTES);
        if (n < 0)
            return n;
        assert_true((size_t)n == len || body_done(&begin));
        at += (size_t)n;
        piece = first_piece == 1 ? 1 : input.len;
    }
    return body_done(&begin) ? (ptrdiff_t)at : 0;
}

static ptrdiff_t take(struct body begin, const char *text)
{
    ptrdiff_t whole = run(begin, text, strlen(text) + 1);
    for (size_t cut = 1; cut <= strlen(text); cut++)
        assert_int_equal(run(begin, text, cut), whole);
    return whole;
}

static void test_a_length(void **state)
{
    (void)state;
    assert_int_equal(take(body_of_length(5), "helloGET"), 5);
    assert_int_equal(take(body_of_length(5), "hell"), 0);
    struct body none = body_of_length(0);
    assert_true(body_done(&none));
    struct body large = body_of_length(MAX_BYTES + 1);
    assert_int_equal(body_skip(&large, (struct span){ 0 }, MAX_BYTES), -413);
    struct body exact = body_of_length(MAX_BYTES);
    assert_int_equal(body_skip(&exact, (struct span){ 0 }, MAX_BYTES), 0);
}

static void test_good_chunks(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0\r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
        "A\r\n0123456789\r\n00\r\n\r\n",
        "1;a\r\nx\r\n0;b=c;d=\"e\\\"f\tg\"\r\n\r\n",
        "2\r\n\r\n\r\n0\r\n\r\n",
        "0\r\nA: b\r\nC:\r\n\r\n",
        "000000000000005\r\nhello\r\n0\r\n\r\n",
    };
    char memory[128];
    for (size_t i = 0; i < countof(texts); i++) {
        struct buf b = BUF_OF(memory);
        buf_add_str(&b, texts[i]);
        buf_add_str(&b, "GET / HTTP/1.1\r\n");
        assert_int_equal(take(body_chunked(), buf_cstr(&b)), strlen(texts[i]));
    }
}

static void test_bad_chunks(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\r\n",
        "x\r\n",
        " 1\r\n",
        "1 \r\n",
        "+1\r\n",
        "0x1\r\n",
        "1\n",
        "1\rx",
        "1\r\nxx\r\n",
        "1\r\nx\n",
        "1\r\nx\r\r",
        "1;\r\n",
        "1;=\r\n",
        "1;a=\r\n",
        "1;a b\r\n",
        "1;a=\"b\n",
        "1;a=\"b\" \r\n",
        "1;a=\"\\\n\"\r\n",
        "0\r\n:x\r\n\r\n",
        "0\r\n A: b\r\n\r\n",
        "0\r\nA\r\n",
        "0\r\nA: b\n\r\n",
        "0\r\nA: b\r\n\n",
        "0\r\n\rx",
        "0\r\nA : b\r\n\r\n",
        "0000000000000005\r\n",
    };
    for (size_t i = 0; i < countof(texts); i++)
        assert_int_equal(take(body_chunked(), texts[i]), -400);
}

static void test_limits(void **state)
{
    (void)state;
    assert_int_equal(take(body_chunked(), "3e9\r\n"), -413);
    char memory[8192];
    struct buf b = BUF_OF(memory);
    buf_add_str(&b, "3e8\r\n");
    for (int i = 0; i < MAX_BYTES; i++)
        buf_add_char(&b, 'x');
    buf_add_str(&b, "\r\n1\r\n");
    assert_int_equal(take(body_chunked(), buf_cstr(&b)), -413);
    buf_reset(&b);
    buf_add_str(&b, "0\r\nA: ");
    for (int i = 0; i < 4097; i++)
        buf_add_char(&b, 'x');
    assert_int_equal(run(body_chunked(), buf_cstr(&b), 1), -431);
    buf_reset(&b);
    buf_add_str(&b, "0;");
    for (int i = 0; i < 4097; i++)
        buf_add_char(&b, 'x');
    assert_int_equal(run(body_chunked(), buf_cstr(&b), 1), -400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_length),
        cmocka_unit_test(test_good_chunks),
        cmocka_unit_test(test_bad_chunks),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
