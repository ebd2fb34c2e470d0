#include "base/std.h"

#include "visitlog/internal.h"

/* ---- is it a whole line? Each function takes what it names off the front of *s. ---- */

/* `pattern` as it stands, but '#' is any digit. */
static bool take(struct span *s, const char *pattern)
{
    size_t len = strlen(pattern);
    if (s->len < len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = s->ptr[i];
        if (pattern[i] == '#' ? c < '0' || c > '9' : c != pattern[i])
            return false;
    }
    *s = span_from_offset(*s, len);
    return true;
}

/* One or more bytes that are no space. */
static bool take_word(struct span *s)
{
    size_t n = 0;
    while (n < s->len && s->ptr[n] != ' ')
        n++;
    *s = span_from_offset(*s, n);
    return n > 0;
}

static bool take_number(struct span *s)
{
    if (!take(s, "#"))
        return false;
    while (take(s, "#"))
        continue;
    return true;
}

/* A text in quotes, in which a backslash escapes. */
static bool take_quoted(struct span *s)
{
    if (!take(s, "\""))
        return false;
    for (size_t i = 0; i < s->len; i++) {
        if (s->ptr[i] == '"') {
            *s = span_from_offset(*s, i + 1);
            return true;
        }
        if (s->ptr[i] == '\\')
            i++;
    }
    return false;
}

/* Python leaves the microseconds out when they are 0. */
static bool is_visits(struct span s)
{
    if (!take(&s, "Visit at: ####-##-## ##:##:##"))
        return false;
    take(&s, ".######");
    return take(&s, " ") && s.len == 0;
}

static bool is_django(struct span s)
{
    return take(&s, "INFO ####-##-## ##:##:##,### ") && take_word(&s) && take(&s, " ") &&
           take_number(&s) && take(&s, " A client visited") && s.len == 0;
}

static bool is_combined(struct span s)
{
    return take_word(&s) && take(&s, " ") && take_word(&s) && take(&s, " ") && take_word(&s) &&
           take(&s, " [##/") && take_word(&s) && take(&s, " ") && take_word(&s) && take(&s, " ") &&
           take_quoted(&s) && take(&s, " ### ") && take_word(&s) && take(&s, " ") &&
           take_quoted(&s) && take(&s, " ") && take_quoted(&s) && s.len == 0;
}

/* An object whose braces close at the very end: the beginning of one never does. */
static bool is_json(struct span s)
{
    unsigned depth = 0;
    if (s.len == 0 || s.ptr[0] != '{')
        return false;
    while (s.len) {
        char c = s.ptr[0];
        if (c == '"') {
            if (!take_quoted(&s))
                return false;
            continue;
        }
        s = span_from_offset(s, 1);
        depth += c == '{' || c == '[';
        if ((c == '}' || c == ']') && --depth == 0)
            return s.len == 0;
    }
    return false;
}

bool line_is_whole(struct span line)
{
    if (span_ends(line, SPAN_LIT("\r")))
        line.len--;
    return is_visits(line) || is_django(line) || is_combined(line) || is_json(line);
}
