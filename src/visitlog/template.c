#include "base/std.h"

#include <unistd.h>

#include "base/escape.h"
#include "visitlog/internal.h"
#include "visitlog/template.h"

struct parts {
    const struct template_context *context;
    const struct visitlog_visit *visit;
    struct buf *line;
    size_t max;
};

/* ---- the variables ---- */

static void add_client(const struct parts *p, struct span s)
{
    line_add_field(p->line, s, p->max);
}

static void add_remote_addr(const struct parts *p)
{
    add_client(p, p->visit->address);
}

static void add_nothing(const struct parts *p)
{
    buf_add_char(p->line, '-');
}

static void add_time_local(const struct parts *p)
{
    line_add_local_time(p->line, p->context->when);
}

static void add_time_iso8601(const struct parts *p)
{
    line_add_iso_time(p->line, p->context->when);
}

static void add_msec(const struct parts *p)
{
    buf_add_i64(p->line, max_i64(0, p->visit->when.tv_sec));
    buf_add_char(p->line, '.');
    buf_add_padded(p->line, (uint64_t)p->visit->when.tv_nsec / 1000000, 3);
}

static void add_method(const struct parts *p)
{
    add_client(p, p->visit->method);
}

static void add_uri(const struct parts *p)
{
    add_client(p, p->visit->target);
}

static void add_protocol(const struct parts *p)
{
    buf_add_str(p->line, "HTTP/1.");
    buf_add_u64(p->line, p->visit->minor);
}

static void add_request(const struct parts *p)
{
    struct parts method = *p;
    method.max = LINE_METHOD_MAX;
    add_method(&method);
    buf_add_char(p->line, ' ');
    struct parts uri = *p;
    uri.max = LINE_TARGET_MAX;
    add_uri(&uri);
    buf_add_char(p->line, ' ');
    add_protocol(p);
}

static void add_status(const struct parts *p)
{
    buf_add_u64(p->line, p->visit->status);
}

static void add_referrer(const struct parts *p)
{
    add_client(p, p->visit->referrer);
}

static void add_user_agent(const struct parts *p)
{
    add_client(p, p->visit->user_agent);
}

static void add_forwarded(const struct parts *p)
{
    add_client(p, p->visit->forwarded);
}

static void add_request_id(const struct parts *p)
{
    add_client(p, p->visit->request_id);
}

static void add_hostname(const struct parts *p)
{
    add_client(p, span_of(p->context->pod ? p->context->pod : ""));
}

static void add_pid(const struct parts *p)
{
    buf_add_i64(p->line, getpid());
}

static const struct {
    const char *name;
    size_t max; /* bytes in a line, escapes included */
    void (*add)(const struct parts *p);
} variables[] = {
    { "remote_addr", LINE_ADDRESS_MAX, add_remote_addr },
    { "remote_user", 1, add_nothing },
    { "time_local", 32, add_time_local },
    { "time_iso8601", 32, add_time_iso8601 },
    { "msec", 24, add_msec },
    { "request", LINE_METHOD_MAX + LINE_TARGET_MAX + 12, add_request },
    { "request_method", LINE_METHOD_MAX, add_method },
    { "request_uri", LINE_TARGET_MAX, add_uri },
    { "server_protocol", 12, add_protocol },
    { "status", 4, add_status },
    { "body_bytes_sent", 1, add_nothing },
    { "http_referer", LINE_REFERRER_MAX, add_referrer },
    { "http_user_agent", LINE_USER_AGENT_MAX, add_user_agent },
    { "http_x_forwarded_for", LINE_FORWARDED_MAX, add_forwarded },
    { "request_id", LINE_REQUEST_ID_MAX, add_request_id },
    { "hostname", LINE_POD_MAX, add_hostname },
    { "pid", 12, add_pid },
};

/* ---- compiling ---- */

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool unknown(struct span name, struct err *err)
{
    char memory[400];
    struct buf known = BUF_OF(memory);
    for (size_t i = 0; i < countof(variables); i++)
        buf_printf(&known, "%s$%s", i ? ", " : "", variables[i].name);
    return err_set(err, ERR_REQUEST, "there is no variable '$%.*s'; there are %.*s", SPAN_ARG(name),
                   SPAN_ARG(buf_span(&known)));
}

static bool add_piece(struct template *t, struct template_piece piece, struct err *err)
{
    if (t->count == TEMPLATE_PIECES_MAX)
        return err_set(err, ERR_REQUEST, "more than %d parts", TEMPLATE_PIECES_MAX);
    t->pieces[t->count++] = piece;
    return true;
}

static bool add_variable(struct template *t, struct span name, struct err *err)
{
    for (size_t i = 0; i < countof(variables); i++) {
        if (span_eq_str(name, variables[i].name))
            return add_piece(t, (struct template_piece){ .variable = (int)i }, err);
    }
    return unknown(name, err);
}

static bool add_literal(struct template *t, struct span text, struct err *err)
{
    return text.len == 0 ||
           add_piece(t, (struct template_piece){ .variable = -1, .literal = text }, err);
}

/* What stands behind a '$', taken off the rest. */
static bool take_variable(struct template *t, struct span *rest, struct err *err)
{
    bool braced = rest->len && rest->ptr[0] == '{';
    struct span name = braced ? span_from_offset(*rest, 1) : *rest;
    size_t len = 0;
    if (rest->len && rest->ptr[0] == '$') {
        struct span dollar = span_from(rest->ptr, 1);
        *rest = span_from_offset(*rest, 1);
        return add_literal(t, dollar, err);
    }
    while (len < name.len && is_name(name.ptr[len]))
        len++;
    *rest = span_from_offset(name, len);
    name.len = len;
    if (braced && (!rest->len || rest->ptr[0] != '}'))
        return err_set(err, ERR_REQUEST, "a '${' has no '}'");
    if (braced)
        *rest = span_from_offset(*rest, 1);
    return add_variable(t, name, err);
}

static bool fits(const struct template *t, struct err *err)
{
    size_t most = 1;
    for (size_t i = 0; i < t->count; i++) {
        const struct template_piece *piece = &t->pieces[i];
        most += piece->variable < 0 ? piece->literal.len : variables[piece->variable].max;
    }
    return most <= VISITLOG_LINE_MAX ||
           err_set(err, ERR_REQUEST, "a line could have %zu bytes, of %d that it may have", most,
                   VISITLOG_LINE_MAX);
}

bool template_compile(struct template *t, struct span text, struct err *err)
{
    struct span rest = text;
    t->count = 0;
    while (rest.len) {
        ptrdiff_t dollar = span_find(rest, '$');
        size_t len = dollar < 0 ? rest.len : (size_t)dollar;
        if (!add_literal(t, span_from(rest.ptr, len), err))
            return false;
        rest = span_from_offset(rest, len);
        if (rest.len == 0)
            break;
        rest = span_from_offset(rest, 1);
        if (!take_variable(t, &rest, err))
            return false;
    }
    return t->count ? fits(t, err) : err_set(err, ERR_REQUEST, "it is empty");
}

void template_add(const struct template *t, const struct template_context *context,
                  const struct visitlog_visit *visit, struct buf *line)
{
    struct parts parts = { .context = context, .visit = visit, .line = line };
    for (size_t i = 0; i < t->count; i++) {
        const struct template_piece *piece = &t->pieces[i];
        if (piece->variable < 0) {
            buf_add_span(line, piece->literal);
            continue;
        }
        parts.max = variables[piece->variable].max;
        variables[piece->variable].add(&parts);
    }
    buf_add_char(line, '\n');
}

bool visitlog_template_check(struct span text, struct err *err)
{
    struct template t;
    return template_compile(&t, text, err);
}
