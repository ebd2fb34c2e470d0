#include "base/std.h"

#include "http/answer.h"

static const char version[] = "HTTP/1.";

/* "HTTP/1.1 200 OK": the reason may be missing, with its space. */
static bool read_status(struct answer *a, struct span line)
{
    enum { STATUS_AT = 9, REASON_AT = 13 };
    uint64_t status;
    if (line.len < STATUS_AT + 3 || !span_starts(line, span_of(version)) ||
        (line.ptr[7] != '0' && line.ptr[7] != '1') || line.ptr[8] != ' ' ||
        !span_to_u64(span_from(line.ptr + STATUS_AT, 3), &status) || status < 100 || status > 599 ||
        (line.len > STATUS_AT + 3 && line.ptr[STATUS_AT + 3] != ' '))
        return false;
    a->status = (unsigned)status;
    a->reason = span_from_offset(line, REASON_AT);
    return true;
}

/* The line up to its end, without CR; false when its end has not come yet. */
static bool take_line(struct span *rest, struct span *line)
{
    ptrdiff_t end = span_find(*rest, '\n');
    if (end < 0)
        return false;
    *line = span_from(rest->ptr, (size_t)end);
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    *rest = span_from(rest->ptr + end + 1, rest->len - (size_t)end - 1);
    return true;
}

/* True when the bytes may still become the beginning of an answer. */
static bool may_begin(struct span input)
{
    size_t len = min_size(input.len, strlen(version));
    return len == 0 || memcmp(input.ptr, version, len) == 0;
}

ptrdiff_t answer_parse(struct answer *a, struct span input)
{
    struct span rest = input;
    struct span line;
    *a = (struct answer){ 0 };
    while (take_line(&rest, &line)) {
        if ((size_t)(rest.ptr - input.ptr) > ANSWER_HEAD_MAX)
            return -1;
        if (a->status == 0 && !read_status(a, line))
            return -1;
        if (line.len)
            continue;
        if (a->status >= 200)
            return rest.ptr - input.ptr;
        a->status = 0; /* an interim answer is over; the next line begins another */
    }
    bool begins = a->status != 0 || may_begin(rest);
    return begins && input.len < ANSWER_HEAD_MAX ? 0 : -1;
}
