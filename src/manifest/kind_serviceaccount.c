#include "base/std.h"

#include "manifest/kind.h"

void kind_serviceaccount(const struct build *b, struct node *objects)
{
    const struct common_object about = {
        .api_version = "v1",
        .kind = "ServiceAccount",
        .name = b->d->service_account,
        .annotations = &b->p->service_account_annotations,
    };
    if (!b->p->service_account_create)
        return;
    struct node *object = common_begin(b, objects, &about);
    node_map_add_bool(object, "automountServiceAccountToken", b->p->service_account_token);
}
