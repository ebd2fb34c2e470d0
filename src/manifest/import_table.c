#include "base/std.h"

#include "manifest/imports.h"
#include "manifest/kubename.h"

/*
 * The truth about what becomes of a value. Where two rows have one key, the first that is given
 * stands: a container's security context goes before its pod's. `create` stands first in its
 * section, because what goes first is taken out last.
 */
const struct import_rule import_rules[] = {
    { "nameOverride", IMPORT_TEXT, KEY_app_name, NULL },
    { "fullnameOverride", IMPORT_TEXT, KEY_app_instance, NULL },
    { "namespaceOverride", IMPORT_TEXT, KEY_app_namespace, NULL },
    { "commonLabels", IMPORT_LABELS, SECTION_labels, NULL },
    { "commonAnnotations", IMPORT_ANNOTATIONS, SECTION_annotations, NULL },

    { "image.registry", IMPORT_PART, 0, imports_registry },
    { "image.repository", IMPORT_PART, KEY_image_repository, imports_repository },
    { "image.tag", IMPORT_SCALAR, KEY_image_tag, NULL },
    { "image.digest", IMPORT_TEXT, KEY_image_digest, NULL },
    { "image.pullPolicy", IMPORT_TEXT, KEY_image_pull_policy, NULL },
    { "imagePullSecrets", IMPORT_NAMES, KEY_image_pull_secrets, NULL },

    { "replicaCount", IMPORT_COUNT, KEY_workload_replicas, NULL },
    { "podManagementPolicy", IMPORT_TEXT, KEY_workload_pod_management, NULL },
    { "revisionHistoryLimit", IMPORT_COUNT, KEY_workload_revision_history, NULL },
    { "minReadySeconds", IMPORT_SECONDS, KEY_workload_min_ready, NULL },
    { "terminationGracePeriodSeconds", IMPORT_SECONDS, KEY_workload_grace, NULL },
    { "priorityClassName", IMPORT_TEXT, KEY_workload_priority_class, NULL },
    { "runtimeClassName", IMPORT_TEXT, KEY_workload_runtime_class, NULL },
    { "schedulerName", IMPORT_TEXT, KEY_workload_scheduler, NULL },
    { "dnsPolicy", IMPORT_TEXT, KEY_workload_dns_policy, NULL },

    { "persistence.enabled", IMPORT_PART, 0, imports_storage_off },
    { "persistence.size", IMPORT_SCALAR, KEY_storage_size, NULL },
    { "persistence.storageClass", IMPORT_PART, KEY_storage_class, imports_storage_class },
    { "persistence.storageClassName", IMPORT_PART, KEY_storage_class, imports_storage_class },
    { "persistence.accessModes", IMPORT_LIST, KEY_storage_access_modes, NULL },
    { "persistence.accessMode", IMPORT_TEXT, KEY_storage_access_modes, NULL },
    { "persistence.existingClaim", IMPORT_PART, 0, imports_claim },
    { "persistence.annotations", IMPORT_ANNOTATIONS, SECTION_claim_annotations, NULL },
    { "persistence.labels", IMPORT_LABELS, SECTION_claim_labels, NULL },

    { "service.type", IMPORT_TEXT, KEY_service_type, NULL },
    { "service.port", IMPORT_COUNT, KEY_service_port, NULL },
    { "service.nodePort", IMPORT_COUNT, KEY_service_node_port, NULL },
    { "service.appProtocol", IMPORT_TEXT, KEY_service_app_protocol, NULL },
    { "service.sessionAffinity", IMPORT_TEXT, KEY_service_session_affinity, NULL },
    { "service.sessionAffinityConfig.clientIP.timeoutSeconds", IMPORT_SECONDS,
      KEY_service_session_timeout, NULL },
    { "service.internalTrafficPolicy", IMPORT_TEXT, KEY_service_internal_policy, NULL },
    { "service.externalTrafficPolicy", IMPORT_TEXT, KEY_service_external_policy, NULL },
    { "service.healthCheckNodePort", IMPORT_COUNT, KEY_service_health_node_port, NULL },
    { "service.loadBalancerSourceRanges", IMPORT_LIST, KEY_service_source_ranges, NULL },
    { "service.loadBalancerClass", IMPORT_TEXT, KEY_service_balancer_class, NULL },
    { "service.loadBalancerIP", IMPORT_TEXT, KEY_service_balancer_ip, NULL },
    { "service.externalIPs", IMPORT_LIST, KEY_service_external_ips, NULL },
    { "service.ipFamilyPolicy", IMPORT_TEXT, KEY_service_ip_family_policy, NULL },
    { "service.ipFamilies", IMPORT_LIST, KEY_service_ip_families, NULL },
    { "service.trafficDistribution", IMPORT_TEXT, KEY_service_traffic_distribution, NULL },
    { "service.annotations", IMPORT_ANNOTATIONS, SECTION_service_annotations, NULL },

    { "serviceAccount.create", IMPORT_BOOL, KEY_service_account_create, NULL },
    { "serviceAccount.name", IMPORT_TEXT, KEY_service_account_name, NULL },
    { "serviceAccount.automount", IMPORT_BOOL, KEY_service_account_token, NULL },
    { "serviceAccount.annotations", IMPORT_ANNOTATIONS, SECTION_service_account_annotations, NULL },

    { "resources", IMPORT_PART, 0, imports_resources },

    { "securityContext.runAsUser", IMPORT_COUNT, KEY_security_user, NULL },
    { "podSecurityContext.runAsUser", IMPORT_COUNT, KEY_security_user, NULL },
    { "securityContext.runAsGroup", IMPORT_COUNT, KEY_security_group, NULL },
    { "podSecurityContext.runAsGroup", IMPORT_COUNT, KEY_security_group, NULL },
    { "podSecurityContext.fsGroup", IMPORT_COUNT, KEY_security_fs_group, NULL },
    { "podSecurityContext.fsGroupChangePolicy", IMPORT_TEXT, KEY_security_fs_group_policy, NULL },
    { "securityContext.runAsNonRoot", IMPORT_BOOL, KEY_security_non_root, NULL },
    { "podSecurityContext.runAsNonRoot", IMPORT_BOOL, KEY_security_non_root, NULL },
    { "securityContext.readOnlyRootFilesystem", IMPORT_BOOL, KEY_security_read_only, NULL },
    { "securityContext.seccompProfile.type", IMPORT_TEXT, KEY_security_seccomp, NULL },
    { "podSecurityContext.seccompProfile.type", IMPORT_TEXT, KEY_security_seccomp, NULL },
    { "securityContext.appArmorProfile.type", IMPORT_TEXT, KEY_security_app_armor, NULL },
    { "podSecurityContext.appArmorProfile.type", IMPORT_TEXT, KEY_security_app_armor, NULL },
    { "securityContext.allowPrivilegeEscalation", IMPORT_FALSE, 0, NULL },
    { "securityContext.privileged", IMPORT_FALSE, 0, NULL },
    { "securityContext.capabilities.drop", IMPORT_PART, 0, imports_drop },

    { "startupProbe.enabled", IMPORT_BOOL, KEY_probes_startup, NULL },
    { "startupProbe.httpGet", IMPORT_PART, KEY_probes_startup_path, imports_http_get },
    { "startupProbe.initialDelaySeconds", IMPORT_SECONDS, KEY_probes_startup_delay, NULL },
    { "startupProbe.periodSeconds", IMPORT_SECONDS, KEY_probes_startup_period, NULL },
    { "startupProbe.timeoutSeconds", IMPORT_SECONDS, KEY_probes_startup_timeout, NULL },
    { "startupProbe.failureThreshold", IMPORT_COUNT, KEY_probes_startup_failures, NULL },
    { "startupProbe.successThreshold", IMPORT_ONE, 0, NULL },
    { "livenessProbe.enabled", IMPORT_BOOL, KEY_probes_liveness, NULL },
    { "livenessProbe.httpGet", IMPORT_PART, KEY_probes_liveness_path, imports_http_get },
    { "livenessProbe.initialDelaySeconds", IMPORT_SECONDS, KEY_probes_liveness_delay, NULL },
    { "livenessProbe.periodSeconds", IMPORT_SECONDS, KEY_probes_liveness_period, NULL },
    { "livenessProbe.timeoutSeconds", IMPORT_SECONDS, KEY_probes_liveness_timeout, NULL },
    { "livenessProbe.failureThreshold", IMPORT_COUNT, KEY_probes_liveness_failures, NULL },
    { "livenessProbe.successThreshold", IMPORT_ONE, 0, NULL },
    { "readinessProbe.enabled", IMPORT_BOOL, KEY_probes_readiness, NULL },
    { "readinessProbe.httpGet", IMPORT_PART, KEY_probes_readiness_path, imports_http_get },
    { "readinessProbe.initialDelaySeconds", IMPORT_SECONDS, KEY_probes_readiness_delay, NULL },
    { "readinessProbe.periodSeconds", IMPORT_SECONDS, KEY_probes_readiness_period, NULL },
    { "readinessProbe.timeoutSeconds", IMPORT_SECONDS, KEY_probes_readiness_timeout, NULL },
    { "readinessProbe.failureThreshold", IMPORT_COUNT, KEY_probes_readiness_failures, NULL },
    { "readinessProbe.successThreshold", IMPORT_COUNT, KEY_probes_readiness_successes, NULL },

    { "podLabels", IMPORT_LABELS, SECTION_pod_labels, NULL },
    { "podAnnotations", IMPORT_ANNOTATIONS, SECTION_pod_annotations, NULL },
    { "nodeSelector", IMPORT_LABELS, SECTION_node_selector, NULL },
    { "tolerations", IMPORT_PART, 0, imports_tolerations },
    { "affinity", IMPORT_PATCH, NODE_MAP, NULL },
    { "topologySpreadConstraints", IMPORT_PATCH, NODE_SEQ, NULL },
    { "volumes", IMPORT_PART, 0, imports_list_of_patches },
    { "extraVolumes", IMPORT_PART, 0, imports_list_of_patches },
    { "volumeMounts", IMPORT_PART, 0, imports_list_of_patches },
    { "extraVolumeMounts", IMPORT_PART, 0, imports_list_of_patches },
    { "env", IMPORT_PART, 0, imports_environment },
    { "extraEnv", IMPORT_PART, 0, imports_environment },
    { "extraEnvVars", IMPORT_PART, 0, imports_environment },

    { "autoscaling.enabled", IMPORT_BOOL, KEY_autoscaling_create, NULL },
    { "autoscaling.minReplicas", IMPORT_COUNT, KEY_autoscaling_min, NULL },
    { "autoscaling.maxReplicas", IMPORT_COUNT, KEY_autoscaling_max, NULL },
    { "autoscaling.targetCPUUtilizationPercentage", IMPORT_COUNT, KEY_autoscaling_cpu, NULL },
    { "autoscaling.targetMemoryUtilizationPercentage", IMPORT_PART, KEY_autoscaling_memory,
      imports_memory_target },

    { "ingress.enabled", IMPORT_BOOL, KEY_ingress_create, NULL },
    { "ingress.className", IMPORT_TEXT, KEY_ingress_class, NULL },
    { "ingress.ingressClassName", IMPORT_TEXT, KEY_ingress_class, NULL },
    { "ingress.hosts", IMPORT_PART, 0, imports_hosts },
    { "ingress.tls", IMPORT_PART, 0, imports_tls },
    { "ingress.annotations", IMPORT_ANNOTATIONS, SECTION_ingress_annotations, NULL },

    { "httpRoute.enabled", IMPORT_BOOL, KEY_route_create, NULL },
    { "httpRoute.parentRefs", IMPORT_PART, KEY_route_parents, imports_parents },
    { "httpRoute.hostnames", IMPORT_LIST, KEY_route_hosts, NULL },
    { "httpRoute.rules", IMPORT_PART, KEY_route_path, imports_routes },
    { "httpRoute.annotations", IMPORT_PART, 0, imports_route_annotations },
    { 0 },
};

static_assert(countof(import_rules) <= IMPORT_RULES_MAX, "room for what each claims");

enum {
    SECONDS_MAX = 1000000000,
    /* An object may have 256 KiB; here all objects together, and some room for our own. */
    ANNOTATION_BYTES_MAX = 255 << 10,
};

bool imports_scalar(struct import *m, const struct node *n, struct span *text)
{
    char memory[24];
    struct buf b = BUF_OF(memory);
    *text = n->text;
    if (n->kind == NODE_INT) {
        buf_add_i64(&b, n->number);
        *text = arena_copy(m->arena, buf_span(&b));
    }
    /* 1e3 is what nobody wrote for a tag; the values have lost how it was written. */
    bool exact =
        n->kind == NODE_NUMBER && span_find(n->text, 'e') < 0 && span_find(n->text, 'E') < 0;
    return n->kind == NODE_TEXT || n->kind == NODE_INT || exact;
}

static void take_text(struct import *m, const struct import_rule *r, const struct node *n)
{
    struct span text;
    bool scalar = r->kind == IMPORT_SCALAR;
    const char *bad;
    if (n->kind != NODE_TEXT && !(scalar && imports_scalar(m, n, &text))) {
        imports_expected(m, r->path, n, scalar ? "a text or a number" : "a text");
        return;
    }
    if (n->kind == NODE_TEXT)
        text = n->text;
    bad = schema_keys[r->to].type == TYPE_list ? imports_bad_item(text) : NULL;
    if (bad)
        imports_left_out(m, r->path, "%s", bad);
    else
        imports_key(m, r->path, (enum profile_key)r->to, text);
}

/* A number, also as the text that --set-string makes of it. */
static bool to_number(const struct node *n, int64_t *number)
{
    uint64_t value;
    *number = n->number;
    if (n->kind == NODE_INT)
        return true;
    if (n->kind != NODE_TEXT || !span_to_u64(n->text, &value) || value > INT64_MAX)
        return false;
    *number = (int64_t)value;
    return true;
}

static void take_number(struct import *m, const struct import_rule *r, const struct node *n)
{
    int64_t number;
    char memory[64];
    struct buf b = BUF_OF(memory);
    bool seconds = r->kind == IMPORT_SECONDS;
    if (!to_number(n, &number) || (seconds && (number < 0 || number > SECONDS_MAX))) {
        imports_expected(m, r->path, n, seconds ? "a number of seconds" : "a whole number");
        return;
    }
    if (seconds)
        schema_add_duration(&b, 1000 * number);
    else
        buf_add_i64(&b, number);
    imports_key(m, r->path, (enum profile_key)r->to, buf_span(&b));
}

static void take_bool(struct import *m, const struct import_rule *r, const struct node *n)
{
    if (n->kind == NODE_BOOL)
        imports_key(m, r->path, (enum profile_key)r->to,
                    n->truth ? SPAN_LIT("true") : SPAN_LIT("false"));
    else
        imports_expected(m, r->path, n, "true or false");
}

const char *imports_bad_item(struct span item)
{
    if (span_find(item, ',') >= 0 || (item.len && item.ptr[0] == '"'))
        return "a list of the profile has no commas and quotes within its items";
    return imports_bad_value(item);
}

/* A text, or what a map has as its name when the rule is about those. */
static bool take_item(struct import *m, const struct import_rule *r, const char *path,
                      const struct node *n, struct span *item)
{
    static const char *const known[] = { "name", NULL };
    bool named = r->kind == IMPORT_NAMES;
    if (named && n->kind == NODE_MAP) {
        imports_rest(m, path, n, known);
        n = node_map_find(n, SPAN_LIT("name"));
    }
    if (!n || n->kind != NODE_TEXT) {
        imports_left_out(m, path, "%s is expected", named ? "an object with a name" : "a text");
        return false;
    }
    *item = n->text;
    const char *bad = imports_bad_item(n->text);
    if (bad)
        imports_left_out(m, path, "%s", bad);
    return !bad && n->text.len > 0;
}

static void take_list(struct import *m, const struct import_rule *r, const struct node *n)
{
    size_t at = 0;
    size_t room = 0;
    if (n->kind != NODE_SEQ) {
        imports_expected(m, r->path, n, "a list");
        return;
    }
    for (const struct node *item = n->first; item; item = item->next) {
        const struct node *name = item->kind == NODE_MAP ? node_find(item, "name") : item;
        room += name ? name->text.len + 2 : 0;
    }
    void *memory = arena_alloc(m->arena, room);
    struct buf list = buf_on(memory, memory ? room : 0);
    for (const struct node *item = n->first; item; item = item->next, at++) {
        struct span text;
        if (imports_says_nothing(item) ||
            !take_item(m, r, imports_item(m, r->path, at), item, &text))
            continue;
        buf_add_str(&list, list.len ? ", " : "");
        buf_add_span(&list, text);
    }
    imports_key(m, r->path, (enum profile_key)r->to, buf_span(&list));
}

/* A name that is none could spoil its line, and a bad label is told here, too: what the trial has
 * to find by itself takes its time. */
static const char *bad_pair(const struct import *m, const struct import_rule *r,
                            const struct node *child)
{
    bool label = r->kind == IMPORT_LABELS;
    enum kubename_rule rule = label ? KUBENAME_LABEL_KEY : KUBENAME_ANNOTATION_KEY;
    if (!kubename_is_valid(rule, child->key))
        return arena_printf(m->arena, "it is not %s", kubename_rule_text(rule));
    if (label && !kubename_is_valid(KUBENAME_LABEL_VALUE, child->text))
        return arena_printf(m->arena, "it is not %s", kubename_rule_text(KUBENAME_LABEL_VALUE));
    if (m->annotation_bytes + child->key.len + child->text.len > ANNOTATION_BYTES_MAX)
        return "all annotations of an object have at most 256 KiB";
    return NULL;
}

static void take_pair(struct import *m, const struct import_rule *r, const struct node *n)
{
    const char *path = imports_child(m, r->path, n);
    const char *bad = bad_pair(m, r, n);
    if (n->kind == NODE_NULL)
        return;
    if (n->kind != NODE_TEXT) {
        imports_expected(m, path, n, "a text");
        return;
    }
    if (bad) {
        imports_left_out(m, path, "%s", bad);
        return;
    }
    if (r->kind == IMPORT_ANNOTATIONS)
        m->annotation_bytes += n->key.len + n->text.len;
    imports_pair(m, path, (enum profile_section)r->to, n->key, n->text);
}

static void take_pairs(struct import *m, const struct import_rule *r, const struct node *n)
{
    if (n->kind != NODE_MAP)
        imports_expected(m, r->path, n, "an object");
    for (const struct node *child = n->kind == NODE_MAP ? n->first : NULL; child;
         child = child->next)
        take_pair(m, r, child);
}

static void take_fixed(struct import *m, const struct import_rule *r, const struct node *n)
{
    bool one = r->kind == IMPORT_ONE;
    if (one ? n->kind != NODE_INT || n->number != 1 : n->kind != NODE_BOOL || n->truth)
        imports_left_out(m, r->path, "it is always %s here", one ? "1" : "false");
}

static void take_patch(struct import *m, const struct import_rule *r, const struct node *n)
{
    if ((int)n->kind != r->to)
        imports_expected(m, r->path, n, r->to == NODE_MAP ? "an object" : "a list");
    else
        imports_patch(m, r->path, arena_printf(m->arena, "spec.template.spec.%s", r->path), n);
}

static void take(struct import *m, const struct import_rule *r, const struct node *n)
{
    switch (r->kind) {
    case IMPORT_TEXT:
    case IMPORT_SCALAR:
        take_text(m, r, n);
        break;
    case IMPORT_COUNT:
    case IMPORT_SECONDS:
        take_number(m, r, n);
        break;
    case IMPORT_BOOL:
        take_bool(m, r, n);
        break;
    case IMPORT_LIST:
    case IMPORT_NAMES:
        take_list(m, r, n);
        break;
    case IMPORT_LABELS:
    case IMPORT_ANNOTATIONS:
        take_pairs(m, r, n);
        break;
    case IMPORT_PATCH:
        take_patch(m, r, n);
        break;
    case IMPORT_FALSE:
    case IMPORT_ONE:
        take_fixed(m, r, n);
        break;
    case IMPORT_PART:
        r->part(m, r, n);
        break;
    }
}

void imports_apply_rules(struct import *m)
{
    for (const struct import_rule *r = import_rules; r->path; r++) {
        const struct node *n = node_find(m->values, r->path);
        if (!n)
            continue;
        m->claimed[m->claimed_count++] = n;
        if (!imports_says_nothing(n))
            take(m, r, n);
    }
}
