#include "base/std.h"

#include "base/escape.h"
#include "manifest/yaml_read.h"

enum { INDENT = 2, DEPTH_MAX = 64 };

struct reader {
    struct tree *tree;
    struct span text;
    size_t at;
    unsigned depth;
    struct err *err;
};

static struct node *read_node(struct reader *r, size_t column);

static bool refuse(const struct reader *r)
{
    unsigned line = 1;
    for (size_t i = 0; i < r->at && i < r->text.len; i++)
        line += r->text.ptr[i] == '\n';
    return err_set(r->err, ERR_REQUEST,
                   "line %u is not written as 'app --emit' writes it; for what another tool wrote, "
                   "take JSON (kubectl get -o json)",
                   line);
}

static struct span rest_of(const struct reader *r)
{
    return span_from_offset(r->text, r->at);
}

static bool take(struct reader *r, const char *token)
{
    if (!span_starts(rest_of(r), span_of(token)))
        return false;
    r->at += strlen(token);
    return true;
}

/* How many spaces the line at the cursor begins with. */
static size_t indent_here(const struct reader *r)
{
    struct span rest = rest_of(r);
    size_t n = 0;
    while (n < rest.len && rest.ptr[n] == ' ')
        n++;
    return n;
}

/* Goes to the first byte of the next line's content when it is indented by exactly that much. */
static bool go_on(struct reader *r, size_t column)
{
    struct span rest = rest_of(r);
    if (rest.len == 0 || span_starts(rest, SPAN_LIT("---")) || indent_here(r) != column)
        return false;
    r->at += column;
    return true;
}

static bool take_code(struct reader *r, size_t digits, struct buf *to)
{
    uint64_t code;
    struct span rest = rest_of(r);
    if (rest.len < digits || !span_hex_to_u64(span_from(rest.ptr, digits), &code) ||
        code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return refuse(r);
    r->at += digits;
    escape_utf8_encode(to, (uint32_t)code);
    return true;
}

static bool take_escape(struct reader *r, struct buf *to)
{
    static const char letters[] = "\"\\nrtbfe0";
    static const char meanings[] = "\"\\\n\r\t\b\f\x1b\0";
    struct span rest = rest_of(r);
    char letter = rest.len > 1 ? rest.ptr[1] : '\0';
    const char *found = letter ? strchr(letters, letter) : NULL;
    r->at += 2;
    if (found) {
        buf_add_char(to, meanings[found - letters]);
        return true;
    }
    switch (letter) {
    case 'x':
        return take_code(r, 2, to);
    case 'u':
        return take_code(r, 4, to);
    case 'U':
        return take_code(r, 8, to);
    default:
        return refuse(r);
    }
}

/* A double-quoted text; the cursor stands on its first quote. */
static bool read_quoted(struct reader *r, struct span *text)
{
    struct span rest = rest_of(r);
    size_t room = 0;
    while (room < rest.len && rest.ptr[room] != '\n')
        room++;
    void *memory = arena_alloc(r->tree->arena, room + 1);
    struct buf to = buf_on(memory, memory ? room + 1 : 0);
    r->at++;
    while (r->at < r->text.len && r->text.ptr[r->at] != '"') {
        if (r->text.ptr[r->at] == '\n')
            return refuse(r);
        if (r->text.ptr[r->at] != '\\')
            buf_add_char(&to, r->text.ptr[r->at++]);
        else if (!take_escape(r, &to))
            return false;
    }
    *text = buf_span(&to);
    return take(r, "\"") || refuse(r);
}

/* Takes one line of a block scalar; an empty one has no indentation. */
static bool take_block_line(struct reader *r, size_t column, struct span *line)
{
    struct span rest = rest_of(r);
    bool empty = rest.len && rest.ptr[0] == '\n';
    if (rest.len == 0 || (!empty && indent_here(r) < column))
        return false;
    rest = span_from_offset(rest, empty ? 0 : column);
    *line = (struct span){ 0 };
    span_split(&rest, '\n', line);
    r->at += (empty ? 0 : column) + line->len + 1;
    return true;
}

static bool read_block(struct reader *r, size_t column, bool ends, struct span *text)
{
    struct span line;
    size_t from = r->at;
    while (take_block_line(r, column, &line))
        continue;
    size_t room = r->at - from + 1;
    void *memory = arena_alloc(r->tree->arena, room);
    struct buf to = buf_on(memory, memory ? room : 0);
    r->at = from;
    for (bool first = true; take_block_line(r, column, &line); first = false) {
        if (!first)
            buf_add_char(&to, '\n');
        buf_add_span(&to, line);
    }
    if (ends)
        buf_add_char(&to, '\n');
    *text = buf_span(&to);
    return r->at <= r->text.len || refuse(r);
}

static struct node *read_text(struct reader *r, size_t column)
{
    struct node *n = node_new(r->tree, NODE_TEXT);
    bool good;
    if (take(r, "|-\n"))
        good = read_block(r, column, false, &n->text);
    else if (take(r, "|+\n") || take(r, "|\n"))
        good = read_block(r, column, true, &n->text);
    else
        good = read_quoted(r, &n->text) && (take(r, "\n") || refuse(r));
    return good ? n : NULL;
}

static struct node *read_number(struct reader *r)
{
    struct span rest = rest_of(r);
    struct span line;
    uint64_t size;
    span_split(&rest, '\n', &line);
    bool negative = line.len && line.ptr[0] == '-';
    struct node *n = node_new(r->tree, NODE_INT);
    if (!rest.ptr || !span_to_u64(span_from_offset(line, negative), &size) || size > INT64_MAX) {
        refuse(r);
        return NULL;
    }
    n->number = negative ? -(int64_t)size : (int64_t)size;
    r->at += line.len + 1;
    return n;
}

/* What stands behind "key: " or "- " in one line. */
static struct node *read_scalar(struct reader *r, size_t column)
{
    static const struct {
        const char *line;
        enum node_kind kind;
        bool truth;
    } words[] = {
        { "{}\n", NODE_MAP, false },    { "[]\n", NODE_SEQ, false },
        { "true\n", NODE_BOOL, true },  { "false\n", NODE_BOOL, false },
        { "null\n", NODE_NULL, false },
    };
    for (size_t i = 0; i < countof(words); i++) {
        if (!take(r, words[i].line))
            continue;
        struct node *n = node_new(r->tree, words[i].kind);
        n->truth = words[i].truth;
        return n;
    }
    struct span rest = rest_of(r);
    if (rest.len && (rest.ptr[0] == '"' || rest.ptr[0] == '|'))
        return read_text(r, column);
    return read_number(r);
}

static bool read_key(struct reader *r, struct span *key)
{
    struct span rest = rest_of(r);
    if (rest.len && rest.ptr[0] == '"')
        return read_quoted(r, key) && (take(r, ":") || refuse(r));
    ptrdiff_t colon = span_find(rest, ':');
    ptrdiff_t end = span_find(rest, '\n');
    if (colon <= 0 || end < colon)
        return refuse(r);
    *key = span_from(rest.ptr, (size_t)colon);
    r->at += (size_t)colon + 1;
    return true;
}

static struct node *read_map_value(struct reader *r, size_t column)
{
    if (take(r, " "))
        return read_scalar(r, column + INDENT);
    if (!take(r, "\n") || !go_on(r, column + INDENT)) {
        refuse(r);
        return NULL;
    }
    return read_node(r, column + INDENT);
}

static bool read_member(struct reader *r, struct node *map, size_t column)
{
    struct span key = { 0 };
    if (!read_key(r, &key))
        return false;
    if (node_map_find(map, key))
        return refuse(r);
    struct node *value = read_map_value(r, column);
    if (value)
        node_map_take(map, key, value);
    return value != NULL;
}

/* What an item's line goes on with: a scalar, or the first line of a map or sequence. */
static bool is_container(struct span rest)
{
    struct span line;
    span_split(&rest, '\n', &line);
    if (span_starts(line, SPAN_LIT("- ")))
        return true;
    if (line.len && line.ptr[0] == '"') {
        size_t i = 1;
        while (i < line.len && line.ptr[i] != '"')
            i += line.ptr[i] == '\\' ? 2 : 1;
        return i + 1 < line.len && line.ptr[i + 1] == ':';
    }
    return span_find(line, ':') > 0;
}

static bool read_item(struct reader *r, struct node *seq, size_t column)
{
    if (!take(r, "- "))
        return refuse(r);
    struct node *item =
        is_container(rest_of(r)) ? read_node(r, column + INDENT) : read_scalar(r, column + INDENT);
    if (item)
        node_seq_take(seq, item);
    return item != NULL;
}

static struct node *read_node(struct reader *r, size_t column)
{
    bool is_seq = span_starts(rest_of(r), SPAN_LIT("- "));
    struct node *n = node_new(r->tree, is_seq ? NODE_SEQ : NODE_MAP);
    bool good = ++r->depth <= DEPTH_MAX || refuse(r);
    while (good) {
        good = is_seq ? read_item(r, n, column) : read_member(r, n, column);
        if (good && !go_on(r, column))
            break;
    }
    r->depth--;
    return good ? n : NULL;
}

static void skip_comments(struct reader *r)
{
    while (span_starts(rest_of(r), SPAN_LIT("#"))) {
        struct span rest = rest_of(r);
        struct span line;
        span_split(&rest, '\n', &line);
        r->at += line.len + (rest.ptr ? 1 : 0);
    }
}

static struct node *read_document(struct reader *r)
{
    if (take(r, "--- "))
        return read_scalar(r, 0);
    if (take(r, "---\n") && rest_of(r).len)
        return read_node(r, 0);
    refuse(r);
    return NULL;
}

struct node *yaml_read_documents(struct tree *tree, struct span text, struct err *err)
{
    struct reader r = { .tree = tree, .text = text, .err = err };
    struct node *documents = node_new_seq(tree);
    if (!escape_utf8_valid(text)) {
        err_set(err, ERR_REQUEST, "the text is not UTF-8");
        return NULL;
    }
    skip_comments(&r);
    while (r.at < text.len) {
        struct node *document = read_document(&r);
        if (!document)
            return NULL;
        node_seq_take(documents, document);
    }
    return documents;
}
