#include "base/std.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/diag.h"
#include "cmd/cmd.h"
#include "http/http.h"
#include "site/site.h"
#include "visitlog/visitlog.h"

/*
 * The order of things. Start: the log is opened and recovered before anything listens, so a
 * probe that is answered at all is answered by a server that can count. End: connections are
 * still taken for `drain`, then requests in flight finish, then the log is committed; the
 * admin listener goes last. When the disk fails, the process ends within a second (status 74)
 * and does not wait for threads that may hang in the kernel.
 */

enum {
    POD_NAME_MAX = 253,          /* a DNS subdomain, as Kubernetes names pods */
    SERVE_ARENA_BYTES = 1 << 30, /* address space for tables; only what is used is resident */
    DAY_MS = 86400000,
    TICK_MS = 1000,
    FAILURE_ANSWERS_MS = 300, /* for the 503s of those who wait, before a failed disk ends us */
    ADMIN_CONNECTIONS_MAX = 256,
    ADMIN_BUFFERS_BYTES = 256 << 10,
};

/* Told by a worker's thread, read by the main one. */
static _Atomic bool disk_failed;

struct server {
    struct arena arena;
    struct profile profile;
    char pod[POD_NAME_MAX + 1];
    struct visitlog *log;
    const struct network *proxies;
    size_t proxy_count;
    struct site *site;
    struct http_server *http;
    struct http_server *admin; /* NULL when health is on the public listeners */
    unsigned workers;
    pthread_t ticker;
    pthread_mutex_t tick_lock;
    pthread_cond_t tick_stop;
    bool ticking;
};

static void on_disk_failure(void *data)
{
    (void)data;
    disk_failed = true;
    kill(getpid(), SIGUSR2);
}

/* Signals are taken one at a time by the main thread; every other thread has them blocked. */
static sigset_t block_signals(void)
{
    static const int taken[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR2 };
    static const int ignored[] = { SIGPIPE, SIGXFSZ, SIGCHLD };
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < countof(taken); i++)
        sigaddset(&set, taken[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    /* SIGCHLD is ignored so that, as PID 1, what an exec leaves behind is no zombie. */
    for (size_t i = 0; i < countof(ignored); i++)
        sigaction(ignored[i], &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    return set;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* The downward API's POD_NAME, else the host name (which is the pod's, too). */
static bool find_pod_name(struct server *s, struct err *err)
{
    const char *given = getenv("POD_NAME");
    struct buf b = BUF_OF(s->pod);
    if (given && given[0]) {
        buf_add_str(&b, given);
    } else {
        char host[HOST_NAME_MAX + 1];
        if (gethostname(host, sizeof(host)) != 0)
            return err_set_os(err, ERR_FAILED, "cannot read the host name");
        buf_add_str(&b, host);
    }
    if (!buf_cstr(&b))
        return err_set(err, ERR_REQUEST, "POD_NAME is longer than %d bytes", POD_NAME_MAX);
    return true;
}

static void configure_process(const struct profile *p)
{
    diag_configure((enum diag_format)p->diagnostics_format, (enum diag_level)p->diagnostics_level);
    setenv("TZ", p->log_timezone.ptr, 1);
    tzset();
    raise_descriptor_limit();
}

/* A signal's handler: nothing is acknowledged yet, so there is nothing to finish. */
static void end_before_serving(int number)
{
    (void)number;
    _exit(0);
}

/* While the log is opened, which may mean waiting for another server's lock or reading a large
 * file, being told to end is obeyed at once; as PID 1, too, which has no default actions. */
static void let_signals_end_us(bool allowed)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (allowed) {
        struct sigaction action = { .sa_handler = end_before_serving };
        sigaction(SIGTERM, &action, NULL);
        sigaction(SIGINT, &action, NULL);
    }
    sigprocmask(allowed ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

static bool open_log(struct server *s, struct err *err)
{
    const struct profile *p = &s->profile;
    struct visitlog_config config = {
        .path = p->log_file.ptr,
        .format = (enum visitlog_format)p->log_format,
        .template = p->log_template.ptr,
        .fsync = (enum visitlog_fsync)p->log_fsync,
        .pod = s->pod,
        .lock_wait_ms = p->log_lock_wait,
        .low_percent = (unsigned)p->log_low_space,
        .keep_index = true,
        .rotate_bytes = p->log_rotate_size,
        .rotate_ms = p->log_rotate_every,
        .keep_segments = (uint64_t)p->log_keep,
        .keep_bytes = p->log_keep_bytes,
        .keep_ms = p->log_keep_days * DAY_MS,
        .on_failure = on_disk_failure,
    };
    let_signals_end_us(true);
    s->log = visitlog_open(&s->arena, &config, err);
    let_signals_end_us(false);
    return s->log != NULL;
}

static bool open_site(struct server *s, struct err *err)
{
    const struct profile *p = &s->profile;
    struct site_config config = {
        .address = (enum site_address)p->log_address,
        .respect_gpc = p->log_respect_gpc,
        .forwarded = (enum site_forwarded)p->serve_forwarded,
        .log = s->log,
        .pod = s->pod,
        .has_admin = p->serve_admin.len > 0,
        .client_in_log = p->log_format >= VISITLOG_COMBINED,
    };
    s->proxy_count = profile_networks(&s->arena, p->serve_trusted_proxies, &s->proxies);
    config.trusted = s->proxies;
    config.trusted_count = s->proxy_count;
    s->site = site_open(&s->arena, &config);
    return s->site || err_set(err, ERR_FAILED, "out of memory for the site");
}

/* Gives each worker its data and opens the server. */
static struct http_server *open_http(struct server *s, struct http_config *config, struct err *err)
{
    const struct profile *p = &s->profile;
    config->app = &site_app;
    config->body_bytes_max = p->serve_body_max;
    config->head_timeout_ms = p->serve_head_timeout;
    config->body_timeout_ms = p->serve_body_timeout;
    config->idle_timeout_ms = p->serve_idle_timeout;
    config->write_timeout_ms = p->serve_write_timeout;
    bool admin = strcmp(config->name, "admin") == 0;
    for (unsigned i = 0; i < config->workers; i++) {
        config->data[i] = site_worker_open(&s->arena, s->site, admin);
        if (!config->data[i]) {
            err_set(err, ERR_FAILED, "out of memory for %u workers", config->workers);
            return NULL;
        }
    }
    return http_server_open(&s->arena, config, err);
}

static bool open_public(struct server *s, struct err *err)
{
    struct http_config config = {
        .name = "http",
        .workers = s->workers,
        .connections_max = (unsigned)s->profile.serve_connections,
        .buffer_bytes_max = s->profile.serve_buffers,
        .proxy_protocol = s->profile.serve_proxy_protocol,
        .proxies = s->proxies,
        .proxy_count = s->proxy_count,
    };
    struct span rest = s->profile.serve_http;
    struct span address;
    while (profile_list_next(&rest, &address)) {
        if (config.listen_count == countof(config.listen))
            return err_set(err, ERR_REQUEST, "serve.http has more than %d addresses",
                           HTTP_LISTENERS_MAX);
        config.listen[config.listen_count++] = arena_copy(&s->arena, address).ptr;
    }
    s->http = open_http(s, &config, err);
    return s->http != NULL;
}

static bool open_admin(struct server *s, struct err *err)
{
    if (s->profile.serve_admin.len == 0)
        return true;
    struct http_config config = {
        .name = "admin",
        .listen = { s->profile.serve_admin.ptr },
        .listen_count = 1,
        .workers = 1,
        .connections_max = ADMIN_CONNECTIONS_MAX,
        .buffer_bytes_max = ADMIN_BUFFERS_BYTES,
    };
    s->admin = open_http(s, &config, err);
    return s->admin != NULL;
}

/* The thread that may wait for the disk so that nobody else has to. */
static void *tick(void *data)
{
    struct server *s = data;
    pthread_mutex_lock(&s->tick_lock);
    while (s->ticking) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += TICK_MS / 1000;
        pthread_cond_timedwait(&s->tick_stop, &s->tick_lock, &until);
        if (!s->ticking)
            break;
        pthread_mutex_unlock(&s->tick_lock);
        visitlog_tick(s->log);
        pthread_mutex_lock(&s->tick_lock);
    }
    pthread_mutex_unlock(&s->tick_lock);
    return NULL;
}

static bool start_ticking(struct server *s, struct err *err)
{
    pthread_mutex_init(&s->tick_lock, NULL);
    pthread_cond_init(&s->tick_stop, NULL);
    s->ticking = true;
    int failure = pthread_create(&s->ticker, NULL, tick, s);
    if (failure) {
        s->ticking = false;
        errno = failure;
        return err_set_os(err, ERR_FAILED, "cannot start the log's thread");
    }
    return true;
}

static void stop_ticking(struct server *s)
{
    pthread_mutex_lock(&s->tick_lock);
    s->ticking = false;
    pthread_cond_signal(&s->tick_stop);
    pthread_mutex_unlock(&s->tick_lock);
    pthread_join(s->ticker, NULL);
}

static bool start(struct server *s, struct err *err)
{
    s->workers = s->profile.serve_workers ? (unsigned)s->profile.serve_workers : cpu_count();
    if (s->workers > HTTP_WORKERS_MAX)
        s->workers = HTTP_WORKERS_MAX;
    if (!find_pod_name(s, err) || !open_log(s, err) || !open_site(s, err) || !open_public(s, err) ||
        !open_admin(s, err))
        return false;
    site_watch(s->site, s->http);
    return start_ticking(s, err) && http_server_start(s->http, err) &&
           (!s->admin || http_server_start(s->admin, err));
}

static void tell_listening(const struct server *s)
{
    const struct profile *p = &s->profile;
    diag(DIAG_INFO, "listening", diag_span("http", p->serve_http),
         diag_num("port", http_server_port(s->http, 0)), diag_span("admin", p->serve_admin),
         diag_num("admin_port", s->admin ? http_server_port(s->admin, 0) : 0),
         diag_num("workers", s->workers), diag_str("pod", s->pod), diag_span("log", p->log_file),
         diag_span("format", profile_choice_word(KEY_log_format, p->log_format)),
         diag_span("fsync", profile_choice_word(KEY_log_fsync, p->log_fsync)),
         diag_num("visits", (int64_t)visitlog_count(s->log)));
}

static void reopen(struct server *s)
{
    struct err err = { 0 };
    bool good = visitlog_reopen(s->log, &err);
    diag(good ? DIAG_INFO : DIAG_ERROR, good ? "log reopened" : "log not reopened",
         diag_span("log", s->profile.log_file), diag_str("error", err.text));
}

/* Ends the process when the disk has failed: nothing may wait for it any more. */
static void end_if_failed(struct server *s)
{
    if (!disk_failed)
        return;
    struct visitlog_status status = visitlog_status(s->log);
    diag(DIAG_ERROR, "the disk failed; ending so that nothing is acknowledged in vain",
         diag_span("log", s->profile.log_file), diag_str("error", status.reason),
         diag_num("status", ERR_DISK));
    nanosleep(&(struct timespec){ .tv_nsec = FAILURE_ANSWERS_MS * 1000000L }, NULL);
    _exit(ERR_DISK);
}

/* Waits for a signal that ends or disturbs the wait; 0 after timeout_ms (-1 is for ever). */
static int next_signal(struct server *s, const sigset_t *set, int64_t timeout_ms)
{
    struct timespec timeout = { .tv_sec = timeout_ms / 1000,
                                .tv_nsec = timeout_ms % 1000 * 1000000 };
    int got = timeout_ms < 0 ? sigwaitinfo(set, NULL) : sigtimedwait(set, NULL, &timeout);
    end_if_failed(s);
    return got == -1 ? 0 : got;
}

static void serve_until_told(struct server *s, const sigset_t *set)
{
    for (;;) {
        int got = next_signal(s, set, -1);
        if (got == SIGHUP)
            reopen(s);
        if (got == SIGTERM || got == SIGINT)
            return;
    }
}

/* Goes on taking connections for `drain`, or until told again. False: told again. */
static bool drain(struct server *s, const sigset_t *set)
{
    int64_t until = clock_mono_ms() + s->profile.serve_drain;
    int64_t left = s->profile.serve_drain;
    http_server_drain(s->http);
    diag(DIAG_INFO, "draining; a second signal ends it at once", diag_num("drain_ms", left));
    while (left > 0) {
        int got = next_signal(s, set, left);
        if (got == SIGTERM || got == SIGINT)
            return false;
        left = until - clock_mono_ms();
    }
    return true;
}

static int stop(struct server *s, bool in_a_hurry)
{
    struct err err = { 0 };
    http_server_stop(s->http, in_a_hurry ? 0 : s->profile.serve_finish);
    stop_ticking(s);
    if (s->admin)
        http_server_stop(s->admin, 0);
    uint64_t visits = visitlog_count(s->log);
    if (!visitlog_close(s->log, &err)) {
        diag(DIAG_ERROR, "log not committed", diag_str("error", err.text));
        return (int)err.kind;
    }
    diag(DIAG_INFO, "stopped", diag_num("visits", (int64_t)visits));
    return 0;
}

static int run(struct server *s, const sigset_t *set)
{
    struct err err = { 0 };
    configure_process(&s->profile);
    if (!start(s, &err)) {
        diag(DIAG_ERROR, "cannot serve", diag_str("error", err.text));
        return (int)err.kind;
    }
    tell_listening(s);
    serve_until_told(s, set);
    return stop(s, !drain(s, set));
}

int cmd_serve(int argc, char **argv)
{
    static struct server server;
    struct profile_sources sources = { 0 };
    struct err err = { 0 };
    int status;
    if (!cmd_sources_only(argc, argv, &sources, &status))
        return status;
    sigset_t set = block_signals();
    if (!arena_init(&server.arena, SERVE_ARENA_BYTES, &err))
        return cmd_fail(&err);
    if (!cmd_profile_load(&server.arena, &sources, &server.profile))
        return ERR_REQUEST;
    return run(&server, &set);
}
