/* WRAP: flock */
#include "base/std.h"

#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "visitlog_helper.h"

#include "base/clock.h"

static int flock_errno; /* 0 = it works */

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);

int __wrap_flock(int fd, int operation)
{
    if (flock_errno == 0)
        return __real_flock(fd, operation);
    errno = flock_errno;
    flock_errno = errno == EINTR ? 0 : errno;
    return -1;
}

/* What opening the path says; there must be no log. */
static struct err refusal(const char *path)
{
    struct err err = { 0 };
    int fd = acquire_file(path, 0, &err);
    assert_int_equal(fd, -1);
    assert_true(err.kind != ERR_NONE);
    assert_true(strstr(err.text, path) != NULL);
    return err;
}

static void assert_says(const struct err *err, const char *text)
{
    if (!strstr(err->text, text))
        fail_msg("'%s' does not say '%s'", err->text, text);
}

static int acquire(const char *path)
{
    struct err err = { 0 };
    int fd = acquire_file(path, 0, &err);
    assert_string_equal(err.text, "");
    assert_true(fd >= 0);
    return fd;
}

static const char *in_scratch(const struct scratch *s, const char *name)
{
    static char path[160];
    snprintf(path, sizeof(path), "%s/%s", s->directory, name);
    return path;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void test_a_new_log_and_its_directory_are_created(void **state)
{
    struct scratch *s = *state;
    mode_t kept = umask(0);
    close(acquire(in_scratch(s, "data/visits.log")));
    umask(kept);
    assert_int_equal(mode_of(in_scratch(s, "data/visits.log")), 0640);
    assert_int_equal(mode_of(in_scratch(s, "data")), 0750);
}

static void test_relative_paths(void **state)
{
    struct scratch *s = *state;
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(s->directory), 0);
    close(acquire("plain"));
    close(acquire("sub/plain"));
    assert_int_equal(access("sub/plain", F_OK), 0);
    assert_int_equal(chdir(before), 0);
}

static void test_a_missing_path_is_not_made_up(void **state)
{
    struct err err = refusal(in_scratch(*state, "not/mounted/visits.log"));
    assert_int_equal(err.kind, ERR_FAILED);
    assert_says(&err, "ENOENT");
    assert_says(&err, "create its directory");
    assert_int_equal(access(in_scratch(*state, "not"), F_OK), -1);
}

static void test_what_is_no_file_is_refused_at_once(void **state)
{
    struct scratch *s = *state;
    int64_t began_ms = clock_mono_ms();
    struct err err = refusal(s->directory);
    assert_says(&err, "is a directory");
    assert_int_equal(mkfifo(in_scratch(s, "fifo"), 0600), 0);
    err = refusal(in_scratch(s, "fifo"));
    assert_says(&err, "no regular file");
    err = refusal("/dev/null");
    assert_says(&err, "no regular file");

    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", s->directory);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const void *)&address, sizeof(address)), 0);
    err = refusal(address.sun_path);
    assert_says(&err, "no regular file");
    close(listener);
    assert_true(clock_mono_ms() - began_ms < 1000);
}

static void test_a_file_in_the_place_of_the_directory(void **state)
{
    struct scratch *s = *state;
    file_put(in_scratch(s, "file"), SPAN_LIT(""));
    struct err err = refusal(in_scratch(s, "file/visits.log"));
    assert_says(&err, "ENOTDIR");
}

static void test_symbolic_links_are_followed(void **state)
{
    struct scratch *s = *state;
    char target[160];
    snprintf(target, sizeof(target), "%s", in_scratch(s, "target"));
    assert_int_equal(symlink(target, in_scratch(s, "link")), 0);
    close(acquire(in_scratch(s, "link")));
    assert_int_equal(access(target, F_OK), 0);
    assert_int_equal(symlink("loop", in_scratch(s, "loop")), 0);
    struct err err = refusal(in_scratch(s, "loop"));
    assert_says(&err, "ELOOP");
}

/* Runs `check` as another user; its failures end the child with a status. */
static void as_other_user(void (*check)(const struct scratch *), const struct scratch *s)
{
    assert_int_equal(geteuid(), 0); /* these tests need root, and say so */
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (setgid(65532) != 0 || setuid(65532) != 0)
            _exit(2);
        check(s);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void must_say(const struct err *err, const char *text)
{
    if (!strstr(err->text, text)) {
        fprintf(stderr, "'%s' does not say '%s'\n", err->text, text);
        _exit(1);
    }
}

static void check_denied(const struct scratch *s)
{
    struct err err = { 0 };
    if (acquire_file(in_scratch(s, "denied/visits.log"), 0, &err) != -1)
        _exit(3);
    must_say(&err, "EACCES");
    must_say(&err, "as uid 65532, gid 65532");
    must_say(&err, "denied has mode 0755, owner 0:0");
    must_say(&err, "fsGroup");
    err = (struct err){ 0 };
    if (acquire_file(in_scratch(s, "readable"), 0, &err) != -1)
        _exit(4);
    must_say(&err, "readable has mode 0644, owner 0:0");
}

static void test_a_denied_path_says_who_and_whose(void **state)
{
    struct scratch *s = *state;
    assert_int_equal(chmod(s->directory, 0755), 0);
    assert_int_equal(mkdir(in_scratch(s, "denied"), 0755), 0);
    file_put(in_scratch(s, "readable"), SPAN_LIT(""));
    assert_int_equal(chmod(in_scratch(s, "readable"), 0644), 0);
    as_other_user(check_denied, s);
}

static void check_group_writable(const struct scratch *s)
{
    struct err err = { 0 };
    if (acquire_file(in_scratch(s, "shared/visits.log"), 0, &err) == -1)
        _exit(3);
}

static void test_a_volume_of_the_group_is_enough(void **state)
{
    struct scratch *s = *state;
    assert_int_equal(mkdir(in_scratch(s, "shared"), 0755), 0);
    assert_int_equal(chown(in_scratch(s, "shared"), 0, 65532), 0);
    assert_int_equal(chmod(in_scratch(s, "shared"), 02775), 0);
    as_other_user(check_group_writable, s);
}

static void test_a_read_only_file_system(void **state)
{
    struct scratch *s = *state;
    assert_int_equal(mkdir(in_scratch(s, "ro"), 0755), 0);
    assert_int_equal(mount("none", in_scratch(s, "ro"), "tmpfs", MS_RDONLY, "size=64k"), 0);
    struct err err = refusal(in_scratch(s, "ro/visits.log"));
    assert_int_equal(umount(in_scratch(s, "ro")), 0);
    assert_int_equal(err.kind, ERR_DISK);
    assert_says(&err, "EROFS");
}

/* ---- the lock ---- */

static void test_a_second_server_is_refused(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    struct visitlog *log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    assert_null(scratch_try_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS, &err));
    assert_int_equal(err.kind, ERR_HELD);
    char holder[32];
    snprintf(holder, sizeof(holder), "held by process %d,", (int)getpid());
    assert_says(&err, holder);
    /* The first one is not disturbed. */
    uint64_t number;
    assert_int_equal(append_visits(log, 0, 1, &number), VISITLOG_GOOD);
    scratch_close(log);
    log = scratch_open(s, VISITLOG_VISITS, VISITLOG_FSYNC_ALWAYS);
    assert_int_equal(visitlog_count(log), 1);
    scratch_close(log);
}

struct holder {
    int fd;
    int64_t hold_ms;
    const char *path;
    const char *renamed; /* NULL: stays */
};

static void *let_go_later(void *data)
{
    struct holder *h = data;
    nanosleep(&(struct timespec){ .tv_nsec = h->hold_ms * 1000000L }, NULL);
    if (h->renamed)
        assert(rename(h->path, h->renamed) == 0);
    close(h->fd);
    return NULL;
}

static int acquire_while_held(struct scratch *s, const char *renamed)
{
    struct err err = { 0 };
    pthread_t thread;
    struct holder h = { acquire(s->path), 250, s->path, renamed };
    assert_int_equal(pthread_create(&thread, NULL, let_go_later, &h), 0);
    int64_t began_ms = clock_mono_ms();
    int fd = acquire_file(s->path, 20000, &err);
    assert_in_range(clock_mono_ms() - began_ms, 200, 5000);
    pthread_join(thread, NULL);
    assert_string_equal(err.text, "");
    return fd;
}

static void test_the_lock_is_waited_for(void **state)
{
    close(acquire_while_held(*state, NULL));
}

static void test_a_file_renamed_while_we_waited_is_left_alone(void **state)
{
    struct scratch *s = *state;
    char renamed[160];
    struct stat ours;
    struct stat named;
    snprintf(renamed, sizeof(renamed), "%s", in_scratch(s, "log.1"));
    int fd = acquire_while_held(s, renamed);
    assert_int_equal(fstat(fd, &ours), 0);
    assert_int_equal(stat(s->path, &named), 0);
    assert_int_equal(ours.st_ino, named.st_ino);
    close(fd);
}

static void test_waiting_has_an_end(void **state)
{
    struct scratch *s = *state;
    struct err err = { 0 };
    int held = acquire(s->path);
    int64_t began_ms = clock_mono_ms();
    assert_int_equal(acquire_file(s->path, 300, &err), -1);
    assert_in_range(clock_mono_ms() - began_ms, 300, 3000);
    assert_int_equal(err.kind, ERR_HELD);
    assert_says(&err, "after waiting 300 ms");
    close(held);
}

static void test_a_file_system_without_locks(void **state)
{
    struct scratch *s = *state;
    flock_errno = ENOLCK;
    struct err err = refusal(s->path);
    assert_int_equal(err.kind, ERR_FAILED);
    assert_says(&err, "use a file system that has locks");
    flock_errno = EINTR;
    close(acquire(s->path));
    flock_errno = 0;
}

static void test_a_killed_holder_leaves_no_lock(void **state)
{
    struct scratch *s = *state;
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct err err = { 0 };
        int fd = acquire_file(s->path, 0, &err);
        if (fd == -1 || write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    struct err err = { 0 };
    assert_int_equal(acquire_file(s->path, 0, &err), -1);
    char holder[32];
    snprintf(holder, sizeof(holder), "process %d,", (int)child);
    assert_says(&err, holder);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(acquire(s->path));
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_log_and_its_directory_are_created),
        cmocka_unit_test(test_relative_paths),
        cmocka_unit_test(test_a_missing_path_is_not_made_up),
        cmocka_unit_test(test_what_is_no_file_is_refused_at_once),
        cmocka_unit_test(test_a_file_in_the_place_of_the_directory),
        cmocka_unit_test(test_symbolic_links_are_followed),
        cmocka_unit_test(test_a_denied_path_says_who_and_whose),
        cmocka_unit_test(test_a_volume_of_the_group_is_enough),
        cmocka_unit_test(test_a_read_only_file_system),
        cmocka_unit_test(test_a_second_server_is_refused),
        cmocka_unit_test(test_the_lock_is_waited_for),
        cmocka_unit_test(test_a_file_renamed_while_we_waited_is_left_alone),
        cmocka_unit_test(test_waiting_has_an_end),
        cmocka_unit_test(test_a_file_system_without_locks),
        cmocka_unit_test(test_a_killed_holder_leaves_no_lock),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
