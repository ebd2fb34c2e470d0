/*
 * arena.h: memory that is taken piece by piece and given back all at once.
 *
 * An arena reserves its limit as address space at the start; only pages that are touched
 * cost memory. This is the only allocator of the program: profile, manifest and the server's
 * fixed tables live in arenas, and nothing is allocated while serving. Running out is an
 * error of the request (a profile too large), so it is reported, not fatal: arena_alloc
 * returns NULL, and `exhausted` tells it once at the end.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/err.h"
#include "base/span.h"

struct arena {
    char *base;
    size_t used;
    size_t limit;
    bool exhausted;
};

/* Reserves `limit_bytes` of address space. */
must_use bool arena_init(struct arena *a, size_t limit_bytes, struct err *err);

/* Gives everything back; all pointers into it are dead. */
void arena_fini(struct arena *a);

/* Zeroed memory, aligned for any type; NULL when the limit is reached. */
void *arena_alloc(struct arena *a, size_t size);

/* Room for `count` items of `size` bytes; NULL also when the product overflows. */
void *arena_alloc_array(struct arena *a, size_t count, size_t size);

/* A copy with a NUL behind it; an empty text when the arena is exhausted. */
struct span arena_copy(struct arena *a, struct span s);

/* Formatted text with a NUL behind it; "" when the arena is exhausted. */
const char *arena_printf(struct arena *a, const char *format, ...) printf_like(2, 3);
const char *arena_vprintf(struct arena *a, const char *format, va_list args) printf_like(2, 0);

#endif
