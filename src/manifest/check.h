/*
 * check.h: everything in a profile that would make objects which the API server refuses, or
 * takes and never runs: it does not look into a StatefulSet's pod and claim templates, so
 * apply succeeds and no pod ever comes. Each problem names the line and the rule.
 */
#ifndef MANIFEST_CHECK_H
#define MANIFEST_CHECK_H

#include "manifest/derived.h"

/* Adds all problems; true when there are none. `d` is what comes of the profile. */
must_use bool manifest_check(const struct profile *p, const struct derived *d,
                             struct profile_problems *problems);

#endif
