/* path.h, patch.h and integrity.h, by way of the objects that come of them. */
#include "base/std.h"

#include "manifest_helper.h"

#include "manifest/manifest.h"

static const struct node *make(struct fixture *f, const char *ini)
{
    fixture_load(f, ini);
    return manifest_make(&f->tree, &f->profile, &f->derived, kinds_all(), &f->problems);
}

static const struct node *find(const struct node *objects, const char *kind, const char *name)
{
    const struct node *n = objects->first;
    while (n && !(span_eq_str(node_find_text(n, "kind"), kind) &&
                  span_eq_str(node_find_text(n, "metadata.name"), name)))
        n = n->next;
    assert_non_null(n);
    return n;
}

static void test_every_kind_of_step(void **state)
{
    struct fixture *f = *state;
    const struct node *objects =
        make(f, "[annotations]\na.b/c.d = old\nother = x\n"
                "[patch.StatefulSet]\n"
                "spec.replicas = 7\n"
                "spec.template.spec.containers[name=app].ports[1].containerPort = 99\n"
                "spec.template.spec.containers[0].env[name=POD_NAME].name = \"ME\"\n"
                "spec.template.spec.containers[name=app].args[+] = \"never\"\n"
                "[patch.ConfigMap]\n"
                "metadata.annotations[\"a.b/c.d\"] = \"new\"\n"
                "metadata.annotations.other = null\n"
                "metadata[\"labels\"][\"x/y\"] = \"1\"\n"
                "[patch.Service/app]\n"
                "spec.ports[port=80].port = 81\n"
                "spec.ports[+] = {\"name\": \"more\", \"port\": 82}\n"
                "spec.sessionAffinityConfig = {\"clientIP\": {\"timeoutSeconds\": 5}}\n");
    assert_null(objects); /* there is no list of arguments to add to */
    assert_int_equal(f->problems.count, 1);
    assert_string_equal(
        f->problems.first->text,
        "patch.StatefulSet: spec.template.spec.containers[name=app].args leads nowhere: the object "
        "has no such field; one with fields of its own is added as JSON");
    assert_int_equal(f->problems.first->origin.line, 8);
}

static void test_values_take_their_place(void **state)
{
    struct fixture *f = *state;
    const struct node *objects =
        make(f, "[annotations]\na.b/c.d = old\nother = x\n"
                "[patch.StatefulSet]\n"
                "spec.replicas = 7\n"
                "spec.template.spec.containers[name=app].ports[1].containerPort = 99\n"
                "spec.template.spec.containers[0].env[name=POD_NAME].name = \"ME\"\n"
                "spec.template.spec.containers[name=app].args = [\"a\"]\n"
                "spec.template.spec.containers[name=app].args[+] = \"b\"\n"
                "[patch.ConfigMap]\n"
                "metadata.annotations[\"a.b/c.d\"] = \"new\"\n"
                "metadata.annotations.other = null\n"
                "metadata[\"labels\"][\"x/y\"] = \"1\"\n"
                "[patch.Service/app]\n"
                "spec.ports[port=80].port = 81\n"
                "spec.ports[+] = {\"name\": \"more\", \"port\": 82}\n"
                "[patch.service]\n"
                "metadata.annotations.all = \"both\"\n");
    assert_non_null(objects);
    const struct node *set = find(objects, "StatefulSet", "app");
    assert_int_at(set, "spec/replicas", 7);
    assert_int_at(set, "spec/template/spec/containers/0/ports/1/containerPort", 99);
    assert_text_at(set, "spec/template/spec/containers/0/env/0/name", "ME");
    assert_text_at(set, "spec/template/spec/containers/0/args/1", "b");
    const struct node *config = find(objects, "ConfigMap", "app-config");
    const struct node *annotations = fixture_at(config, "metadata/annotations");
    assert_span(node_map_find(annotations, SPAN_LIT("a.b/c.d"))->text, "new");
    assert_null(node_map_find(annotations, SPAN_LIT("other")));
    assert_span(node_map_find(fixture_at(config, "metadata/labels"), SPAN_LIT("x/y"))->text, "1");
    const struct node *service = find(objects, "Service", "app");
    assert_int_at(service, "spec/ports/0/port", 81);
    assert_int_at(service, "spec/ports/1/port", 82);
    assert_text_at(service, "metadata/annotations/all", "both");
    assert_text_at(find(objects, "Service", "app-headless"), "metadata/annotations/all", "both");
}

static const struct {
    const char *ini;
    const char *message;
} refused[] = {
    { "[patch.Deployment]\na = 1\n",
      "patch.Deployment: this profile prints no such object; it prints NetworkPolicy/app, " },
    { "[patch.Service/other]\na = 1\n", "this profile prints no such object" },
    { "[patch.StatefulSet]\nspec.a.b = 1\n", "spec.a leads nowhere: the object has no such field" },
    { "[patch.StatefulSet]\nspec.a = null\n", "spec.a leads nowhere" },
    { "[patch.StatefulSet]\nspec.replicas.x = 1\n", "spec.replicas.x leads nowhere: what stands" },
    { "[patch.StatefulSet]\nspec.template.spec.containers[1] = {}\n", "the list has no such item" },
    { "[patch.StatefulSet]\nspec.template.spec.containers[name=x].image = \"a\"\n",
      "containers[name=x] leads nowhere" },
    { "[patch.StatefulSet]\nspec.template[+] = 1\n", "spec.template[+] leads nowhere" },
    { "[patch.StatefulSet]\nspec.template.spec.volumes[+] = null\n", "leads nowhere" },
    { "[patch.StatefulSet]\nspec..x = 1\n", "two dots in a row" },
    { "[patch.StatefulSet]\nspec. = 1\n", "one at the end" },
    { "[patch.StatefulSet]\nspec[x] = 1\n", "between '[' and ']' stands" },
    { "[patch.StatefulSet]\nspec[\"x] = 1\n", "a '[' has no ']'" },
    { "[patch.StatefulSet]\nspec.x = abc\n", "a text stands in double quotes" },
    { "[patch.StatefulSet]\nspec.x =\n", "the value is not JSON" },
    /* what the patches leave must fit together */
    { "[patch.StatefulSet]\nspec.serviceName = \"x\"\n", "names no headless Service" },
    { "[patch.StatefulSet]\nspec.serviceName = \"app\"\n", "names no headless Service" },
    { "[patch.StatefulSet]\nspec.selector.matchLabels.x = \"y\"\n",
      "does not select its own pods" },
    { "[patch.StatefulSet]\nspec.selector.matchLabels = {}\n", "does not select its own pods" },
    { "[patch.StatefulSet]\nspec.template.spec.volumes = []\n",
      "mounts a volume that is not there" },
    { "[patch.StatefulSet]\nspec.template.spec.containers[0].volumeMounts[+] = "
      "{\"name\": \"config\", \"mountPath\": \"/data\"}\n",
      "two volumes are mounted at '/data'" },
    { "[patch.StatefulSet]\nspec.template.spec.containers[0].livenessProbe.httpGet.port = \"x\"\n",
      "a probe asks a port" },
    { "[patch.StatefulSet]\nspec.template.spec.containers[+] = {\"name\": \"app\", \"image\": "
      "\"i\"}\n",
      "two containers are called 'app'" },
    { "[patch.StatefulSet]\nspec.template.spec.containers[0].securityContext.privileged = true\n",
      "cannot be privileged without allowPrivilegeEscalation: 'app'" },
    { "[patch.StatefulSet]\nspec.template.spec.containers[0].image = null\n",
      "has no name or no image" },
    { "[patch.Service]\nmetadata.name = \"x\"\n", "this object is printed twice" },
    { "[patch.ConfigMap]\nmetadata.name = null\n", "needs apiVersion, kind and metadata.name" },
    { "[extra]\na = {\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"app\"}}\n",
      "this object is printed twice" },
};

static void test_what_leads_nowhere_is_refused(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < countof(refused); i++) {
        if (make(f, refused[i].ini))
            fail_msg("was taken:\n%s", refused[i].ini);
        const struct profile_problem *first = f->problems.first;
        if (!strstr(first->text, refused[i].message))
            fail_msg("'%s' is not in '%s'", refused[i].message, first->text);
        assert_int_equal(first->origin.line, 2);
        fixture_close(state);
        assert_int_equal(fixture_open(state), 0);
    }
}

static void test_patches_are_about_all_objects_whatever_is_chosen(void **state)
{
    struct fixture *f = *state;
    struct kinds_choice services;
    struct err err = { 0 };
    assert_true(kinds_choose(SPAN_LIT("service"), &services, &err));
    fixture_load(f, "[patch.StatefulSet]\nspec.replicas = 2\n");
    const struct node *objects =
        manifest_make(&f->tree, &f->profile, &f->derived, services, &f->problems);
    assert_non_null(objects);
    assert_non_null(objects->first->next);
    assert_null(objects->first->next->next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_every_kind_of_step),
        FIXTURE_TEST(test_values_take_their_place),
        FIXTURE_TEST(test_what_leads_nowhere_is_refused),
        FIXTURE_TEST(test_patches_are_about_all_objects_whatever_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
