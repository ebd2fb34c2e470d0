#include "base/std.h"

#include "manifest/manifest.h"
#include "manifest_helper.h"

static size_t count_of(const struct node *seq)
{
    size_t count = 0;
    for (const struct node *n = seq->first; n; n = n->next)
        count++;
    return count;
}

static const struct node *build(struct fixture *f, const char *list)
{
    struct kinds_choice choice = kinds_all();
    struct err err = { 0 };
    assert_true(!list || kinds_choose(span_of(list), &choice, &err));
    struct derived derived;
    struct profile_problems problems = { .arena = &f->arena };
    const struct node *objects = manifest_make(&f->tree, &f->profile, &derived, choice, &problems);
    if (!objects)
        fail_msg("%s", problems.first->text);
    return objects;
}

static void test_objects_come_in_the_order_of_creation(void **state)
{
    struct fixture *f = *state;
    static const char *const kinds[] = {
        "Namespace",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "ServiceAccount",
        "Secret",
        "ConfigMap",
        "Certificate",
        "Service",
        "Service",
        "HorizontalPodAutoscaler",
        "StatefulSet",
        "Ingress",
        "HTTPRoute",
        "ServiceMonitor",
        "Pod",
        "PriorityClass",
    };
    fixture_load(
        f, "[secret]\nk = v\n[app]\nnamespace = n\n[namespace]\ncreate = true\n"
           "[network]\nmonitoring = m\ncreate = true\n[disruption]\ncreate = true\n[autoscaling]\n"
           "create = true\n[ingress]\ncreate = true\n[route]\ncreate = true\n"
           "parents = gw\n[certificate]\ncreate = true\nissuer = Issuer/i\n[monitor]\n"
           "create = true\n[test]\ncreate = true\n[extra]\n"
           "x = {\"apiVersion\":\"scheduling.k8s.io/v1\",\"kind\":\"PriorityClass\","
           "\"metadata\":{\"name\":\"p\"}}\n");
    const struct node *n = build(f, NULL)->first;
    for (size_t i = 0; i < countof(kinds); i++, n = n->next)
        assert_text_at(n, "kind", kinds[i]);
    assert_null(n);
    assert_text_at(build(f, "svc"), "0/spec/clusterIP", "None");
}

static void test_what_is_not_wanted_is_not_built(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[service_account]\ncreate = false\n[network]\ncreate = false\n"
                    "[disruption]\ncreate = false\n");
    assert_int_equal(count_of(build(f, NULL)), 4);
    assert_int_equal(count_of(build(f, "sa,secret")), 0);
}

static void test_names_short_names_and_plurals(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "");
    assert_int_equal(count_of(build(f, "statefulset")), 1);
    assert_int_equal(count_of(build(f, "sts, StatefulSets ,STS")), 1);
    assert_int_equal(count_of(build(f, "services")), 2);
    fixture_load(f, "[ingress]\ncreate = true\n[network]\ncreate = true\n");
    assert_int_equal(count_of(build(f, "ingresses,networkpolicies")), 2);
    assert_int_equal(count_of(build(f, "ing,netpol,pdb,hpa,httproute")), 3);
    assert_int_equal(count_of(build(f, "sts,cm")), 2);
    assert_text_at(build(f, "sts,cm"), "0/kind", "ConfigMap");
}

static void test_unknown_kinds_are_told(void **state)
{
    (void)state;
    struct kinds_choice choice;
    struct err err = { 0 };
    assert_false(kinds_choose(SPAN_LIT("sts,statefullset"), &choice, &err));
    assert_int_equal(err.kind, ERR_REQUEST);
    assert_non_null(strstr(err.text, "did you mean 'statefulset'?"));
    err = (struct err){ 0 };
    assert_false(kinds_choose(SPAN_LIT("zzz"), &choice, &err));
    assert_non_null(strstr(err.text,
                           "serviceaccount, secret, configmap, persistentvolumeclaim, certificate, "
                           "service, horizontalpodautoscaler, statefulset"));
    err = (struct err){ 0 };
    assert_false(kinds_choose(SPAN_LIT(" ,"), &choice, &err));
    assert_int_equal(err.kind, ERR_REQUEST);
}

static void test_every_reference_resolves(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[app]\nname = n\ninstance = i\n[secret]\nk = v\n[env_secret]\nK = k\n"
                    "[files]\n/x/f.txt = c\n[network]\ncreate = false\n"
                    "[disruption]\ncreate = false\n");
    const struct node *all = build(f, NULL);
    const char *pod = "5/spec/template/spec";
    assert_text_at(all, "5/spec/serviceName", "i-headless");
    assert_text_at(all, "3/metadata/name", "i-headless");
    assert_text_at(all, arena_printf(&f->arena, "%s/serviceAccountName", pod), "i");
    assert_text_at(all, "0/metadata/name", "i");
    assert_text_at(all, arena_printf(&f->arena, "%s/volumes/0/configMap/name", pod), "i-config");
    assert_text_at(all, "2/metadata/name", "i-config");
    assert_text_at(all, "2/data/f.txt", "c");
    assert_text_at(all, arena_printf(&f->arena, "%s/containers/0/volumeMounts/2/subPath", pod),
                   "f.txt");
    assert_text_at(all, arena_printf(&f->arena, "%s/volumes/1/secret/secretName", pod), "i-secret");
    assert_text_at(all, "1/metadata/name", "i-secret");
    assert_text_at(all, "1/data/k", "dg==");
    assert_text_at(
        all, arena_printf(&f->arena, "%s/containers/0/env/1/valueFrom/secretKeyRef/name", pod),
        "i-secret");
}

static void test_bytes_that_are_no_text_are_binary(void **state)
{
    struct fixture *f = *state;
    fixture_load(f, "[files]\n/x/a = text\n/x/b = later\n");
    f->profile.files.items[1].value = span_from("\xff\0", 2);
    const struct node *all = build(f, "cm");
    assert_text_at(all, "0/data/a", "text");
    assert_null(fixture_at(all, "0/data/b"));
    assert_text_at(all, "0/binaryData/b", "/wA=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_objects_come_in_the_order_of_creation),
        FIXTURE_TEST(test_what_is_not_wanted_is_not_built),
        FIXTURE_TEST(test_names_short_names_and_plurals),
        FIXTURE_TEST(test_unknown_kinds_are_told),
        FIXTURE_TEST(test_every_reference_resolves),
        FIXTURE_TEST(test_bytes_that_are_no_text_are_binary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
