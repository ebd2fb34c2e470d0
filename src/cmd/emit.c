#include "base/std.h"

#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "manifest/against.h"
#include "manifest/json.h"
#include "manifest/manifest.h"
#include "manifest/mask.h"
#include "manifest/notes.h"
#include "manifest/yaml.h"

enum {
    OUTPUT_BYTES_MAX =
        24 << 20, /* address space; a ConfigMap of 1 MiB may grow sixfold by escapes */
    AGAINST_BYTES_MAX = 16 << 20,
    REMARKS_BYTES_MAX = 1 << 20,
    IMAGE_SETS = 3,
    SET_BYTES = 400,
};

struct request {
    struct profile_sources sources;
    struct kinds_choice choice;
    bool json;
    bool notes;
    bool mask;
    const char *split;             /* a directory, or NULL */
    const char *against;           /* a file, or NULL */
    char namespace_set[SET_BYTES]; /* what --namespace means, as a --set */
    char image_sets[IMAGE_SETS][SET_BYTES];
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

static int add_set(struct request *r, const char *command, char *memory, const char *key,
                   struct span value)
{
    struct buf b = buf_on(memory, SET_BYTES);
    buf_printf(&b, "%s=%.*s", key, SPAN_ARG(value));
    if (!buf_cstr(&b))
        return cmd_usage(command, "the value of %s is too long", key);
    return cmd_sources_add(&r->sources, CMD_SET, memory) ? 0 : ERR_REQUEST;
}

/* "registry:5000/repository:tag@digest": the tag's ':' stands behind the last '/'. */
static int take_image(struct request *r, const char *command, const char *reference)
{
    struct span digest = span_of(reference);
    struct span repository;
    struct span tag = { 0 };
    span_split(&digest, '@', &repository);
    for (size_t i = repository.len; i > 0 && repository.ptr[i - 1] != '/'; i--) {
        if (repository.ptr[i - 1] != ':')
            continue;
        tag = span_from_offset(repository, i);
        repository.len = i - 1;
        break;
    }
    int status = add_set(r, command, r->image_sets[0], "image.repository", repository);
    if (status == 0)
        status = add_set(r, command, r->image_sets[1], "image.tag", tag);
    return status ? status : add_set(r, command, r->image_sets[2], "image.digest", digest);
}

enum {
    EMIT_KINDS = 1,
    EMIT_NAMESPACE,
    EMIT_OUTPUT,
    EMIT_IMAGE,
    EMIT_SPLIT,
    EMIT_NOTES,
    EMIT_AGAINST,
    EMIT_MASK,
};

static int take_option(struct request *r, const char *command, int id, const char *value)
{
    switch (id) {
    case EMIT_KINDS:
        return value ? take_kinds(r, value) : 0;
    case EMIT_NAMESPACE:
        return add_set(r, command, r->namespace_set, "app.namespace", span_of(value));
    case EMIT_OUTPUT:
        return take_output(r, command, value);
    case EMIT_IMAGE:
        return take_image(r, command, value);
    case EMIT_SPLIT:
        r->split = value;
        return 0;
    case EMIT_NOTES:
        r->notes = true;
        return 0;
    case EMIT_AGAINST:
        r->against = value;
        return 0;
    case EMIT_MASK:
        r->mask = true;
        return 0;
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
        { EMIT_IMAGE, 0, "image", CMD_NEEDS_VALUE },
        { EMIT_SPLIT, 0, "split", CMD_NEEDS_VALUE },
        { EMIT_NOTES, 0, "notes", CMD_NO_VALUE },
        { EMIT_AGAINST, 0, "against", CMD_NEEDS_VALUE },
        { EMIT_MASK, 0, "mask-secrets", CMD_NO_VALUE },
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

/* It keeps people from changing what would be printed over; and it names no file, time or machine:
 * the same profile gives the same bytes anywhere. */
static const char header[] =
    "# Made by app " APP_VERSION " --emit. Change the profile, not this.\n";

static int print(struct arena *a, const struct node *objects, const struct request *r)
{
    struct err err = { 0 };
    void *memory = arena_alloc(a, OUTPUT_BYTES_MAX);
    struct buf out = buf_on(memory, memory ? OUTPUT_BYTES_MAX : 0);
    if (r->split)
        return cmd_split(a, objects, r->split, r->json, &out);
    if (r->json) {
        json_print_list(objects, &out);
    } else {
        buf_add_str(&out, header);
        yaml_print_documents(objects, &out);
    }
    if (a->exhausted || out.overflow) {
        err_set(&err, ERR_REQUEST, "the profile is too large: out of memory");
        return cmd_fail(&err);
    }
    return cmd_print(buf_span(&out));
}

/* 0 when nothing stands in the way of an upgrade; else every reason was told. */
static int compare(struct arena *a, struct tree *tree, const struct node *objects, const char *path)
{
    struct err err = { 0 };
    struct span text;
    if (!file_read(a, path, AGAINST_BYTES_MAX, &text, &err))
        return cmd_fail(&err);
    struct node *there = against_read(tree, text, &err);
    if (!there) {
        struct err named = { 0 };
        err_set(&named, ERR_REQUEST, "%s: %s", path, err.text);
        return cmd_fail(&named);
    }
    void *memory = arena_alloc(a, REMARKS_BYTES_MAX);
    struct buf out = buf_on(memory, memory ? REMARKS_BYTES_MAX : 0);
    if (against_compare(objects, there, &out) == 0)
        return 0;
    cmd_tell("%.*s", SPAN_ARG(buf_span(&out)));
    return ERR_FAILED;
}

static void tell_notes(struct arena *a, const struct profile *p, const struct derived *d,
                       const struct node *objects)
{
    void *memory = arena_alloc(a, REMARKS_BYTES_MAX);
    struct buf out = buf_on(memory, memory ? REMARKS_BYTES_MAX : 0);
    notes_add(p, d, objects, &out);
    cmd_tell("%.*s", SPAN_ARG(buf_span(&out)));
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
    struct node *objects = manifest_make(&tree, &profile, &derived, r->choice, &problems);
    if (!objects)
        return cmd_problems_print(a, &problems);
    if (!objects->first) {
        err_set(&err, ERR_REQUEST, "the profile asks for no object of these kinds");
        return cmd_fail(&err);
    }
    int status = r->against ? compare(a, &tree, objects, r->against) : 0;
    if (r->mask)
        mask_secrets(objects);
    if (status == 0)
        status = print(a, objects, r);
    if (status == 0 && (r->notes || isatty(STDERR_FILENO)))
        tell_notes(a, &profile, &derived, objects);
    return status;
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
