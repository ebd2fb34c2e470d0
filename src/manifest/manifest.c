#include "base/std.h"

#include "manifest/check.h"
#include "manifest/integrity.h"
#include "manifest/manifest.h"
#include "manifest/patch.h"

struct node *manifest_make(struct tree *tree, const struct profile *p, struct derived *d,
                           struct kinds_choice choice, struct profile_problems *problems)
{
    const struct build b = { .p = p, .d = d, .tree = tree };
    derived_from(tree->arena, p, d);
    if (!manifest_check(p, d, problems))
        return NULL;
    struct node *objects = kinds_build(&b, choice);
    bool good = patch_apply(&b, objects, problems) && integrity_check(&b, objects, problems);
    if (tree->arena->exhausted && good)
        good = profile_problem_add(problems, (struct profile_origin){ 0 },
                                   "the profile is too large: out of memory");
    if (!good)
        return NULL;
    kinds_keep(objects, choice);
    node_sort(objects);
    return objects;
}
