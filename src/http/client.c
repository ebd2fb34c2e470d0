#include "base/std.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "http/answer.h"
#include "http/client.h"
#include "http/host.h"

static bool bad_url(struct err *err, const char *text)
{
    return err_set(err, ERR_REQUEST, "'%.200s' is not a URL such as http://host:8080/path", text);
}

/* host[:port] into its two parts; host_valid has taken it. */
static void split_authority(struct client_url *url, struct span authority)
{
    struct buf host = BUF_OF(url->host);
    struct buf port = BUF_OF(url->port);
    struct span rest = authority;
    struct span name;
    if (authority.ptr[0] == '[') {
        rest = span_from_offset(authority, 1);
        span_split(&rest, ']', &name);
        rest = span_from_offset(rest, 1);
    } else {
        span_split(&rest, ':', &name);
    }
    buf_add_span(&host, name);
    buf_add_span(&port, rest.len ? rest : SPAN_LIT("80"));
    if (!buf_cstr(&host) || !buf_cstr(&port))
        url->host[0] = '\0';
}

bool client_url_parse(struct client_url *url, const char *text, struct err *err)
{
    static const struct span scheme = SPAN_LIT("http://");
    struct span rest = span_of(text);
    size_t end = 0;
    *url = (struct client_url){ 0 };
    if (span_starts(rest, SPAN_LIT("https://")))
        return err_set(err, ERR_REQUEST, "https is not spoken here yet; ask by http://");
    if (!span_starts(rest, scheme))
        return bad_url(err, text);
    rest = span_from_offset(rest, scheme.len);
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?')
        end++;
    url->authority = span_from(rest.ptr, end);
    url->target = span_from_offset(rest, end);
    for (size_t i = 0; i < url->target.len; i++) {
        if (url->target.ptr[i] <= ' ' || url->target.ptr[i] >= 0x7f || url->target.ptr[i] == '#')
            return bad_url(err, text);
    }
    if (!end || !host_valid(url->authority))
        return bad_url(err, text);
    split_authority(url, url->authority);
    return url->host[0] || bad_url(err, text);
}

static bool wait_for(int fd, short events, int64_t deadline_ms)
{
    struct pollfd p = { .fd = fd, .events = events };
    for (;;) {
        int64_t left = deadline_ms - clock_mono_ms();
        int n = left > 0 ? poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left) : 0;
        if (n > 0)
            return true;
        if (n == 0) {
            errno = ETIMEDOUT;
            return false;
        }
        if (errno != EINTR)
            return false;
    }
}

static void name_peer(const struct addrinfo *address, char *text, size_t room)
{
    char host[46];
    char port[6];
    if (getnameinfo(address->ai_addr, address->ai_addrlen, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        snprintf(text, room, "an unknown address");
    else
        snprintf(text, room, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

static int connect_to(const struct addrinfo *address, int64_t deadline_ms)
{
    int reason = 0;
    socklen_t size = sizeof(reason);
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1)
        return -1;
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return fd;
    if (errno == EINPROGRESS && wait_for(fd, POLLOUT, deadline_ms)) {
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &size);
        if (reason == 0)
            return fd;
        errno = reason;
    }
    reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

/* When to give an address up, so that one that is silent leaves time for those behind it. */
static int64_t share_of(const struct addrinfo *address, int64_t deadline_ms)
{
    int64_t now_ms = clock_mono_ms();
    int64_t count = 0;
    for (const struct addrinfo *a = address; a; a = a->ai_next)
        count++;
    return now_ms + (deadline_ms - now_ms) / count;
}

static int connect_any(const struct client_url *url, int64_t deadline_ms,
                       struct client_answer *answer, struct err *err)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *list;
    int fd = -1;
    int failed = getaddrinfo(url->host, url->port, &hints, &list);
    if (failed) {
        err_set(err, ERR_FAILED, "%s: %s", url->host, gai_strerror(failed));
        return -1;
    }
    for (const struct addrinfo *a = list; a && fd == -1; a = a->ai_next) {
        name_peer(a, answer->peer, sizeof(answer->peer));
        fd = connect_to(a, share_of(a, deadline_ms));
    }
    if (fd == -1)
        err_set_os(err, ERR_FAILED, "cannot connect to %s", answer->peer);
    freeaddrinfo(list);
    return fd;
}

static bool send_all(int fd, struct span bytes, int64_t deadline_ms)
{
    while (bytes.len) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n >= 0)
            bytes = span_from_offset(bytes, (size_t)n);
        else if (errno != EINTR && (errno != EAGAIN || !wait_for(fd, POLLOUT, deadline_ms)))
            return false;
    }
    return true;
}

static bool send_request(int fd, const struct client_url *url, int64_t deadline_ms)
{
    char memory[10 << 10];
    struct buf b = BUF_OF(memory);
    bool rooted = url->target.len && url->target.ptr[0] == '/';
    buf_printf(&b,
               "GET %s%.*s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: app-probe/" APP_VERSION
               "\r\nAccept: */*\r\nConnection: close\r\n\r\n",
               rooted ? "" : "/", SPAN_ARG(url->target), SPAN_ARG(url->authority));
    if (b.overflow) {
        errno = E2BIG;
        return false;
    }
    return send_all(fd, buf_span(&b), deadline_ms);
}

static bool receive(int fd, int64_t deadline_ms, struct client_answer *answer, struct err *err)
{
    char memory[ANSWER_HEAD_MAX];
    size_t len = 0;
    struct answer head;
    ptrdiff_t taken = 0;
    while (taken == 0) {
        ssize_t n = recv(fd, memory + len, sizeof(memory) - len, 0);
        if (n == 0)
            return err_set(err, ERR_FAILED, "%s closed the connection %s", answer->peer,
                           len ? "in the middle of its answer" : "without an answer");
        if (n > 0) {
            len += (size_t)n;
            taken = answer_parse(&head, span_from(memory, len));
        } else if (errno != EINTR && (errno != EAGAIN || !wait_for(fd, POLLIN, deadline_ms))) {
            return err_set_os(err, ERR_FAILED, "no answer from %s", answer->peer);
        }
    }
    if (taken < 0)
        return err_set(err, ERR_FAILED, "what %s answers is not HTTP/1", answer->peer);
    answer->status = head.status;
    snprintf(answer->reason, sizeof(answer->reason), "%.*s", SPAN_ARG(head.reason));
    return true;
}

bool client_get(const struct client_url *url, int64_t timeout_ms, struct client_answer *answer,
                struct err *err)
{
    int64_t deadline_ms = clock_mono_ms() + timeout_ms;
    *answer = (struct client_answer){ 0 };
    int fd = connect_any(url, deadline_ms, answer, err);
    if (fd == -1)
        return false;
    bool good = send_request(fd, url, deadline_ms)
                    ? receive(fd, deadline_ms, answer, err)
                    : err_set_os(err, ERR_FAILED, "cannot send to %s", answer->peer);
    close(fd);
    return good;
}
