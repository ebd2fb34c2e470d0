#include "base/std.h"

#include "base/escape.h"
#include "manifest/yaml.h"

enum { INDENT = 2 };

static void print_children(const struct node *n, unsigned column, bool in_line, struct buf *out);

/* What YAML 1.1 readers take for a boolean or null, in any case; the other traps need no list,
 * because a plain key begins with a letter or '_'. */
static bool is_ambiguous(struct span key)
{
    static const struct span words[] = {
        SPAN_LIT("y"),    SPAN_LIT("n"),     SPAN_LIT("yes"), SPAN_LIT("no"),
        SPAN_LIT("true"), SPAN_LIT("false"), SPAN_LIT("on"),  SPAN_LIT("off"),
        SPAN_LIT("null"), SPAN_LIT("t"),     SPAN_LIT("f"),
    };
    for (size_t i = 0; i < countof(words); i++) {
        if (span_eq_nocase(key, words[i]))
            return true;
    }
    return false;
}

bool yaml_is_plain_key(struct span key)
{
    enum { LETTER = 1, LATER = 2 };
    static const unsigned char kinds[UCHAR_MAX + 1] = {
        ['a' ... 'z'] = LETTER, ['A' ... 'Z'] = LETTER, ['_'] = LETTER, ['0' ... '9'] = LATER,
        ['.'] = LATER,          ['/'] = LATER,          ['-'] = LATER,
    };
    unsigned char seen = LETTER | LATER;
    if (key.len == 0 || kinds[(unsigned char)key.ptr[0]] != LETTER)
        return false;
    for (size_t i = 1; i < key.len && seen; i++)
        seen = kinds[(unsigned char)key.ptr[i]];
    return seen && !is_ambiguous(key);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* What may stand raw in a block scalar, where nothing can be escaped. */
static bool is_block_character(uint32_t code)
{
    if (code < 0x20)
        return code == '\n' || code == '\t';
    if (code >= 0x7f && code < 0xa0)
        return false;
    return code != 0x2028 && code != 0x2029 && code != 0xfeff && (code & 0xfffe) != 0xfffe;
}

bool yaml_is_block(struct span text)
{
    if (span_find(text, '\n') < 1 || is_space(text.ptr[0]))
        return false;
    char before = 'x';
    for (struct span rest = text; rest.len;) {
        uint32_t code;
        size_t n = escape_utf8_decode(rest, &code);
        if (n == 0 || !is_block_character(code) || (code == '\n' && is_space(before)))
            return false;
        before = rest.ptr[n - 1];
        rest = span_from_offset(rest, n);
    }
    return !is_space(before);
}

static void add_indent(struct buf *out, unsigned column)
{
    static const char spaces[] = "                                ";
    for (; column >= sizeof(spaces) - 1; column -= (unsigned)sizeof(spaces) - 1)
        buf_add_str(out, spaces);
    buf_add(out, spaces, column);
}

static void add_quoted(struct buf *out, struct span text)
{
    buf_add_char(out, '"');
    escape_yaml(out, text);
    buf_add_char(out, '"');
}

/* The indicator tells how the text ends: "|" in one line feed, "|-" in none, "|+" in more. */
static void add_block(struct buf *out, struct span text, unsigned column)
{
    size_t ends = 0;
    struct span line;
    while (ends < text.len && text.ptr[text.len - 1 - ends] == '\n')
        ends++;
    buf_add_str(out, ends == 0 ? "|-" : ends == 1 ? "|" : "|+");
    if (ends > 0)
        text.len--;
    while (span_split(&text, '\n', &line)) {
        buf_add_char(out, '\n');
        if (line.len)
            add_indent(out, column);
        buf_add_span(out, line);
    }
}

static void add_text(struct buf *out, struct span text, unsigned column)
{
    if (yaml_is_block(text))
        add_block(out, text, column);
    else
        add_quoted(out, text);
}

/* Appends what stands behind "key:" or "-", with its line feed. The children of a container
 * have `column` spaces before them; the first one none when it stands `in_line` with a dash. */
static void print_value(const struct node *n, unsigned column, bool in_line, struct buf *out)
{
    if (n->first) {
        print_children(n, column, in_line, out);
        return;
    }
    buf_add_char(out, ' ');
    switch (n->kind) {
    case NODE_MAP:
        buf_add_str(out, "{}");
        break;
    case NODE_SEQ:
        buf_add_str(out, "[]");
        break;
    case NODE_TEXT:
        add_text(out, n->text, column);
        break;
    case NODE_INT:
        buf_add_i64(out, n->number);
        break;
    case NODE_NUMBER:
        buf_add_span(out, n->text);
        break;
    case NODE_BOOL:
        buf_add_str(out, n->truth ? "true" : "false");
        break;
    case NODE_NULL:
        buf_add_str(out, "null");
        break;
    }
    buf_add_char(out, '\n');
}

static void print_children(const struct node *n, unsigned column, bool in_line, struct buf *out)
{
    buf_add_char(out, in_line ? ' ' : '\n');
    for (const struct node *child = n->first; child; child = child->next) {
        if (!in_line || child != n->first)
            add_indent(out, column);
        if (n->kind == NODE_SEQ)
            buf_add_char(out, '-');
        else if (yaml_is_plain_key(child->key))
            buf_add_span(out, child->key);
        else
            add_quoted(out, child->key);
        if (n->kind == NODE_MAP)
            buf_add_char(out, ':');
        print_value(child, column + INDENT, n->kind == NODE_SEQ, out);
    }
}

void yaml_print_object(const struct node *map, struct buf *out)
{
    buf_add_str(out, "---");
    print_value(map, 0, false, out);
}

void yaml_print_documents(const struct node *seq, struct buf *out)
{
    assert(seq->kind == NODE_SEQ);
    for (const struct node *n = seq->first; n; n = n->next)
        yaml_print_object(n, out);
}
