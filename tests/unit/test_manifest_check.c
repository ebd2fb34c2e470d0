#include "base/std.h"

#include "manifest_helper.h"

#define NAME_52 "a123456789012345678901234567890123456789012345678901"
#define LABEL_63 "a12345678901234567890123456789012345678901234567890123456789012"

/* A rule: text that breaks it, a part of the message, and text at its limit that does not. */
struct rule {
    const char *broken;
    const char *message;
    const char *good;
};

static const struct rule rules[] = {
    /* names */
    { "[app]\nname = " NAME_52 "x\n", "t.ini:2: app.name: 'a1234", "[app]\nname = " NAME_52 "\n" },
    { "[app]\ninstance = " NAME_52 "x\n", "controller-revision-hash",
      "[app]\ninstance = " NAME_52 "\n" },
    { "[app]\nname = 1a\n", "not a DNS-1035 label", "[app]\nname = 1a\ninstance = a1\n" },
    { "[app]\nname =\n", "must have a name", "[app]\nname = a\n" },
    { "[app]\nnamespace = " LABEL_63 "x\n", "not a DNS-1123 label",
      "[app]\nnamespace = " LABEL_63 "\n" },
    { "[app]\nversion = 1 2\n", "app.version: '1 2' is not a label value",
      "[app]\nversion = 1+2\n" },
    { "[app]\ncomponent = -x\n", "not a label value", "[app]\ncomponent =\n" },
    { "[app]\npart_of = x/y\n", "not a label value", "[app]\npart_of = x.y\n" },
    { "[image]\nrepository = App\n", "not an image repository",
      "[image]\nrepository = r.example:5/a\n" },
    { "[image]\ntag = :x\n", "not an image tag", "[image]\ntag = x\n" },
    { "[image]\ndigest = sha256:1\n", "not an image digest", "[image]\ndigest =\n" },
    { "[image]\npull_secrets = a,B\n", "'B' is not a DNS-1123 subdomain",
      "[image]\npull_secrets = a, b.c\n" },
    { "[service_account]\nname = A\n", "not a DNS-1123 subdomain",
      "[service_account]\nname = a\n" },
    { "[service_account]\ncreate = false\n[service_account_annotations]\na = b\n",
      "t.ini:4: service_account_annotations.a", "[service_account_annotations]\na = b\n" },
    /* workload */
    { "[workload]\nmin_ready = 1500ms\n", "whole seconds", "[workload]\nmin_ready = 1s\n" },
    { "[workload]\ngrace = 14s\n", "would be killed", "[workload]\ngrace = 15s\n" },
    { "[workload]\nupdate = OnDelete\npartition = 1\n", "OnDelete has no partition",
      "[workload]\nupdate = OnDelete\n" },
    { "[workload]\nreplicas = 2\npartition = 3\n", "nothing would ever be updated",
      "[workload]\nreplicas = 2\npartition = 2\n" },
    { "[workload]\npriority_class = A\n", "not a DNS-1123 subdomain",
      "[workload]\npriority_class = a\n" },
    { "[workload]\nruntime_class = A\n", "not a DNS-1123 subdomain",
      "[workload]\nruntime_class = a\n" },
    { "[workload]\nscheduler =\n", "not a DNS-1123 subdomain", "[workload]\nscheduler = s\n" },
    /* storage */
    { "[storage]\nname = a.b\n", "not a DNS-1123 label", "[storage]\nname = " LABEL_63 "\n" },
    { "[storage]\nname = config\n", "two volumes need two names", "[storage]\nname = configs\n" },
    { "[storage]\nname = secret\n", "the Secret's volume", "[storage]\nname = secrets\n" },
    { "[storage]\nsize = 0\n", "above 0", "[storage]\nsize = 1\n" },
    { "[storage]\nsize =\n", "above 0", "[storage]\nsize = 1Ki\n" },
    { "[storage]\nsize = 1500m\n", "whole number of bytes", "[storage]\nsize = 1.5Ki\n" },
    { "[storage]\nsize = 1GB\n", "not a quantity", "[storage]\nsize = 1G\n" },
    { "[storage]\nclass = A\n", "not a DNS-1123 subdomain", "[storage]\nclass = a\n" },
    { "[storage]\nclass = a\nprovision = false\n", "volumes are provisioned",
      "[storage]\nprovision = false\n" },
    { "[storage]\naccess_modes =\n", "at least one",
      "[storage]\naccess_modes = ReadWriteOncePod\n" },
    { "[storage]\naccess_modes = ReadOnlyMany\n", "is not one of",
      "[storage]\naccess_modes = ReadWriteMany,ReadWriteOnce\n" },
    { "[storage]\naccess_modes = ReadWriteOncePod,ReadWriteOnce\n", "must stand alone", "" },
    { "[storage]\naccess_modes = ReadWriteOnce,ReadWriteOnce\n", "twice", "" },
    /* resources */
    { "[resources]\ncpu_request = 501m\n", "above the limit", "[resources]\ncpu_request = 500m\n" },
    { "[resources]\ncpu_request = 0.1m\n", "finer than 1m", "[resources]\ncpu_request = 1m\n" },
    { "[resources]\nmemory_request = 33Mi\n", "above the limit",
      "[resources]\nmemory_request = 32Mi\n" },
    { "[resources]\nmemory_request = 128m\n", "whole number of bytes",
      "[resources]\nmemory_request = 128\n" },
    { "[resources]\nmemory_request =\nmemory_limit = 4095Ki\n", "is the unit missing?",
      "[resources]\nmemory_request =\nmemory_limit = 4Mi\n" },
    { "[resources]\ncpu_limit = 0\ncpu_request =\n", "leaves nothing",
      "[resources]\ncpu_limit =\n" },
    { "[resources]\ndisk_request = 65Mi\n", "above the limit", "[resources]\ndisk_limit =\n" },
    { "[resources]\ndisk_limit = x\n", "not a quantity", "[resources]\ndisk_limit = 1e9\n" },
    /* security and probes */
    { "[security]\nuser = 0\n", "no pod would start", "[security]\nuser = 1\n" },
    { "[security]\nuser = 0\nnon_root = true\n", "security.user",
      "[security]\nuser = 0\nnon_root = false\n" },
    { "[probes]\nport = 0\n", "1 to 65535", "[probes]\nport = 65535\n" },
    { "[probes]\nport = https\n", "no port 'https'", "[probes]\nport = http\n" },
    { "[probes]\nliveness_path = livez\n", "not a path", "[probes]\nliveness_path = /\n" },
    { "[probes]\nreadiness_path = /a b\n", "not a path", "[probes]\nreadiness_path = /a?b\n" },
    { "[probes]\nstartup_path =\n", "not a path", "[probes]\nstartup_path = /x\n" },
    { "[probes]\nstartup_period = 1500ms\n", "whole seconds", "[probes]\nstartup_period = 1s\n" },
    { "[probes]\nliveness_timeout = 1500ms\n", "whole seconds",
      "[probes]\nliveness_timeout = 1s\n" },
    { "[probes]\nreadiness_delay = 1ms\n", "whole seconds", "[probes]\nreadiness_delay = 0s\n" },
    /* listeners */
    { "[serve]\nhttp = :0\n", "chosen at start", "[serve]\nhttp = :1\n" },
    { "[serve]\nadmin = :0\n", "chosen at start", "[serve]\nadmin =\n" },
    { "[serve]\nhttp = 127.0.0.1:80\n", "only the pod itself",
      "[serve]\nhttp = 127.0.0.1:80, :81\n" },
    { "[serve]\nadmin = [::1]:90\n", "kubelet cannot reach", "[serve]\nadmin = [::]:90\n" },
    { "[serve]\nhttp = 1.2.3.4:9090\n", "the port of serve.admin",
      "[serve]\nhttp = 1.2.3.4:9091\n" },
    { "[serve]\nhttp = :1,:2,:3,:4,:5,:6,:7,:8,:9\n", "at most 8",
      "[serve]\nhttp = :1,:2,:3,:4,:5,:6,:7,:8\n" },
    /* service */
    { "[service]\nname = 1a\n", "not a DNS-1035 label", "[service]\nname = " LABEL_63 "\n" },
    { "[service]\nname = app-headless\n", "the headless Service", "[service]\nname = app-head\n" },
    { "[service]\nnode_port = 30000\n", "only NodePort and LoadBalancer",
      "[service]\ntype = NodePort\nnode_port = 30000\n" },
    { "[service]\ntype = NodePort\nnode_port = 29999\n", "30000-32767",
      "[service]\ntype = NodePort\nnode_port = 32767\n" },
    { "[service]\ntype = NodePort\nnode_port = 32768\n", "30000-32767",
      "[service]\ntype = LoadBalancer\nnode_port = 32767\n" },
    { "[service]\nexternal_policy = Local\n", "from outside",
      "[service]\nexternal_policy = Local\ntype = NodePort\n" },
    { "[service]\ntype = LoadBalancer\nhealth_node_port = 30001\n", "external_policy = Local",
      "[service]\ntype = LoadBalancer\nexternal_policy = Local\nhealth_node_port = 30001\n" },
    { "[service]\ntype = LoadBalancer\nexternal_policy = Local\nhealth_node_port = 30001\n"
      "node_port = 30001\n",
      "service.node_port, too", "" },
    { "[service]\nbalancer_class = a\n", "only service.type = LoadBalancer",
      "[service]\ntype = LoadBalancer\nbalancer_class = example.com/a\n" },
    { "[service]\nbalancer_ip = 1.2.3.4\n", "only service.type = LoadBalancer",
      "[service]\ntype = LoadBalancer\nbalancer_ip = ::1\n" },
    { "[service]\ntype = LoadBalancer\nbalancer_ip = 1.2.3\n", "not an IP address", "" },
    { "[service]\nsource_ranges = 1.2.3.0/24\n", "only service.type = LoadBalancer",
      "[service]\ntype = LoadBalancer\nsource_ranges = 1.2.3.0/32, ::/128\n" },
    { "[service]\ntype = LoadBalancer\nsource_ranges = 1.2.3.0/33\n", "not a network", "" },
    { "[service]\ntype = LoadBalancer\nsource_ranges = ::/129\n", "not a network", "" },
    { "[service]\nexternal_ips = example.com\n", "not an IP address",
      "[service]\nexternal_ips = 192.0.2.1, 2001:db8::1\n" },
    { "[service]\nip_families = IPv5\n", "not IPv4 or IPv6", "[service]\nip_families = IPv6\n" },
    { "[service]\nip_families = IPv4,IPv4\n", "once", "[service]\nip_families = IPv6,IPv4\n" },
    { "[service]\nip_families = IPv6,IPv4\nip_family_policy = SingleStack\n", "one family",
      "[service]\nip_families = IPv6,IPv4\nip_family_policy = RequireDualStack\n" },
    { "[service]\nsession_timeout = 1500ms\n", "whole seconds",
      "[service]\nsession_timeout = 24h\n" },
    { "[service]\napp_protocol = a b\n", "not a label key",
      "[service]\napp_protocol = kubernetes.io/h2c\n" },
    /* files */
    { "[log]\nfile = visits.log\n", "directory of its own", "[log]\nfile = d/visits.log\n" },
    { "[log]\nfile = ../a/visits.log\n", "directory of its own", "[log]\nfile = /a/b/v.log\n" },
    { "[log]\nfile = /etc/app/v.log\n", "must not overlap", "[log]\nfile = /etc/app2/v.log\n" },
    { "[log]\nfile = /etc/v.log\n", "must not overlap", "[log]\nfile = /srv/v.log\n" },
    { "[log]\nfile = /app/v.log\n", "hide the binary", "[log]\nfile = /app-x/v.log\n" },
    { "[config]\npath = etc\n", "not an absolute path", "[config]\npath = /etc/x\n" },
    { "[config]\npath = /etc/x/\n", "no '/' at its end", "[config]\npath = /x\n" },
    { "[config]\nname = A\n", "not a DNS-1123 subdomain", "[config]\nname = a.b\n" },
    { "[config]\nvolume = visits\n", "two volumes", "[config]\nvolume = visit\n" },
    { "[config]\nvolume = secret\n", "the Secret's volume", "[config]\nvolume = c\n" },
    { "[secrets]\npath = /etc/app/s\n", "must not lie in config.path", "[secrets]\npath =\n" },
    { "[secrets]\nname = A\n", "not a DNS-1123 subdomain", "[secrets]\nname = a\n" },
    { "[secret]\na/b = c\n", "ConfigMap or Secret key", "[secret]\na.b = c\n" },
    { "[files]\nx = y\n", "absolute path", "[files]\n/x = y\n" },
    { "[files]\n/x/ = y\n", "absolute path", "[files]\n/x/y = y\n" },
    { "[files]\n/x/app.ini = y\n", "has 'app.ini' already", "[files]\n/x/app.inj = y\n" },
    { "[files]\n/x/a = y\n/z/a = y\n", "t.ini:3: files./z/a", "[files]\n/x/a = y\n/x/b = y\n" },
    { "[files]\n/x/a b = y\n", "ConfigMap or Secret key", "[files]\n/x/a-b = y\n" },
    { "[files]\n/etc/app/d/a = y\n", "read-only", "[files]\n/etc/app/a = y\n" },
    { "[files]\n/etc/app-secret/a = y\n", "read-only", "[files]\n/etc/app-secrets/a = y\n" },
    { "[files]\n/data = y\n", "something else", "[files]\n/data/x = y\n" },
    { "[files]\n/etc = y\n", "something else", "[files]\n/etcx = y\n" },
    { "[files]\n/app = y\n", "something else", "[files]\n/apps = y\n" },
    /* env */
    { "[env]\n1A = b\n", "not an environment variable name", "[env]\nA1 = b\n" },
    { "[env]\nPOD_NAME = b\n", "has this variable already", "[env]\nPOD = b\n" },
    { "[env]\nA = b\n[env_field]\nA = metadata.name\n", "t.ini:2: env.A", "[env]\nA = b\n" },
    { "[env]\nA = \\$$(B)\n[env_field]\nB = status.podIPs\n", NULL, NULL },
    { "[env]\nA = x$(B)\nB = c\n", "must name a variable", "[env]\nB = c\nA = x$(B)$(POD_NAME)\n" },
    { "[env]\nA = x$(A)\n", "must name a variable", "[env]\nA = x$$(A) $( $x\n" },
    { "[env_field]\nA = spec.x\n", "no such field", "[env_field]\nA = metadata.labels['a/b']\n" },
    { "[env_field]\nA = metadata.labels['-']\n", "no such field",
      "[env_field]\nA = metadata.annotations['a']\n" },
    { "[env_secret]\nA = k\n", "no such entry", "[env_secret]\nA = k\n[secret]\nk = v\n" },
    { "[env_secret]\nA = S/k\n", "or an entry of [secret]", "[env_secret]\nA = s/k\n" },
    { "[env_config]\nA = k\n", "CONFIGMAP/KEY", "[env_config]\nA = c/k\n" },
    { "[env_config]\nA = c/k/j\n", "OBJECT/KEY", "[env_config]\nA = c.d/k\n" },
    /* what scales and what may be down */
    { "[disruption]\ncreate = true\nmax_unavailable = 0\n", "no node could ever be drained",
      "[disruption]\ncreate = true\n" },
    { "[disruption]\ncreate = true\nmax_unavailable = 0%\n", "no node could ever be drained",
      "[disruption]\ncreate = true\nmax_unavailable = 1%\n" },
    { "[disruption]\ncreate = true\nmax_unavailable = 101%\n", "percentage up to 100%",
      "[disruption]\ncreate = true\nmax_unavailable = 100%\n" },
    { "[disruption]\ncreate = true\nmin_available = 1\n", "exactly one", "" },
    { "[disruption]\ncreate = true\nmax_unavailable =\n", "exactly one", "" },
    { "[disruption]\ncreate = true\nmax_unavailable =\nmin_available = 3\n[workload]\nreplicas = "
      "3\n",
      "no node could ever be drained",
      "[disruption]\ncreate = true\nmax_unavailable =\nmin_available = 2\n[workload]\nreplicas = "
      "3\n" },
    { "[disruption]\ncreate = true\nmax_unavailable =\nmin_available = 51%\n[workload]\nreplicas = "
      "2\n",
      "no node could ever be drained",
      "[disruption]\ncreate = true\nmax_unavailable =\nmin_available = 50%\n[workload]\nreplicas = "
      "2\n" },
    { "[disruption]\ncreate = true\nmax_unavailable =\nmin_available = 2\n[autoscaling]\n"
      "create = true\n[workload]\nreplicas = 9\n",
      "of 2 allows no pod", "" },
    { "[autoscaling]\ncreate = true\nmin = 11\n", "above autoscaling.max",
      "[autoscaling]\ncreate = true\nmin = 10\n" },
    { "[autoscaling]\ncreate = true\ncpu = 0\n", "something to scale by",
      "[autoscaling]\ncreate = true\ncpu = 0\nmemory = 1\n" },
    { "[autoscaling]\ncreate = true\n[resources]\ncpu_request =\n", "which is empty", "" },
    { "[autoscaling]\ncreate = true\nmemory = 1\n[resources]\nmemory_request =\n",
      "autoscaling.memory: it is a part", "" },
    { "[autoscaling]\ncreate = true\n[workload]\nwhen_scaled = Delete\n", "would be lost",
      "[workload]\nwhen_scaled = Delete\n" },
    { "[workload]\npre_stop = 1500ms\n", "whole seconds", "[workload]\npre_stop = 1s\n" },
    { "[workload]\npre_stop = 5s\ngrace = 19s\n", "would be killed",
      "[workload]\npre_stop = 5s\ngrace = 20s\n" },
    { "[tolerations]\na = k=v:Never\n", "a toleration is",
      "[tolerations]\na = k=v:NoSchedule\nb = k\nc = x.y/k:PreferNoSchedule\n" },
    { "[tolerations]\na = k:NoSchedule:5\n", "a toleration is",
      "[tolerations]\na = k=:NoExecute:2147483647\n" },
    { "[tolerations]\na = k:NoExecute:x\n", "a toleration is", "" },
    { "[tolerations]\na = =v\n", "a toleration is", "" },
    { "[tolerations]\na = k=a b\n", "a toleration is", "" },
    /* traffic */
    { "[namespace]\ncreate = true\n", "must say which",
      "[namespace]\ncreate = true\n[app]\nnamespace = n\n" },
    { "[network]\nmonitoring = a.b\n", "not a DNS-1123 label", "[network]\nmonitoring = a\n" },
    { "[ingress]\ncreate = true\nclass = A\n", "not a DNS-1123 subdomain",
      "[ingress]\nclass = A\n" },
    { "[ingress]\ncreate = true\nhosts = 1.2.3.4\n", "not a host name",
      "[ingress]\ncreate = true\nhosts = *.a.example, 1.2.3.4.example\n" },
    { "[ingress]\ncreate = true\nhosts = a.*.example\n", "not a host name", "" },
    { "[ingress]\ncreate = true\npaths = a\n", "not a path",
      "[ingress]\ncreate = true\npaths = /a..b\n" },
    { "[ingress]\ncreate = true\npaths = /, /a//b\n", "not a path", "" },
    { "[ingress]\ncreate = true\npaths = /a/../b\n", "not a path", "" },
    { "[ingress]\ncreate = true\npaths = /a/..\n", "not a path", "" },
    { "[ingress]\ncreate = true\npaths = /a%2Fb\n", "not a path",
      "[ingress]\ncreate = true\npaths = /a%20b\n" },
    { "[ingress]\ncreate = true\npaths =\n", "at least one path", "" },
    { "[ingress]\ncreate = true\ntls_secret = t\n", "give ingress.hosts",
      "[ingress]\ncreate = true\ntls_secret = t\nhosts = a\n" },
    { "[route]\ncreate = true\n", "1 to 16 Gateways",
      "[route]\ncreate = true\nparents = g, n/g\n" },
    { "[route]\ncreate = true\nparents = a/b/c\n", "namespace/name", "" },
    { "[route]\ncreate = true\nparents = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n",
      "1 to 16 Gateways",
      "[route]\ncreate = true\nparents = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n" },
    { "[route]\ncreate = true\nparents = g\nhosts = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n",
      "at most 16",
      "[route]\ncreate = true\nparents = g\nhosts = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n" },
    { "[route]\ncreate = true\nparents = g\npath = x\n", "not a path", "" },
    { "[host_aliases]\nA = 1.2.3.4\n", "not a DNS-1123 subdomain", "[host_aliases]\na = ::1\n" },
    { "[host_aliases]\na = b\n", "not an IP address", "[host_aliases]\na.b = 1.2.3.4\n" },
    { "[ingress_annotations]\n/ = a\n", "not an annotation key",
      "[ingress_annotations]\na/b = c\n" },
    /* labels and annotations */
    { "[labels]\na b = c\n", "not a label key", "[labels]\na.b/C = c\n" },
    { "[labels]\na = " LABEL_63 "x\n", "not a label value", "[labels]\na = " LABEL_63 "\n" },
    { "[labels]\napp.kubernetes.io/name = x\n", "set from [app]", "[labels]\napp = x\n" },
    { "[pod_labels]\ncontroller-revision-hash = x\n", "by Kubernetes itself",
      "[pod_labels]\nc = x\n" },
    { "[claim_labels]\napp.kubernetes.io/version = x\n", "set from [app]",
      "[claim_labels]\nv = x\n" },
    { "[node_selector]\na = b c\n", "not a label value",
      "[node_selector]\nkubernetes.io/arch = amd64\n" },
    { "[annotations]\n-a = c\n", "not an annotation key",
      "[annotations]\nA.b/c = any text, here\n" },
    { "[pod_annotations]\nchecksum/config = c\n", "computed",
      "[pod_annotations]\nsum/config = c\n" },
    { "[service_annotations]\na/b/c = c\n", "not an annotation key",
      "[service_annotations]\na/b = \n" },
    { "[claim_annotations]\n- = c\n", "not an annotation key", "[claim_annotations]\na = b\n" },
};

static void test_every_rule_is_broken_and_kept(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(fixture_check(f, ""), "");
    for (size_t i = 0; i < countof(rules); i++) {
        const char *problems = fixture_check(f, rules[i].broken);
        if (rules[i].message ? !strstr(problems, rules[i].message) : problems[0] != '\0')
            fail_msg("%s... gives: %s", rules[i].broken, problems);
        problems = rules[i].good ? fixture_check(f, rules[i].good) : "";
        if (problems[0])
            fail_msg("%s... gives: %s", rules[i].good, problems);
        fixture_close(state);
        assert_int_equal(fixture_open(state), 0);
    }
}

static void test_all_problems_are_told(void **state)
{
    struct fixture *f = *state;
    const char *problems = fixture_check(f, "[app]\nname = A\n[storage]\nsize = x\n[env]\n1 = 2\n");
    assert_non_null(strstr(problems, "t.ini:2: app.name"));
    assert_non_null(strstr(problems, "t.ini:4: storage.size"));
    assert_non_null(strstr(problems, "t.ini:6: env.1"));
    assert_int_equal(f->problems.count, 3);
}

static void test_control_bytes_do_not_reach_the_terminal(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[labels]\na = b\n");
    f->profile.labels.items[0].name = SPAN_LIT("\x1b[2J");
    assert_false(manifest_check(&f->profile, &f->derived, &f->problems));
    assert_null(strchr(f->problems.first->text, 0x1b));
    assert_non_null(strstr(f->problems.first->text, "\\x1b[2J"));
}

/* What only a file or a variable can hold. */
static void test_texts_that_no_line_can_carry(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[env]\nA = b\n");
    f->profile.env.items[0].value = span_from("a\0b", 3);
    assert_false(manifest_check(&f->profile, &f->derived, &f->problems));
    fixture_load(f, "[annotations]\nA = b\n");
    f->profile.annotations.items[0].value = SPAN_LIT("\xff");
    assert_false(manifest_check(&f->profile, &f->derived, &f->problems));
    fixture_load(f, "[secret]\nA = b\n");
    f->profile.secret.items[0].value = SPAN_LIT("\xff");
    assert_true(manifest_check(&f->profile, &f->derived, &f->problems));
}

/* Fills the value of the only pair with `len` letters and checks again. */
static bool passes_with(struct fixture *f, struct profile_pairs *pairs, size_t len)
{
    char *text = arena_alloc(&f->arena, len + 1);
    assert_non_null(text);
    memset(text, 'a', len);
    pairs->items[0].value = span_from(text, len);
    f->problems = (struct profile_problems){ .arena = &f->arena };
    return manifest_check(&f->profile, &f->derived, &f->problems);
}

static void test_sizes_at_and_over_the_limit(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[annotations]\nk = v\n");
    assert_true(passes_with(f, &f->profile.annotations, 262144 - 1));
    assert_false(passes_with(f, &f->profile.annotations, 262144));
    fixture_load(f, "[secret]\nk = v\n");
    assert_true(passes_with(f, &f->profile.secret, 1 << 20));
    assert_false(passes_with(f, &f->profile.secret, (1 << 20) + 1));
    fixture_load(f, "[files]\n/x/k = v\n");
    size_t room = ((size_t)1 << 20) - f->derived.config_text.len;
    assert_true(passes_with(f, &f->profile.files, room));
    assert_false(passes_with(f, &f->profile.files, room + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_every_rule_is_broken_and_kept),
        FIXTURE_TEST(test_all_problems_are_told),
        FIXTURE_TEST(test_control_bytes_do_not_reach_the_terminal),
        FIXTURE_TEST(test_texts_that_no_line_can_carry),
        FIXTURE_TEST(test_sizes_at_and_over_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
