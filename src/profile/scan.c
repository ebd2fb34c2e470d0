#include "base/std.h"

#include "base/escape.h"
#include "profile/scan.h"

enum { SECTION_BYTES_MAX = 127 }; /* our inih keeps this much and cuts the rest (MAX_SECTION) */

struct scanner {
    const char *file;
    unsigned line;
    bool in_section;
    bool skipping; /* the section's own line was bad */
    struct profile_problems *problems;
};

static bool refuse(const struct scanner *s, const char *what)
{
    return profile_problem_add(s->problems, (struct profile_origin){ s->file, s->line }, "%s",
                               what);
}

static bool is_comment(struct span s)
{
    return s.len == 0 || s.ptr[0] == ';' || s.ptr[0] == '#';
}

/* inih ends a value or a section's line at a ';' behind white space. */
static ptrdiff_t find_comment(struct span s)
{
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] == ';' && (s.ptr[i - 1] == ' ' || s.ptr[i - 1] == '\t'))
            return (ptrdiff_t)i;
    }
    return -1;
}

static bool check_bytes(const struct scanner *s, struct span line)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if (c == '\0')
            return refuse(s, "there is a NUL byte in the line; a profile is text");
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return refuse(s, "there is a control character in the line; a profile is text");
    }
    if (!escape_utf8_valid(line))
        return refuse(s, "the line is not UTF-8");
    return true;
}

static bool check_section(struct scanner *s, struct span line)
{
    ptrdiff_t end = span_find(line, ']');
    s->in_section = true;
    s->skipping = true;
    if (end < 0)
        return refuse(s, "the section's name has no ']' behind it");
    if (end - 1 > SECTION_BYTES_MAX)
        return refuse(s, "the section's name is too long");
    if (!is_comment(span_trim(span_from_offset(line, (size_t)end + 1))))
        return refuse(s, "there is something behind the section's ']'; give it a line of its own");
    s->skipping = false;
    return true;
}

static bool check_value(const struct scanner *s, struct span value)
{
    ptrdiff_t comment = find_comment(value);
    if (comment < 0)
        return true;
    struct span kept = span_trim(span_from(value.ptr, (size_t)comment));
    bool opens = kept.len && (kept.ptr[0] == '"' || kept.ptr[0] == '\'');
    if (opens && (kept.len == 1 || kept.ptr[kept.len - 1] != kept.ptr[0]))
        return refuse(s, "a ';' behind a space begins a comment, also between quotes; put such a "
                         "value into a file and write '@file'");
    return true;
}

static bool check_key(const struct scanner *s, struct span line)
{
    ptrdiff_t equals = span_find(line, '=');
    ptrdiff_t colon = span_find(line, ':');
    if (equals < 0)
        return refuse(s, "the line is neither 'key = value' nor a [section] nor a comment");
    if (colon >= 0 && colon < equals)
        return refuse(s, "there is a ':' before the '='; write 'key = value', and no ':' in a key");
    if (span_trim(span_from(line.ptr, (size_t)equals)).len == 0)
        return refuse(s, "there is no key before the '='");
    if (!s->in_section)
        return refuse(s, "a key stands before the first [section]");
    return check_value(s, span_from_offset(line, (size_t)equals + 1));
}

/* True when inih may see the line. */
static bool check_line(struct scanner *s, struct span raw)
{
    if (raw.len && raw.ptr[raw.len - 1] == '\r')
        raw.len--;
    struct span line = span_trim(raw);
    if (s->line == 1 && span_starts(line, SPAN_LIT("\xef\xbb\xbf")))
        line = span_trim(span_from_offset(line, 3));
    if (!check_bytes(s, line))
        return false;
    if (is_comment(line))
        return true;
    if (line.ptr[0] == '[')
        return check_section(s, line);
    return !s->skipping && check_key(s, line);
}

void scan_text(char *text, size_t len, const char *file, struct profile_problems *problems)
{
    struct scanner s = { .file = file, .problems = problems };
    for (size_t at = 0; at < len;) {
        const char *newline = memchr(text + at, '\n', len - at);
        size_t end = newline ? (size_t)(newline - text) : len;
        s.line++;
        if (!check_line(&s, span_from(text + at, end - at)))
            memset(text + at, ' ', end - at);
        at = end + 1;
    }
}
