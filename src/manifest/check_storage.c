#include "base/std.h"

#include "manifest/checks.h"
#include "manifest/claim.h"

static void check_access_modes(const struct check *c)
{
    static const char *const modes[] = { "ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany" };
    struct span rest = c->p->storage_access_modes;
    struct span mode;
    size_t count = 0;
    bool seen[countof(modes)] = { false };
    for (; profile_list_next(&rest, &mode); count++) {
        size_t i = 0;
        while (i < countof(modes) && !span_eq_str(mode, modes[i]))
            i++;
        if (i == countof(modes))
            checks_problem(c, KEY_storage_access_modes,
                           "'%.*s' is not one of ReadWriteOnce, ReadWriteOncePod, ReadWriteMany",
                           SPAN_ARG(mode));
        else if (seen[i])
            checks_problem(c, KEY_storage_access_modes, "%s stands there twice", modes[i]);
        else
            seen[i] = true;
    }
    if (count == 0)
        checks_problem(c, KEY_storage_access_modes, "there must be at least one access mode");
    if (seen[1] && count > 1)
        checks_problem(c, KEY_storage_access_modes, "ReadWriteOncePod must stand alone");
}

/* core: ValidatePersistentVolumeClaimSpec, on the source and the selector. */
static void check_source(const struct check *c)
{
    const struct profile *p = c->p;
    struct claim_source source;
    if (p->storage_data_source.len &&
        (!claim_source_parse(p->storage_data_source, &source) ||
         !kubename_is_valid(KUBENAME_SUBDOMAIN, source.name) ||
         (source.group.len && !kubename_is_valid(KUBENAME_SUBDOMAIN, source.group))))
        checks_problem(c, KEY_storage_data_source,
                       "'%.*s' is not VolumeSnapshot/NAME, PersistentVolumeClaim/NAME or "
                       "GROUP/KIND/NAME",
                       SPAN_ARG(p->storage_data_source));
    checks_optional_name(c, KEY_storage_attributes_class, KUBENAME_SUBDOMAIN,
                         p->storage_attributes_class);
}

/* The claims' keys say nothing when no claim is printed. */
static void check_unused(const struct check *c)
{
    const struct profile *p = c->p;
    static const char text[] = "no claim is printed with this storage.mode, so nothing would come "
                               "of it";
    static const enum profile_key keys[] = { KEY_storage_class, KEY_storage_access_modes,
                                             KEY_storage_data_source, KEY_storage_provision,
                                             KEY_storage_attributes_class };
    const struct profile_pairs *const pairs[] = { &p->claim_labels, &p->claim_annotations,
                                                  &p->claim_selector };
    static const enum profile_section sections[] = { SECTION_claim_labels,
                                                     SECTION_claim_annotations,
                                                     SECTION_claim_selector };
    for (size_t i = 0; i < countof(keys); i++) {
        if (profile_given(p, keys[i]))
            checks_problem(c, keys[i], "%s", text);
    }
    for (size_t i = 0; i < countof(sections); i++) {
        if (pairs[i]->count)
            checks_pair_problem(c, sections[i], &pairs[i]->items[0], "%s", text);
    }
}

/* One log has one writer: pods that share a volume would wait for one another's lock for ever. */
static void check_one_claim(const struct check *c, bool existing)
{
    const struct profile *p = c->p;
    if (existing && !p->storage_claim.len)
        checks_problem(c, KEY_storage_claim, "with mode = existing it must say which claim");
    checks_optional_name(c, KEY_storage_claim, KUBENAME_SUBDOMAIN, p->storage_claim);
    if (p->workload_replicas > 1 || p->autoscaling_create)
        checks_problem(c, KEY_storage_mode,
                       "one claim is one log, and one log has one writer: take mode = template for "
                       "more than one replica");
}

void checks_storage(const struct check *c)
{
    const struct profile *p = c->p;
    struct span mode = profile_choice_word(KEY_storage_mode, p->storage_mode);
    bool existing = span_eq_str(mode, "existing");
    struct quantity size;
    checks_name(c, KEY_storage_name, KUBENAME_LABEL, p->storage_name);
    checks_optional_name(c, KEY_storage_class, KUBENAME_SUBDOMAIN, p->storage_class);
    if (!p->storage_size.len ||
        (checks_quantity(c, KEY_storage_size, 1, p->storage_size, &size) && size.nano == 0))
        checks_problem(c, KEY_storage_size, "a volume must have a size above 0");
    if (!p->storage_provision && p->storage_class.len)
        checks_problem(c, KEY_storage_provision,
                       "with a storage.class, volumes are provisioned; leave one of the two out");
    check_access_modes(c);
    check_source(c);
    if (existing || span_eq_str(mode, "ephemeral"))
        check_unused(c);
    if (existing || span_eq_str(mode, "claim"))
        check_one_claim(c, existing);
    else if (p->storage_claim.len)
        checks_problem(c, KEY_storage_claim,
                       "only mode = claim and mode = existing have one claim");
}
