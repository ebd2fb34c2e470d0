#include "base/std.h"

#include "profile/suggest.h"

enum { NAME_MAX_LEN = 48 }; /* longer names are not compared */

static size_t min3(size_t a, size_t b, size_t c)
{
    return min_size(a, min_size(b, c));
}

/* Optimal string alignment: changes, insertions, deletions and swaps of neighbours cost 1. */
static size_t edit_distance(struct span a, struct span b)
{
    size_t rows[3][NAME_MAX_LEN + 1];
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b.len; j++)
        above[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
            row[j] = min3(above[j] + 1, row[j - 1] + 1, change);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = min_size(row[j], before[j - 2] + 1);
        }
        size_t *unused = before;
        before = above;
        above = row;
        row = unused;
    }
    return above[b.len];
}

void suggest_offer(struct suggestion *best, struct span wrong, struct span known)
{
    if (wrong.len > NAME_MAX_LEN || known.len > NAME_MAX_LEN || known.len == 0)
        return;
    size_t distance = edit_distance(wrong, known);
    if (distance > (known.len + 2) / 3 || distance >= known.len)
        return;
    if (!best->name.ptr || distance < best->distance)
        *best = (struct suggestion){ known, distance };
}
