/*
 * The patch vendor/patches/libinih/01-discard-empty-piece: a line over INI_MAX_LINE whose rest
 * begins with a NUL byte. Without the patch AddressSanitizer stops this test.
 */
#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>
#include <ini.h>

struct text {
    const char *at;
    size_t left;
};

/* As fgets: at most `room` - 1 bytes, up to and with a newline; NUL bytes are bytes. */
static char *read_piece(char *to, int room, void *stream)
{
    struct text *text = stream;
    size_t n = 0;
    while (text->left && n + 1 < (size_t)room) {
        to[n++] = *text->at;
        text->left--;
        if (*text->at++ == '\n')
            break;
    }
    to[n] = '\0';
    return n ? to : NULL;
}

static int ignore(void *user, const char *section, const char *name, const char *value, int line)
{
    (void)user;
    (void)section;
    (void)name;
    (void)value;
    (void)line;
    return 1;
}

static void test_a_discarded_piece_may_be_empty(void **state)
{
    (void)state;
    enum { LINE = INI_MAX_LINE - 1, SIZE = LINE + 64 };
    static char bytes[SIZE];
    memset(bytes, 'a', sizeof(bytes));
    memcpy(bytes, "[s]\nkey=", 8);
    /* The line's rest after the limit begins with a NUL. */
    memset(bytes + 4 + LINE, '\0', 20);
    bytes[SIZE - 1] = '\n';
    struct text text = { bytes, sizeof(bytes) };
    assert_int_equal(ini_parse_stream(read_piece, &text, ignore, NULL), 2);
    assert_int_equal(text.left, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_discarded_piece_may_be_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
