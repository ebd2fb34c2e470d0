#include "base/std.h"

#include "manifest/path.h"

static bool refuse(struct err *err, const char *what)
{
    return err_set(err, ERR_REQUEST, "%s", what);
}

static struct span unquote(struct span s)
{
    bool quoted = s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"';
    return quoted ? span_from(s.ptr + 1, s.len - 2) : s;
}

/* What stands between brackets. */
static bool read_bracket(struct span inside, struct path_step *step, struct err *err)
{
    ptrdiff_t equals = span_find(inside, '=');
    if (span_eq_str(inside, "+")) {
        step->kind = PATH_APPEND;
    } else if (inside.len && inside.ptr[0] == '"') {
        step->kind = PATH_KEY;
        step->key = unquote(inside);
        return step->key.len != inside.len || refuse(err, "a '\"' has no second one");
    } else if (equals > 0) {
        step->kind = PATH_SELECT;
        step->key = span_trim(span_from(inside.ptr, (size_t)equals));
        step->value = unquote(span_trim(span_from_offset(inside, (size_t)equals + 1)));
    } else {
        step->kind = PATH_INDEX;
        return span_to_u64(inside, &step->index) ||
               refuse(err, "between '[' and ']' stands a number from 0 on, name=VALUE, a key in "
                           "double quotes, or +");
    }
    return true;
}

/* The ']' that ends a bracket; one between quotes does not. */
static ptrdiff_t find_bracket_end(struct span s)
{
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"')
            quoted = !quoted;
        if (s.ptr[i] == ']' && !quoted)
            return (ptrdiff_t)i;
    }
    return -1;
}

static bool next_bracket(struct span *rest, struct path_step *step, struct err *err)
{
    ptrdiff_t end = find_bracket_end(*rest);
    if (end < 0)
        return refuse(err, "a '[' has no ']'");
    struct span inside = span_from(rest->ptr + 1, (size_t)end - 1);
    *rest = span_from_offset(*rest, (size_t)end + 1);
    return read_bracket(inside, step, err);
}

bool path_next(struct span *rest, struct path_step *step, struct err *err)
{
    size_t len = 0;
    *step = (struct path_step){ 0 };
    if (rest->len == 0)
        return false;
    if (rest->ptr[0] == '[')
        return next_bracket(rest, step, err);
    if (rest->ptr[0] == '.')
        *rest = span_from_offset(*rest, 1);
    while (len < rest->len && rest->ptr[len] != '.' && rest->ptr[len] != '[')
        len++;
    if (len == 0)
        return refuse(err, "a key is missing: there are two dots in a row, or one at the end");
    step->key = span_from(rest->ptr, len);
    *rest = span_from_offset(*rest, len);
    return true;
}

static bool is_selected(const struct node *item, const struct path_step *step)
{
    const struct node *field = item->kind == NODE_MAP ? node_map_find(item, step->key) : NULL;
    uint64_t number;
    if (!field)
        return false;
    if (field->kind == NODE_INT)
        return span_to_u64(step->value, &number) && (int64_t)number == field->number;
    return field->kind == NODE_TEXT && span_eq(field->text, step->value);
}

struct node *path_follow(struct node *from, const struct path_step *step)
{
    uint64_t at = 0;
    if (step->kind == PATH_KEY)
        return from->kind == NODE_MAP ? node_map_find(from, step->key) : NULL;
    for (struct node *n = from->kind == NODE_SEQ ? from->first : NULL; n; n = n->next, at++) {
        if (step->kind == PATH_INDEX ? at == step->index
                                     : step->kind == PATH_SELECT && is_selected(n, step))
            return n;
    }
    return NULL;
}
