#include "base/std.h"

#include "cmd/cmd.h"
#include "manifest/json.h"
#include "manifest/manifest.h"
#include "manifest/yaml.h"

/* Address space for the text; a ConfigMap of 1 MiB may grow sixfold by escapes. */
enum { OUTPUT_BYTES_MAX = 24 << 20 };

struct request {
    struct profile_sources sources;
    struct kinds_choice choice;
    bool json;
    char namespace_set[400]; /* what --namespace means, as a --set */
};

static int take_kinds(struct request *r, const char *list)
{
    struct err err = { 0 };
    return kinds_choose(span_of(list), &r->choice, &err) ? 0 : cmd_fail(&err);
}

static int take_output(struct request *r, const char *command, const char *format)
{
    r->json = strcmp(format, "json") == 0;
    if (!r->json && strcmp(format, "yaml") != 0)
        return cmd_usage(command, "-o takes yaml or json, not '%s'", format);
    return 0;
}

static int take_namespace(struct request *r, const char *command, const char *name)
{
    struct buf b = BUF_OF(r->namespace_set);
    buf_add_str(&b, "app.namespace=");
    buf_add_str(&b, name);
    if (!buf_cstr(&b))
        return cmd_usage(command, "the namespace is too long");
    return cmd_sources_add(&r->sources, CMD_SET, r->namespace_set) ? 0 : ERR_REQUEST;
}

enum { EMIT_KINDS = 1, EMIT_NAMESPACE, EMIT_OUTPUT };

static int take_option(struct request *r, const char *command, int id, const char *value)
{
    switch (id) {
    case EMIT_KINDS:
        return value ? take_kinds(r, value) : 0;
    case EMIT_NAMESPACE:
        return take_namespace(r, command, value);
    case EMIT_OUTPUT:
        return take_output(r, command, value);
    case CMD_OPERAND:
        return cmd_usage(command, "'%s' is not expected here", value);
    default: /* the options of every command that reads a profile */
        return cmd_sources_add(&r->sources, id, value) ? 0 : ERR_REQUEST;
    }
}

/* True to go on; else *status is the exit status. */
static bool take_arguments(struct request *r, int argc, char **argv, int *status)
{
    static const struct cmd_option options[] = {
        CMD_PROFILE_OPTIONS,
        { EMIT_KINDS, 0, "emit", CMD_MAY_HAVE_VALUE },
        { EMIT_NAMESPACE, 'n', "namespace", CMD_NEEDS_VALUE },
        { EMIT_OUTPUT, 'o', "output", CMD_NEEDS_VALUE },
        { 0 },
    };
    static const char attached[] = "--emit=";
    struct cmd_args args = cmd_args_on(argc, argv, options);
    const char *value;
    int id;
    args.command = "emit";
    r->choice = kinds_all();
    *status = 0;
    if (strncmp(argv[0], attached, strlen(attached)) == 0)
        *status = take_kinds(r, argv[0] + strlen(attached));
    while (*status == 0 && (id = cmd_args_next(&args, &value)) != CMD_END) {
        if (id == CMD_STOP) {
            *status = args.status;
            return false;
        }
        *status = take_option(r, args.command, id, value);
    }
    return *status == 0;
}

static int print(struct arena *a, const struct node *objects, bool json)
{
    struct err err = { 0 };
    void *memory = arena_alloc(a, OUTPUT_BYTES_MAX);
    struct buf out = buf_on(memory, memory ? OUTPUT_BYTES_MAX : 0);
    if (json)
        json_print_list(objects, &out);
    else
        yaml_print_documents(objects, &out);
    if (a->exhausted || out.overflow) {
        err_set(&err, ERR_REQUEST, "the profile is too large: out of memory");
        return cmd_fail(&err);
    }
    return cmd_print(buf_span(&out));
}

static int emit(struct arena *a, const struct request *r)
{
    struct profile profile;
    struct derived derived;
    struct err err = { 0 };
    if (!cmd_profile_load(a, &r->sources, &profile))
        return ERR_REQUEST;
    struct profile_problems problems = { .arena = a };
    struct tree tree = { .arena = a };
    const struct node *objects = manifest_make(&tree, &profile, &derived, r->choice, &problems);
    if (!objects)
        return cmd_problems_print(a, &problems);
    if (!objects->first) {
        err_set(&err, ERR_REQUEST, "the profile asks for no object of these kinds");
        return cmd_fail(&err);
    }
    return print(a, objects, r->json);
}

int cmd_emit(int argc, char **argv)
{
    struct request request = { 0 };
    struct arena arena;
    struct err err = { 0 };
    int status;
    if (!take_arguments(&request, argc, argv, &status))
        return status;
    if (!arena_init(&arena, CMD_ARENA_BYTES, &err))
        return cmd_fail(&err);
    status = emit(&arena, &request);
    arena_fini(&arena);
    return status;
}
