/*
 * Any bytes as a stream of requests: the parser must not crash, and its result must not depend
 * on how the bytes are cut into pieces. The oracle parses the whole input at once, and again
 * byte by byte as a slow connection would deliver it; both must tell the same story.
 */
#include "base/std.h"

#include "http/body.h"
#include "http/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MAX = 1 << 16, EVENTS_MAX = 64, INPUT_MAX = 64 << 10 };

/* What happened: a head of so many bytes, a body's end, an error. */
struct story {
    size_t count;
    ptrdiff_t events[EVENTS_MAX];
};

static void tell(struct story *story, ptrdiff_t event)
{
    if (story->count < EVENTS_MAX)
        story->events[story->count++] = event;
}

static void check(const struct parse_head *h, struct span input)
{
    assert(h->request.field_count <= HTTP_FIELDS_MAX);
    assert(h->request.path.len > 0);
    assert(span_find(h->request.path, '\0') < 0);
    for (size_t i = 0; i < h->request.field_count; i++) {
        struct http_field field = h->request.fields[i];
        assert(field.name.len > 0 && field.name.ptr >= input.ptr);
        assert(span_find(field.value, '\n') < 0 && span_find(field.value, '\r') < 0);
    }
}

/* Reads requests from the input, of which `step` more bytes become known at a time. */
static struct story read_all(struct span input, size_t step)
{
    static struct parse_head head;
    struct story story = { 0 };
    size_t at = 0;
    size_t known = min_size(step, input.len);
    bool in_body = false;
    struct body body = { 0 };
    while (story.count < EVENTS_MAX) {
        struct span rest = span_from(input.ptr + at, known - at);
        ptrdiff_t n = in_body ? body_skip(&body, rest, BODY_MAX) : parse_head(&head, rest);
        if (n < 0) {
            tell(&story, n);
            return story;
        }
        assert((size_t)n <= rest.len);
        at += (size_t)n;
        if (in_body && body_done(&body)) {
            tell(&story, 1);
            in_body = false;
        } else if (!in_body && n > 0) {
            check(&head, input);
            tell(&story, n);
            in_body = head.body != PARSE_NO_BODY;
            body =
                head.body == PARSE_CHUNKED ? body_chunked() : body_of_length(head.content_length);
        } else if (known == input.len) {
            return story;
        } else {
            known = min_size(known + step, input.len);
        }
    }
    return story;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_from(data, min_size(size, INPUT_MAX));
    if (input.len == 0)
        return 0;
    struct story whole = read_all(input, input.len);
    /* Byte by byte parses anew for each byte: quadratic, so for short inputs only. */
    size_t step = input.len <= 2048 ? 1 : 1 + input.len / 64;
    struct story pieces = read_all(input, step);
    assert(whole.count == pieces.count);
    assert(memcmp(whole.events, pieces.events, whole.count * sizeof(whole.events[0])) == 0);
    return 0;
}
