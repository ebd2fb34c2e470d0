/*
 * Any bytes as an answer. What must hold: how the bytes are cut does not matter, and what is taken
 * ends in an empty line.
 */
#include "base/std.h"

#include "http/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct answer whole;
    struct answer part;
    struct span text = span_from(data, min_size(size, (size_t)1024));
    ptrdiff_t taken = answer_parse(&whole, text);
    assert(taken <= (ptrdiff_t)text.len);
    if (taken > 0) {
        assert(text.ptr[taken - 1] == '\n' && whole.status >= 200 && whole.status <= 599);
        assert(answer_parse(&part, span_from(text.ptr, (size_t)taken)) == taken);
    }
    for (size_t n = 0; n < text.len; n++) {
        ptrdiff_t early = answer_parse(&part, span_from(text.ptr, n));
        assert(early <= 0 ? early == 0 || taken == -1 : early == taken);
        assert(taken <= 0 || n < (size_t)taken || early == taken);
    }
    return 0;
}
