#include "base/std.h"

#include "cmd/cmd.h"
#include "visitlog/visitlog.h"

struct cmd_args cmd_args_on(int argc, char **argv, const struct cmd_option *options)
{
    return (struct cmd_args){
        .command = argv[0], .argc = argc, .argv = argv, .options = options, .at = 1
    };
}

static int stop(struct cmd_args *args, int status)
{
    args->status = status;
    return CMD_STOP;
}

static const struct cmd_option *find_long(const struct cmd_args *args, struct span name)
{
    for (const struct cmd_option *o = args->options; o->id; o++) {
        if (span_eq_str(name, o->name))
            return o;
    }
    return NULL;
}

static const struct cmd_option *find_letter(const struct cmd_args *args, char letter)
{
    for (const struct cmd_option *o = args->options; o->id; o++) {
        if (o->letter && o->letter == letter)
            return o;
    }
    return NULL;
}

/* Gives *value what stands in the same argument, or takes the next argument for it. */
static int take_value(struct cmd_args *args, const struct cmd_option *option, const char *attached,
                      const char **value)
{
    *value = attached;
    if (option->value == CMD_NO_VALUE && attached)
        return stop(args, cmd_usage(args->command, "--%s takes no value", option->name));
    if (option->value == CMD_NEEDS_VALUE && !attached) {
        if (args->at == args->argc)
            return stop(args, cmd_usage(args->command, "--%s needs a value", option->name));
        *value = args->argv[args->at++];
    }
    return option->id;
}

static int next_long(struct cmd_args *args, const char *text, const char **value)
{
    struct span rest = span_of(text);
    struct span name;
    span_split(&rest, '=', &name);
    const struct cmd_option *option = find_long(args, name);
    if (!option) {
        return stop(args, cmd_usage(args->command, "there is no option --%.*s", SPAN_ARG(name)));
    }
    return take_value(args, option, rest.ptr, value);
}

static int next_short(struct cmd_args *args, const char *text, const char **value)
{
    const struct cmd_option *option = find_letter(args, text[0]);
    if (!option)
        return stop(args, cmd_usage(args->command, "there is no option -%c", text[0]));
    return take_value(args, option, text[1] ? text + 1 : NULL, value);
}

int cmd_args_next(struct cmd_args *args, const char **value)
{
    *value = NULL;
    if (args->at == args->argc)
        return CMD_END;
    const char *text = args->argv[args->at++];
    if (!args->operands_only && strcmp(text, "--") == 0) {
        args->operands_only = true;
        return cmd_args_next(args, value);
    }
    if (args->operands_only || text[0] != '-' || text[1] == '\0') {
        *value = text;
        return CMD_OPERAND;
    }
    if (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0) {
        char help[] = "help";
        char *help_argv[] = { help, args->argv[0], NULL };
        return stop(args, cmd_help(2, help_argv));
    }
    return text[1] == '-' ? next_long(args, text + 2, value) : next_short(args, text + 1, value);
}

bool cmd_sources_add(struct profile_sources *sources, int id, const char *value)
{
    if (id == CMD_FILE && sources->file_count < countof(sources->files)) {
        sources->files[sources->file_count++] = value;
        return true;
    }
    if (id == CMD_SET && sources->set_count < countof(sources->sets)) {
        sources->sets[sources->set_count++] = value;
        return true;
    }
    struct err err = { 0 };
    err_set(&err, ERR_REQUEST, "at most %zu files and %zu --set are taken in one call",
            countof(sources->files), countof(sources->sets));
    cmd_fail(&err);
    return false;
}

bool cmd_sources_only(int argc, char **argv, struct profile_sources *sources, int *status)
{
    static const struct cmd_option options[] = { CMD_PROFILE_OPTIONS, { 0 } };
    struct cmd_args args = cmd_args_on(argc, argv, options);
    const char *value;
    int id;
    while ((id = cmd_args_next(&args, &value)) > 0) {
        if (id == CMD_OPERAND) {
            *status = cmd_usage(argv[0], "'%s' is not expected here", value);
            return false;
        }
        if (!cmd_sources_add(sources, id, value)) {
            *status = ERR_REQUEST;
            return false;
        }
    }
    *status = args.status;
    return id == CMD_END;
}

bool cmd_profile_load(struct arena *a, const struct profile_sources *sources, struct profile *p)
{
    struct profile_problems problems = { .arena = a };
    struct err err = { 0 };
    bool good = profile_load(a, sources, p, &problems);
    if (good && p->log_format == VISITLOG_TEMPLATE &&
        !visitlog_template_check(p->log_template, &err))
        good = profile_problem_key(&problems, p, KEY_log_template, "log.template: %s", err.text);
    if (good)
        return true;
    cmd_problems_print(a, &problems);
    return false;
}
