#include "base/std.h"

#include "manifest/kind.h"
#include "manifest/pod.h"

static void add_container(const struct build *b, struct node *spec)
{
    struct node *container = node_seq_add_map(node_map_add_seq(spec, "containers"));
    struct node *command = node_map_add_seq(container, "command");
    node_seq_add_str(command, "/app");
    node_seq_add_str(command, "probe");
    node_seq_add_str(command, "--timeout");
    node_seq_add_str(command,
                     arena_printf(b->tree->arena, "%" PRId64 "s", b->p->test_timeout / 1000));
    node_seq_add_str(command,
                     arena_printf(b->tree->arena, "http://%.*s%s%.*s:%" PRId64 "%.*s",
                                  SPAN_ARG(b->d->service), b->p->app_namespace.len ? "." : "",
                                  SPAN_ARG(b->p->app_namespace), b->p->service_port,
                                  SPAN_ARG(b->p->test_path)));
    node_map_add_text(container, "image", b->d->image);
    common_add_choice(container, "imagePullPolicy", KEY_image_pull_policy, b->p->image_pull_policy);
    node_map_add_str(container, "name", "probe");
    pod_add_resources(b, container);
    pod_add_container_security(b->p, container);
}

/* What the chart's `helm test` was; Helm still runs it as one, by its annotation. It is not one
 * of the Service's pods: one of the labels that are selected by differs. */
void kind_test(const struct build *b, struct node *objects)
{
    struct profile_pair hook = { .name = SPAN_LIT("helm.sh/hook"), .value = SPAN_LIT("test") };
    const struct profile_pairs annotations = { .items = &hook, .count = 1 };
    const struct common_object about = {
        .api_version = "v1",
        .kind = "Pod",
        .name = b->d->test,
        .name_label = b->d->test,
        .annotations = &annotations,
    };
    if (!b->p->test_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    struct node *spec = node_map_add_map(object, "spec");
    node_map_add_bool(spec, "automountServiceAccountToken", false);
    add_container(b, spec);
    node_map_add_bool(spec, "enableServiceLinks", false);
    pod_add_pull_secrets(b, spec);
    node_map_add_str(spec, "restartPolicy", "Never");
    pod_add_security(b->p, spec);
    node_map_add_text(spec, "serviceAccountName", b->d->service_account);
}
