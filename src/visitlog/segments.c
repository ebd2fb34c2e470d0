#include "base/std.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "visitlog/internal.h"

enum { STAMP_LEN = 16, TOTAL_DIGITS_MIN = 12 };

/* The directory and the last component of a path; the directory has its '/', or is empty. */
static void split_path(const char *path, struct span *directory, struct span *name)
{
    const char *slash = strrchr(path, '/');
    *directory = slash ? span_from(path, (size_t)(slash + 1 - path)) : (struct span){ 0 };
    *name = span_of(slash ? slash + 1 : path);
}

static bool read_digits(struct span s, size_t at, size_t digits, unsigned *value)
{
    uint64_t number;
    if (s.len < at + digits || !span_to_u64(span_from(s.ptr + at, digits), &number))
        return false;
    *value = (unsigned)number;
    return true;
}

/* "20261231T235959Z". */
static bool read_stamp(struct span s, int64_t *epoch_s)
{
    unsigned year;
    struct civil c = { 0 };
    if (s.len != STAMP_LEN || s.ptr[8] != 'T' || s.ptr[15] != 'Z' || !read_digits(s, 0, 4, &year) ||
        !read_digits(s, 4, 2, &c.month) || !read_digits(s, 6, 2, &c.day) ||
        !read_digits(s, 9, 2, &c.hour) || !read_digits(s, 11, 2, &c.minute) ||
        !read_digits(s, 13, 2, &c.second))
        return false;
    c.year = year;
    *epoch_s = clock_epoch_s(&c);
    return true;
}

/* What stands behind "<log>.": false when it is no name of a segment. */
static bool read_name(struct span rest, struct segment_file *file)
{
    struct span stamp = span_from(rest.ptr, min_size(rest.len, STAMP_LEN));
    struct span digits = span_from_offset(rest, STAMP_LEN + 1);
    return rest.len > STAMP_LEN && rest.ptr[STAMP_LEN] == '-' &&
           read_stamp(stamp, &file->ended_s) && digits.len >= TOTAL_DIGITS_MIN &&
           span_to_u64(digits, &file->total);
}

const char *segments_name(struct arena *a, const char *path, int64_t now_s, uint64_t total)
{
    struct civil c = clock_civil_utc(max_i64(0, now_s));
    return arena_printf(a, "%s.%04u%02u%02uT%02u%02u%02uZ-%0*ju", path, (unsigned)c.year, c.month,
                        c.day, c.hour, c.minute, c.second, (int)TOTAL_DIGITS_MIN, (uintmax_t)total);
}

static bool add(struct arena *a, struct segment_list *list, const struct segment_file *file)
{
    bool is_power_of_two = (list->count & (list->count - 1)) == 0;
    if (is_power_of_two) {
        size_t room = list->count ? 2 * list->count : 1;
        struct segment_file *items = arena_alloc_array(a, room, sizeof(*items));
        if (!items)
            return false;
        if (list->count)
            memcpy(items, list->items, list->count * sizeof(*items));
        list->items = items;
    }
    list->items[list->count++] = *file;
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct segment_file *a = left;
    const struct segment_file *b = right;
    if (a->total != b->total)
        return a->total < b->total ? -1 : 1;
    return strcmp(a->path, b->path);
}

/* Adds one entry of the directory, when it is a segment: a regular file of such a name. */
static bool add_entry(struct arena *a, const char *path, const char *entry,
                      struct segment_list *list)
{
    struct span directory;
    struct span name;
    struct segment_file file = { 0 };
    struct stat st;
    split_path(path, &directory, &name);
    struct span rest = span_of(entry);
    if (!span_starts(rest, name) || rest.len <= name.len || rest.ptr[name.len] != '.' ||
        !read_name(span_from_offset(rest, name.len + 1), &file))
        return true;
    file.path = arena_printf(a, "%.*s%s", SPAN_ARG(directory), entry);
    if (lstat(file.path, &st) != 0 || !S_ISREG(st.st_mode))
        return true;
    file.size_bytes = (uint64_t)st.st_size;
    file.id = (struct file_id){ (uint64_t)st.st_dev, (uint64_t)st.st_ino };
    return add(a, list, &file);
}

bool segments_list(struct arena *a, const char *path, struct segment_list *list, struct err *err)
{
    struct span directory;
    struct span name;
    const struct dirent *entry;
    *list = (struct segment_list){ 0 };
    split_path(path, &directory, &name);
    const char *folder = directory.len ? arena_copy(a, directory).ptr : ".";
    DIR *dir = opendir(folder);
    if (!dir && errno == ENOENT)
        return true;
    if (!dir)
        return err_set_os(err, ERR_FAILED, "cannot list the log's directory %.200s", folder);
    bool good = true;
    while (good && (entry = readdir(dir)))
        good = add_entry(a, path, entry->d_name, list);
    closedir(dir);
    if (!good || a->exhausted)
        return err_set(err, ERR_FAILED, "out of memory for the log's segments");
    if (list->count)
        qsort(list->items, list->count, sizeof(*list->items), compare);
    return true;
}
