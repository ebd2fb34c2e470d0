#include "base/std.h"

#include "base/clock.h"
#include "base/escape.h"
#include "site/internal.h"

/* Makes the parts of an answer that stay the same for a second. */
static void update_second(struct site_worker *w)
{
    if (w->second_s == w->now.tv_sec && w->stamp.len)
        return;
    w->second_s = w->now.tv_sec;
    buf_reset(&w->stamp);
    clock_add_rfc3339_ms(&w->stamp, (struct timespec){ .tv_sec = w->now.tv_sec });
    /* The seconds of "....:37.000Z" are enough for an answer. */
    buf_truncate(&w->stamp, w->stamp.len - sizeof(".000Z") + 1);
    buf_add_char(&w->stamp, 'Z');
    buf_reset(&w->text_end);
    buf_add_str(&w->text_end, " on ");
    escape_log(&w->text_end, span_of(w->site->config.pod));
    buf_add_str(&w->text_end, " at ");
    buf_add_span(&w->text_end, buf_span(&w->stamp));
    buf_add_char(&w->text_end, '\n');
    assert(!w->stamp.overflow && !w->text_end.overflow);
}

static void finish(struct site_worker *w, enum site_media media, struct http_reply *reply)
{
    assert(!w->body.overflow);
    reply->status = 200;
    reply->content_type = site_media_type(media);
    reply->extra_fields = SPAN_LIT("Vary: Accept\r\n");
    reply->no_store = true;
    reply->body = buf_span(&w->body);
}

static void html_head(struct buf *b, const char *title, uint64_t number)
{
    buf_add_str(b, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    buf_add_str(b, title);
    buf_add_u64(b, number);
    buf_add_str(b, "</title>\n</head>\n<body>\n<h1>");
    buf_add_str(b, title);
    buf_add_u64(b, number);
    buf_add_str(b, "</h1>\n");
}

void site_page_visit(struct site_worker *w, enum site_media media, uint64_t number,
                     struct http_reply *reply)
{
    struct buf *b = &w->body;
    struct span pod = span_of(w->site->config.pod);
    buf_reset(b);
    update_second(w);
    switch (media) {
    case SITE_TEXT:
        buf_add_str(b, "visit ");
        buf_add_u64(b, number);
        buf_add_span(b, buf_span(&w->text_end));
        break;
    case SITE_HTML:
        html_head(b, "Visit ", number);
        buf_add_str(b, "<p>Counted on <b>");
        escape_html(b, pod);
        buf_add_str(b, "</b> at <time>");
        buf_add_span(b, buf_span(&w->stamp));
        buf_add_str(b,
                    "</time>.</p>\n<p><a href=\"/visits\">All visits</a></p>\n</body>\n</html>\n");
        break;
    case SITE_JSON:
        buf_add_str(b, "{\"visit\":");
        buf_add_u64(b, number);
        buf_add_str(b, ",\"pod\":\"");
        escape_json(b, pod);
        buf_add_str(b, "\",\"time\":\"");
        buf_add_span(b, buf_span(&w->stamp));
        buf_add_str(b, "\"}\n");
        break;
    }
    finish(w, media, reply);
}

void site_page_total(struct site_worker *w, enum site_media media, uint64_t total,
                     struct http_reply *reply)
{
    struct buf *b = &w->body;
    struct span pod = span_of(w->site->config.pod);
    buf_reset(b);
    switch (media) {
    case SITE_TEXT:
        buf_add_u64(b, total);
        buf_add_str(b, total == 1 ? " visit on " : " visits on ");
        escape_log(b, pod);
        buf_add_char(b, '\n');
        break;
    case SITE_HTML:
        html_head(b, "Visits: ", total);
        buf_add_str(b, "<p>Counted on <b>");
        escape_html(b, pod);
        buf_add_str(b, "</b>, in its own log.</p>\n</body>\n</html>\n");
        break;
    case SITE_JSON:
        buf_add_str(b, "{\"visits\":");
        buf_add_u64(b, total);
        buf_add_str(b, ",\"pod\":\"");
        escape_json(b, pod);
        buf_add_str(b, "\"}\n");
        break;
    }
    finish(w, media, reply);
}

void site_page_line(struct site_worker *w, const char *text, struct http_reply *reply)
{
    buf_reset(&w->body);
    buf_add_str(&w->body, text);
    buf_add_char(&w->body, '\n');
    assert(!w->body.overflow);
    reply->content_type = site_media_type(SITE_TEXT);
    reply->no_store = true;
    reply->body = buf_span(&w->body);
}
