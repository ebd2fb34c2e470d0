#include "base/std.h"

#include "manifest/kubename.h"

enum {
    LABEL_MAX = 63,
    SUBDOMAIN_MAX = 253,
    PORT_NAME_MAX = 15,
    TAG_MAX = 128,
    REPOSITORY_MAX = 255,
    PATH_MAX_BYTES = 1024,
};

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool is_alnum(char c)
{
    return is_letter(c) || is_digit(c);
}

static bool is_lower_alnum(char c)
{
    return is_lower(c) || is_digit(c);
}

/* Every byte is one of a class or of `others`. */
static bool consists_of(struct span s, bool (*is)(char), const char *others)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is(s.ptr[i]) && (s.ptr[i] == '\0' || !strchr(others, s.ptr[i])))
            return false;
    }
    return true;
}

/* Between 1 and `max` bytes, of which the first and the last are of the class. */
static bool is_word(struct span s, size_t max, bool (*is)(char), const char *others)
{
    return s.len > 0 && s.len <= max && is(s.ptr[0]) && is(s.ptr[s.len - 1]) &&
           consists_of(s, is, others);
}

static bool is_label(struct span s)
{
    return is_word(s, LABEL_MAX, is_lower_alnum, "-");
}

static bool is_subdomain(struct span s)
{
    struct span part;
    if (s.len == 0 || s.len > SUBDOMAIN_MAX)
        return false;
    while (span_split(&s, '.', &part)) {
        /* The rule bounds the whole, not the part. */
        if (!is_word(part, SUBDOMAIN_MAX, is_lower_alnum, "-"))
            return false;
    }
    return true;
}

static bool is_label_value(struct span s)
{
    return s.len == 0 || is_word(s, LABEL_MAX, is_alnum, "-_.");
}

static bool is_qualified(struct span s, bool any_case)
{
    ptrdiff_t slash = span_find(s, '/');
    struct span name = span_from_offset(s, (size_t)(slash + 1));
    char lower[SUBDOMAIN_MAX];
    if (!is_word(name, LABEL_MAX, is_alnum, "-_."))
        return false;
    if (slash < 0)
        return true;
    if ((size_t)slash > sizeof(lower))
        return false;
    for (size_t i = 0; i < (size_t)slash; i++)
        lower[i] = any_case && is_letter(s.ptr[i]) ? (char)(s.ptr[i] | 0x20) : s.ptr[i];
    return is_subdomain(span_from(lower, (size_t)slash));
}

static bool is_port_name(struct span s)
{
    bool letter = false;
    for (size_t i = 0; i < s.len; i++) {
        letter = letter || is_lower(s.ptr[i]);
        if (i > 0 && s.ptr[i] == '-' && s.ptr[i - 1] == '-')
            return false;
    }
    return letter && is_word(s, PORT_NAME_MAX, is_lower_alnum, "-");
}

static bool begins_with_two_dots(struct span s)
{
    return span_starts(s, SPAN_LIT("..")) || span_eq_str(s, ".");
}

static bool is_env(struct span s)
{
    return s.len > 0 && !is_digit(s.ptr[0]) && consists_of(s, is_alnum, "-._") &&
           !begins_with_two_dots(s);
}

static bool is_config_key(struct span s)
{
    return s.len > 0 && s.len <= SUBDOMAIN_MAX && consists_of(s, is_alnum, "-._") &&
           !begins_with_two_dots(s);
}

/* Between two letters or digits: one '.', one or two '_', or any number of '-'. */
static bool is_separator(struct span s)
{
    return span_eq_str(s, ".") || span_eq_str(s, "_") || span_eq_str(s, "__") ||
           (s.len > 0 && s.ptr[0] == '-');
}

static bool is_path_component(struct span s)
{
    if (!is_word(s, REPOSITORY_MAX, is_lower_alnum, "._-"))
        return false;
    for (size_t i = 0; i < s.len;) {
        size_t from = i;
        while (i < s.len && s.ptr[i] == s.ptr[from] && !is_lower_alnum(s.ptr[i]))
            i++;
        if (i == from)
            i++;
        else if (!is_separator(span_from(s.ptr + from, i - from)) || !is_lower_alnum(s.ptr[i]))
            return false;
    }
    return true;
}

/* "registry.example:5000", "localhost"; what has neither point, colon nor that name is a path. */
static bool is_registry(struct span s)
{
    struct span port = s;
    struct span host;
    struct span part;
    uint64_t number;
    span_split(&port, ':', &host);
    if (port.ptr && (!span_to_u64(port, &number) || number > 65535))
        return false;
    while (span_split(&host, '.', &part)) {
        if (!is_word(part, LABEL_MAX, is_alnum, "-"))
            return false;
    }
    return true;
}

static bool is_repository(struct span s)
{
    struct span rest = s;
    struct span part;
    bool first = true;
    if (s.len == 0 || s.len > REPOSITORY_MAX)
        return false;
    while (span_split(&rest, '/', &part)) {
        bool registry = first && rest.ptr &&
                        (span_find(part, '.') >= 0 || span_find(part, ':') >= 0 ||
                         span_eq_str(part, "localhost"));
        if (registry ? !is_registry(part) : !is_path_component(part))
            return false;
        first = false;
    }
    return true;
}

static bool is_tag(struct span s)
{
    return s.len > 0 && s.len <= TAG_MAX && (is_alnum(s.ptr[0]) || s.ptr[0] == '_') &&
           consists_of(s, is_alnum, "_.-");
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool is_digest(struct span s)
{
    const struct span prefix = SPAN_LIT("sha256:");
    return span_starts(s, prefix) && s.len == prefix.len + 64 &&
           consists_of(span_from_offset(s, prefix.len), is_hex, "");
}

static bool is_path(struct span s)
{
    struct span part;
    if (s.len < 2 || s.len > PATH_MAX_BYTES || s.ptr[0] != '/' || span_find(s, ':') >= 0)
        return false;
    s = span_from_offset(s, 1);
    while (span_split(&s, '/', &part)) {
        /* A slash at the end is usual for a directory. */
        bool at_end = !s.ptr;
        if ((part.len == 0 && !at_end) || span_eq_str(part, ".") || span_eq_str(part, ".."))
            return false;
    }
    return true;
}

/* core: IsHTTPHeaderName. */
static bool is_header(struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (!is_alnum(name.ptr[i]) && name.ptr[i] != '-')
            return false;
    }
    return name.len > 0;
}

bool kubename_is_valid(enum kubename_rule rule, struct span name)
{
    switch (rule) {
    case KUBENAME_LABEL:
        return is_label(name);
    case KUBENAME_SUBDOMAIN:
        return is_subdomain(name);
    case KUBENAME_SERVICE:
        return is_label(name) && is_lower(name.ptr[0]);
    case KUBENAME_LABEL_KEY:
        return is_qualified(name, false);
    case KUBENAME_LABEL_VALUE:
        return is_label_value(name);
    case KUBENAME_ANNOTATION_KEY:
        return is_qualified(name, true);
    case KUBENAME_PORT:
        return is_port_name(name);
    case KUBENAME_ENV:
        return is_env(name);
    case KUBENAME_CONFIG_KEY:
        return is_config_key(name);
    case KUBENAME_IMAGE_REPOSITORY:
        return is_repository(name);
    case KUBENAME_IMAGE_TAG:
        return is_tag(name);
    case KUBENAME_IMAGE_DIGEST:
        return is_digest(name);
    case KUBENAME_HEADER:
        return is_header(name);
    case KUBENAME_PATH:
        return is_path(name);
    }
    return false;
}

const char *kubename_rule_text(enum kubename_rule rule)
{
    switch (rule) {
    case KUBENAME_LABEL:
        return "a DNS-1123 label (a-z, 0-9 and '-' between them, at most 63 characters)";
    case KUBENAME_SUBDOMAIN:
        return "a DNS-1123 subdomain (a-z, 0-9, '-' and '.' between them, at most 253 characters)";
    case KUBENAME_SERVICE:
        return "a DNS-1035 label (a-z, 0-9 and '-', a letter first, no '-' last, at most 63 "
               "characters)";
    case KUBENAME_LABEL_KEY:
        return "a label key (a qualified name: [DNS-1123 subdomain/]name, the name of at most 63 "
               "letters, digits and '-', '_', '.' between them)";
    case KUBENAME_LABEL_VALUE:
        return "a label value (letters, digits and '-', '_', '.' between them, at most 63 "
               "characters)";
    case KUBENAME_ANNOTATION_KEY:
        return "an annotation key (a qualified name: [DNS-1123 subdomain/]name, the name of at "
               "most 63 letters, digits and '-', '_', '.' between them)";
    case KUBENAME_PORT:
        return "a port name (IANA_SVC_NAME: a-z, 0-9 and single '-' between them, at least one "
               "letter, at most 15 characters)";
    case KUBENAME_ENV:
        return "an environment variable name (letters, digits, '_', '-' and '.', no digit first)";
    case KUBENAME_CONFIG_KEY:
        return "a ConfigMap or Secret key (letters, digits, '-', '_' and '.', at most 253 "
               "characters, not '.' and not beginning with '..')";
    case KUBENAME_IMAGE_REPOSITORY:
        return "an image repository ([registry[:port]/]path in lower case, at most 255 characters)";
    case KUBENAME_IMAGE_TAG:
        return "an image tag (letters, digits, '_', '.' and '-', at most 128 characters, no '.' "
               "or '-' first)";
    case KUBENAME_IMAGE_DIGEST:
        return "an image digest (sha256: and 64 hexadecimal digits in lower case)";
    case KUBENAME_HEADER:
        return "a field name of HTTP (letters, digits and '-')";
    case KUBENAME_PATH:
        return "an absolute path below / (without ':', '//', '.' and '..')";
    }
    return "";
}
