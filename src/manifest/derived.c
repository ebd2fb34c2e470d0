#include "base/std.h"

#include "manifest/derived.h"

enum { GRACE_MARGIN_S = 5, LABEL_MAX = 63 };

const char derived_config_key[] = "app.ini";
const char derived_pod_name[] = "POD_NAME";

static struct span or_else(struct span given, struct span standard)
{
    return given.len ? given : standard;
}

static struct span with_suffix(struct arena *a, struct span name, const char *suffix)
{
    return span_of(arena_printf(a, "%.*s%s", SPAN_ARG(name), suffix));
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A version's build metadata ("1.0+5") is no label value: '+' becomes '_', as is usual; what
 * is too long is cut. */
static struct span version_label(struct arena *a, struct span version)
{
    char memory[LABEL_MAX];
    size_t len = min_size(version.len, sizeof(memory));
    for (size_t i = 0; i < len; i++)
        memory[i] = version.ptr[i] == '+' ? '_' : version.ptr[i];
    while (len && len < version.len && !is_alnum(memory[len - 1]))
        len--;
    return arena_copy(a, span_from(memory, len));
}

static struct span image_reference(struct arena *a, const struct profile *p, struct span version)
{
    struct span tag = p->image_tag;
    if (!tag.len && !p->image_digest.len)
        tag = version;
    return span_of(arena_printf(a, "%.*s%s%.*s%s%.*s%s%.*s", SPAN_ARG(p->image_registry),
                                p->image_registry.len ? "/" : "", SPAN_ARG(p->image_repository),
                                tag.len ? ":" : "", SPAN_ARG(tag), p->image_digest.len ? "@" : "",
                                SPAN_ARG(p->image_digest)));
}

bool derived_is_resource_field(struct span path)
{
    return span_starts(path, SPAN_LIT("limits.")) || span_starts(path, SPAN_LIT("requests."));
}

bool derived_has_template(const struct profile *p)
{
    return span_eq_str(profile_choice_word(KEY_storage_mode, p->storage_mode), "template");
}

int64_t derived_address_port(struct span address)
{
    size_t from = address.len;
    uint64_t port;
    while (from && address.ptr[from - 1] != ':')
        from--;
    return span_to_u64(span_from_offset(address, from), &port) && port <= 65535 ? (int64_t)port : 0;
}

bool derived_address_is_loopback(struct span address)
{
    return span_starts(address, SPAN_LIT("127.")) || span_starts(address, SPAN_LIT("[::1]")) ||
           span_starts(address, SPAN_LIT("localhost:"));
}

static bool has_port(const struct derived *d, int64_t number)
{
    for (size_t i = 0; i < d->port_count; i++) {
        if (d->ports[i].number == number)
            return true;
    }
    return false;
}

static void add_port(struct derived *d, const char *name, struct span address)
{
    int64_t number = derived_address_port(address);
    if (number == 0 || derived_address_is_loopback(address) || has_port(d, number) ||
        d->port_count == DERIVED_PORTS_MAX)
        return;
    d->ports[d->port_count++] = (struct derived_port){ name, number };
}

static void find_ports(struct arena *a, const struct profile *p, struct derived *d)
{
    struct span rest = p->serve_http;
    struct span address;
    while (profile_list_next(&rest, &address)) {
        size_t before = d->port_count;
        add_port(d, before == 0 ? "http" : arena_printf(a, "http-%zu", before + 1), address);
    }
    add_port(d, "admin", p->serve_admin);
    d->probe_port =
        or_else(p->probes_port, p->serve_admin.len ? SPAN_LIT("admin") : SPAN_LIT("http"));
}

/* The directory of log.file, from the working directory /, without slashes at its end. */
static struct span volume_path(struct arena *a, struct span file)
{
    size_t len = file.len;
    while (len && file.ptr[len - 1] != '/')
        len--;
    while (len && file.ptr[len - 1] == '/')
        len--;
    bool absolute = file.len && file.ptr[0] == '/';
    return span_of(arena_printf(a, "%s%.*s", absolute ? "" : "/", (int)len, len ? file.ptr : ""));
}

static int64_t grace_s(const struct profile *p)
{
    int64_t needed_ms = p->workload_pre_stop + p->serve_drain + p->serve_finish;
    return p->workload_grace ? p->workload_grace / 1000 : (needed_ms + 999) / 1000 + GRACE_MARGIN_S;
}

static struct span config_text(struct arena *a, const struct profile *p)
{
    void *memory = arena_alloc(a, DERIVED_CONFIG_BYTES_MAX);
    struct buf b = buf_on(memory, memory ? DERIVED_CONFIG_BYTES_MAX : 0);
    profile_print_server(p, &b);
    if (b.overflow)
        buf_reset(&b);
    return buf_span(&b);
}

void derived_from(struct arena *a, const struct profile *p, struct derived *d)
{
    *d = (struct derived){ 0 };
    d->name = or_else(p->app_instance, p->app_name);
    d->headless = with_suffix(a, d->name, "-headless");
    d->service = or_else(p->service_name, d->name);
    d->service_account =
        or_else(p->service_account_name, p->service_account_create ? d->name : SPAN_LIT("default"));
    d->config = or_else(p->config_name, with_suffix(a, d->name, "-config"));
    d->config = or_else(p->config_existing, d->config);
    d->secret = or_else(p->secrets_name, with_suffix(a, d->name, "-secret"));
    d->secret = or_else(p->secrets_existing, d->secret);
    d->test = with_suffix(a, d->name, "-test-connection");
    d->claim = or_else(
        p->storage_claim,
        span_of(arena_printf(a, "%.*s-%.*s", SPAN_ARG(p->storage_name), SPAN_ARG(d->name))));
    d->certificate_secret = or_else(p->certificate_secret, with_suffix(a, d->name, "-tls"));
    if (p->certificate_create && p->ingress_hosts.len)
        d->ingress_secret = d->certificate_secret;
    d->ingress_secret = or_else(p->ingress_tls_secret, d->ingress_secret);
    d->version = version_label(a, or_else(p->app_version, SPAN_LIT(APP_VERSION)));
    d->image = image_reference(a, p, d->version);
    d->config_file =
        span_of(arena_printf(a, "%.*s/%s", SPAN_ARG(p->config_path), derived_config_key));
    d->config_text = config_text(a, p);
    d->volume_path = volume_path(a, p->log_file);
    d->grace_s = grace_s(p);
    find_ports(a, p, d);
}

struct span derived_base_name(struct span path)
{
    size_t from = path.len;
    while (from && path.ptr[from - 1] != '/')
        from--;
    return span_from_offset(path, from);
}

bool derived_file_is_in_config(const struct profile *p, struct span path)
{
    struct span name = derived_base_name(path);
    size_t directory = path.len - name.len;
    return directory == p->config_path.len + 1 && span_starts(path, p->config_path);
}
