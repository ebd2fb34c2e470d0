/*
 * digest.h: SHA-256 by BearSSL, as lower-case hexadecimal.
 *
 * The only file of base that knows a foreign library: digests are wanted by the manifests
 * (checksum annotations) and by the image (layer digests), and there is one way to make one.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/span.h"

enum { DIGEST_HEX_LEN = 64 };

/* The text has DIGEST_HEX_LEN digits and a NUL. */
void digest_sha256_hex(struct span bytes, char hex[DIGEST_HEX_LEN + 1]);

#endif
