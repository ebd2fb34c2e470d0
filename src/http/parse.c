#include "base/std.h"

#include "http/host.h"
#include "http/parse.h"

enum { METHOD_MAX = 64, VERSION_LEN = 8 /* "HTTP/1.1" */ };

/* What a byte may be part of. */
enum { TOKEN = 1, TARGET = 2, VALUE = 4 };

#define T3 (TOKEN | TARGET | VALUE)
#define T2 (TARGET | VALUE)
static const unsigned char classes[256] = {
    ['\t'] = VALUE,
    [' '] = VALUE,
    ['!'] = T3,
    ['"'] = T2,
    ['#'] = TOKEN | VALUE, /* a fragment is never sent (RFC 9112 section 3.2) */
    ['$' ... '\''] = T3,
    ['(' ... ')'] = T2,
    ['*' ... '+'] = T3,
    [','] = T2,
    ['-' ... '.'] = T3,
    ['/'] = T2,
    ['0' ... '9'] = T3,
    [':' ... '@'] = T2,
    ['A' ... 'Z'] = T3,
    ['[' ... ']'] = T2,
    ['^' ... 'z'] = T3,
    ['{'] = T2,
    ['|'] = T3,
    ['}'] = T2,
    ['~'] = T3,
    [0x80 ... 0xff] = VALUE,
};
#undef T2
#undef T3

static bool is(char c, unsigned class)
{
    return classes[(unsigned char)c] & class;
}

bool parse_is_token(char c)
{
    return is(c, TOKEN);
}

bool parse_is_value(char c)
{
    return is(c, VALUE);
}

static bool all(struct span s, unsigned class)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is(s.ptr[i], class))
            return false;
    }
    return true;
}

static int refuse(struct parse_head *h, int status, const char *why)
{
    h->why = why;
    return -status;
}

/*
 * Takes the line at *at, without its end, and moves *at behind it. 1 when there is one, 0 when
 * its end is not there yet, -1 when it ends in a bare LF. (A bare CR within it is in no class.)
 */
static int next_line(struct span input, size_t *at, struct span *line)
{
    struct span rest = span_from_offset(input, *at);
    ptrdiff_t end = span_find(rest, '\n');
    if (end < 0)
        return 0;
    assert(rest.ptr);
    *at += (size_t)end + 1;
    if (end == 0 || rest.ptr[end - 1] != '\r')
        return -1;
    *line = span_from(rest.ptr, (size_t)end - 1);
    return 1;
}

/* ---- the request line ---- */

static const struct {
    const char *name;
    size_t len;
} methods[] = {
    [HTTP_GET] = { "GET", 3 },       [HTTP_HEAD] = { "HEAD", 4 },
    [HTTP_POST] = { "POST", 4 },     [HTTP_PUT] = { "PUT", 3 },
    [HTTP_DELETE] = { "DELETE", 6 }, [HTTP_OPTIONS] = { "OPTIONS", 7 },
    [HTTP_PATCH] = { "PATCH", 5 },   [HTTP_TRACE] = { "TRACE", 5 },
};

struct span http_method_name(enum http_method method)
{
    return span_from(methods[method].name, methods[method].len);
}

/* Methods are case-sensitive (RFC 9110 section 9.1): "get" is unknown. */
static int parse_method(struct parse_head *h, struct span name)
{
    for (size_t i = 0; i < countof(methods); i++) {
        if (span_eq(name, http_method_name((enum http_method)i))) {
            h->request.method = (enum http_method)i;
            return 0;
        }
    }
    return refuse(h, 501, "this method is not known here");
}

static int parse_version(struct parse_head *h, struct span version)
{
    static const char pattern[] = "HTTP/0.0";
    bool good = version.len == VERSION_LEN;
    for (size_t i = 0; good && i < VERSION_LEN; i++) {
        bool digit = version.ptr[i] >= '0' && version.ptr[i] <= '9';
        good = pattern[i] == '0' ? digit : version.ptr[i] == pattern[i];
    }
    if (!good)
        return refuse(h, 400, "the request line does not end in an HTTP version");
    if (version.ptr[5] != '1' || version.ptr[7] > '1')
        return refuse(h, 505, "this server speaks HTTP/1.1 and HTTP/1.0");
    h->request.minor = (unsigned)(version.ptr[7] - '0');
    return 0;
}

/* Decodes %XX once (RFC 3986 section 2.1). */
static int decode_path(struct parse_head *h, struct span raw)
{
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        uint64_t byte = (unsigned char)raw.ptr[i];
        if (raw.ptr[i] == '%') {
            struct span digits = span_from_offset(raw, i + 1);
            digits.len = min_size(digits.len, 2);
            if (digits.len < 2 || !span_hex_to_u64(digits, &byte) || byte == 0)
                return refuse(h, 400, "the path has a '%' without two digits, or a NUL");
            i += 2;
        }
        h->path[len++] = (char)byte;
    }
    h->request.path = span_from(h->path, len);
    return 0;
}

static int split_path(struct parse_head *h, struct span path)
{
    struct span rest = path;
    struct span raw;
    bool any = span_split(&rest, '?', &raw);
    assert(any);
    h->request.query = rest;
    if (span_find(raw, '%') >= 0)
        return decode_path(h, raw);
    h->request.path = raw;
    return 0;
}

/* "http://host/path": the authority is the target's own (RFC 9112 section 3.2.2). */
static int parse_absolute(struct parse_head *h, struct span target)
{
    ptrdiff_t colon = span_find(target, ':');
    struct span scheme = span_from(target.ptr, colon < 0 ? 0 : (size_t)colon);
    struct span rest = span_from_offset(target, scheme.len);
    bool http =
        span_eq_nocase(scheme, SPAN_LIT("http")) || span_eq_nocase(scheme, SPAN_LIT("https"));
    if (!http || !span_starts(rest, SPAN_LIT("://")))
        return refuse(h, 400, "the target does not begin with '/'");
    rest = span_from_offset(rest, 3);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?')
        end++;
    h->request.host = span_from(rest.ptr, end);
    if (!host_valid(h->request.host))
        return refuse(h, 400, "the target's host is not valid");
    struct span path = span_from_offset(rest, end);
    if (path.len && path.ptr[0] == '/')
        return split_path(h, path);
    h->request.path = SPAN_LIT("/");
    h->request.query = span_from_offset(path, 1);
    return 0;
}

static int parse_target(struct parse_head *h, struct span target)
{
    h->request.target = target;
    if (target.len > PARSE_TARGET_MAX)
        return refuse(h, 414, "the target is too long");
    if (target.len == 0 || !all(target, TARGET))
        return refuse(h, 400, "the request line has a character that must not be there");
    if (target.ptr[0] == '/')
        return split_path(h, target);
    if (!span_eq_str(target, "*"))
        return parse_absolute(h, target);
    h->request.path = target;
    if (h->request.method != HTTP_OPTIONS)
        return refuse(h, 400, "'*' is a target for OPTIONS alone");
    return 0;
}

static int parse_request_line(struct parse_head *h, struct span line)
{
    struct span target = line;
    struct span method;
    if (!span_split(&target, ' ', &method) || method.len == 0 || !all(method, TOKEN))
        return refuse(h, 400, "the request line does not begin with a method");
    if (method.len > METHOD_MAX)
        return refuse(h, 501, "this method is not known here");
    /* From the right, so that a space within the target is seen as one. */
    const char *space = target.len ? memrchr(target.ptr, ' ', target.len) : NULL;
    if (!space)
        return refuse(h, 400, "the request line does not end in an HTTP version");
    size_t target_len = (size_t)(space - target.ptr);
    int failed = parse_version(h, span_from_offset(target, target_len + 1));
    if (!failed)
        failed = parse_method(h, method);
    return failed ? failed : parse_target(h, span_from(target.ptr, target_len));
}

/* ---- the fields that the server itself must understand ---- */

static int on_host(struct parse_head *h, struct span value)
{
    if (h->has_host)
        return refuse(h, 400, "there are two Host fields");
    h->has_host = true;
    if (!host_valid(value))
        return refuse(h, 400, "the Host field is not a host");
    if (!h->request.host.ptr) /* an absolute target's authority goes first */
        h->request.host = value;
    return 0;
}

static int on_content_length(struct parse_head *h, struct span value)
{
    if (h->has_length)
        return refuse(h, 400, "there are two Content-Length fields");
    h->has_length = true;
    if (!span_to_u64(value, &h->content_length))
        return refuse(h, 400, "the Content-Length field is not a number");
    return 0;
}

static bool contains_chunked(struct span value)
{
    struct span chunked = SPAN_LIT("chunked");
    for (size_t i = 0; i + chunked.len <= value.len; i++) {
        if (span_eq_nocase(span_from(value.ptr + i, chunked.len), chunked))
            return true;
    }
    return false;
}

static int on_transfer_encoding(struct parse_head *h, struct span value)
{
    if (h->has_coding)
        return refuse(h, 400, "there are two Transfer-Encoding fields");
    h->has_coding = true;
    if (span_eq_nocase(value, SPAN_LIT("chunked")))
        return 0;
    /* A coding of its own is merely not known; anything near to "chunked" is an attempt. */
    if (value.len && all(value, TOKEN) && !contains_chunked(value) &&
        !span_eq_nocase(value, SPAN_LIT("identity")))
        return refuse(h, 501, "this transfer coding is not known here");
    return refuse(h, 400, "the Transfer-Encoding field is not 'chunked'");
}

static int on_connection(struct parse_head *h, struct span value)
{
    struct span option;
    while (span_split(&value, ',', &option)) {
        option = span_trim(option);
        if (span_eq_nocase(option, SPAN_LIT("close")))
            h->close = true;
        else if (span_eq_nocase(option, SPAN_LIT("keep-alive")))
            h->keep_alive_asked = true;
    }
    return 0;
}

static int on_expect(struct parse_head *h, struct span value)
{
    if (h->request.minor == 0) /* a 1.0 client cannot mean it (RFC 9110 section 10.1.1) */
        return 0;
    if (!span_eq_nocase(value, SPAN_LIT("100-continue")))
        return refuse(h, 417, "only 100-continue can be expected");
    h->expect_continue = true;
    return 0;
}

static int on_field(struct parse_head *h, struct http_field field)
{
    static const struct {
        struct span name;
        int (*on)(struct parse_head *, struct span);
    } known[] = {
        { { "Host", 4 }, on_host },
        { { "Expect", 6 }, on_expect },
        { { "Connection", 10 }, on_connection },
        { { "Content-Length", 14 }, on_content_length },
        { { "Transfer-Encoding", 17 }, on_transfer_encoding },
    };
    for (size_t i = 0; i < countof(known); i++) {
        if (field.name.len == known[i].name.len && span_eq_nocase(field.name, known[i].name))
            return known[i].on(h, field.value);
    }
    return 0;
}

static int parse_field(struct parse_head *h, struct span line)
{
    struct http_field field;
    struct span value = line;
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return refuse(h, 400, "a field line begins with white space");
    span_split(&value, ':', &field.name);
    if (!value.ptr || field.name.len == 0 || !all(field.name, TOKEN))
        return refuse(h, 400, "a field line is not 'Name: value'");
    field.value = span_trim(value);
    if (field.value.len > PARSE_VALUE_MAX)
        return refuse(h, 431, "a field is too long");
    if (!all(field.value, VALUE))
        return refuse(h, 400, "a field holds a control character");
    if (h->request.field_count == HTTP_FIELDS_MAX)
        return refuse(h, 431, "there are too many fields");
    h->request.fields[h->request.field_count++] = field;
    return on_field(h, field);
}

/* What must hold of all fields together (RFC 9112 sections 3.2, 6.1 and 6.3). */
static int check_fields(struct parse_head *h)
{
    bool old = h->request.minor == 0;
    if (!h->has_host && !old)
        return refuse(h, 400, "there is no Host field");
    if (h->has_coding && old)
        return refuse(h, 400, "HTTP/1.0 has no Transfer-Encoding");
    if (h->has_coding && h->has_length)
        return refuse(h, 400, "there are both Content-Length and Transfer-Encoding");
    if (h->has_coding)
        h->body = PARSE_CHUNKED;
    else if (h->content_length > 0)
        h->body = PARSE_LENGTH;
    h->close = h->close || (old && !h->keep_alive_asked);
    return 0;
}

/* ---- the head ---- */

static void reset(struct parse_head *h)
{
    /* Not the arrays: they are large, and only what is counted in them is read. */
    h->request.method = HTTP_GET;
    h->request.minor = 1;
    h->request.target = (struct span){ 0 };
    h->request.path = (struct span){ 0 };
    h->request.query = (struct span){ 0 };
    h->request.host = (struct span){ 0 };
    h->request.field_count = 0;
    h->body = PARSE_NO_BODY;
    h->content_length = 0;
    h->close = false;
    h->expect_continue = false;
    h->why = "";
    h->has_host = false;
    h->has_length = false;
    h->has_coding = false;
    h->keep_alive_asked = false;
}

/* One empty line before the request line is ignored (RFC 9112 section 2.2). */
static int skip_empty_line(struct parse_head *h, struct span input, size_t *at)
{
    if (input.ptr[0] == '\r' && input.len > 1 && input.ptr[1] == '\n')
        *at = 2;
    else if (input.ptr[0] == '\r' && input.len > 1)
        return refuse(h, 400, "there is a CR without LF");
    else if (input.ptr[0] == 0x16)
        return refuse(h, 400, "this port speaks plain HTTP; use http:// instead of https://");
    else if (input.ptr[0] != '\r' && !is(input.ptr[0], TOKEN))
        return refuse(h, 400, "the request line does not begin with a method");
    return 0;
}

/* 1 when the request line was read, 0 when it is not complete, or a negative status. */
static int read_request_line(struct parse_head *h, struct span input, size_t *at)
{
    struct span line;
    size_t start = *at;
    int found = next_line(input, at, &line);
    size_t len = found == 0 ? input.len - start : *at - start;
    if (len > PARSE_LINE_MAX)
        return refuse(h, 414, "the request line is too long");
    if (found == 0)
        return 0;
    if (found < 0)
        return refuse(h, 400, "a line does not end in CR LF");
    int failed = parse_request_line(h, line);
    return failed ? failed : 1;
}

/* 1 when all fields were read, 0 when they are not complete, or a negative status. */
static int read_fields(struct parse_head *h, struct span input, size_t *at)
{
    size_t start = *at;
    for (;;) {
        struct span line;
        int found = next_line(input, at, &line);
        size_t len = found == 0 ? input.len - start : *at - start;
        if (len > PARSE_FIELDS_MAX)
            return refuse(h, 431, "the fields are too long");
        if (found == 0)
            return 0;
        if (found < 0)
            return refuse(h, 400, "a line does not end in CR LF");
        if (line.len == 0)
            return 1;
        int failed = parse_field(h, line);
        if (failed)
            return failed;
    }
}

ptrdiff_t parse_head(struct parse_head *h, struct span input)
{
    size_t at = 0;
    reset(h);
    if (input.len == 0)
        return 0;
    int result = skip_empty_line(h, input, &at);
    if (result < 0)
        return result;
    result = read_request_line(h, input, &at);
    if (result <= 0)
        return result;
    result = read_fields(h, input, &at);
    if (result <= 0)
        return result;
    result = check_fields(h);
    return result < 0 ? result : (ptrdiff_t)at;
}

struct span http_request_find(const struct http_request *request, struct span name)
{
    for (size_t i = 0; i < request->field_count; i++) {
        if (request->fields[i].name.len == name.len &&
            span_eq_nocase(request->fields[i].name, name))
            return request->fields[i].value;
    }
    return (struct span){ 0 };
}
