#include "base/std.h"

#include <bearssl_hash.h>

#include "base/digest.h"

void digest_sha256_hex(struct span bytes, char hex[DIGEST_HEX_LEN + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[br_sha256_SIZE];
    br_sha256_context context;
    br_sha256_init(&context);
    br_sha256_update(&context, bytes.ptr, bytes.len);
    br_sha256_out(&context, sum);
    for (size_t i = 0; i < sizeof(sum); i++) {
        hex[2 * i] = digits[sum[i] >> 4];
        hex[2 * i + 1] = digits[sum[i] & 0xf];
    }
    hex[DIGEST_HEX_LEN] = '\0';
}
