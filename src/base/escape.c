#include "base/std.h"

#include "base/escape.h"

static const char hex_digits[] = "0123456789abcdef";

static bool is_continuation(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* The length that a first byte announces and the least code such a length may carry. */
static size_t utf8_length(unsigned char first, uint32_t *least)
{
    if (first >= 0xc2 && first <= 0xdf) {
        *least = 0x80;
        return 2;
    }
    if (first >= 0xe0 && first <= 0xef) {
        *least = 0x800;
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        *least = 0x10000;
        return 4;
    }
    return 0;
}

size_t escape_utf8_decode(struct span s, uint32_t *code)
{
    if (s.len == 0)
        return 0;
    const unsigned char *p = (const unsigned char *)s.ptr;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    uint32_t least;
    size_t n = utf8_length(p[0], &least);
    if (n == 0 || s.len < n)
        return 0;
    uint32_t value = p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (!is_continuation(p[i]))
            return 0;
        value = value << 6 | (p[i] & 0x3fu);
    }
    if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code = value;
    return n;
}

void escape_utf8_encode(struct buf *b, uint32_t code)
{
    static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    unsigned len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (len == 1) {
        buf_add_char(b, (char)code);
        return;
    }
    buf_add_char(b, (char)(lead[len] | code >> (6 * (len - 1))));
    for (unsigned i = len - 1; i-- > 0;)
        buf_add_char(b, (char)(0x80 | (code >> (6 * i) & 0x3f)));
}

bool escape_utf8_valid(struct span s)
{
    uint32_t code;
    while (s.len) {
        size_t n = escape_utf8_decode(s, &code);
        if (n == 0)
            return false;
        s = span_from_offset(s, n);
    }
    return true;
}

/* The length of the run of printable ASCII at the start that no format escapes. */
static size_t plain_run(struct span s)
{
    size_t n = 0;
    for (; n < s.len; n++) {
        char c = s.ptr[n];
        if (c < 0x20 || c == 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' ||
            c == '\'')
            break;
    }
    return n;
}

/* Appends each character by `put`; what is not UTF-8 is put as U+FFFD, byte by byte. */
static void for_each_character(struct buf *b, struct span s,
                               void (*put)(struct buf *, uint32_t, struct span))
{
    while (s.len) {
        uint32_t code;
        size_t run = plain_run(s);
        buf_add(b, s.ptr, run);
        s = span_from_offset(s, run);
        if (s.len == 0)
            return;
        size_t n = escape_utf8_decode(s, &code);
        if (n == 0) {
            put(b, 0xfffd, SPAN_LIT("\xef\xbf\xbd"));
            n = 1;
        } else {
            put(b, code, span_from(s.ptr, n));
        }
        s = span_from_offset(s, n);
    }
}

static void add_hex(struct buf *b, uint32_t value, unsigned digits)
{
    while (digits-- > 0)
        buf_add_char(b, hex_digits[value >> (4 * digits) & 0xf]);
}

/* The escapes that JSON and YAML share; 0 when the character has none. */
static char short_escape(uint32_t code)
{
    switch (code) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static bool put_short(struct buf *b, uint32_t code)
{
    char letter = short_escape(code);
    if (!letter)
        return false;
    buf_add_char(b, '\\');
    buf_add_char(b, letter);
    return true;
}

static void put_json(struct buf *b, uint32_t code, struct span bytes)
{
    if (put_short(b, code))
        return;
    /* U+2028 and U+2029 are legal in JSON, and end a line in a script that holds it. */
    if (code < 0x20 || code == 0x7f || code == 0x2028 || code == 0x2029) {
        buf_add_str(b, "\\u");
        add_hex(b, code, 4);
    } else {
        buf_add_span(b, bytes);
    }
}

void escape_json(struct buf *b, struct span s)
{
    for_each_character(b, s, put_json);
}

/* What YAML readers may take raw inside double quotes (section 5.1, c-printable), less what
 * some fold or refuse: the line separators, the byte order mark and the C1 block. */
static bool yaml_printable(uint32_t code)
{
    if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        return false;
    return code != 0x2028 && code != 0x2029 && code != 0xfeff && (code & 0xfffe) != 0xfffe;
}

static void put_yaml(struct buf *b, uint32_t code, struct span bytes)
{
    if (put_short(b, code))
        return;
    if (yaml_printable(code)) {
        buf_add_span(b, bytes);
    } else if (code < 0x80) {
        buf_add_str(b, "\\x");
        add_hex(b, code, 2);
    } else if (code < 0x10000) {
        buf_add_str(b, "\\u");
        add_hex(b, code, 4);
    } else {
        buf_add_str(b, "\\U");
        add_hex(b, code, 8);
    }
}

void escape_yaml(struct buf *b, struct span s)
{
    for_each_character(b, s, put_yaml);
}

static void put_html(struct buf *b, uint32_t code, struct span bytes)
{
    switch (code) {
    case '<':
        buf_add_str(b, "&lt;");
        break;
    case '>':
        buf_add_str(b, "&gt;");
        break;
    case '&':
        buf_add_str(b, "&amp;");
        break;
    case '"':
        buf_add_str(b, "&quot;");
        break;
    case '\'':
        buf_add_str(b, "&#39;");
        break;
    default:
        buf_add_span(b, bytes);
    }
}

void escape_html(struct buf *b, struct span s)
{
    for_each_character(b, s, put_html);
}

void escape_log(struct buf *b, struct span s)
{
    size_t clean = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
            continue;
        buf_add(b, s.ptr + clean, i - clean);
        buf_add_str(b, "\\x");
        add_hex(b, c, 2);
        clean = i + 1;
    }
    if (s.len > clean)
        buf_add(b, s.ptr + clean, s.len - clean);
}

static bool logfmt_bare(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\')
            return false;
    }
    return s.len > 0;
}

void escape_logfmt(struct buf *b, struct span s)
{
    if (logfmt_bare(s)) {
        buf_add_span(b, s);
        return;
    }
    buf_add_char(b, '"');
    escape_json(b, s);
    buf_add_char(b, '"');
}

void escape_base64(struct buf *b, struct span s)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (s.len) {
        uint32_t bits = 0;
        for (size_t i = 0; i < 3; i++)
            bits = bits << 8 | (i < s.len ? (unsigned char)s.ptr[i] : 0);
        for (size_t i = 0; i < 4; i++)
            buf_add_char(b, i <= s.len ? alphabet[bits >> (18 - 6 * i) & 63] : '=');
        s = span_from_offset(s, min_size(s.len, 3));
    }
}
