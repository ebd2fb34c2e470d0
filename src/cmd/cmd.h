/*
 * cmd.h: what the commands share: the table of commands, the reading of options, and the
 * one place where errors are printed.
 *
 * A command's run function gets its own name as argv[0] and returns the exit status: 0 done,
 * 1 it could not be done, 2 the request was wrong. Results go to standard output, and only
 * when everything was good; messages go to standard error.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/arena.h"
#include "base/buf.h"
#include "manifest/node.h"
#include "profile/profile.h"

struct command {
    const char *name;
    const char *arguments; /* behind the name in the usage line */
    const char *summary;   /* one line */
    const char *details;   /* options and remarks, lines of at most 90 columns */
    int (*run)(int argc, char **argv);
};

/* Ends with an entry whose name is NULL, in the order in which help lists them. */
extern const struct command command_table[];

/* NULL when there is none. "--emit" and "--emit=KIND" are other spellings of "emit",
 * "--help" and "-h" of "help", "--version" of "version". */
const struct command *command_find(const char *name);

/* The command whose name is nearest to a misspelt one, or NULL when none is near. */
const struct command *command_nearest(const char *name);

int cmd_cat(int argc, char **argv);
int cmd_emit(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_help(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_profile(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_tail(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_version(int argc, char **argv);

enum cmd_value { CMD_NO_VALUE, CMD_NEEDS_VALUE, CMD_MAY_HAVE_VALUE };

struct cmd_option {
    int id;           /* positive, the command's own; 0 ends the list */
    char letter;      /* of the short form, or 0 */
    const char *name; /* of the long form, without the dashes */
    enum cmd_value value;
};

/* Rows for the options that most commands have, with ids of their own. */
enum { CMD_FILE = 1000, CMD_SET = 1001 };
#define CMD_PROFILE_OPTIONS                                                                        \
    { CMD_FILE, 'f', "file", CMD_NEEDS_VALUE },                                                    \
    {                                                                                              \
        CMD_SET, 0, "set", CMD_NEEDS_VALUE                                                         \
    }

struct cmd_args {
    const char *command;
    int argc;
    char **argv;
    const struct cmd_option *options;
    int at;
    bool operands_only; /* behind "--" */
    int status;         /* what to return after CMD_STOP */
};

enum { CMD_END = 0, CMD_STOP = -1, CMD_OPERAND = 2000 };

struct cmd_args cmd_args_on(int argc, char **argv, const struct cmd_option *options);

/*
 * The next option's id and its value (NULL when it has none), or CMD_OPERAND and the operand.
 * Takes "-f FILE", "-fFILE", "--file FILE", "--file=FILE", and "--" before operands.
 * CMD_END when all are read. CMD_STOP after a message was printed: --help (status 0), or an
 * unknown option or a missing value (status 2).
 */
int cmd_args_next(struct cmd_args *args, const char **value);

/* Takes a CMD_FILE or CMD_SET; false, with a message, when there are too many. */
must_use bool cmd_sources_add(struct profile_sources *sources, int id, const char *value);

/* For commands that take the profile's options and nothing else: true to go on; false when
 * the command is over, with its exit status in *status. */
must_use bool cmd_sources_only(int argc, char **argv, struct profile_sources *sources, int *status);

/* Loads the profile, or prints everything that is wrong with it and returns false (status 2). */
must_use bool cmd_profile_load(struct arena *a, const struct profile_sources *sources,
                               struct profile *p);

/* The log that was named, or log.file of the profile, in the arena, with the log's time zone set;
 * NULL after a message (status 2). */
const char *cmd_log_path(struct arena *a, const struct profile_sources *sources, const char *named);

/* 0, or 1 after a message; a reader of a pipe that has gone away is a failure without one. */
int cmd_log_end(bool good, const struct err *err);

/* Prints every problem on standard error, one line each, and returns 2. */
int cmd_problems_print(struct arena *a, const struct profile_problems *problems);

/* Prints "app: text" and returns the error's exit status. */
int cmd_fail(const struct err *err);

/* Prints "app COMMAND: text; see 'app COMMAND --help'" and returns 2. */
int cmd_usage(const char *command, const char *format, ...) printf_like(2, 3);

/* Prints a remark on standard error. */
void cmd_tell(const char *format, ...) printf_like(1, 2);

/* Writes one file for each object, and a kustomization.yaml that lists them, into a directory,
 * which is made when only its last component is missing. `text` has room for one of them. */
int cmd_split(struct arena *a, const struct node *objects, const char *directory, bool json,
              struct buf *text);

/* Writes a result to standard output: 0, or 1 after a message when it cannot all be written.
 * A reader that has gone away (EPIPE) is a failure without a message. */
int cmd_print(struct span text);

/* The arena of a command that loads a profile, emits or prints: this much address space. */
enum { CMD_ARENA_BYTES = 64 << 20 };

#endif
