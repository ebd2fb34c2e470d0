#include "base/std.h"

#include "manifest/pod.h"
#include "manifest/volumes.h"

/* The command is said in full, so that the manifest tells what runs whatever the image's
 * entry point is. */
static void add_command(const struct build *b, struct node *container)
{
    struct node *command = node_map_add_seq(container, "command");
    node_seq_add_str(command, "/app");
    node_seq_add_str(command, "serve");
    node_seq_add_str(command, "-f");
    node_seq_add_text(command, b->d->config_file);
    node_map_add_str(container, "workingDir", "/");
}

static struct node *add_variable(struct node *env, struct span name)
{
    struct node *variable = node_seq_add_map(env);
    node_map_add_text(variable, "name", name);
    return variable;
}

/* A field of the pod, or "limits.memory": a resource of this container. */
static void add_field_variable(struct node *env, struct span name, struct span path)
{
    struct node *source = node_map_add_map(add_variable(env, name), "valueFrom");
    if (derived_is_resource_field(path)) {
        node_map_add_text(node_map_add_map(source, "resourceFieldRef"), "resource", path);
        return;
    }
    struct node *field = node_map_add_map(source, "fieldRef");
    node_map_add_str(field, "apiVersion", "v1");
    node_map_add_text(field, "fieldPath", path);
}

/* "object/key", or a key of the object of our own. */
static void add_key_variables(struct node *env, const struct profile_pairs *pairs,
                              const char *source_key, struct span own)
{
    for (size_t i = 0; i < pairs->count; i++) {
        struct node *source =
            node_map_add_map(add_variable(env, pairs->items[i].name), "valueFrom");
        struct node *reference = node_map_add_map(source, source_key);
        struct span key = pairs->items[i].value;
        struct span object;
        span_split(&key, '/', &object);
        node_map_add_text(reference, "key", key.ptr ? key : object);
        node_map_add_text(reference, "name", key.ptr ? object : own);
    }
}

/* The kubelet replaces $(NAME) by variables that stand before: so [env] stands last. */
static void add_env(const struct build *b, struct node *container)
{
    const struct profile *p = b->p;
    struct node *env = node_map_add_seq(container, "env");
    add_field_variable(env, span_of(derived_pod_name), SPAN_LIT("metadata.name"));
    for (size_t i = 0; i < p->env_field.count; i++)
        add_field_variable(env, p->env_field.items[i].name, p->env_field.items[i].value);
    add_key_variables(env, &p->env_secret, "secretKeyRef", b->d->secret);
    add_key_variables(env, &p->env_config, "configMapKeyRef", b->d->config);
    for (size_t i = 0; i < p->env.count; i++)
        node_map_add_text(add_variable(env, p->env.items[i].name), "value", p->env.items[i].value);
}

/* "secret/NAME" or "configmap/NAME". */
static void add_env_from(const struct build *b, struct node *container)
{
    struct span rest = b->p->workload_env_from;
    struct span name;
    struct node *seq = NULL;
    while (profile_list_next(&rest, &name)) {
        struct span kind;
        span_split(&name, '/', &kind);
        if (!seq)
            seq = node_map_add_seq(container, "envFrom");
        const char *key = span_eq_str(kind, "secret") ? "secretRef" : "configMapRef";
        node_map_add_text(node_map_add_map(node_seq_add_map(seq), key), "name", name);
    }
}

static void add_ports(const struct build *b, struct node *container)
{
    struct node *ports = node_map_add_seq(container, "ports");
    for (size_t i = 0; i < b->d->port_count; i++) {
        struct node *port = node_seq_add_map(ports);
        node_map_add_int(port, "containerPort", b->d->ports[i].number);
        node_map_add_str(port, "name", b->d->ports[i].name);
        node_map_add_str(port, "protocol", "TCP");
    }
}

struct probe {
    const char *key;
    struct span path;
    int64_t delay_ms;
    int64_t period_ms;
    int64_t timeout_ms;
    int64_t failures;
    int64_t successes;
    int64_t grace_ms;
};

static void add_headers(const struct profile_pairs *headers, struct node *get)
{
    if (!headers->count)
        return;
    struct node *seq = node_map_add_seq(get, "httpHeaders");
    for (size_t i = 0; i < headers->count; i++) {
        struct node *one = node_seq_add_map(seq);
        node_map_add_text(one, "name", headers->items[i].name);
        node_map_add_text(one, "value", headers->items[i].value);
    }
}

static void add_probe(const struct build *b, struct node *container, const struct probe *probe)
{
    struct node *map = node_map_add_map(container, probe->key);
    struct node *get = node_map_add_map(map, "httpGet");
    uint64_t number;
    node_map_add_text(get, "path", probe->path);
    if (span_to_u64(b->d->probe_port, &number))
        node_map_add_int(get, "port", (int64_t)number);
    else
        node_map_add_text(get, "port", b->d->probe_port);
    add_headers(&b->p->probe_headers, get);
    common_add_choice(get, "scheme", KEY_probes_scheme, b->p->probes_scheme);
    node_map_add_int(map, "failureThreshold", probe->failures);
    node_map_add_int(map, "initialDelaySeconds", probe->delay_ms / 1000);
    node_map_add_int(map, "periodSeconds", probe->period_ms / 1000);
    node_map_add_int(map, "successThreshold", probe->successes);
    if (probe->grace_ms)
        node_map_add_int(map, "terminationGracePeriodSeconds", probe->grace_ms / 1000);
    node_map_add_int(map, "timeoutSeconds", probe->timeout_ms / 1000);
}

static void add_probes(const struct build *b, struct node *container)
{
    const struct profile *p = b->p;
    if (p->probes_startup)
        add_probe(b, container,
                  &(struct probe){ "startupProbe", p->probes_startup_path, p->probes_startup_delay,
                                   p->probes_startup_period, p->probes_startup_timeout,
                                   p->probes_startup_failures, 1, p->probes_startup_grace });
    if (p->probes_liveness)
        add_probe(b, container,
                  &(struct probe){ "livenessProbe", p->probes_liveness_path,
                                   p->probes_liveness_delay, p->probes_liveness_period,
                                   p->probes_liveness_timeout, p->probes_liveness_failures, 1,
                                   p->probes_liveness_grace });
    if (p->probes_readiness)
        add_probe(b, container,
                  &(struct probe){ "readinessProbe", p->probes_readiness_path,
                                   p->probes_readiness_delay, p->probes_readiness_period,
                                   p->probes_readiness_timeout, p->probes_readiness_failures,
                                   p->probes_readiness_successes, 0 });
}

void pod_add_resources(const struct build *b, struct node *container)
{
    const struct profile *p = b->p;
    struct node *resources = node_map_add_map(container, "resources");
    struct node *limits = node_map_add_map(resources, "limits");
    common_add_quantity(b, limits, "cpu", p->resources_cpu_limit);
    common_add_quantity(b, limits, "memory", p->resources_memory_limit);
    common_add_quantity(b, limits, "ephemeral-storage", p->resources_disk_limit);
    struct node *requests = node_map_add_map(resources, "requests");
    common_add_quantity(b, requests, "cpu", p->resources_cpu_request);
    common_add_quantity(b, requests, "memory", p->resources_memory_request);
    common_add_quantity(b, requests, "ephemeral-storage", p->resources_disk_request);
}

/* Said again where some checkers look for it: on the container. */
void pod_add_container_security(const struct profile *p, struct node *container)
{
    struct node *security = node_map_add_map(container, "securityContext");
    node_map_add_bool(security, "allowPrivilegeEscalation", false);
    struct node *capabilities = node_map_add_map(security, "capabilities");
    node_seq_add_str(node_map_add_seq(capabilities, "drop"), "ALL");
    node_map_add_bool(security, "privileged", false);
    node_map_add_bool(security, "readOnlyRootFilesystem", p->security_read_only);
    node_map_add_bool(security, "runAsNonRoot", p->security_non_root);
    if (p->security_set_ids) {
        node_map_add_int(security, "runAsGroup", p->security_group);
        node_map_add_int(security, "runAsUser", p->security_user);
    }
    struct node *seccomp = node_map_add_map(security, "seccompProfile");
    common_add_choice(seccomp, "type", KEY_security_seccomp, p->security_seccomp);
    struct span armor = profile_choice_word(KEY_security_app_armor, p->security_app_armor);
    if (!span_eq_str(armor, "default"))
        node_map_add_text(node_map_add_map(security, "appArmorProfile"), "type", armor);
}

/* The kubelet sleeps: there is no program in the image that could. */
static void add_lifecycle(const struct profile *p, struct node *container)
{
    if (!p->workload_pre_stop)
        return;
    struct node *hook = node_map_add_map(node_map_add_map(container, "lifecycle"), "preStop");
    node_map_add_int(node_map_add_map(hook, "sleep"), "seconds", p->workload_pre_stop / 1000);
}

static struct node *add_mount(struct node *mounts, struct span volume, struct span path)
{
    struct node *mount = node_seq_add_map(mounts);
    node_map_add_text(mount, "mountPath", path);
    node_map_add_text(mount, "name", volume);
    return mount;
}

static void add_mounts(const struct build *b, struct node *container)
{
    const struct profile *p = b->p;
    struct node *mounts = node_map_add_seq(container, "volumeMounts");
    add_mount(mounts, p->storage_name, b->d->volume_path);
    node_map_add_bool(add_mount(mounts, p->config_volume, p->config_path), "readOnly", true);
    for (size_t i = 0; i < p->files.count; i++) {
        struct span path = p->files.items[i].name;
        if (derived_file_is_in_config(p, path))
            continue;
        struct node *mount = add_mount(mounts, p->config_volume, path);
        node_map_add_bool(mount, "readOnly", true);
        node_map_add_text(mount, "subPath", derived_base_name(path));
    }
    if (pod_has_secret(p))
        node_map_add_bool(add_mount(mounts, span_of(pod_secret_volume), p->secrets_path),
                          "readOnly", true);
    for (size_t i = 0; i < p->mounts.count; i++) {
        struct volumes_mount written = volumes_mount(p->mounts.items[i].value);
        struct node *mount = add_mount(mounts, written.volume, p->mounts.items[i].name);
        if (written.read_only)
            node_map_add_bool(mount, "readOnly", true);
        if (written.sub_path.len)
            node_map_add_text(mount, "subPath", written.sub_path);
    }
}

void pod_add_container(const struct build *b, struct node *containers)
{
    const struct profile *p = b->p;
    struct node *container = node_seq_add_map(containers);
    node_map_add_text(container, "name", b->d->name);
    node_map_add_text(container, "image", b->d->image);
    common_add_choice(container, "imagePullPolicy", KEY_image_pull_policy, p->image_pull_policy);
    add_command(b, container);
    add_env(b, container);
    add_env_from(b, container);
    add_ports(b, container);
    add_probes(b, container);
    add_lifecycle(p, container);
    pod_add_resources(b, container);
    pod_add_container_security(p, container);
    /* When there is no message file, the last lines of the log tell why the server ended. */
    node_map_add_str(container, "terminationMessagePath", "/dev/termination-log");
    node_map_add_str(container, "terminationMessagePolicy", "FallbackToLogsOnError");
    add_mounts(b, container);
}
