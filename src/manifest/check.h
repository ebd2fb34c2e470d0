/*
 * check.h: everything in a profile that would make objects which the API server refuses, or
 * takes and never runs: it does not look into a StatefulSet's pod and claim templates, so
 * apply succeeds and no pod ever comes. Each problem names the line and the rule.
 */
#ifndef MANIFEST_CHECK_H
#define MANIFEST_CHECK_H

#include "profile/profile.h"

/* Adds all problems; true when there are none. */
must_use bool manifest_check(const struct profile *p, struct profile_problems *problems);

#endif
