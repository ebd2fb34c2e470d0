#include "base/std.h"

#include "manifest/kind.h"
#include "manifest/kinds.h"
#include "profile/suggest.h"

struct kind {
    const char *name;
    const char *plural;
    const char *short_name;
    bool (*wanted)(const struct build *b); /* NULL: always */
    void (*build)(const struct build *b, struct node *object);
};

static const struct kind kinds[] = {
    { "namespace", "namespaces", "ns", kind_namespace_wanted, kind_namespace },
    { "networkpolicy", "networkpolicies", "netpol", kind_networkpolicy_wanted, kind_networkpolicy },
    { "poddisruptionbudget", "poddisruptionbudgets", "pdb", kind_disruption_wanted,
      kind_disruption },
    { "serviceaccount", "serviceaccounts", "sa", kind_serviceaccount_wanted, kind_serviceaccount },
    { "secret", "secrets", "secret", kind_secret_wanted, kind_secret },
    { "configmap", "configmaps", "cm", NULL, kind_configmap },
    { "service", "services", "svc", NULL, kind_service_headless },
    { "service", "services", "svc", NULL, kind_service },
    { "horizontalpodautoscaler", "horizontalpodautoscalers", "hpa", kind_autoscaler_wanted,
      kind_autoscaler },
    { "statefulset", "statefulsets", "sts", NULL, kind_statefulset },
    { "ingress", "ingresses", "ing", kind_ingress_wanted, kind_ingress },
    { "httproute", "httproutes", "httproute", kind_httproute_wanted, kind_httproute },
};

static_assert(countof(kinds) <= 64, "a choice is a set of 64 bits");

struct kinds_choice kinds_all(void)
{
    return (struct kinds_choice){ ((uint64_t)1 << countof(kinds)) - 1 };
}

static bool unknown_kind(struct span name, struct err *err)
{
    struct suggestion best = { 0 };
    for (size_t i = 0; i < countof(kinds); i++)
        suggest_offer(&best, name, span_of(kinds[i].name));
    if (best.name.ptr)
        return err_set(err, ERR_REQUEST, "there is no kind '%.*s' to emit; did you mean '%.*s'?",
                       SPAN_ARG(name), SPAN_ARG(best.name));
    char memory[300];
    struct buf known = BUF_OF(memory);
    for (size_t i = 0; i < countof(kinds); i++) {
        if (i == 0 || strcmp(kinds[i].name, kinds[i - 1].name) != 0)
            buf_printf(&known, "%s%s", i ? ", " : "", kinds[i].name);
    }
    return err_set(err, ERR_REQUEST, "there is no kind '%.*s' to emit; there are %.*s",
                   SPAN_ARG(name), SPAN_ARG(buf_span(&known)));
}

static bool is_called(const struct kind *kind, struct span name)
{
    return span_eq_nocase(name, span_of(kind->name)) ||
           span_eq_nocase(name, span_of(kind->plural)) ||
           span_eq_nocase(name, span_of(kind->short_name));
}

bool kinds_choose(struct span list, struct kinds_choice *choice, struct err *err)
{
    struct span name;
    choice->rows = 0;
    while (profile_list_next(&list, &name)) {
        uint64_t before = choice->rows;
        bool known = false;
        for (size_t i = 0; i < countof(kinds); i++) {
            if (is_called(&kinds[i], name)) {
                choice->rows |= (uint64_t)1 << i;
                known = true;
            }
        }
        if (!known) {
            choice->rows = before;
            return unknown_kind(name, err);
        }
    }
    return choice->rows || err_set(err, ERR_REQUEST, "--emit= names no kind");
}

struct node *kinds_build(const struct build *b, struct kinds_choice choice)
{
    struct node *objects = node_new_seq(b->tree);
    for (size_t i = 0; i < countof(kinds); i++) {
        if (!(choice.rows >> i & 1) || (kinds[i].wanted && !kinds[i].wanted(b)))
            continue;
        kinds[i].build(b, node_seq_add_map(objects));
    }
    node_sort(objects);
    return objects;
}
