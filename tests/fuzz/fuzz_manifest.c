/*
 * Any bytes as a value of a manifest. What must hold: a quantity's canonical form is a quantity
 * of the same value and stays as it is; a name that a rule takes has no byte that would need
 * quoting; and the text, read back out of its YAML line by the rules of the double-quoted style,
 * is what was put in.
 */
#include "base/std.h"

#include "base/escape.h"
#include "manifest/kubename.h"
#include "manifest/quantity.h"
#include "manifest/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096, OUTPUT_MAX = 16 * INPUT_MAX };

static void check_quantity(struct span text)
{
    char memory[64];
    char again_memory[64];
    struct buf canonical = BUF_OF(memory);
    struct buf again = BUF_OF(again_memory);
    struct quantity q;
    struct quantity r;
    if (!quantity_parse(text, &q))
        return;
    quantity_add(&canonical, &q);
    assert(quantity_parse(buf_span(&canonical), &r));
    assert(quantity_compare(&q, &r) == 0);
    quantity_add(&again, &r);
    assert(span_eq(buf_span(&canonical), buf_span(&again)));
}

static void check_names(struct span text)
{
    for (int rule = 0; rule < KUBENAME_PATH; rule++) {
        if (!kubename_is_valid((enum kubename_rule)rule, text))
            continue;
        for (size_t i = 0; i < text.len; i++)
            assert(text.ptr[i] > ' ' && text.ptr[i] < 0x7f &&
                   !strchr("\"'\\{}[]#&*!|>%", text.ptr[i]));
    }
}

static size_t utf8_encode(uint64_t code, char *to)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3f));
    to[0] = (char)((0xf00u >> n & 0xff) | code);
    return n;
}

/* Takes one escape off the text (YAML 1.2.2 section 5.7) and appends what it means. */
static void take_escape(struct span *text, struct buf *to)
{
    static const char letters[] = "nrt\"\\0e";
    static const char meanings[] = "\n\r\t\"\\\0\x1b";
    char letter = text->ptr[1];
    const char *at = strchr(letters, letter);
    size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    char encoded[4];
    uint64_t code;
    assert(digits || at);
    if (at) {
        buf_add_char(to, meanings[at - letters]);
    } else {
        assert(text->len >= 2 + digits && span_hex_to_u64(span_from(text->ptr + 2, digits), &code));
        buf_add(to, encoded, utf8_encode(code, encoded));
    }
    *text = span_from_offset(*text, 2 + digits);
}

static void check_quoted(struct span printed, struct span text)
{
    static char memory[OUTPUT_MAX];
    struct buf read = BUF_OF(memory);
    while (printed.len) {
        if (printed.ptr[0] == '\\') {
            take_escape(&printed, &read);
            continue;
        }
        assert((unsigned char)printed.ptr[0] >= ' ' && printed.ptr[0] != '"' &&
               printed.ptr[0] != 0x7f);
        buf_add_char(&read, printed.ptr[0]);
        printed = span_from_offset(printed, 1);
    }
    assert(span_eq(buf_span(&read), text));
}

static void check_yaml(struct span text)
{
    static char memory[OUTPUT_MAX];
    const struct span start = SPAN_LIT("---\n- \"");
    struct node value = { .kind = NODE_TEXT, .text = text };
    struct node list = { .kind = NODE_SEQ, .first = &value, .last = &value };
    struct node seq = { .kind = NODE_SEQ, .first = &list, .last = &list };
    struct buf out = BUF_OF(memory);
    if (!escape_utf8_valid(text))
        return;
    yaml_print_documents(&seq, &out);
    assert(!out.overflow && span_ends(buf_span(&out), SPAN_LIT("\n")));
    struct span printed = buf_span(&out);
    if (yaml_is_block(text)) {
        assert(span_starts(printed, SPAN_LIT("---\n- |")));
        return;
    }
    assert(span_starts(printed, start) && span_ends(printed, SPAN_LIT("\"\n")));
    check_quoted(span_from(printed.ptr + start.len, printed.len - start.len - 2), text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_from(data, min_size(size, INPUT_MAX));
    check_quantity(text);
    check_names(text);
    check_yaml(text);
    return 0;
}
