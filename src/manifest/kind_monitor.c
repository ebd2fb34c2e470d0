#include "base/std.h"

#include "manifest/kind.h"

static const char *seconds(const struct build *b, int64_t ms)
{
    return arena_printf(b->tree->arena, "%" PRId64 "s", ms / 1000);
}

/* Of the Services that the labels select, only the headless one has the admin port; it publishes
 * pods that are not ready, too. */
void kind_monitor(const struct build *b, struct node *objects)
{
    const struct profile *p = b->p;
    const struct common_object about = {
        .api_version = "monitoring.coreos.com/v1",
        .kind = "ServiceMonitor",
        .name = b->d->name,
        .labels = &p->monitor_labels,
    };
    if (!p->monitor_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    struct node *endpoint = node_seq_add_map(node_map_add_seq(spec, "endpoints"));
    node_map_add_str(endpoint, "interval", seconds(b, p->monitor_interval));
    node_map_add_text(endpoint, "path", p->monitor_path);
    node_map_add_str(endpoint, "port", "admin");
    node_map_add_str(endpoint, "scrapeTimeout", seconds(b, p->monitor_timeout));
    common_add_label_selector(b, spec, "selector");
}
