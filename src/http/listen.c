#include "base/std.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/diag.h"
#include "http/internal.h"

enum { BACKLOG = 4096, ADDRESS_MAX = 272, DIAG_INTERVAL_MS = 10000 };

/* ---- addresses ---- */

struct address {
    struct sockaddr_storage name;
    socklen_t len;
};

/* Cuts "host:port" or "[host]:port" into its parts, in place. */
static bool split_address(char *text, char **host, char **port)
{
    char *colon = strrchr(text, ':');
    if (!colon)
        return false;
    *colon = '\0';
    *host = text;
    *port = colon + 1;
    size_t len = strlen(text);
    if (text[0] == '[' && len > 2 && text[len - 1] == ']') {
        text[len - 1] = '\0';
        *host = text + 1;
    }
    return true;
}

static bool resolve(const char *text, struct address *address, struct err *err)
{
    char memory[ADDRESS_MAX];
    char *host;
    char *port;
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    struct addrinfo *found;
    struct buf b = BUF_OF(memory);
    buf_add_str(&b, text);
    if (!buf_cstr(&b) || !split_address(memory, &host, &port)) {
        err_set(err, ERR_REQUEST, "'%s' is not an address; write host:port or :port", text);
        return false;
    }
    int failure = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
    if (failure) {
        err_set(err, ERR_REQUEST, "cannot listen on %s: %s", text, gai_strerror(failure));
        return false;
    }
    memcpy(&address->name, found->ai_addr, found->ai_addrlen);
    address->len = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

/* ":port": IPv6, which takes IPv4 as well, or IPv4 alone where there is no IPv6. */
static void every_address(struct address *address, bool v6, unsigned port)
{
    struct sockaddr_in6 *six = (void *)&address->name;
    struct sockaddr_in *four = (void *)&address->name;
    memset(&address->name, 0, sizeof(address->name));
    if (v6) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        address->len = sizeof(*six);
    } else {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)port);
        address->len = sizeof(*four);
    }
}

static unsigned port_of(const struct sockaddr_storage *name)
{
    const struct sockaddr_in6 *six = (const void *)name;
    const struct sockaddr_in *four = (const void *)name;
    return ntohs(name->ss_family == AF_INET6 ? six->sin6_port : four->sin_port);
}

/* ---- sockets ---- */

static bool set_option(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

/* A bound socket, or -1 with errno set. */
static int bind_socket(const struct address *address, bool shared, bool dual)
{
    int fd = socket(address->name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1)
        return -1;
    bool good =
        set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
        (!shared || set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1)) &&
        (address->name.ss_family != AF_INET6 || set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !dual)) &&
        bind(fd, (const struct sockaddr *)&address->name, address->len) == 0;
    if (good)
        return fd;
    int cause = errno;
    close(fd);
    errno = cause;
    return -1;
}

static bool explain_bind(const char *text, int cause, struct err *err)
{
    const char *advice = "";
    if (cause == EADDRINUSE)
        advice = "; another program listens there: end it, or choose another port";
    else if (cause == EACCES)
        advice = "; ports below 1024 need a privilege: choose a higher one";
    else if (cause == EADDRNOTAVAIL)
        advice = "; this machine has no such address";
    return err_set(err, ERR_FAILED, "cannot listen on %s: %s, %s%s", text, err_errno_name(cause),
                   strerror(cause), advice);
}

/*
 * Finds out whether the address is free, and which port ":0" becomes. Sockets that share a port
 * would let a second server of the same user take half of our connections without a word, so
 * the address is first bound by a socket that shares it with nobody.
 */
static bool probe(const char *text, struct address *address, bool *dual, struct err *err)
{
    if (!resolve(text, address, err))
        return false;
    *dual = text[0] == ':';
    unsigned port = port_of(&address->name);
    if (*dual)
        every_address(address, true, port);
    int fd = bind_socket(address, false, *dual);
    bool no_v6 = fd == -1 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
    if (*dual && no_v6) {
        every_address(address, false, port);
        fd = bind_socket(address, false, false);
    }
    if (fd == -1)
        return explain_bind(text, errno, err);
    getsockname(fd, (struct sockaddr *)&address->name, &address->len);
    close(fd);
    return true;
}

static bool open_for_worker(struct worker *w, size_t i, const struct address *address, bool dual,
                            struct err *err)
{
    const char *text = w->server->config.listen[i];
    int fd = bind_socket(address, true, dual);
    if (fd == -1)
        return explain_bind(text, errno, err);
    w->listeners[i].fd = fd;
    if (listen(fd, BACKLOG) != 0)
        return explain_bind(text, errno, err);
    /* Accepted sockets inherit it, which saves a call for each. */
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    loop_watch(w, fd, EPOLLIN, LOOP_LISTENER + (uint32_t)i);
    w->listeners[i].watched = true;
    return true;
}

bool listen_open(struct http_server *server, struct err *err)
{
    const struct http_config *config = &server->config;
    for (size_t i = 0; i < config->listen_count; i++) {
        struct address address = { 0 };
        bool dual;
        if (!probe(config->listen[i], &address, &dual, err))
            return false;
        server->ports[i] = port_of(&address.name);
        for (unsigned n = 0; n < config->workers; n++) {
            if (!open_for_worker(&server->workers[n], i, &address, dual, err))
                return false;
        }
    }
    return true;
}

/* ---- accepting ---- */

/* Connections wait in the backlog until there is room again. */
static void pause_accepting(struct worker *w)
{
    for (size_t i = 0; i < w->server->config.listen_count; i++) {
        if (w->listeners[i].watched)
            epoll_ctl(w->epoll, EPOLL_CTL_DEL, w->listeners[i].fd, NULL);
        w->listeners[i].watched = false;
    }
    w->resume_ms = w->now_ms + PAUSE_MS;
}

static void tell_exhausted(const struct worker *w, int cause)
{
    static struct diag_limit limit;
    int64_t suppressed;
    struct rlimit files = { 0 };
    if (!diag_allow(&limit, DIAG_INTERVAL_MS, &suppressed))
        return;
    getrlimit(RLIMIT_NOFILE, &files);
    diag(DIAG_WARN, "cannot accept connections; they wait until others close",
         diag_str("server", w->server->config.name), diag_str("error", err_errno_name(cause)),
         diag_num("descriptors_limit", (int64_t)files.rlim_cur),
         diag_str("advice", "raise the limit of open files, or lower serve.connections"),
         diag_num("suppressed", suppressed));
}

static void tell_full(const struct worker *w)
{
    static struct diag_limit limit;
    int64_t suppressed;
    if (diag_allow(&limit, DIAG_INTERVAL_MS, &suppressed))
        diag(DIAG_WARN, "as many connections are open as may be; others wait",
             diag_str("server", w->server->config.name),
             diag_num("connections", w->server->config.connections_max),
             diag_num("suppressed", suppressed));
}

static bool has_room(struct http_server *server)
{
    int64_t open = atomic_fetch_add_explicit(&server->open, 1, memory_order_relaxed);
    if (open < (int64_t)server->config.connections_max)
        return true;
    atomic_fetch_sub_explicit(&server->open, 1, memory_order_relaxed);
    return false;
}

/* Whoever else could claim to be anybody (proxy-protocol.txt, section 4). */
static bool is_proxy(const struct http_config *config, const struct sockaddr_storage *peer)
{
    struct network_address address;
    if (!network_of_peer(peer, &address))
        return false;
    for (size_t i = 0; i < config->proxy_count; i++) {
        if (network_holds(&config->proxies[i], &address))
            return true;
    }
    return false;
}

/* One connection: false when there is none, or no room for one. */
static bool accept_one(struct worker *w, const struct listener *listener)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof(peer);
    if (!has_room(w->server)) {
        tell_full(w);
        pause_accepting(w);
        return false;
    }
    int fd = accept4(listener->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    int cause = errno;
    if (fd != -1 && w->server->config.proxy_protocol && !is_proxy(&w->server->config, &peer)) {
        atomic_fetch_sub_explicit(&w->server->open, 1, memory_order_relaxed);
        close(fd);
        return true;
    }
    if (fd != -1 && conn_open(w, fd, &peer)) {
        atomic_fetch_add_explicit(&w->accepted, 1, memory_order_relaxed);
        return true;
    }
    atomic_fetch_sub_explicit(&w->server->open, 1, memory_order_relaxed);
    if (fd != -1) {
        close(fd);
        return false;
    }
    if (cause == EMFILE || cause == ENFILE || cause == ENOMEM || cause == ENOBUFS) {
        tell_exhausted(w, cause);
        pause_accepting(w);
        return false;
    }
    /* The others are about one connection that is gone already (accept(2), "Error handling"). */
    return cause != EAGAIN && cause != EWOULDBLOCK;
}

void listen_accept(struct worker *w, struct listener *listener, bool drain)
{
    for (int n = 0; (drain || n < ACCEPTS_MAX) && accept_one(w, listener); n++)
        ;
}

void listen_resume(struct worker *w)
{
    if (w->resume_ms == 0 || w->now_ms < w->resume_ms || w->stopping)
        return;
    w->resume_ms = 0;
    for (size_t i = 0; i < w->server->config.listen_count; i++) {
        if (!w->listeners[i].watched)
            loop_watch(w, w->listeners[i].fd, EPOLLIN, LOOP_LISTENER + (uint32_t)i);
        w->listeners[i].watched = true;
    }
}

void listen_close(struct worker *w)
{
    for (size_t i = 0; i < w->server->config.listen_count; i++) {
        if (w->listeners[i].fd == NONE)
            continue;
        listen_accept(w, &w->listeners[i], true);
        close(w->listeners[i].fd);
        w->listeners[i] = (struct listener){ .fd = NONE };
    }
}
