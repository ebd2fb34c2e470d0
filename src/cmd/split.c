#include "base/std.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "manifest/json.h"
#include "manifest/yaml.h"

static const char kustomization[] = "kustomization.yaml";

struct split {
    struct arena *arena;
    const char *directory;
    const char *suffix;
    struct buf list; /* the kustomization */
    struct err err;
};

/* "statefulset-app.yaml": it does not depend on what else is printed, so that a repository shows
 * changes and no renamed files. */
static const char *name_of(const struct split *s, const struct node *object)
{
    char kind[64];
    struct span text = node_find_text(object, "kind");
    size_t len = min_size(text.len, sizeof(kind) - 1);
    for (size_t i = 0; i < len; i++)
        kind[i] = (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] + 32 : text.ptr[i]);
    return arena_printf(s->arena, "%.*s-%.*s%s", (int)len, kind,
                        SPAN_ARG(node_find_text(object, "metadata.name")), s->suffix);
}

static bool write_file(struct split *s, const char *name, struct span content)
{
    return file_replace(arena_printf(s->arena, "%s/%s", s->directory, name), content, &s->err);
}

static bool write_object(struct split *s, const struct node *object, struct buf *text)
{
    const char *name = name_of(s, object);
    buf_reset(text);
    if (strcmp(s->suffix, ".json") == 0) {
        json_print(object, text);
        buf_add_char(text, '\n');
    } else {
        yaml_print_object(object, text);
    }
    buf_printf(&s->list, "  - \"%s\"\n", name);
    if (text->overflow)
        return err_set(&s->err, ERR_REQUEST, "the profile is too large: out of memory");
    return write_file(s, name, buf_span(text));
}

/* What an earlier emission left, and this one does not print any more: it is the reader's to
 * delete. */
static void tell_stale(const struct split *s)
{
    DIR *dir = opendir(s->directory);
    const struct dirent *entry;
    char quoted[300];
    while (dir && (entry = readdir(dir))) {
        struct span name = span_of(entry->d_name);
        snprintf(quoted, sizeof(quoted), "\"%s\"", entry->d_name);
        bool listed = false;
        struct span rest = buf_span(&s->list);
        for (; rest.len && !listed; rest = span_from_offset(rest, 1))
            listed = span_starts(rest, span_of(quoted));
        if (!listed && span_ends(name, span_of(s->suffix)) && !span_eq_str(name, kustomization))
            cmd_tell("app: %s/%s is of no object that is printed now; delete it if it was printed "
                     "before\n",
                     s->directory, entry->d_name);
    }
    if (dir)
        closedir(dir);
}

int cmd_split(struct arena *a, const struct node *objects, const char *directory, bool json,
              struct buf *text)
{
    enum { LIST_BYTES = 1 << 20 };
    void *list = arena_alloc(a, LIST_BYTES);
    struct split s = {
        .arena = a,
        .directory = directory,
        .suffix = json ? ".json" : ".yaml",
        .list = buf_on(list, list ? LIST_BYTES : 0),
    };
    if (mkdir(directory, 0777) == -1 && errno != EEXIST) {
        err_set_os(&s.err, ERR_FAILED, "cannot make the directory %s", directory);
        return cmd_fail(&s.err);
    }
    buf_add_str(&s.list, "apiVersion: \"kustomize.config.k8s.io/v1beta1\"\nkind: "
                         "\"Kustomization\"\nresources:\n");
    bool good = true;
    for (const struct node *n = objects->first; n && good; n = n->next)
        good = write_object(&s, n, text);
    if (!good || !write_file(&s, kustomization, buf_span(&s.list)))
        return cmd_fail(&s.err);
    tell_stale(&s);
    return 0;
}
