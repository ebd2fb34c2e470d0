/*
 * load.h: reading a profile's text, for profile_load and for the fuzzer.
 */
#ifndef PROFILE_LOAD_H
#define PROFILE_LOAD_H

#include "profile/profile.h"

/* The defaults of the table. */
void load_defaults(struct arena *a, struct profile *p);

/* One layer of INI text over what *p holds; `text` is changed. Problems are added. */
void load_text(struct arena *a, struct span text, const char *file, struct profile *p,
               struct profile_problems *problems);

#endif
