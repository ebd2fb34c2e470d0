#include "base/std.h"

#include <sys/mman.h>

#include "http/internal.h"

/*
 * A slot is a large piece of address space, of which a short request touches one page. What
 * counts against the limit is pages, so that many small incomplete requests and few large ones
 * cost the same. Pages beyond the first go back to the kernel with the slot.
 */

static uint32_t slots(size_t bytes_max)
{
    return (uint32_t)(bytes_max / PAGE_BYTES);
}

size_t pool_reservation(size_t bytes_max)
{
    size_t per_slot = SLOT_BYTES + sizeof(uint32_t) + sizeof(int32_t);
    return slots(bytes_max) * per_slot + PAGE_BYTES;
}

bool pool_init(struct pool *pool, struct arena *a, size_t bytes_max)
{
    *pool = (struct pool){ .free_first = NONE };
    pool->pages_max = bytes_max / PAGE_BYTES;
    pool->count = slots(bytes_max);
    char *memory = arena_alloc(a, (size_t)pool->count * SLOT_BYTES + PAGE_BYTES);
    pool->pages = arena_alloc_array(a, pool->count, sizeof(*pool->pages));
    pool->free_next = arena_alloc_array(a, pool->count, sizeof(*pool->free_next));
    if (!memory || !pool->pages || !pool->free_next)
        return false;
    pool->memory = memory + (PAGE_BYTES - (uintptr_t)memory % PAGE_BYTES) % PAGE_BYTES;
    return true;
}

int32_t pool_take(struct pool *pool)
{
    int32_t slot = pool->free_first;
    if (slot != NONE)
        pool->free_first = pool->free_next[slot];
    else if (pool->used < pool->count)
        slot = (int32_t)pool->used++;
    return slot;
}

char *pool_memory(const struct pool *pool, int32_t slot)
{
    assert(slot >= 0 && (uint32_t)slot < pool->used);
    return pool->memory + (size_t)slot * SLOT_BYTES;
}

bool pool_touch(struct pool *pool, int32_t slot, size_t bytes)
{
    assert(bytes <= SLOT_BYTES);
    uint32_t pages = (uint32_t)((bytes + PAGE_BYTES - 1) / PAGE_BYTES);
    if (pages <= pool->pages[slot])
        return true;
    pool->pages_used += pages - pool->pages[slot];
    pool->pages[slot] = pages;
    return pool->pages_used <= pool->pages_max;
}

void pool_give(struct pool *pool, int32_t slot)
{
    if (pool->pages[slot] > 1)
        madvise(pool_memory(pool, slot) + PAGE_BYTES, SLOT_BYTES - PAGE_BYTES, MADV_DONTNEED);
    assert(pool->pages_used >= pool->pages[slot]);
    pool->pages_used -= pool->pages[slot];
    pool->pages[slot] = 0;
    pool->free_next[slot] = pool->free_first;
    pool->free_first = slot;
}
