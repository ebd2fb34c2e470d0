/*
 * import.h: the values of a Helm release -> an INI profile.
 *
 * The keys are those of the charts that `helm create` begins; one table of rules
 * (import_table.c) says what becomes of each. What is printed always loads, and passes the checks
 * of `app lint`: a value that the profile would refuse is taken out again, with the reason.
 * Nothing is dropped silently but what says nothing: nulls, empty texts, lists and maps, and
 * what the profile has by default.
 */
#ifndef MANIFEST_IMPORT_H
#define MANIFEST_IMPORT_H

#include "base/buf.h"
#include "manifest/node.h"

/*
 * Appends the profile to `ini`, and to `left_out` one line for each value that it does not carry:
 * "service.clusterIP: why". False only when the values are no map, or too much for a profile;
 * *ini must not be used then. When left_out overflows, the lines that it has are whole.
 */
must_use bool import_values(struct arena *a, const struct node *values, struct buf *ini,
                            struct buf *left_out, struct err *err);

#endif
