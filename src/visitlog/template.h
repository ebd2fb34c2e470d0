/*
 * template.h: a line of the user's own: text with $variables, by nginx's names where it has them
 * (nginx.org, ngx_http_log_module and ngx_http_core_module).
 *
 * A template is compiled once; what a client sent is escaped as in the combined format, so no
 * client can end its field or its line. Whatever the fields hold, a line fits VISITLOG_LINE_MAX.
 */
#ifndef VISITLOG_TEMPLATE_H
#define VISITLOG_TEMPLATE_H

#include "base/clock.h"
#include "visitlog/visitlog.h"

enum { TEMPLATE_PIECES_MAX = 64 };

struct template_piece {
    int variable;        /* index into the table; -1: text */
    struct span literal; /* of a text */
};

struct template
{
    struct template_piece pieces[TEMPLATE_PIECES_MAX];
    size_t count;
};

/* What a line is made of beside the visit. */
struct template_context {
    const struct civil *when; /* local */
    const char *pod;
};

/* "$name", "${name}" and "$$". False, with an error that tells which, for a variable that there is
 * not, or a line that could become too long. The spans point into `text`. */
must_use bool template_compile(struct template *t, struct span text, struct err *err);

/* Appends one line, its newline included. */
void template_add(const struct template *t, const struct template_context *context,
                  const struct visitlog_visit *visit, struct buf *line);

#endif
