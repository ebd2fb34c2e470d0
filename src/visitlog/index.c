#include "base/std.h"

#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "visitlog/internal.h"

/*
 * The index is a text, so that a person can read it, too:
 *
 *     visit index 1
 *     visits 345                      of the whole log, up to the offset
 *     file 66306 1835 45678           device, inode and offset: all before it is counted
 *     end 9f86d0...                   SHA-256 of the last bytes before the offset
 *     times 1656512257 1767225600     the first and the newest visit
 *     segments 12 3                   rotations, and removed segments
 *     hour 460142 17                  since the epoch, and visits
 *     day 19172 291
 *     sum 2c26b4...                   SHA-256 of all lines before
 *
 * It is a cache: whatever is wrong with it, the segments tell the same again. So an index is
 * believed only when its sum is right and the file still ends, at the offset, in the same bytes.
 */

enum { END_BYTES = 4096, INDEX_BYTES_MAX = 256 << 10 };

static const char heading[] = "visit index 1\n";

static const char *index_path(struct arena *a, const char *path)
{
    return arena_printf(a, "%s.index", path);
}

static bool end_digest(int fd, uint64_t offset, char hex[DIGEST_HEX_LEN + 1])
{
    char window[END_BYTES];
    size_t len = min_size(offset, sizeof(window));
    size_t have = 0;
    while (have < len) {
        ssize_t n = pread(fd, window + have, len - have, (off_t)(offset - len + have));
        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        have += (size_t)n;
    }
    digest_sha256_hex(span_from(window, len), hex);
    return true;
}

/* ---- writing ---- */

static void add_buckets(struct buf *b, const char *name, const struct visitlog_bucket *buckets,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (buckets[i].count)
            buf_printf(b, "%s %jd %ju\n", name, (intmax_t)buckets[i].id,
                       (uintmax_t)buckets[i].count);
    }
}

static void add_state(struct buf *b, const struct index_state *state, const char *end)
{
    const struct visitlog_summary *s = &state->summary;
    char sum[DIGEST_HEX_LEN + 1];
    buf_add_str(b, heading);
    buf_printf(b, "visits %ju\n", (uintmax_t)s->visits);
    buf_printf(b, "file %ju %ju %ju\n", (uintmax_t)state->id.device, (uintmax_t)state->id.inode,
               (uintmax_t)state->offset_bytes);
    buf_printf(b, "end %s\n", end);
    buf_printf(b, "times %jd %jd\n", (intmax_t)s->first_s, (intmax_t)s->last_s);
    buf_printf(b, "segments %ju %ju\n", (uintmax_t)s->rotations, (uintmax_t)s->removed);
    add_buckets(b, "hour", s->hours, VISITLOG_HOURS);
    add_buckets(b, "day", s->days, VISITLOG_DAYS);
    digest_sha256_hex(buf_span(b), sum);
    buf_printf(b, "sum %s\n", sum);
}

bool index_write(const char *path, int fd, const struct index_state *state, struct err *err)
{
    struct arena scratch;
    char end[DIGEST_HEX_LEN + 1];
    if (!end_digest(fd, state->offset_bytes, end))
        return err_set_os(err, ERR_FAILED, "cannot read the end of the log");
    if (!arena_init(&scratch, (size_t)2 * INDEX_BYTES_MAX, err))
        return false;
    void *memory = arena_alloc(&scratch, INDEX_BYTES_MAX);
    struct buf text = buf_on(memory, memory ? INDEX_BYTES_MAX : 0);
    add_state(&text, state, end);
    bool good = !text.overflow && file_replace(index_path(&scratch, path), buf_span(&text), err);
    arena_fini(&scratch);
    return good;
}

/* ---- reading ---- */

/* "name a b c": the numbers behind the name. */
static bool take_numbers(struct span line, const char *name, uint64_t *numbers, size_t count)
{
    struct span word;
    if (!span_split(&line, ' ', &word) || !span_eq_str(word, name))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!span_split(&line, ' ', &word) || !span_to_u64(word, &numbers[i]))
            return false;
    }
    return !line.ptr;
}

static bool take_bucket(struct span line, const char *name, struct visitlog_bucket *buckets,
                        size_t count)
{
    uint64_t numbers[2];
    if (!take_numbers(line, name, numbers, 2) || numbers[0] > INT64_MAX)
        return false;
    buckets[numbers[0] % count] = (struct visitlog_bucket){ (int64_t)numbers[0], numbers[1] };
    return true;
}

/* One line of the body; false when there is no such. */
static bool take_line(struct index_state *state, struct span line)
{
    struct visitlog_summary *s = &state->summary;
    uint64_t n[3];
    if (take_bucket(line, "hour", s->hours, VISITLOG_HOURS) ||
        take_bucket(line, "day", s->days, VISITLOG_DAYS))
        return true;
    if (take_numbers(line, "visits", n, 1)) {
        s->visits = n[0];
    } else if (take_numbers(line, "file", n, 3)) {
        state->id = (struct file_id){ n[0], n[1] };
        state->offset_bytes = n[2];
    } else if (take_numbers(line, "times", n, 2)) {
        s->first_s = (int64_t)n[0];
        s->last_s = (int64_t)n[1];
    } else if (take_numbers(line, "segments", n, 2)) {
        s->rotations = n[0];
        s->removed = n[1];
    } else if (span_starts(line, SPAN_LIT("end ")) && line.len == 4 + DIGEST_HEX_LEN) {
        memcpy(state->end, line.ptr + 4, DIGEST_HEX_LEN);
    } else {
        return false;
    }
    return true;
}

/* The text before the line "sum ...", when that is its sum. */
static bool check_sum(struct span text, struct span *body)
{
    enum { SUM_LINE = 4 + DIGEST_HEX_LEN + 1 };
    char sum[DIGEST_HEX_LEN + 1];
    if (text.len < SUM_LINE)
        return false;
    *body = span_from(text.ptr, text.len - SUM_LINE);
    struct span line = span_from_offset(text, body->len);
    digest_sha256_hex(*body, sum);
    return span_starts(line, SPAN_LIT("sum ")) && span_ends(line, SPAN_LIT("\n")) &&
           span_eq_str(span_from(line.ptr + 4, DIGEST_HEX_LEN), sum);
}

enum index_result index_read(struct arena *a, const char *path, struct index_state *state,
                             const char **why)
{
    struct err err = { 0 };
    struct span text;
    struct span line;
    const char *name = index_path(a, path);
    *state = (struct index_state){ 0 };
    if (access(name, F_OK) != 0)
        return INDEX_MISSING;
    *why = "it cannot be read";
    if (!file_read(a, name, INDEX_BYTES_MAX, &text, &err))
        return INDEX_BAD;
    *why = "it is of another version";
    if (!span_starts(text, span_of(heading)))
        return INDEX_BAD;
    *why = "its sum is wrong";
    if (!check_sum(text, &text))
        return INDEX_BAD;
    text = span_from_offset(text, strlen(heading));
    *why = "a line of it is not understood";
    while (span_split(&text, '\n', &line) && (line.len || text.ptr)) {
        if (!take_line(state, line))
            return INDEX_BAD;
    }
    return INDEX_GOOD;
}

bool index_matches(const struct index_state *state, int fd, uint64_t size_bytes)
{
    char end[DIGEST_HEX_LEN + 1];
    return state->offset_bytes <= size_bytes && end_digest(fd, state->offset_bytes, end) &&
           memcmp(end, state->end, DIGEST_HEX_LEN) == 0;
}
