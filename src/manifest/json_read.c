#include "base/std.h"

#include "base/escape.h"
#include "manifest/json_read.h"

struct reader {
    struct tree *tree;
    struct span text;
    size_t at;
    unsigned depth;
    struct err *err;
};

static struct node *read_value(struct reader *r);

static bool refuse(const struct reader *r, const char *what)
{
    unsigned line = 1;
    size_t start = 0;
    for (size_t i = 0; i < r->at; i++) {
        if (r->text.ptr[i] != '\n')
            continue;
        line++;
        start = i + 1;
    }
    return err_set(r->err, ERR_REQUEST, "line %u, column %zu: %s", line, r->at - start + 1, what);
}

/* The byte that comes next, or 0 at the end; a NUL byte begins no value, so both are refused. */
static char peek(const struct reader *r)
{
    return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

static void skip_space(struct reader *r)
{
    while (r->at < r->text.len && strchr(" \t\r\n", r->text.ptr[r->at]) && r->text.ptr[r->at])
        r->at++;
}

static bool take(struct reader *r, char c)
{
    if (peek(r) != c)
        return false;
    r->at++;
    return true;
}

/* The four digits behind "\u". */
static bool take_unit(struct reader *r, uint32_t *unit)
{
    uint64_t value;
    struct span rest = span_from_offset(r->text, r->at);
    if (rest.len < 4 || !span_hex_to_u64(span_from(rest.ptr, 4), &value))
        return false;
    r->at += 4;
    *unit = (uint32_t)value;
    return true;
}

/* The character of a "\u" escape, or of a pair of them (RFC 8259 section 7). */
static bool take_unicode(struct reader *r, struct buf *b)
{
    uint32_t high;
    uint32_t low;
    if (!take_unit(r, &high))
        return refuse(r, "\\u needs four hexadecimal digits");
    if (high >= 0xdc00 && high < 0xe000)
        return refuse(r, "a low surrogate without a high one before it");
    if (high >= 0xd800 && high < 0xdc00) {
        if (!take(r, '\\') || !take(r, 'u') || !take_unit(r, &low) || low < 0xdc00 || low >= 0xe000)
            return refuse(r, "a high surrogate without a low one behind it");
        high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
    escape_utf8_encode(b, high);
    return true;
}

static bool take_escape(struct reader *r, struct buf *b)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char c = peek(r);
    const char *found = c ? strchr(letters, c) : NULL;
    if (!found && c != 'u')
        return refuse(r, "there is no such escape in JSON");
    r->at++;
    if (c == 'u')
        return take_unicode(r, b);
    buf_add_char(b, meanings[found - letters]);
    return true;
}

/* Up to the closing quote: the number of bytes, and whether there are escapes among them. */
static bool measure_string(struct reader *r, size_t *len, bool *escaped)
{
    size_t from = r->at;
    *escaped = false;
    for (size_t i = from; i < r->text.len; i++) {
        char c = r->text.ptr[i];
        if (c == '"') {
            *len = i - from;
            return true;
        }
        r->at = i;
        if ((unsigned char)c < 0x20)
            return refuse(r, "a control character within a string; write \\n or \\u00XX");
        if (c == '\\') {
            *escaped = true;
            i++;
        }
    }
    r->at = r->text.len;
    return refuse(r, "the text ends within a string");
}

static bool unescape(struct reader *r, size_t len, struct span *text)
{
    size_t end = r->at + len;
    void *memory = arena_alloc(r->tree->arena, len);
    struct buf b = buf_on(memory, memory ? len : 0);
    while (r->at < end) {
        if (!take(r, '\\'))
            buf_add_char(&b, r->text.ptr[r->at++]);
        else if (!take_escape(r, &b))
            return false;
    }
    *text = buf_span(&b);
    return true;
}

static bool read_string(struct reader *r, struct span *text)
{
    size_t len = 0;
    bool escaped;
    size_t from = ++r->at;
    if (!measure_string(r, &len, &escaped))
        return false;
    r->at = from;
    *text = span_from(r->text.ptr + from, len);
    if (!escape_utf8_valid(*text))
        return refuse(r, "the string is not UTF-8");
    if (escaped && !unescape(r, len, text))
        return false;
    r->at = from + len + 1;
    return true;
}

static size_t take_digits(struct reader *r)
{
    size_t from = r->at;
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    return r->at - from;
}

static bool take_number(struct reader *r, bool *whole)
{
    *whole = true;
    take(r, '-');
    bool zero = peek(r) == '0';
    size_t digits = take_digits(r);
    if (digits == 0 || (zero && digits > 1))
        return false;
    if (take(r, '.')) {
        *whole = false;
        if (take_digits(r) == 0)
            return false;
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        *whole = false;
        r->at++;
        if (!take(r, '-'))
            take(r, '+');
        return take_digits(r) > 0;
    }
    return true;
}

static struct node *read_number(struct reader *r)
{
    bool whole;
    uint64_t size;
    size_t from = r->at;
    if (!take_number(r, &whole)) {
        refuse(r, "this is no number as JSON writes them");
        return NULL;
    }
    struct span text = span_from(r->text.ptr + from, r->at - from);
    bool negative = text.ptr[0] == '-';
    struct node *n = node_new(r->tree, NODE_NUMBER);
    n->text = text;
    if (whole && span_to_u64(span_from_offset(text, negative), &size) && size <= INT64_MAX) {
        n->kind = NODE_INT;
        n->number = negative ? -(int64_t)size : (int64_t)size;
    }
    return n;
}

static struct node *read_word(struct reader *r)
{
    static const struct {
        const char *word;
        enum node_kind kind;
        bool truth;
    } words[] = {
        { "true", NODE_BOOL, true },
        { "false", NODE_BOOL, false },
        { "null", NODE_NULL, false },
    };
    for (size_t i = 0; i < countof(words); i++) {
        if (!span_starts(span_from_offset(r->text, r->at), span_of(words[i].word)))
            continue;
        r->at += strlen(words[i].word);
        struct node *n = node_new(r->tree, words[i].kind);
        n->truth = words[i].truth;
        return n;
    }
    refuse(r, "a value is expected here: an object, a list, a string in double quotes, a number, "
              "true, false or null");
    return NULL;
}

static struct node *read_text(struct reader *r)
{
    struct span text;
    if (!read_string(r, &text))
        return NULL;
    struct node *n = node_new(r->tree, NODE_TEXT);
    n->text = text;
    return n;
}

static bool read_member(struct reader *r, struct node *map)
{
    struct span key;
    skip_space(r);
    size_t key_at = r->at;
    if (peek(r) != '"')
        return refuse(r, "a key in double quotes is expected here");
    if (!read_string(r, &key))
        return false;
    if (node_map_find(map, key)) {
        r->at = key_at;
        return refuse(r, "the key stands twice in this object");
    }
    skip_space(r);
    if (!take(r, ':'))
        return refuse(r, "a ':' is expected behind the key");
    struct node *value = read_value(r);
    if (value)
        node_map_take(map, key, value);
    return value != NULL;
}

static bool read_item(struct reader *r, struct node *seq)
{
    struct node *value = read_value(r);
    if (value)
        node_seq_take(seq, value);
    return value != NULL;
}

static bool read_children(struct reader *r, struct node *n)
{
    bool is_map = n->kind == NODE_MAP;
    char end = is_map ? '}' : ']';
    unsigned count = 0;
    skip_space(r);
    if (take(r, end))
        return true;
    do {
        if (++count > JSON_CHILDREN_MAX)
            return refuse(r, "an object or list of more than 10000 is not taken");
        if (!(is_map ? read_member(r, n) : read_item(r, n)))
            return false;
        skip_space(r);
    } while (take(r, ','));
    return take(r, end) ||
           refuse(r, is_map ? "a ',' or '}' is expected here" : "a ',' or ']' is expected here");
}

static struct node *read_container(struct reader *r, enum node_kind kind)
{
    struct node *n = node_new(r->tree, kind);
    if (++r->depth > JSON_DEPTH_MAX) {
        refuse(r, "more than 64 objects and lists stand in one another");
        return NULL;
    }
    r->at++;
    if (!read_children(r, n))
        return NULL;
    r->depth--;
    return n;
}

static struct node *read_value(struct reader *r)
{
    skip_space(r);
    char c = peek(r);
    if (c == '{')
        return read_container(r, NODE_MAP);
    if (c == '[')
        return read_container(r, NODE_SEQ);
    if (c == '"')
        return read_text(r);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(r);
    return read_word(r);
}

struct node *json_read(struct tree *tree, struct span text, struct err *err)
{
    struct reader r = { .tree = tree, .text = text, .err = err };
    struct node *n = read_value(&r);
    if (!n)
        return NULL;
    skip_space(&r);
    if (r.at == text.len)
        return n;
    refuse(&r, "there is something behind the end of the value");
    return NULL;
}
