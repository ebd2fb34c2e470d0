/* The rules for storage modes, volumes, containers, add-ons and releases. */
#include "base/std.h"

#include "manifest_helper.h"

#define LABEL_63 "a12345678901234567890123456789012345678901234567890123456789012"

/* A text that breaks a rule, a part of the message, and a text at the rule's limit. */
static const struct {
    const char *broken;
    const char *message;
    const char *good;
} rules[] = {
    /* storage */
    { "[storage]\nmode = existing\n", "must say which claim",
      "[storage]\nmode = existing\nclaim = a.b\n" },
    { "[storage]\nmode = existing\nclaim = A\n", "not a DNS-1123 subdomain",
      "[storage]\nmode = claim\nclaim = a\n" },
    { "[storage]\nclaim = a\n", "only mode = claim", "[storage]\nmode = claim\n" },
    { "[storage]\nmode = claim\n[workload]\nreplicas = 2\n", "one log has one writer",
      "[storage]\nmode = claim\n[workload]\nreplicas = 1\n" },
    { "[storage]\nmode = claim\n[autoscaling]\ncreate = true\n", "one log has one writer",
      "[storage]\nmode = ephemeral\n[autoscaling]\ncreate = true\n" },
    { "[storage]\nmode = ephemeral\nclass = a\n", "no claim is printed",
      "[storage]\nmode = ephemeral\nsize = 1Mi\n" },
    { "[storage]\nmode = ephemeral\n[claim_labels]\na = b\n", "claim_labels.a: no claim",
      "[storage]\nmode = claim\n[claim_labels]\na = b\n" },
    { "[storage]\ndata_source = VolumeSnapshot\n", "not VolumeSnapshot/NAME",
      "[storage]\ndata_source = VolumeSnapshot/a\n" },
    { "[storage]\ndata_source = Other/a\n", "GROUP/KIND/NAME",
      "[storage]\ndata_source = g.example/Other/a\n" },
    { "[storage]\ndata_source = a/b/c/d\n", "GROUP/KIND/NAME",
      "[storage]\ndata_source = PersistentVolumeClaim/a\n" },
    { "[storage]\nattributes_class = A\n", "not a DNS-1123 subdomain",
      "[storage]\nattributes_class = a\n" },
    { "[claim_selector]\na b = c\n", "claim_selector.a b: the name is not",
      "[claim_selector]\nexample.com/a = b\n" },
    /* workload */
    { "[workload]\nmax_unavailable = 0\n", "not a number above 0",
      "[workload]\nmax_unavailable = 1\n" },
    { "[workload]\nmax_unavailable = 101%\n", "a percentage up to 100%",
      "[workload]\nmax_unavailable = 100%\n" },
    { "[workload]\nupdate = OnDelete\nmax_unavailable = 1\n", "OnDelete has none",
      "[workload]\nupdate = RollingUpdate\nmax_unavailable = 1\n" },
    { "[workload]\ndns_servers = a\n", "not an IP address",
      "[workload]\ndns_servers = 192.0.2.1, 2001:db8::1, 192.0.2.3\n" },
    { "[workload]\ndns_servers = 192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4\n", "at most 3 are taken",
      "[workload]\ndns_servers = 192.0.2.1\n" },
    { "[workload]\ndns_searches = A\n", "not a DNS-1123 subdomain",
      "[workload]\ndns_searches = svc.example\n" },
    { "[workload]\nenv_from = s\n", "secret/NAME or configmap/NAME",
      "[workload]\nenv_from = secret/s, configmap/c\n" },
    { "[workload]\nenv_from = secret/S\n", "secret/NAME", "[workload]\nenv_from = secret/s.t\n" },
    { "[workload]\nspread_over =\n", "there must be a label",
      "[workload]\nspread_over = topology.kubernetes.io/zone\n" },
    { "[workload]\nspread_over = a,a\n", "stands there twice", "[workload]\nspread_over = a,b\n" },
    { "[workload]\nspread_over = a b\n", "is not a label key",
      "[workload]\nspread_over = x.y/a\n" },
    { "[resources]\ncpu_limit = 65\n", "is an 'm' missing?", "[resources]\ncpu_limit = 64\n" },
    { "[image]\nregistry = R\n", "image.registry: 'R/app' is not an image repository",
      "[image]\nregistry = r.example:5000/mirror\n" },
    /* config and secrets that exist */
    { "[config]\nexisting = A\n", "not a DNS-1123 subdomain", "[config]\nexisting = a\n" },
    { "[config]\nexisting = a\n[files]\n/x/y = z\n", "no ConfigMap is printed",
      "[config]\nname = a\n[files]\n/x/y = z\n" },
    { "[secrets]\nexisting = a\n[secret]\nk = v\n", "no Secret is printed",
      "[secrets]\nexisting = a\n[env_secret]\nK = k\n" },
    { "[env_field]\nA = limits.disk\n", "there is no such field",
      "[env_field]\nA = requests.ephemeral-storage\n" },
    /* volumes and mounts */
    { "[volumes]\nA = empty\n", "the name is not a DNS-1123 label",
      "[volumes]\n" LABEL_63 " = empty\n" },
    { "[volumes]\nvisits = empty\n", "a volume of this name already", "[volumes]\nv = empty\n" },
    { "[volumes]\nsecret = empty\n", "a volume of this name already", "[volumes]\nv = secret/s\n" },
    { "[volumes]\nv = empty/0\n", "a size, such as", "[volumes]\nv = empty/1Ki\n" },
    { "[volumes]\nv = empty/1m\n", "a size, such as", "[volumes]\nv = empty/1\n" },
    { "[volumes]\nv = claim/A\n", "the name behind the '/'", "[volumes]\nv = claim/a\n" },
    { "[volumes]\nv = disk/a\n", "a volume is secret/NAME", "[volumes]\nv = configmap/a\n" },
    { "[volumes]\nv = {\"nfs\": {}, \"csi\": {}}\n", "an object with one source",
      "[volumes]\nv = {\"nfs\": {\"server\": \"s\", \"path\": \"/\"}}\n" },
    { "[volumes]\nv = {\"nsf\": {}}\n", "there is no such volume source",
      "[volumes]\nv = {\"csi\": {}}\n" },
    { "[volumes]\nv = {\"nfs\": }\n", "line 1, column 9", "[volumes]\nv = {\"emptyDir\": {}}\n" },
    { "[mounts]\n/a = v\n", "there is no volume 'v'", "[volumes]\nv = empty\n[mounts]\n/a = v\n" },
    { "[volumes]\nv = empty\n[mounts]\na = v\n", "an absolute path",
      "[volumes]\nv = empty\n[mounts]\n/a/b = v/c/d:ro\n" },
    { "[volumes]\nv = empty\n[mounts]\n/a = v/../b\n", "without '..'",
      "[volumes]\nv = empty\n[mounts]\n/a = v/b\n" },
    { "[mounts]\n/data = config\n", "something else at this path", "[mounts]\n/d = config\n" },
    { "[mounts]\n/app = config\n", "something else at this path", "[mounts]\n/apps = config\n" },
    { "[files]\n/x/y = z\n[mounts]\n/x/y = config\n", "[files] has something",
      "[files]\n/x/y = z\n[mounts]\n/x/z = config\n" },
    /* containers */
    { "[sidecars]\nA = {\"image\": \"i\"}\n", "the name is not a DNS-1123 label",
      "[sidecars]\na = {\"image\": \"i\"}\n" },
    { "[sidecars]\napp = {\"image\": \"i\"}\n", "a container of this name already",
      "[sidecars]\napp2 = {\"image\": \"i\"}\n" },
    { "[init_containers]\na = {\"image\": \"i\"}\n[sidecars]\na = {\"image\": \"i\"}\n",
      "sidecars.a: the pods have a container",
      "[init_containers]\na = {\"image\": \"i\"}\n[sidecars]\nb = {\"image\": \"i\"}\n" },
    { "[sidecars]\na = image: i\n", "the value is not JSON: line 1, column 1",
      "[sidecars]\na = {\"image\": \"i\", \"name\": \"a\"}\n" },
    { "[sidecars]\na = {}\n", "an object with an image", "[sidecars]\na = {\"image\":\"i\"}\n" },
    { "[sidecars]\na = {\"image\": \"i\", \"name\": \"b\"}\n", "its \"name\" is another",
      "[sidecars]\na = {\"image\": \"i\"}\n" },
    { "[sidecars]\na = {\"image\": \"i\", \"comand\": []}\n", "did you mean command",
      "[sidecars]\na = {\"image\": \"i\", \"command\": []}\n" },
    { "[init_containers]\na = {\"image\": \"i\", \"volumeMounts\": [{\"name\": \"v\"}]}\n",
      "volumeMounts: there is no volume 'v'",
      "[init_containers]\na = {\"image\": \"i\", \"volumeMounts\": [{\"name\": \"visits\", "
      "\"mountPath\": \"/d\"}]}\n" },
    { "[sidecars]\na = {\"image\": \"i\", \"volumeMounts\": [{\"name\": \"visits\"}]}\n",
      "a mountPath is missing", "[sidecars]\na = {\"image\": \"i\", \"volumeMounts\": []}\n" },
    /* objects of one's own */
    { "[extra]\na = x\n", "the value is not JSON",
      "[extra]\na = {\"apiVersion\":\"v1\",\"kind\":\"X\",\"metadata\":{\"name\":\"n\"}}\n" },
    { "[extra]\na = {\"kind\":\"X\"}\n", "an \"apiVersion\" and a \"kind\"",
      "[extra]\na = {\"apiVersion\":\"v1\",\"kind\":\"X\",\"metadata\":{\"name\":\"n\"}}\n" },
    { "[extra]\na = {\"apiVersion\":\"v1\",\"kind\":\"X\"}\n", "needs a \"name\"",
      "[extra]\na = {\"apiVersion\":\"v1\",\"kind\":\"X\",\"metadata\":{\"name\":\"n\"}}\n" },
    { "[extra]\na = {\"apiVersion\":\"v1\",\"kind\":\"X\",\"metadata\":{\"name\":\"n\","
      "\"labels\":[]}}\n",
      "its labels are not an object",
      "[extra]\na = {\"apiVersion\":\"v1\",\"kind\":\"X\",\"metadata\":{\"name\":\"n\","
      "\"labels\":{}}}\n" },
    /* certificate, monitor, test */
    { "[certificate]\ncreate = true\n", "ClusterIssuer/NAME",
      "[certificate]\ncreate = true\nissuer = ClusterIssuer/a\n" },
    { "[certificate]\ncreate = true\nissuer = Other/a\n", "ClusterIssuer/NAME",
      "[certificate]\ncreate = true\nissuer = Issuer/a\n" },
    { "[certificate]\ncreate = true\nissuer = Issuer/a\nhosts = 192.0.2.1\n", "not a host name",
      "[certificate]\ncreate = true\nissuer = Issuer/a\nhosts = *.a.example\n" },
    { "[certificate]\ncreate = true\nissuer = Issuer/a\nduration = 59m59s\n", "no less than 1h",
      "[certificate]\ncreate = true\nissuer = Issuer/a\nduration = 1h\n" },
    { "[certificate]\ncreate = true\nissuer = Issuer/a\nrenew_before = 4m59s\n", "no less than 5m",
      "[certificate]\ncreate = true\nissuer = Issuer/a\nrenew_before = 5m\n" },
    { "[certificate]\ncreate = true\nissuer = Issuer/a\nduration = 1h\nrenew_before = 1h\n",
      "less than certificate.duration",
      "[certificate]\ncreate = true\nissuer = Issuer/a\nduration = 1h\nrenew_before = 59m\n" },
    { "[certificate]\ncreate = true\nissuer = Issuer/a\nsecret = app-secret\n[secret]\nk = v\n",
      "the name of the Secret of [secret]",
      "[certificate]\ncreate = true\nissuer = Issuer/a\n[secret]\nk = v\n" },
    { "[monitor]\ncreate = true\n[serve]\nadmin =\n", "serve.admin must be given",
      "[monitor]\ncreate = true\n" },
    { "[monitor]\ncreate = true\ninterval = 5s\n", "not be above monitor.interval",
      "[monitor]\ncreate = true\ninterval = 10s\n" },
    { "[monitor]\ncreate = true\n[network]\nmonitoring =\n", "would keep Prometheus out",
      "[monitor]\ncreate = true\n[network]\ncreate = true\nmonitoring = m\n" },
    { "[monitor]\ncreate = true\npath = metrics\n", "is not a path",
      "[monitor]\ncreate = true\npath = /m\n" },
    { "[test]\npath = x\n", "is not a path", "[test]\npath = /x\n" },
    { "[test]\ntimeout = 1500ms\n", "whole seconds", "[test]\ntimeout = 2s\n" },
    { "[monitor_labels]\nrelease = a b\n", "the value is not a label value",
      "[monitor_labels]\nrelease = a\n" },
    /* service, scaling, probes */
    { "[service]\nper_replica = true\n[autoscaling]\ncreate = true\n", "how many Services",
      "[service]\nper_replica = true\n" },
    { "[service]\nper_replica = true\n[workload]\nreplicas = 101\n", "more than 100 Services",
      "[service]\nper_replica = true\n[workload]\nreplicas = 100\n" },
    { "[autoscaling]\ncreate = true\nscale_up_wait = 1ms\n", "whole seconds",
      "[autoscaling]\ncreate = true\nscale_up_wait = 1h\n" },
    { "[probe_headers]\nA_B = c\n", "not a field name of HTTP", "[probe_headers]\nA-B = c\n" },
    { "[probes]\nliveness_grace = 1ms\n", "whole seconds", "[probes]\nliveness_grace = 1s\n" },
    /* releases */
    { "[app]\nkube = 2.0\n", "not a release such as 1.27", "[app]\nkube = 1.27\n" },
    { "[app]\nkube = 1.26\n", "1.27 or newer", "[app]\nkube = 1.40\n" },
    { "[app]\nkube = 1.29\n[workload]\npre_stop = 1s\n", "this needs Kubernetes 1.30",
      "[app]\nkube = 1.30\n[workload]\npre_stop = 1s\n" },
    { "[app]\nkube = 1.34\n[workload]\nmax_unavailable = 1\n", "this needs Kubernetes 1.35",
      "[app]\nkube = 1.35\n[workload]\nmax_unavailable = 1\n" },
    { "[app]\nkube = 1.33\n[storage]\nattributes_class = a\n", "needs Kubernetes 1.34",
      "[app]\nkube = 1.34\n[storage]\nattributes_class = a\n" },
    { "[app]\nkube = 1.29\n[security]\napp_armor = RuntimeDefault\n", "needs Kubernetes 1.30",
      "[app]\nkube = 1.30\n[security]\napp_armor = RuntimeDefault\n" },
    { "[app]\nkube = 1.32\n[security]\nhost_users = false\n", "needs Kubernetes 1.33",
      "[app]\nkube = 1.33\n[security]\nhost_users = false\n" },
    { "[app]\nkube = 1.30\n[service]\ntraffic_distribution = PreferClose\n",
      "needs Kubernetes 1.31",
      "[app]\nkube = 1.31\n[service]\ntraffic_distribution = PreferClose\n" },
    { "[app]\nkube = 1.33\n[service]\ntraffic_distribution = PreferSameZone\n",
      "needs Kubernetes 1.34",
      "[app]\nkube = 1.34\n[service]\ntraffic_distribution = PreferSameZone\n" },
    { "[app]\nkube = 1.28\n[sidecars]\na = {\"image\":\"i\"}\n", "a sidecar needs Kubernetes 1.29",
      "[app]\nkube = 1.29\n[sidecars]\na = {\"image\":\"i\"}\n" },
};

static void test_every_rule_is_broken_and_kept(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < countof(rules); i++) {
        const char *said = fixture_check(f, rules[i].broken);
        if (!strstr(said, rules[i].message))
            fail_msg("'%s' is not in '%s', of:\n%s", rules[i].message, said, rules[i].broken);
        said = fixture_check(f, rules[i].good);
        if (said[0])
            fail_msg("'%s' was said of:\n%s", said, rules[i].good);
        fixture_close(state);
        assert_int_equal(fixture_open(state), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_every_rule_is_broken_and_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
