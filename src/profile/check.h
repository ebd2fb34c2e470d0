/*
 * check.h: what must hold between and beyond single values of the server's sections.
 */
#ifndef PROFILE_CHECK_H
#define PROFILE_CHECK_H

#include "profile/profile.h"

/* Adds a problem for everything that `app serve` could not do with this profile. */
void check_server(const struct profile *p, struct profile_problems *problems);

/* A POSIX TZ string: "UTC0", "MSK-3", "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX.1, Environment
 * Variables, TZ). "UTC" alone is taken, too. */
bool check_timezone(struct span zone);

/* "host:port", "[address]:port" or ":port" with a port from 0 to 65535. */
bool check_address(struct span address);

#endif
