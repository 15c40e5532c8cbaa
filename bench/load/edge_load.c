/*
 * Load for an edge over loopback, in C so that it leaves the cores to what is measured.
 *
 *   edge_load flv    [options] HOST:PORT PATH   N endless GETs, bytes dropped in the kernel
 *   edge_load reload [options] HOST:PORT PATH   N players that hold blocking playlist reloads
 *
 *   -n viewers   -r connections a second   -w warm-up s   -t measured s   -p pid,pid,...
 *   -k path      flv: a request for it every 20 ms on a connection of its own
 *   -o HOST:PORT -s secret                 reload: one more player asks the origin itself; a
 *                                          viewer's lag is its answer minus that player's
 *   -S n         spread the viewers over n loopback source addresses
 *
 * Prints one line of JSON. CPU is that of the given processes in the measured time, memory the
 * difference of their resident sets from before the first viewer.
 */
#define _GNU_SOURCE
#include "load.h"

enum { CONNECTING, HEAD, BODY, GONE };
enum { HEAD_MAX = 16384 };

struct viewer {
  int fd, state;
  double last, sent;
  uint64_t bytes;      /* in the measured time */
  unsigned stalls;
  char *text;          /* head, or a whole playlist answer */
  int used;
  long msn, part;      /* what is asked for */
};

struct sample { long key; double at; };
struct samples { struct sample *all; size_t used, size; };

static struct sockaddr_in target, origin;
static char host[160], origin_host[160], path[512], secret[600], probe_path[256];
static int viewers = 100, sources = 1, reload, has_origin;
static double rate = 1000, warm = 3, measure = 8;
static int poller;
static struct viewer *all, probe, direct;
static int measuring;
static unsigned long failed, closed;
static double *probes;
static size_t probe_count, probe_size;
static struct samples lags, truth;

/* Work of the network stack that is charged to no process. */
static double softirq_seconds(void) {
  unsigned long v[7];
  FILE *file = fopen("/proc/stat", "r");
  if (!file) return 0;
  int n = fscanf(file, "cpu %lu %lu %lu %lu %lu %lu %lu", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6);
  fclose(file);
  return n == 7 ? (double)(v[5] + v[6]) / sysconf(_SC_CLK_TCK) : 0;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double percentile(double *values, size_t count, double share) {
  return count ? values[(size_t)(share * (count - 1) + 0.5)] : -1;
}

static void keep(struct samples *to, long key, double at) {
  if (to->used == to->size) {
    to->size = to->size ? to->size * 2 : 4096;
    to->all = realloc(to->all, to->size * sizeof *to->all);
    if (!to->all) die("realloc");
  }
  to->all[to->used++] = (struct sample){ key, at };
}

static void gone(struct viewer *v) {
  if (v->fd >= 0) close(v->fd);
  v->fd = -1;
  v->state = GONE;
  free(v->text);
  v->text = NULL;
}

static void dial(struct viewer *v, int index) {
  const struct sockaddr_in *to = v == &direct ? &origin : &target;
  v->fd = dial_from(to, index, sources);
  v->state = CONNECTING;
  v->msn = -1;
  if (v->fd < 0) { failed++; gone(v); return; }
  struct epoll_event event = { .events = EPOLLOUT, .data.ptr = v };
  epoll_ctl(poller, EPOLL_CTL_ADD, v->fd, &event);
}

static void ask(struct viewer *v) {
  char text[2048], query[96] = "", auth[700] = "";
  const char *where = v == &probe ? probe_path : path;
  if (v->msn >= 0) snprintf(query, sizeof query, "?_HLS_msn=%ld&_HLS_part=%ld", v->msn, v->part);
  if (v == &direct) snprintf(auth, sizeof auth, "Authorization: Bearer %s\r\n", secret);
  int size = snprintf(text, sizeof text, "GET %s%s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n%s\r\n", where, query,
                      v == &direct ? origin_host : host, auth);
  v->used = 0;
  v->state = HEAD;
  v->sent = now();
  if (!v->text && !(v->text = malloc(HEAD_MAX))) die("malloc");
  if (write(v->fd, text, size) != size) { failed++; gone(v); }
}

/* Size of a complete answer at the start of the text, 0 while bytes are missing, -1 if broken. */
static long answer_size(struct viewer *v) {
  v->text[v->used] = 0;
  char *end = strstr(v->text, "\r\n\r\n");
  if (!end) return v->used >= HEAD_MAX - 1 ? -1 : 0;
  if (strncmp(v->text + 9, "200", 3)) return -1;
  char *length = strcasestr(v->text, "\r\ncontent-length:");
  long head = end + 4 - v->text;
  if (length && length < end) {
    long size = head + atol(length + 17);
    return size >= HEAD_MAX ? -1 : v->used >= size ? size : 0;
  }
  char *last = strstr(end, "\r\n0\r\n\r\n");
  return last ? last + 7 - v->text : 0;
}

static void playlist_came(struct viewer *v, double at) {
  if (v->msn >= 0) keep(v == &direct ? &truth : &lags, measuring ? v->msn * 100 + v->part : -1, at);
  char *hint = strstr(v->text, "#EXT-X-PRELOAD-HINT:");
  char *uri = hint ? strstr(hint, "URI=\"") : NULL;
  char *close = uri ? strchr(uri + 5, '"') : NULL;
  if (!close) { failed++; gone(v); return; }
  *close = 0;
  char *name = strrchr(uri, '/');
  name = name ? name + 1 : uri + 5;
  if (sscanf(name, "%ld.%ld.", &v->msn, &v->part) != 2) { failed++; gone(v); return; }
  ask(v);
}

static void readable(struct viewer *v, double at) {
  static char sink[1 << 18];
  for (;;) {
    ssize_t n = v->state == BODY ? recv(v->fd, sink, sizeof sink, MSG_TRUNC | MSG_DONTWAIT)
                                 : recv(v->fd, v->text + v->used, HEAD_MAX - 1 - v->used, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) { closed++; gone(v); return; }
    if (v->state == BODY) {
      if (measuring) { v->bytes += n; if (at - v->last > 1.0) v->stalls++; }
      v->last = at;
      if (n < (ssize_t)sizeof sink) return;
      continue;
    }
    v->used += n;
    if (!reload && v != &probe) {
      v->text[v->used] = 0;
      if (!strstr(v->text, "\r\n\r\n")) { if (v->used >= HEAD_MAX - 1) { failed++; gone(v); return; } continue; }
      if (strncmp(v->text + 9, "200", 3)) { failed++; gone(v); return; }
      v->state = BODY;
      v->last = at;
      free(v->text);
      v->text = NULL;
      continue;
    }
    long size = answer_size(v);
    if (size < 0) { failed++; gone(v); return; }
    if (size == 0) continue;
    if (v == &probe) {
      if (measuring && probe_count < probe_size) probes[probe_count++] = (at - v->sent) * 1000;
      v->state = CONNECTING; /* idle until the next tick */
      return;
    }
    playlist_came(v, at);
    return;
  }
}

static int by_key(const void *a, const void *b) {
  const struct sample *x = a, *y = b;
  return (x->key > y->key) - (x->key < y->key);
}

static void report_reload(int alive) {
  double *values = calloc(lags.used + 1, sizeof *values);
  size_t count = 0, late = 0;
  qsort(truth.all, truth.used, sizeof *truth.all, by_key);
  for (size_t i = 0; i < lags.used; i++) {
    if (lags.all[i].key < 0) continue;
    struct sample *found = bsearch(&lags.all[i], truth.all, truth.used, sizeof *truth.all, by_key);
    if (!found) { late++; continue; }
    double lag = (lags.all[i].at - found->at) * 1000;
    values[count++] = lag > 0 ? lag : 0;
  }
  qsort(values, count, sizeof *values, ascending);
  printf("{\"viewers\":%d,\"alive\":%d,\"failed\":%lu,\"answers\":%zu,\"unmatched\":%zu,"
         "\"lag_p50_ms\":%.1f,\"lag_p95_ms\":%.1f,\"lag_p99_ms\":%.1f,\"lag_max_ms\":%.1f",
         viewers, alive, failed, count, late, percentile(values, count, .5), percentile(values, count, .95),
         percentile(values, count, .99), percentile(values, count, 1));
}

int main(int argc, char **argv) {
  int option;
  if (argc < 2) { fprintf(stderr, "edge_load flv|reload [options] HOST:PORT PATH\n"); return 2; }
  reload = !strcmp(argv[1], "reload");
  optind = 2;
  while ((option = getopt(argc, argv, "n:r:w:t:p:k:o:s:S:")) != -1) switch (option) {
    case 'n': viewers = atoi(optarg); break;
    case 'r': rate = atof(optarg); break;
    case 'w': warm = atof(optarg); break;
    case 't': measure = atof(optarg); break;
    case 'S': sources = atoi(optarg); break;
    case 'k': snprintf(probe_path, sizeof probe_path, "%s", optarg); break;
    case 's': snprintf(secret, sizeof secret, "%s", optarg); break;
    case 'o': parse_place(optarg, &origin, origin_host); has_origin = 1; break;
    case 'p': parse_pids(optarg); break;
    default: return 2;
  }
  if (argc - optind < 2) { fprintf(stderr, "HOST:PORT PATH?\n"); return 2; }
  parse_place(argv[optind], &target, host);
  snprintf(path, sizeof path, "%s", argv[optind + 1]);
  raise_files();
  poller = epoll_create1(EPOLL_CLOEXEC);
  all = calloc(viewers, sizeof *all);
  probe_size = (size_t)(measure * 60) + 100;
  probes = calloc(probe_size, sizeof *probes);
  double memory = resident_kib(), begun = now(), begin_measure = 0, cpu = 0, softirq = 0, next_probe = 0;
  int started = 0;
  if (*probe_path) dial(&probe, 0);
  if (has_origin) dial(&direct, 0);
  static struct epoll_event events[EVENTS];
  for (;;) {
    double t = now();
    while (started < viewers && (t - begun) * rate >= started) { dial(&all[started], started); started++; }
    if (started == viewers && !begin_measure) begin_measure = t + warm;
    if (begin_measure && !measuring && t >= begin_measure) {
      measuring = 1;
      begin_measure = t;
      cpu = cpu_seconds();
      softirq = softirq_seconds();
      for (int i = 0; i < viewers; i++) if (all[i].state == BODY) all[i].last = t;
    }
    if (measuring && t >= begin_measure + measure) break;
    if (probe.state == CONNECTING && *probe_path && probe.used && t >= next_probe) {
      next_probe = t + 0.02;
      ask(&probe);
    }
    int n = epoll_wait(poller, events, EVENTS, started < viewers ? 1 : 5);
    t = now();
    for (int i = 0; i < n; i++) {
      struct viewer *v = events[i].data.ptr;
      if (v->state == GONE) continue;
      if (v->state == CONNECTING && !v->used) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = v };
        epoll_ctl(poller, EPOLL_CTL_MOD, v->fd, &event);
        ask(v);
      } else readable(v, now());
    }
  }
  double seconds = now() - begin_measure;
  cpu = cpu_seconds() - cpu;
  softirq = softirq_seconds() - softirq;
  memory = resident_kib() - memory;
  int alive = 0;
  unsigned stalled = 0;
  double bytes = 0, least = -1, end = now();
  for (int i = 0; i < viewers; i++) {
    struct viewer *v = &all[i];
    if (v->state == GONE) continue;
    alive++;
    if (v->state == BODY && end - v->last > 1.0) v->stalls++;
    if (v->stalls) stalled++;
    bytes += v->bytes;
    if (least < 0 || v->bytes < least) least = v->bytes;
  }
  qsort(probes, probe_count, sizeof *probes, ascending);
  if (reload) report_reload(alive);
  else printf("{\"viewers\":%d,\"alive\":%d,\"failed\":%lu,\"closed\":%lu,\"gb\":%.3f,\"kbps\":%.0f,\"kbps_min\":%.0f,"
              "\"stalled\":%u,\"cpu_s_per_gb\":%.3f,\"softirq_s_per_gb\":%.3f",
              viewers, alive, failed, closed, bytes / 1e9, alive ? bytes * 8 / seconds / alive / 1000 : 0,
              least * 8 / seconds / 1000, stalled, bytes ? cpu / (bytes / 1e9) : -1, bytes ? softirq / (bytes / 1e9) : -1);
  printf(",\"seconds\":%.2f,\"core\":%.3f,\"kib_per_viewer\":%.1f,\"probes\":%zu,\"probe_p50_ms\":%.1f,"
         "\"probe_p99_ms\":%.1f,\"probe_max_ms\":%.1f}\n",
         seconds, cpu / seconds, viewers ? memory / viewers : 0, probe_count, percentile(probes, probe_count, .5),
         percentile(probes, probe_count, .99), percentile(probes, probe_count, 1));
  return 0;
}
