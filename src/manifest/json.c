#include "base/std.h"

#include "base/escape.h"
#include "manifest/json.h"

enum { INDENT = 2 };

static void print(const struct node *n, unsigned column, struct buf *out);

static void add_line(struct buf *out, unsigned column)
{
    buf_add_char(out, '\n');
    for (unsigned i = 0; i < column; i++)
        buf_add_char(out, ' ');
}

static void add_quoted(struct buf *out, struct span text)
{
    buf_add_char(out, '"');
    escape_json(out, text);
    buf_add_char(out, '"');
}

static void print_children(const struct node *n, unsigned column, struct buf *out)
{
    buf_add_char(out, n->kind == NODE_MAP ? '{' : '[');
    for (const struct node *child = n->first; child; child = child->next) {
        add_line(out, column + INDENT);
        if (n->kind == NODE_MAP) {
            add_quoted(out, child->key);
            buf_add_str(out, ": ");
        }
        print(child, column + INDENT, out);
        if (child->next)
            buf_add_char(out, ',');
    }
    if (n->first)
        add_line(out, column);
    buf_add_char(out, n->kind == NODE_MAP ? '}' : ']');
}

static void print(const struct node *n, unsigned column, struct buf *out)
{
    switch (n->kind) {
    case NODE_MAP:
    case NODE_SEQ:
        print_children(n, column, out);
        break;
    case NODE_TEXT:
        add_quoted(out, n->text);
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
}

void json_print(const struct node *node, struct buf *out)
{
    print(node, 0, out);
}

void json_print_list(const struct node *seq, struct buf *out)
{
    assert(seq->kind == NODE_SEQ);
    buf_add_str(out, "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": ");
    print(seq, INDENT, out);
    buf_add_str(out, "\n}\n");
}
