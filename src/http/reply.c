#include "base/std.h"

#include "base/clock.h"
#include "http/reply.h"

static const char *reason_of(unsigned status)
{
    static const struct {
        unsigned status;
        const char *reason;
    } reasons[] = {
        { 200, "OK" },
        { 204, "No Content" },
        { 400, "Bad Request" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 408, "Request Timeout" },
        { 413, "Content Too Large" },
        { 414, "URI Too Long" },
        { 417, "Expectation Failed" },
        { 431, "Request Header Fields Too Large" },
        { 501, "Not Implemented" },
        { 503, "Service Unavailable" },
        { 505, "HTTP Version Not Supported" },
    };
    for (size_t i = 0; i < countof(reasons); i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "Unknown"; /* a reason is optional and never read (RFC 9112 section 4) */
}

void reply_date_update(struct reply_date *date, int64_t epoch_s)
{
    if (date->len && date->epoch_s == epoch_s)
        return;
    struct buf b = BUF_OF(date->text);
    buf_add_str(&b, "Server: app\r\nDate: ");
    clock_add_http_date(&b, epoch_s);
    buf_add_str(&b, "\r\n");
    assert(!b.overflow);
    date->len = b.len;
    date->epoch_s = epoch_s;
}

static void add_field(struct buf *out, struct span name, struct span value)
{
    buf_add_span(out, name);
    buf_add_span(out, value);
    buf_add_span(out, SPAN_LIT("\r\n"));
}

static void add_status_line(struct buf *out, unsigned status)
{
    if (status == 200) {
        buf_add_span(out, SPAN_LIT("HTTP/1.1 200 OK\r\n"));
        return;
    }
    buf_add_str(out, "HTTP/1.1 ");
    buf_add_padded(out, status, 3);
    buf_add_char(out, ' ');
    buf_add_str(out, reason_of(status));
    buf_add_str(out, "\r\n");
}

static void add_optional_fields(struct buf *out, const struct http_reply *reply)
{
    if (reply->content_type.len)
        add_field(out, SPAN_LIT("Content-Type: "), reply->content_type);
    if (reply->no_store)
        buf_add_span(out, SPAN_LIT("Cache-Control: no-store\r\n"));
    buf_add_span(out, reply->extra_fields);
    if (reply->allow.len)
        add_field(out, SPAN_LIT("Allow: "), reply->allow);
    if (reply->retry_after_s) {
        buf_add_str(out, "Retry-After: ");
        buf_add_u64(out, reply->retry_after_s);
        buf_add_str(out, "\r\n");
    }
}

void reply_add(struct buf *out, const struct http_reply *reply, const struct reply_date *date,
               enum reply_connection connection, bool head_only)
{
    bool bodiless = reply->status == 204 || reply->status == 304;
    assert(reply->status >= 200 && reply->status <= 599 && reply->body.len <= HTTP_BODY_MAX);
    size_t start = out->len;
    add_status_line(out, reply->status);
    buf_add(out, date->text, date->len);
    add_optional_fields(out, reply);
    if (connection == REPLY_CLOSE)
        buf_add_span(out, SPAN_LIT("Connection: close\r\n"));
    else if (connection == REPLY_KEEP_ALIVE)
        buf_add_span(out, SPAN_LIT("Connection: keep-alive\r\n"));
    if (!bodiless) {
        buf_add_span(out, SPAN_LIT("Content-Length: "));
        buf_add_u64(out, reply->body.len);
        buf_add_span(out, SPAN_LIT("\r\n\r\n"));
    } else {
        buf_add_span(out, SPAN_LIT("\r\n"));
    }
    assert(out->len - start <= REPLY_HEAD_MAX);
    if (!bodiless && !head_only)
        buf_add_span(out, reply->body);
    assert(!out->overflow);
}

void reply_add_error(struct buf *out, unsigned status, const char *why,
                     const struct reply_date *date)
{
    char memory[256];
    struct buf body = BUF_OF(memory);
    buf_printf(&body, "%u %s: %s\n", status, reason_of(status), why);
    struct http_reply reply = {
        .status = status,
        .content_type = SPAN_LIT("text/plain; charset=utf-8"),
        .retry_after_s = status == 503 ? 1 : 0,
        .no_store = true,
        .body = buf_span(&body),
    };
    reply_add(out, &reply, date, REPLY_CLOSE, false);
}

void reply_add_continue(struct buf *out)
{
    buf_add_str(out, "HTTP/1.1 100 Continue\r\n\r\n");
}
