#include "base/std.h"

#include "manifest/kind.h"
#include "manifest/kinds.h"
#include "profile/suggest.h"

struct kind {
    const char *name;
    const char *plural;
    const char *short_name;
    void (*build)(const struct build *b, struct node *objects); /* adds none, one or several */
    bool only_named;                                            /* not among `all` */
};

static const struct kind kinds[] = {
    { "namespace", "namespaces", "ns", kind_namespace, false },
    { "networkpolicy", "networkpolicies", "netpol", kind_networkpolicy, false },
    { "poddisruptionbudget", "poddisruptionbudgets", "pdb", kind_disruption, false },
    { "serviceaccount", "serviceaccounts", "sa", kind_serviceaccount, false },
    { "secret", "secrets", "secret", kind_secret, false },
    { "configmap", "configmaps", "cm", kind_configmap, false },
    { "persistentvolumeclaim", "persistentvolumeclaims", "pvc", kind_claim, false },
    { "persistentvolumeclaim", "persistentvolumeclaims", "pvc", kind_replica_claims, true },
    { "certificate", "certificates", "cert", kind_certificate, false },
    { "service", "services", "svc", kind_service_headless, false },
    { "service", "services", "svc", kind_service, false },
    { "service", "services", "svc", kind_service_replicas, false },
    { "horizontalpodautoscaler", "horizontalpodautoscalers", "hpa", kind_autoscaler, false },
    { "statefulset", "statefulsets", "sts", kind_statefulset, false },
    { "ingress", "ingresses", "ing", kind_ingress, false },
    { "httproute", "httproutes", "httproute", kind_httproute, false },
    { "servicemonitor", "servicemonitors", "smon", kind_monitor, false },
    { "pod", "pods", "po", kind_test, false },
    { "extra", "extras", "extra", kind_extra, false },
};

static_assert(countof(kinds) <= 64, "a choice is a set of 64 bits");

struct kinds_choice kinds_all(void)
{
    struct kinds_choice all = { 0 };
    for (size_t i = 0; i < countof(kinds); i++) {
        if (!kinds[i].only_named)
            all.rows |= (uint64_t)1 << i;
    }
    return all;
}

static bool unknown_kind(struct span name, struct err *err)
{
    struct suggestion best = { 0 };
    for (size_t i = 0; i < countof(kinds); i++)
        suggest_offer(&best, name, span_of(kinds[i].name));
    if (best.name.ptr)
        return err_set(err, ERR_REQUEST, "there is no kind '%.*s' to emit; did you mean '%.*s'?",
                       SPAN_ARG(name), SPAN_ARG(best.name));
    char memory[400];
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
        if (!kinds[i].only_named || (choice.rows >> i & 1))
            kinds[i].build(b, objects);
    }
    return objects;
}

/* The row that makes objects of this kind; that of [extra] for those that no other makes. */
static size_t row_of(const struct node *object)
{
    struct span kind = node_find_text(object, "kind");
    size_t row = 0;
    while (row + 1 < countof(kinds) && !span_eq_nocase(kind, span_of(kinds[row].name)))
        row++;
    return row;
}

void kinds_keep(struct node *objects, struct kinds_choice choice)
{
    struct node *next;
    for (struct node *object = objects->first; object; object = next) {
        next = object->next;
        if (!(choice.rows >> row_of(object) & 1))
            node_remove(objects, object);
    }
}
