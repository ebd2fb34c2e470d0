#include "base/std.h"

#include "site/internal.h"

void site_visits(struct site_worker *w, const struct http_request *request,
                 struct http_reply *reply)
{
    enum site_media media = site_accept(http_request_field(request, "Accept"));
    site_page_total(w, media, visitlog_count(w->site->config.log), reply);
}
