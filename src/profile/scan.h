/*
 * scan.h: what inih would take silently is refused here, with its line.
 */
#ifndef PROFILE_SCAN_H
#define PROFILE_SCAN_H

#include "profile/profile.h"

/*
 * Adds a problem for every line of `text` that inih would cut, misread or skip: NUL and control
 * bytes, bytes that are not UTF-8, section names over 49 bytes, junk behind a section, keys
 * before a section, lines without '=', ':' as the separator, empty keys, a quote that a comment
 * tears apart. Such lines are blanked in place (and with a bad section, its lines), so that what
 * inih then reads is sound and its other lines are still checked.
 */
void scan_text(char *text, size_t len, const char *file, struct profile_problems *problems);

#endif
