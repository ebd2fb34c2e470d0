/*
 * Runs a fuzz target over the files of directories, without a fuzzer: the corpus and every
 * crasher that was ever found are ordinary tests.
 */
#include "base/std.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES_MAX = 4 << 20 };

static void replay_file(const char *path)
{
    struct arena arena;
    struct err err = { 0 };
    struct span content;
    if (!arena_init(&arena, 2 * INPUT_BYTES_MAX, &err) ||
        !file_read(&arena, path, INPUT_BYTES_MAX, &content, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput((const uint8_t *)content.ptr, content.len);
    arena_fini(&arena);
}

/* A directory that is not there has no inputs; that is no failure. */
static unsigned replay_directory(const char *path)
{
    unsigned count = 0;
    DIR *directory = opendir(path);
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        char name[PATH_MAX];
        struct stat st;
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        if (stat(name, &st) == 0 && S_ISREG(st.st_mode)) {
            replay_file(name);
            count++;
        }
    }
    if (directory)
        closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    for (int i = 1; i < argc; i++)
        count += replay_directory(argv[i]);
    if (count == 0) {
        fprintf(stderr, "there is no input to replay\n");
        return 1;
    }
    return 0;
}
