/* arena.h, err.h and digest.h. */
#include "base/std.h"

#include <setjmp.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/digest.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    struct err err = { 0 };
    return arena_init(&arena, 1 << 20, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void test_pieces_are_zero_aligned_and_apart(void **state)
{
    (void)state;
    for (size_t size = 1; size < 200; size++) {
        unsigned char *piece = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(piece[i], 0);
        memset(piece, 0xff, size);
    }
}

static void test_the_limit_is_told_once(void **state)
{
    (void)state;
    assert_null(arena_alloc(&arena, 2 << 20));
    assert_true(arena.exhausted);
    assert_null(arena_alloc_array(&arena, SIZE_MAX / 2, 4));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_int_equal(arena_copy(&arena, span_from("x", SIZE_MAX)).len, 0);
    assert_non_null(arena_alloc(&arena, 16)); /* what fits still fits */
    assert_string_equal(arena_printf(&arena, "%*d", 3 << 20, 1), "");
}

static void test_copies_end_in_nul(void **state)
{
    (void)state;
    struct span copy = arena_copy(&arena, span_from("abc", 2));
    assert_string_equal(copy.ptr, "ab");
    assert_int_equal(arena_copy(&arena, (struct span){ 0 }).ptr[0], '\0');
    assert_string_equal(arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
}

static void test_the_first_error_sticks(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_false(err_set(&err, ERR_REQUEST, "first %d", 1));
    errno = EIO;
    assert_false(err_set_os(&err, ERR_DISK, "second"));
    assert_int_equal(err.kind, ERR_REQUEST);
    assert_string_equal(err.text, "first 1");
    assert_int_equal(err.os_errno, 0);
}

static void test_errno_has_a_name(void **state)
{
    (void)state;
    struct err err = { 0 };
    errno = ENOSPC;
    err_set_os(&err, ERR_DISK, "cannot write");
    assert_string_equal(err.text, "cannot write: ENOSPC, No space left on device");
    assert_int_equal(err.os_errno, ENOSPC);
    assert_string_equal(err_errno_name(9999), "E?");
    struct err full = { 0 };
    char text[2 * sizeof(full.text)];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    err_set_os(&full, ERR_DISK, "%s", text);
    assert_int_equal(strlen(full.text), sizeof(full.text) - 1);
}

static void test_sha256(void **state)
{
    (void)state;
    char hex[DIGEST_HEX_LEN + 1];
    digest_sha256_hex(SPAN_LIT("abc"), hex); /* FIPS 180-2, appendix B.1 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha256_hex((struct span){ 0 }, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pieces_are_zero_aligned_and_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_limit_is_told_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_copies_end_in_nul, set_up, tear_down),
        cmocka_unit_test(test_the_first_error_sticks),
        cmocka_unit_test(test_errno_has_a_name),
        cmocka_unit_test(test_sha256),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
