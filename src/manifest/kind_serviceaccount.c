#include "base/std.h"

#include "manifest/kind.h"

bool kind_serviceaccount_wanted(const struct build *b)
{
    return b->p->service_account_create;
}

void kind_serviceaccount(const struct build *b, struct node *object)
{
    const struct common_object about = {
        .api_version = "v1",
        .kind = "ServiceAccount",
        .name = b->d->service_account,
        .annotations = &b->p->service_account_annotations,
    };
    common_begin(b, object, &about);
    node_map_add_bool(object, "automountServiceAccountToken", b->p->service_account_token);
}
