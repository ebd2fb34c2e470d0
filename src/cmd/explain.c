#include "base/std.h"

#include "cmd/cmd.h"
#include "profile/explain.h"

enum { TEXT_BYTES = 1 << 20 };

int cmd_explain(int argc, char **argv)
{
    enum { EXPLAIN_JSON = 1, EXPLAIN_MARKDOWN };
    static const struct cmd_option options[] = {
        { EXPLAIN_JSON, 0, "json", CMD_NO_VALUE },
        { EXPLAIN_MARKDOWN, 0, "markdown", CMD_NO_VALUE },
        { 0 },
    };
    static char memory[TEXT_BYTES];
    struct cmd_args args = cmd_args_on(argc, argv, options);
    struct buf out = BUF_OF(memory);
    struct err err = { 0 };
    const char *name = NULL;
    const char *value;
    int id;
    int form = 0;
    while ((id = cmd_args_next(&args, &value)) > 0) {
        if (id == EXPLAIN_JSON || id == EXPLAIN_MARKDOWN) {
            form = id;
            continue;
        }
        if (name)
            return cmd_usage(argv[0], "'%s' is one name too many", value);
        name = value;
    }
    if (id == CMD_STOP)
        return args.status;
    enum profile_section section;
    int key;
    if (form && name)
        return cmd_usage(argv[0], "--json and --markdown tell everything, not only '%s'", name);
    if (form == EXPLAIN_JSON)
        explain_json(&out);
    else if (form == EXPLAIN_MARKDOWN)
        explain_markdown(&out);
    else if (!name)
        explain_all(&out);
    else if (!explain_find(name, &section, &key, &err))
        return cmd_fail(&err);
    else if (key < 0)
        explain_section(section, &out);
    else
        explain_key((enum profile_key)key, &out);
    assert(!out.overflow);
    return cmd_print(buf_span(&out));
}
