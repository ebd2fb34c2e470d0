#include "base/std.h"

#include <sys/mman.h>

#include "base/arena.h"

/* Under AddressSanitizer what has not been handed out is poisoned, with a gap behind each
 * piece, so that running over the end of one is seen as it would be with malloc. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif

#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
enum { GAP_BYTES = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
enum { GAP_BYTES = 0 };
#endif

bool arena_init(struct arena *a, size_t limit_bytes, struct err *err)
{
    *a = (struct arena){ 0 };
    void *base = mmap(NULL, limit_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return err_set_os(err, ERR_FAILED, "cannot reserve %zu bytes of memory", limit_bytes);
    a->base = base;
    a->limit = limit_bytes;
    ASAN_POISON_MEMORY_REGION(a->base, a->limit);
    return true;
}

void arena_fini(struct arena *a)
{
    if (a->base) {
        ASAN_UNPOISON_MEMORY_REGION(a->base, a->limit);
        munmap(a->base, a->limit);
    }
    *a = (struct arena){ 0 };
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    size_t start = (a->used + align - 1) & ~(align - 1);
    size_t need;
    if (__builtin_add_overflow(size, (size_t)GAP_BYTES, &need) || start > a->limit ||
        need > a->limit - start) {
        a->exhausted = true;
        return NULL;
    }
    a->used = start + need;
    ASAN_UNPOISON_MEMORY_REGION(a->base + start, size);
    return a->base + start;
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        a->exhausted = true;
        return NULL;
    }
    return arena_alloc(a, total);
}

struct span arena_copy(struct arena *a, struct span s)
{
    char *copy = s.len == SIZE_MAX ? NULL : arena_alloc(a, s.len + 1);
    if (!copy)
        return SPAN_LIT("");
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return span_from(copy, s.len);
}

const char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    char *text = need < 0 ? NULL : arena_alloc(a, (size_t)need + 1);
    if (text)
        vsnprintf(text, (size_t)need + 1, format, again);
    va_end(again);
    return text ? text : "";
}

const char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(a, format, args);
    va_end(args);
    return text;
}
