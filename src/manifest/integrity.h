/*
 * integrity.h: what must hold between the finished objects, patches and objects of the profile's
 * own included: what the API server would take, and what would then never run, because it does
 * not look into a StatefulSet's template.
 */
#ifndef MANIFEST_INTEGRITY_H
#define MANIFEST_INTEGRITY_H

#include "manifest/common.h"

/*
 * Every object has a name, none is there twice; the StatefulSet's selector selects its pods; its
 * serviceName names a Service that is printed, headless; every mount has its volume, every probe
 * its port, every container a name of its own. False after a problem, which tells the object, and
 * the line of [patch.*] or [extra] when only that can be the reason.
 */
must_use bool integrity_check(const struct build *b, const struct node *objects,
                              struct profile_problems *problems);

#endif
