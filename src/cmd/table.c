#include "base/std.h"

#include "cmd/cmd.h"
#include "profile/suggest.h"

#define PROFILE_HELP                                                                               \
    "  -f, --file FILE            read this profile; later files override earlier ones,\n"         \
    "                             and '-' is standard input\n"                                     \
    "      --set SECTION.KEY=VALUE  override one key; split at the first '='\n"

const struct command command_table[] = {
    { "serve", "[-f FILE]... [--set SECTION.KEY=VALUE]...", "serve, and log every visit",
      PROFILE_HELP
      "\nSIGTERM and SIGINT drain and end it (a second one at once), SIGHUP opens the log again.\n"
      "Exit status: 0 done, 2 wrong request, 74 the disk failed, 75 the log is held by\n"
      "another server, 1 anything else.\n",
      cmd_serve },
    { "emit", "[-f FILE]... [--set SECTION.KEY=VALUE]... [-n NAMESPACE] [OPTION]...",
      "print the Kubernetes objects that the server needs",
      PROFILE_HELP
      "      --emit=KIND,...        only these kinds, such as statefulset,service\n"
      "  -n, --namespace NAMESPACE  set metadata.namespace everywhere\n"
      "  -o, --output yaml|json     how to print (yaml)\n"
      "      --image REFERENCE      [REGISTRY/]REPOSITORY[:TAG][@DIGEST]\n"
      "      --split DIRECTORY      one file for each object, and a kustomization.yaml\n"
      "      --against FILE         tell what an upgrade of these objects could not\n"
      "                             change, and how to carry it out; FILE is what is\n"
      "                             there (kubectl get -o json), or was emitted before\n"
      "      --notes                tell on standard error how to apply and reach it,\n"
      "                             as is done where that is a terminal\n"
      "      --mask-secrets         without the values of Secrets, to be shown\n"
      "\nApply with: app --emit | kubectl apply -f -\n"
      "Nothing is printed on standard output unless the whole profile is good.\n",
      cmd_emit },
    { "explain", "[SECTION[.KEY]] [--json|--markdown]",
      "tell what a key means: type, default, bounds, field",
      "      --json, --markdown     every key, as a list in JSON or as the README's tables\n",
      cmd_explain },
    { "profile", "[-f FILE]... [--set SECTION.KEY=VALUE]... [--changed]",
      "print the complete commented default profile, or one's own with its origins",
      PROFILE_HELP "      --changed              only what is not the default\n"
                   "\nWithout options, the default profile: app profile > app.ini\n",
      cmd_profile },
    { "lint", "[-f FILE]... [--set SECTION.KEY=VALUE]...",
      "check a profile and say everything that is wrong", PROFILE_HELP, cmd_lint },
    { "import", "[--strict] [FILE]", "make a profile from the values of a Helm release",
      "      --strict               when a value cannot be carried, print no profile: status 1\n"
      "\nUse: helm get values RELEASE -a -o json | app import > app.ini\n"
      "FILE or standard input is JSON of at most 1 MiB. The profile goes to standard output;\n"
      "every value that is not in it is named on standard error, with the reason.\n",
      cmd_import },
    { "cat", "[-f FILE]... [--set SECTION.KEY=VALUE]... [LOG]",
      "print the visit log, its rotated segments first",
      PROFILE_HELP "\nWithout LOG, the file that log.file names.\n", cmd_cat },
    { "tail", "[-n LINES] [-f] [--file FILE]... [--set SECTION.KEY=VALUE]... [LOG]",
      "print the end of the visit log",
      "  -n, --lines LINES          how many (10)\n"
      "  -f, --follow               go on with what is appended, through rotations\n"
      "      --file, --set          the profile, as for the other commands\n"
      "\nWithout LOG, the file that log.file names.\n",
      cmd_tail },
    { "stats", "[-f FILE]... [--set SECTION.KEY=VALUE]... [LOG]",
      "tell how many visits there were, when, and how long the room lasts",
      PROFILE_HELP "\nWithout LOG, the file that log.file names.\n", cmd_stats },
    { "probe", "[-t DURATION] [--expect STATUS] URL",
      "ask a server once, and tell whether it answers",
      "  -t, --timeout DURATION     for everything but the look-up of the name (3s)\n"
      "      --expect STATUS        this status is good (any from 200 to 399)\n"
      "\nExit status: 0 good, 1 not, 2 wrong request. It is never counted as a visit.\n",
      cmd_probe },
    { "version", "", "print the version", "", cmd_version },
    { "help", "[COMMAND]", "print this, or what a command takes", "", cmd_help },
    { 0 },
};

const struct command *command_find(const char *name)
{
    struct span text = span_of(name);
    if (span_eq_str(text, "--emit") || span_starts(text, SPAN_LIT("--emit=")))
        return command_find("emit");
    if (span_eq_str(text, "--help") || span_eq_str(text, "-h"))
        return command_find("help");
    if (span_eq_str(text, "--version"))
        return command_find("version");
    for (const struct command *c = command_table; c->name; c++) {
        if (span_eq_str(text, c->name))
            return c;
    }
    return NULL;
}

const struct command *command_nearest(const char *name)
{
    struct suggestion best = { 0 };
    for (const struct command *c = command_table; c->name; c++)
        suggest_offer(&best, span_of(name), span_of(c->name));
    return best.name.ptr ? command_find(best.name.ptr) : NULL;
}
