#include "base/std.h"

#include "base/escape.h"
#include "manifest/checks.h"
#include "manifest/common.h"

/* apimachinery: TotalAnnotationSizeLimitB, over all annotations of an object. */
enum { ANNOTATION_BYTES_MAX = 256 << 10 };

static void check_labels(const struct check *c, enum profile_section section,
                         const struct profile_pairs *pairs, bool ours)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct profile_pair *pair = &pairs->items[i];
        if (!kubename_is_valid(KUBENAME_LABEL_KEY, pair->name))
            checks_pair_problem(c, section, pair, "the name is not %s",
                                kubename_rule_text(KUBENAME_LABEL_KEY));
        if (!kubename_is_valid(KUBENAME_LABEL_VALUE, pair->value))
            checks_pair_problem(c, section, pair, "the value is not %s",
                                kubename_rule_text(KUBENAME_LABEL_VALUE));
        if (ours && common_is_own_label(pair->name))
            checks_pair_problem(c, section, pair,
                                "this label is set from [app], or by Kubernetes itself");
    }
}

static size_t size_of(const struct profile_pairs *pairs)
{
    size_t size = 0;
    for (size_t i = 0; i < pairs->count; i++)
        size += pairs->items[i].name.len + pairs->items[i].value.len;
    return size;
}

/* `shared` are the annotations that the same object has from another section. */
static void check_annotations(const struct check *c, enum profile_section section,
                              const struct profile_pairs *pairs, size_t shared)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct profile_pair *pair = &pairs->items[i];
        if (!kubename_is_valid(KUBENAME_ANNOTATION_KEY, pair->name))
            checks_pair_problem(c, section, pair, "the name is not %s",
                                kubename_rule_text(KUBENAME_ANNOTATION_KEY));
        if (!escape_utf8_valid(pair->value) || span_find(pair->value, '\0') >= 0)
            checks_pair_problem(c, section, pair, "the value is not text in UTF-8");
        if (section == SECTION_pod_annotations && span_starts(pair->name, SPAN_LIT("checksum/")))
            checks_pair_problem(c, section, pair, "this annotation is computed");
    }
    if (pairs->count && size_of(pairs) + shared > ANNOTATION_BYTES_MAX)
        checks_pair_problem(c, section, &pairs->items[pairs->count - 1],
                            "all annotations of an object may have %d bytes; these have %zu",
                            ANNOTATION_BYTES_MAX, size_of(pairs) + shared);
}

void checks_labels(const struct check *c)
{
    enum { CHECKSUMS_BYTES = 256 };
    const struct profile *p = c->p;
    check_labels(c, SECTION_labels, &p->labels, true);
    check_labels(c, SECTION_pod_labels, &p->pod_labels, true);
    check_labels(c, SECTION_claim_labels, &p->claim_labels, true);
    check_labels(c, SECTION_claim_selector, &p->claim_selector, false);
    check_labels(c, SECTION_monitor_labels, &p->monitor_labels, true);
    check_labels(c, SECTION_node_selector, &p->node_selector, false);
    size_t shared = size_of(&p->annotations);
    check_annotations(c, SECTION_annotations, &p->annotations, 0);
    check_annotations(c, SECTION_service_annotations, &p->service_annotations, shared);
    check_annotations(c, SECTION_service_account_annotations, &p->service_account_annotations,
                      shared);
    check_annotations(c, SECTION_ingress_annotations, &p->ingress_annotations, shared);
    check_annotations(c, SECTION_pod_annotations, &p->pod_annotations, CHECKSUMS_BYTES);
    check_annotations(c, SECTION_claim_annotations, &p->claim_annotations, 0);
}
