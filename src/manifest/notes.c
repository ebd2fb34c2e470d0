#include "base/std.h"

#include "manifest/json.h"
#include "manifest/notes.h"
#include "manifest/quantity.h"

struct notes {
    const struct profile *p;
    const struct derived *d;
    const char *in; /* "-n NAMESPACE ", or "" */
    struct buf *out;
};

/* kubectl keeps the whole object in an annotation, which has this limit (apimachinery:
 * TotalAnnotationSizeLimitB). */
enum { CLIENT_SIDE_BYTES_MAX = 256 << 10 };

static bool is_too_large(const struct node *objects, struct arena *a)
{
    enum { ROOM = CLIENT_SIDE_BYTES_MAX + 1 };
    void *memory = arena_alloc(a, ROOM);
    for (const struct node *n = objects->first; memory && n; n = n->next) {
        struct buf text = buf_on(memory, ROOM);
        json_print(n, &text);
        if (text.overflow)
            return true;
    }
    return false;
}

static void add_apply(const struct notes *k, const struct node *objects)
{
    size_t count = 0;
    for (const struct node *n = objects->first; n; n = n->next)
        count++;
    buf_printf(k->out,
               "%zu objects for %.*s. Apply them with: app --emit ... | kubectl apply%s -f -\n",
               count, SPAN_ARG(k->d->name),
               is_too_large(objects, objects->tree->arena) ? " --server-side" : "");
    buf_printf(k->out, "Wait for them:   kubectl %srollout status statefulset/%.*s\n", k->in,
               SPAN_ARG(k->d->name));
    if (k->p->autoscaling_create)
        buf_add_str(k->out,
                    "The autoscaler has the say over the number of pods. Where the StatefulSet "
                    "had `replicas`\nbefore, apply once with --server-side, or it is set to 1 "
                    "for a moment.\n");
}

static void add_forward(const struct notes *k)
{
    buf_printf(k->out,
               "Reach it:        kubectl %sport-forward service/%.*s 8080:%" PRId64
               "   then: curl http://127.0.0.1:8080/\n",
               k->in, SPAN_ARG(k->d->service), k->p->service_port);
}

static void add_node_port(const struct notes *k)
{
    buf_add_str(k->out, "Reach it:        curl http://$(kubectl get nodes -o "
                        "jsonpath='{.items[0].status.addresses[0].address}'):");
    if (k->p->service_node_port)
        buf_add_i64(k->out, k->p->service_node_port);
    else
        buf_printf(k->out, "$(kubectl %sget service %.*s -o jsonpath='{.spec.ports[0].nodePort}')",
                   k->in, SPAN_ARG(k->d->service));
    buf_add_str(k->out, "/\n");
}

static void add_balancer(const struct notes *k)
{
    buf_printf(k->out,
               "Its address comes after a while: kubectl %sget service %.*s --watch\n"
               "Reach it:        curl http://$(kubectl %sget service %.*s -o "
               "jsonpath='{.status.loadBalancer.ingress[0].ip}'):%" PRId64 "/\n",
               k->in, SPAN_ARG(k->d->service), k->in, SPAN_ARG(k->d->service), k->p->service_port);
}

static void add_hosts(const struct notes *k, const char *scheme, struct span hosts)
{
    struct span host;
    while (profile_list_next(&hosts, &host))
        buf_printf(k->out, "Reach it:        curl %s://%.*s/\n", scheme, SPAN_ARG(host));
}

static void add_reach(const struct notes *k)
{
    const struct profile *p = k->p;
    struct span type = profile_choice_word(KEY_service_type, p->service_type);
    bool ingress = p->ingress_create && p->ingress_hosts.len;
    bool route = p->route_create && p->route_hosts.len;
    if (ingress)
        add_hosts(k, k->d->ingress_secret.len ? "https" : "http", p->ingress_hosts);
    if (route)
        add_hosts(k, "http", p->route_hosts);
    if (span_eq_str(type, "NodePort"))
        add_node_port(k);
    else if (span_eq_str(type, "LoadBalancer"))
        add_balancer(k);
    else if (!ingress && !route)
        add_forward(k);
}

/* A line's usual length in each format, its newline included. */
static uint64_t line_bytes(const struct profile *p)
{
    static const struct {
        const char *format;
        uint64_t bytes;
    } lines[] = { { "visits", 38 },
                  { "django", 55 },
                  { "combined", 150 },
                  { "json", 220 },
                  { "template", 150 } };
    for (size_t i = 0; i < countof(lines); i++) {
        if (span_eq_str(profile_choice_word(KEY_log_format, p->log_format), lines[i].format))
            return lines[i].bytes;
    }
    return lines[0].bytes;
}

static void add_log(const struct notes *k)
{
    enum { NANO = 1000000000 };
    struct quantity size;
    buf_printf(k->out, "Read the log:    kubectl %sexec %.*s-%" PRId64 " -- /app cat -f %.*s\n",
               k->in, SPAN_ARG(k->d->name), k->p->workload_ordinals_start,
               SPAN_ARG(k->d->config_file));
    if (!quantity_parse(k->p->storage_size, &size))
        return;
    uint64_t visits = (uint64_t)(size.nano / NANO) / line_bytes(k->p);
    bool keeps_all = !k->p->log_keep && !k->p->log_keep_bytes && !k->p->log_keep_days;
    if (keeps_all)
        buf_printf(k->out,
                   "A volume of %.*s holds about %" PRIu64
                   " visits as %.*s; nothing is ever deleted (log.keep_bytes would).\n",
                   SPAN_ARG(k->p->storage_size), visits,
                   SPAN_ARG(profile_choice_word(KEY_log_format, k->p->log_format)));
}

static void add_test(const struct notes *k)
{
    if (k->p->test_create)
        buf_printf(k->out,
                   "Test it:         kubectl %slogs %.*s   (delete that pod to test again)\n",
                   k->in, SPAN_ARG(k->d->test));
}

static void add_end(const struct notes *k)
{
    struct span deleted =
        profile_choice_word(KEY_workload_when_deleted, k->p->workload_when_deleted);
    bool stay = derived_has_template(k->p) && span_eq_str(deleted, "Retain");
    buf_printf(k->out,
               "There is no shell in the image: kubectl %sdebug -it %.*s-%" PRId64
               " --image=busybox --target=%.*s --profile=restricted\n",
               k->in, SPAN_ARG(k->d->name), k->p->workload_ordinals_start, SPAN_ARG(k->d->name));
    buf_printf(k->out, "Take it away:    app --emit ... | kubectl delete -f -%s\n",
               stay ? "   (the volumes stay)" : "");
    if (span_eq_str(k->p->image_tag, "latest") && !k->p->image_digest.len)
        buf_add_str(k->out,
                    "Mind: the tag `latest` is not the same image for ever; image.digest is.\n");
}

void notes_add(const struct profile *p, const struct derived *d, const struct node *objects,
               struct buf *out)
{
    struct arena *a = objects->tree->arena;
    const struct notes k = {
        .p = p,
        .d = d,
        .in = p->app_namespace.len ? arena_printf(a, "-n %.*s ", SPAN_ARG(p->app_namespace)) : "",
        .out = out,
    };
    add_apply(&k, objects);
    add_reach(&k);
    add_log(&k);
    add_test(&k);
    add_end(&k);
}
