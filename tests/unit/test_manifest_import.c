#include "base/std.h"

#include "manifest_helper.h"

#include "manifest/import.h"
#include "manifest/json_read.h"
#include "profile/schema.h"

enum { TEXT_BYTES = 1 << 16 };

struct outcome {
    const char *ini;
    const char *left_out;
};

static bool try_import(struct fixture *f, const char *json, struct outcome *o, struct err *err)
{
    struct buf ini = buf_on(arena_alloc(&f->arena, TEXT_BYTES), TEXT_BYTES);
    struct buf left_out = buf_on(arena_alloc(&f->arena, TEXT_BYTES), TEXT_BYTES);
    struct node *values = json_read(&f->tree, span_of(json), err);
    assert_non_null(values);
    if (!import_values(&f->arena, values, &ini, &left_out, err))
        return false;
    o->ini = buf_cstr(&ini);
    o->left_out = buf_cstr(&left_out);
    return true;
}

static struct outcome import(struct fixture *f, const char *json)
{
    struct outcome o = { 0 };
    struct err err = { 0 };
    if (!try_import(f, json, &o, &err))
        fail_msg("%s: %s", json, err.text);
    if (strcmp(fixture_check(f, o.ini), "") != 0)
        fail_msg("%s is no good profile", o.ini);
    return o;
}

static const char first_line[] = "; Made by 'app import' from the values of a Helm release.\n";

/* Carried in full: the profile is exactly that, and nothing is left out. */
static void becomes(struct fixture *f, const char *json, const char *ini)
{
    struct outcome o = import(f, json);
    assert_string_equal(o.left_out, "");
    assert_memory_equal(o.ini, first_line, strlen(first_line));
    assert_string_equal(o.ini + strlen(first_line), ini);
}

/* Nothing of it is in the profile, and there is one line that tells why. */
static void is_left_out(struct fixture *f, const char *json, const char *line)
{
    struct outcome o = import(f, json);
    assert_string_equal(o.ini, first_line);
    if (!strstr(o.left_out, line) || strchr(o.left_out, '\n')[1] != '\0')
        fail_msg("%s: '%s' does not tell '%s' alone", json, o.left_out, line);
}

static void test_what_says_nothing(void **state)
{
    struct fixture *f = *state;
    becomes(f, "{}", "");
    becomes(f, "null", "");
    becomes(f,
            "{\"image\":{\"tag\":\"\"},\"tolerations\":[],\"x\":{\"y\":null,\"z\":{}},"
            "\"replicaCount\":null,\"service\":{\"annotations\":{},\"nodePort\":null}}",
            "");
}

static void test_what_the_profile_has_by_default(void **state)
{
    struct fixture *f = *state;
    becomes(f,
            "{\"replicaCount\":1,\"service\":{\"type\":\"ClusterIP\",\"port\":80},"
            "\"image\":{\"pullPolicy\":\"Always\"},\"serviceAccount\":{\"create\":true},"
            "\"livenessProbe\":{\"periodSeconds\":10,\"httpGet\":{\"path\":\"/livez\"}},"
            "\"securityContext\":{\"allowPrivilegeEscalation\":false,\"privileged\":false,"
            "\"capabilities\":{\"drop\":[\"ALL\"]},\"runAsUser\":65532}}",
            "");
}

static void test_scalars(void **state)
{
    struct fixture *f = *state;
    becomes(f,
            "{\"replicaCount\":3,\"nameOverride\":\"web\",\"fullnameOverride\":\"my-web\","
            "\"image\":{\"registry\":\"r.example:5000\",\"repository\":\"t/a\",\"tag\":1.27},"
            "\"imagePullSecrets\":[{\"name\":\"one\"},\"two\"],"
            "\"readinessProbe\":{\"periodSeconds\":90,\"successThreshold\":2},"
            "\"serviceAccount\":{\"create\":false,\"automount\":true}}",
            "\n[app]\nname = web\ninstance = my-web\n"
            "\n[image]\nrepository = r.example:5000/t/a\ntag = 1.27\npull_secrets = one, two\n"
            "\n[workload]\nreplicas = 3\n"
            "\n[service_account]\ncreate = false\ntoken = true\n"
            "\n[probes]\nreadiness_period = 1m30s\nreadiness_successes = 2\n");
}

static void test_service(void **state)
{
    struct fixture *f = *state;
    becomes(f,
            "{\"service\":{\"type\":\"LoadBalancer\",\"port\":\"8080\",\"nodePort\":30080,"
            "\"externalTrafficPolicy\":\"Local\",\"loadBalancerIP\":\"192.0.2.1\","
            "\"loadBalancerSourceRanges\":[\"192.0.2.0/24\",\"198.51.100.0/24\"],"
            "\"ipFamilies\":[\"IPv4\"],\"annotations\":{\"a.b/c\":\"@d\",\"e\":\"$f\"}}}",
            "\n[service]\ntype = LoadBalancer\nport = 8080\nnode_port = 30080\n"
            "external_policy = Local\nsource_ranges = 192.0.2.0/24, 198.51.100.0/24\n"
            "balancer_ip = 192.0.2.1\nip_families = IPv4\n"
            "\n[service_annotations]\na.b/c = \\@d\ne = \\$f\n");
}

static void test_resources_are_what_the_values_say(void **state)
{
    struct fixture *f = *state;
    becomes(f,
            "{\"resources\":{\"limits\":{\"cpu\":2,\"memory\":\"1Gi\"},"
            "\"requests\":{\"memory\":1e6,\"ephemeral-storage\":\"1Gi\"}}}",
            "\n[resources]\ncpu_request = 2\ncpu_limit = 2\nmemory_request = 1e6\n"
            "memory_limit = 1Gi\ndisk_request = 1Gi\ndisk_limit =\n");
    is_left_out(f, "{\"resources\":{\"limits\":{\"x/gpu\":1}}}",
                "spec.template.spec.containers[0].resources.limits.x/gpu = 1");
    is_left_out(f, "{\"resources\":{\"limits\":{\"cpu\":true}}}",
                "resources.limits.cpu: a quantity such as 500m or 128Mi is expected");
}

static void test_scheduling(void **state)
{
    struct fixture *f = *state;
    becomes(f,
            "{\"nodeSelector\":{\"a/b\":\"c\"},\"tolerations\":["
            "{\"key\":\"a\",\"operator\":\"Exists\"},{\"key\":\"b\",\"value\":\"c\"},"
            "{\"key\":\"d\",\"operator\":\"Equal\",\"value\":\"e\",\"effect\":\"NoExecute\","
            "\"tolerationSeconds\":60}]}",
            "\n[node_selector]\na/b = c\n"
            "\n[tolerations]\ntoleration-1 = a\ntoleration-2 = b=c\n"
            "toleration-3 = d=e:NoExecute:60\n");
    is_left_out(f, "{\"tolerations\":[{\"operator\":\"Exists\"}]}",
                "spec.template.spec.tolerations = [{\"operator\": \"Exists\"}]");
    is_left_out(f, "{\"tolerations\":[{\"key\":\"a\",\"value\":\"b:NoSchedule\"}]}",
                "tolerations[0]: ");
    is_left_out(f, "{\"tolerations\":[{\"key\":\"a\",\"effect\":\"Never\"}]}", "tolerations[0]: ");
}

static void test_affinity_is_a_patch(void **state)
{
    struct fixture *f = *state;
    static const char json[] = "{\"affinity\":{\"nodeAffinity\":{\"a\":[\"b ;c\",1]}}}";
    static const char line[] =
        "spec.template.spec.affinity = {\"nodeAffinity\": {\"a\": [\"b \\u003bc\", 1]}}";
    struct outcome o = import(f, json);
    bool has_patches = schema_find_section(SPAN_LIT("patch")) >= 0;
    assert_non_null(strstr(has_patches ? o.ini : o.left_out, line));
    assert_non_null(strstr(has_patches ? o.ini : o.left_out, "[patch.StatefulSet]"));
    assert_true(!has_patches || o.left_out[0] == '\0');
}

static void test_ingress(void **state)
{
    struct fixture *f = *state;
    becomes(f,
            "{\"ingress\":{\"enabled\":true,\"className\":\"nginx\",\"annotations\":{\"a\":\"b\"},"
            "\"hosts\":[{\"host\":\"a.example\",\"paths\":[{\"path\":\"/\",\"pathType\":\"Exact\"},"
            "{\"path\":\"/x\",\"pathType\":\"Exact\"}]},{\"host\":\"b.example\",\"paths\":[\"/\","
            "\"/x\"]}],\"tls\":[{\"secretName\":\"t\",\"hosts\":[\"b.example\",\"a.example\"]}]}}",
            "\n[ingress]\ncreate = true\nclass = nginx\npath_type = Exact\n"
            "hosts = a.example, b.example\npaths = /, /x\ntls_secret = t\n"
            "\n[ingress_annotations]\na = b\n");
    struct outcome o =
        import(f, "{\"ingress\":{\"enabled\":true,\"hosts\":[{\"host\":\"a.example\",\"paths\":["
                  "\"/a\"]},{\"host\":\"b.example\",\"paths\":[\"/b\"]}],"
                  "\"tls\":[{\"secretName\":\"t\",\"hosts\":[\"a.example\"]},{\"x\":1}]}}");
    assert_non_null(strstr(o.ini, "paths = /a\n"));
    assert_non_null(strstr(o.left_out, "ingress.hosts[1].paths: all hosts have the same"));
    assert_non_null(strstr(o.left_out, "ingress.tls[0].hosts: "));
    assert_non_null(strstr(o.left_out, "[patch.Ingress] can carry it: spec.tls[+] = {\"x\": 1}"));
}

static void test_route(void **state)
{
    struct fixture *f = *state;
    becomes(f,
            "{\"httpRoute\":{\"enabled\":true,\"hostnames\":[\"a.example\"],\"parentRefs\":["
            "{\"name\":\"g\",\"namespace\":\"n\",\"kind\":\"Gateway\"},{\"name\":\"h\"}],"
            "\"rules\":[{\"matches\":[{\"path\":{\"type\":\"PathPrefix\",\"value\":\"/v\"}}]}]}}",
            "\n[route]\ncreate = true\nparents = n/g, h\nhosts = a.example\npath = /v\n");
    is_left_out(f,
                "{\"httpRoute\":{\"rules\":[{\"matches\":[{\"path\":{\"type\":\"Exact\","
                "\"value\":\"/v\"}}]}]}}",
                "httpRoute.rules[0].matches[0]: the route has one path");
    is_left_out(f, "{\"httpRoute\":{\"rules\":[{\"filters\":[1]}]}}",
                "httpRoute.rules[0].filters: ");
}

static void test_storage(void **state)
{
    struct fixture *f = *state;
    becomes(f,
            "{\"persistence\":{\"enabled\":true,\"size\":\"8Gi\",\"storageClass\":\"-\","
            "\"accessModes\":[\"ReadWriteMany\"],\"accessMode\":\"ReadWriteMany\"}}",
            "\n[storage]\nsize = 8Gi\nprovision = false\naccess_modes = ReadWriteMany\n");
    is_left_out(f, "{\"persistence\":{\"existingClaim\":\"c\"}}", "persistence.existingClaim: ");
    is_left_out(f, "{\"persistence\":{\"enabled\":false}}", "persistence.enabled: ");
}

static void test_a_value_of_the_wrong_type_says_what_is_expected(void **state)
{
    struct fixture *f = *state;
    static const char *const wrong[][2] = {
        { "{\"replicaCount\":\"three\"}", "replicaCount: a whole number is expected, not a text" },
        { "{\"replicaCount\":1.5}", "replicaCount: a whole number is expected, not a number" },
        { "{\"image\":\"nginx\"}", "image: an object is expected, not a text" },
        { "{\"image\":{\"tag\":[1]}}", "image.tag: a text or a number is expected, not a list" },
        { "{\"image\":{\"tag\":1e3}}", "image.tag: a text or a number is expected" },
        { "{\"serviceAccount\":{\"create\":\"true\"}}",
          "serviceAccount.create: true or false is expected, not a text" },
        { "{\"podLabels\":{\"a\":1}}", "podLabels.a: a text is expected, not a whole number" },
        { "{\"podLabels\":[1]}", "podLabels: an object is expected, not a list" },
        { "{\"imagePullSecrets\":[{\"x\":{}}]}", "imagePullSecrets[0]: an object with a name" },
        { "{\"affinity\":[1]}", "affinity: an object is expected, not a list" },
        { "{\"tolerations\":{\"a\":1}}", "tolerations: a list is expected, not an object" },
        { "{\"ingress\":{\"hosts\":[1]}}", "ingress.hosts[0]: an object is expected" },
        { "{\"startupProbe\":{\"periodSeconds\":-1}}",
          "startupProbe.periodSeconds: a number of seconds is expected" },
    };
    for (size_t i = 0; i < countof(wrong); i++)
        is_left_out(f, wrong[i][0], wrong[i][1]);
}

static void test_a_value_that_the_profile_refuses_tells_why(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[][2] = {
        { "{\"replicaCount\":-1}", "replicaCount: workload.replicas: '-1' is not" },
        { "{\"service\":{\"nodePort\":80}}", "service.nodePort: service.node_port: " },
        { "{\"image\":{\"pullPolicy\":\"always\"}}", "did you mean 'Always'" },
        { "{\"podAnnotations\":{\"checksum/x\":\"y\"}}", "this annotation is computed" },
        { "{\"podLabels\":{\"a b\":\"y\"}}", "podLabels[\"a b\"]: it is not a label key" },
        { "{\"podLabels\":{\"a\":\"y z\"}}", "podLabels.a: it is not a label value" },
        { "{\"podAnnotations\":{\"a\":\"x\\ny\"}}", "cannot hold a line break" },
        { "{\"podAnnotations\":{\"a\":\"x ; y\"}}", "begins a comment" },
        { "{\"podAnnotations\":{\"a\":\" x\"}}", "cannot keep spaces" },
        { "{\"nameOverride\":\"a\\u0000\"}", "cannot hold a control character" },
        { "{\"livenessProbe\":{\"httpGet\":{\"path\":\"/\",\"port\":\"http\"}}}",
          "livenessProbe.httpGet: the server has its own: /livez" },
        { "{\"securityContext\":{\"privileged\":true}}", "it is always false here" },
    };
    for (size_t i = 0; i < countof(bad); i++)
        is_left_out(f, bad[i][0], bad[i][1]);
}

/* The culprit is not the key that is told of: that one is a default. */
static void test_a_value_that_does_not_go_with_a_default(void **state)
{
    struct fixture *f = *state;
    struct outcome o = import(f, "{\"autoscaling\":{\"enabled\":true,\"maxReplicas\":1}}");
    assert_string_equal(o.ini + strlen(first_line), "\n[autoscaling]\ncreate = true\n");
    assert_string_equal(o.left_out,
                        "autoscaling.maxReplicas: autoscaling.min: it is above autoscaling.max\n");
}

static void test_two_values_for_one_key(void **state)
{
    struct fixture *f = *state;
    becomes(f, "{\"podSecurityContext\":{\"runAsUser\":7},\"securityContext\":{\"runAsUser\":7}}",
            "\n[security]\nuser = 7\n");
    is_left_out(f,
                "{\"podSecurityContext\":{\"runAsUser\":7},"
                "\"securityContext\":{\"runAsUser\":65532}}",
                "podSecurityContext.runAsUser: security.user is one value, and "
                "securityContext.runAsUser has given it");
}

static void test_what_no_rule_knows(void **state)
{
    struct fixture *f = *state;
    struct outcome o = import(f, "{\"a\":{\"b\":{\"c\":false},\"d.e\":[1]},\"image.tag\":\"x\","
                                 "\"podSecurityContext\":{\"sysctls\":[{\"name\":\"n\"}]}}");
    assert_string_equal(o.ini, first_line);
    assert_string_equal(o.left_out, "a.b.c: the profile has no key for it\n"
                                    "a[\"d.e\"]: the profile has no key for it\n"
                                    "[\"image.tag\"]: the profile has no key for it\n"
                                    "podSecurityContext.sysctls: there is no key for it; "
                                    "[patch.StatefulSet] can carry it: spec.template.spec."
                                    "securityContext.sysctls = [{\"name\": \"n\"}]\n");
    is_left_out(f, "{\"volumes\":[{\"name\":\"v\"}]}",
                "spec.template.spec.volumes[+] = {\"name\": \"v\"}");
    is_left_out(f, "{\"lifecycle\":{\"a\":1}}", "containers[0].lifecycle = {\"a\": 1}");
}

static void test_the_environment_is_not_shown(void **state)
{
    struct fixture *f = *state;
    struct outcome o = import(f, "{\"extraEnv\":[{\"name\":\"A\",\"value\":\"hunter2\"}]}");
    assert_non_null(strstr(o.left_out, "extraEnv[0]: "));
    assert_null(strstr(o.left_out, "hunter2"));
}

static void test_what_are_no_values(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = { "[]", "1", "\"x\"", "true" };
    for (size_t i = 0; i < countof(bad); i++) {
        struct outcome o;
        struct err err = { 0 };
        assert_false(try_import(f, bad[i], &o, &err));
        assert_int_equal(err.kind, ERR_REQUEST);
        assert_non_null(strstr(err.text, "are an object"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_what_says_nothing),
        FIXTURE_TEST(test_what_the_profile_has_by_default),
        FIXTURE_TEST(test_scalars),
        FIXTURE_TEST(test_service),
        FIXTURE_TEST(test_resources_are_what_the_values_say),
        FIXTURE_TEST(test_scheduling),
        FIXTURE_TEST(test_affinity_is_a_patch),
        FIXTURE_TEST(test_ingress),
        FIXTURE_TEST(test_route),
        FIXTURE_TEST(test_storage),
        FIXTURE_TEST(test_a_value_of_the_wrong_type_says_what_is_expected),
        FIXTURE_TEST(test_a_value_that_the_profile_refuses_tells_why),
        FIXTURE_TEST(test_a_value_that_does_not_go_with_a_default),
        FIXTURE_TEST(test_two_values_for_one_key),
        FIXTURE_TEST(test_what_no_rule_knows),
        FIXTURE_TEST(test_the_environment_is_not_shown),
        FIXTURE_TEST(test_what_are_no_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
