#include "base/std.h"

#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "manifest/import.h"
#include "manifest/json_read.h"

enum {
    INPUT_BYTES_MAX = 1 << 20,
    OUTPUT_BYTES_MAX = 2 << 20, /* of the profile, and of what is said about it */
    IMPORT_ARENA_BYTES = 256 << 20,
};

struct request {
    const char *file;
    bool strict;
};

enum { IMPORT_STRICT = 1 };

/* True to go on; else *status is the exit status. */
static bool take_arguments(struct request *r, int argc, char **argv, int *status)
{
    static const struct cmd_option options[] = { { IMPORT_STRICT, 0, "strict", CMD_NO_VALUE },
                                                 { 0 } };
    struct cmd_args args = cmd_args_on(argc, argv, options);
    const char *value;
    int id;
    *r = (struct request){ .file = NULL };
    while ((id = cmd_args_next(&args, &value)) > 0) {
        if (id == CMD_OPERAND && r->file) {
            *status = cmd_usage(argv[0], "one file is read; '%s' is not expected here", value);
            return false;
        }
        if (id == CMD_OPERAND)
            r->file = value;
        else
            r->strict = true;
    }
    if (!r->file)
        r->file = "-";
    *status = args.status;
    return id == CMD_END;
}

/* What helm prints without -o json begins with a key, or with "USER-SUPPLIED VALUES:". */
static bool looks_like_yaml(struct span text)
{
    size_t i = 0;
    while (i < text.len && strchr(" \t\r\n", text.ptr[i]) && text.ptr[i])
        i++;
    return i < text.len && !strchr("{[\"", text.ptr[i]);
}

static const struct node *read_values(struct tree *tree, const char *file, struct err *err)
{
    const char *name = strcmp(file, "-") == 0 ? "standard input" : file;
    struct err why = { 0 };
    struct span text;
    if (!file_read(tree->arena, file, INPUT_BYTES_MAX, &text, err))
        return NULL;
    const struct node *values = json_read(tree, text, &why);
    if (!values && looks_like_yaml(text))
        err_set(err, ERR_REQUEST,
                "%s is not JSON (%s); if it is YAML, ask helm for JSON: helm get values RELEASE "
                "-a -o json | app import",
                name, why.text);
    else if (!values)
        err_set(err, ERR_REQUEST, "%s is not JSON: %s", name, why.text);
    return values;
}

/* What could not be carried, on standard error: when that fails, the profile is still good. */
static void tell(struct buf *left_out)
{
    bool told = file_write_all(STDERR_FILENO, SPAN_LIT("app import: not in the profile:\n")) &&
                file_write_all(STDERR_FILENO, buf_span(left_out)) &&
                (!left_out->overflow ||
                 file_write_all(STDERR_FILENO, SPAN_LIT("and more than can be told at once\n")));
    (void)told;
}

static int import(struct arena *a, const struct request *r)
{
    struct tree tree = { .arena = a };
    struct err err = { 0 };
    void *memory = arena_alloc(a, OUTPUT_BYTES_MAX);
    void *messages = arena_alloc(a, OUTPUT_BYTES_MAX);
    assert(memory && messages);
    struct buf ini = buf_on(memory, OUTPUT_BYTES_MAX);
    struct buf left_out = buf_on(messages, OUTPUT_BYTES_MAX);
    const struct node *values = read_values(&tree, r->file, &err);
    if (!values || !import_values(a, values, &ini, &left_out, &err))
        return cmd_fail(&err);
    if (left_out.len)
        tell(&left_out);
    if (left_out.len && r->strict)
        return ERR_FAILED;
    return cmd_print(buf_span(&ini));
}

int cmd_import(int argc, char **argv)
{
    struct request request;
    struct arena arena;
    struct err err = { 0 };
    int status;
    if (!take_arguments(&request, argc, argv, &status))
        return status;
    if (!arena_init(&arena, IMPORT_ARENA_BYTES, &err))
        return cmd_fail(&err);
    status = import(&arena, &request);
    arena_fini(&arena);
    return status;
}
