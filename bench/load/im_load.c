/*
 * Readers of a room's messages over loopback, in C so that they leave the cores to what is measured.
 *
 *   im_load poll   [options] HOST:PORT PATH   N viewers poll over C kept connections
 *   im_load socket [options] HOST:PORT PATH   N long connections (wanren.im.v1); PATH holds the ticket
 *
 *   -n viewers   -r connections a second   -w warm-up s   -t measured s   -p pid,pid,...
 *   -S n         spread the connections over n loopback source addresses
 *   poll:   -c connections (default: one each)   -a ms -b ms   time from one poll to the next, evenly
 *           between both   -z codings   Accept-Encoding   -l   closed loop: each connection asks again at
 *           once, with a cursor a to b old   -q query   more of the query, before the cursor
 *   socket: -m file      one line "second KiB" for each measured second
 *
 * A poll's latency counts from the time it was due, so that a server that falls behind does not look
 * fast. A message's latency counts from the millisecond of its score to its arrival; both clocks are
 * this machine's. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include "load.h"

enum { CONNECTING, SHAKING, OPEN, GONE };
enum { CHAT, GIFT, OTHER, KINDS };
enum { WHEEL = 16384, CURSOR = 64, QUEUE = 64, RECENT = 256, BUCKETS = 20000 };
enum { BEAT_S = 25 };

struct conn {
  int fd, state, viewer;       /* who is served; -1: nobody */
  char *in;
  int used, size;
  unsigned short queue[QUEUE]; /* viewers of this connection, divided by the number of connections */
  unsigned char first, waiting;
  double beat;
};

struct viewer { double due; char cursor[CURSOR]; };

static struct sockaddr_in target;
static char host[160], path[2048], query[128], codings[64];
static const char *memory_file;
static int viewers = 100, connections, sources = 1, sockets, closed_loop;
static double rate = 1000, warm = 3, measure = 8, least_ms = 2000, most_ms = 5000;
static int poller, measuring;
static struct conn *conns;
static struct viewer *all;
static unsigned long failed, closed, refused, polls, hits_empty, frames, late;
static double bytes, body_bytes, full_bytes;
static unsigned long full;
/* Latencies in tenths of a millisecond; the last bucket holds everything above. */
static unsigned *buckets[KINDS];
static unsigned long counts[KINDS];
static double highest[KINDS];
/* Cursors of the last seconds, one each tenth, for the closed loop. */
static struct { double at; char cursor[CURSOR]; } recent[RECENT];
static int recent_next;

static double wall_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static void took(int kind, double ms) {
  if (!measuring) return;
  if (ms < 0) ms = 0;
  int bucket = (int)(ms * 10);
  buckets[kind][bucket < BUCKETS ? bucket : BUCKETS - 1]++;
  counts[kind]++;
  if (ms > highest[kind]) highest[kind] = ms;
}

static double percentile(int kind, double share) {
  unsigned long wanted = (unsigned long)(share * counts[kind]), seen = 0;
  if (!counts[kind]) return -1;
  for (int i = 0; i < BUCKETS; i++) if ((seen += buckets[kind][i]) > wanted) return (i + 1) / 10.0;
  return highest[kind];
}

static double chance(void) { return (double)random() / RAND_MAX; }

static void gone(struct conn *c) {
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
  c->state = GONE;
  free(c->in);
  c->in = NULL;
}

static void dial(struct conn *c, int index) {
  c->fd = dial_from(&target, index, sources);
  c->state = CONNECTING;
  c->viewer = -1;
  if (c->fd < 0) { failed++; gone(c); return; }
  struct epoll_event event = { .events = EPOLLOUT, .data.ptr = c };
  epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
}

/* --- polls --- */

static int *wheel[WHEEL], wheel_used[WHEEL], wheel_size[WHEEL];
static long wheel_at;

static void plan(int viewer, double at_ms) {
  long slot = (long)at_ms;
  if (slot <= wheel_at) slot = wheel_at + 1;
  slot %= WHEEL;
  if (wheel_used[slot] == wheel_size[slot]) {
    wheel_size[slot] = wheel_size[slot] ? wheel_size[slot] * 2 : 8;
    wheel[slot] = realloc(wheel[slot], wheel_size[slot] * sizeof **wheel);
    if (!wheel[slot]) die("realloc");
  }
  wheel[slot][wheel_used[slot]++] = viewer;
}

static const char *old_cursor(double t) {
  double wanted = t - (least_ms + chance() * (most_ms - least_ms)) / 1000;
  const char *best = "";
  double nearest = 1e9;
  for (int i = 0; i < RECENT; i++) {
    double distance = recent[i].at > wanted ? recent[i].at - wanted : wanted - recent[i].at;
    if (recent[i].at > 0 && distance < nearest) { nearest = distance; best = recent[i].cursor; }
  }
  return best;
}

static void ask(struct conn *c, int viewer) {
  char text[2600];
  struct viewer *v = &all[viewer];
  const char *cursor = closed_loop ? old_cursor(v->due) : v->cursor;
  int size = snprintf(text, sizeof text,
                      "GET %s?%s%s%s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n"
                      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) load/%d\r\n%s%s%s\r\n",
                      path, query, *cursor ? "cursor=" : "", cursor, host, viewer,
                      *codings ? "Accept-Encoding: " : "", codings, *codings ? "\r\n" : "");
  c->viewer = viewer;
  if (write(c->fd, text, size) != size) { failed++; gone(c); }
}

static void due(int viewer, double at) {
  struct conn *c = &conns[viewer % connections];
  all[viewer].due = at;
  if (c->state != OPEN) return;
  if (c->viewer < 0) ask(c, viewer);
  else if (c->waiting < QUEUE) c->queue[(c->first + c->waiting++) % QUEUE] = viewer / connections;
  else late++;
}

static void turn_wheel(double t) {
  for (long end = (long)(t * 1000); wheel_at < end;) {
    long at = ++wheel_at, slot = at % WHEEL;
    int *list = wheel[slot], used = wheel_used[slot];
    wheel[slot] = NULL;
    wheel_used[slot] = wheel_size[slot] = 0;
    for (int i = 0; i < used; i++) {
      due(list[i], at / 1000.0);
      plan(list[i], at + least_ms + chance() * (most_ms - least_ms));
    }
    free(list);
  }
}

/* An answer that is complete at the start of the text: its size, 0 while bytes are missing. */
static long poll_came(struct conn *c) {
  c->in[c->used] = 0;
  char *end = strstr(c->in, "\r\n\r\n");
  if (!end) return 0;
  long head = end + 4 - c->in, size = head;
  *end = 0;
  char *length = strcasestr(c->in, "\r\ncontent-length:"), *etag = strcasestr(c->in, "\r\netag: W/\"");
  int status = atoi(c->in + 9);
  if (length) size += atol(length + 17);
  else if (status == 200) { fprintf(stderr, "an answer without a length\n"); exit(2); }
  if (c->used < size) { *end = '\r'; return 0; }
  double t = now();
  struct viewer *v = &all[c->viewer];
  if (status != 200 && status != 304) refused++;
  else if (etag) {
    int used = strcspn(etag + 11, "\"");
    if (used < CURSOR) { memcpy(v->cursor, etag + 11, used); v->cursor[used] = 0; }
    if (t - recent[(recent_next + RECENT - 1) % RECENT].at >= 0.1) {
      recent[recent_next].at = t;
      strcpy(recent[recent_next].cursor, v->cursor);
      recent_next = (recent_next + 1) % RECENT;
    }
  }
  took(OTHER, (t - v->due) * 1000);
  if (measuring) {
    polls++;
    bytes += size;
    body_bytes += size - head;
    if (status == 304 || size - head < 200) hits_empty++;
    else { full++; full_bytes += size - head; }
  }
  return size;
}

static void next_poll(struct conn *c) {
  int viewer = c->viewer;
  c->viewer = -1;
  if (closed_loop) { all[viewer].due = now(); ask(c, viewer); }
  else if (c->waiting) {
    int next = c->queue[c->first] * connections + (c - conns);
    c->first = (c->first + 1) % QUEUE;
    c->waiting--;
    ask(c, next);
  }
}

/* --- long connections --- */

static void shake(struct conn *c) {
  char text[2600];
  int size = snprintf(text, sizeof text,
                      "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Protocol: wanren.im.v1\r\n\r\n", path, host);
  if (write(c->fd, text, size) != size) { failed++; gone(c); }
}

static uint64_t varint(const unsigned char **p, const unsigned char *end) {
  uint64_t value = 0;
  for (int shift = 0; *p < end && shift < 64; shift += 7) {
    unsigned char byte = *(*p)++;
    value |= (uint64_t)(byte & 127) << shift;
    if (byte < 128) break;
  }
  return value;
}

/* Next field; *data is set for a length-delimited one and *p moved behind it. */
static int field(const unsigned char **p, const unsigned char *end, uint64_t *value, const unsigned char **data) {
  uint64_t tag = varint(p, end);
  *value = varint(p, end);
  *data = NULL;
  if ((tag & 7) == 2) {
    if (*value > (uint64_t)(end - *p)) *value = end - *p;
    *data = *p;
    *p += *value;
  }
  return (int)(tag >> 3);
}

static void batch_came(const unsigned char *p, const unsigned char *end, double at_ms) {
  uint64_t score = 0, value;
  const unsigned char *data;
  /* A batch that begins anew holds what is old. */
  for (const unsigned char *q = p; q < end;) if (field(&q, end, &value, &data) == 4 && value) return;
  while (p < end) {
    int part = field(&p, end, &value, &data);
    const unsigned char *q = data, *stop = data + value, *inner;
    if (part == 5 && data) {
      /* Texts in columns: the scores stand first, packed. */
      if (field(&q, stop, &value, &inner) != 1 || !inner) continue;
      uint64_t said = 0;
      for (const unsigned char *last = inner + value; inner < last;) {
        said += varint(&inner, last);
        took(CHAT, at_ms - (double)(said / 2048));
      }
      continue;
    }
    if (part != 1 || !data) continue;
    int kind = OTHER;
    while (q < stop) {
      int number = field(&q, stop, &value, &inner);
      if (number == 1) score += value;
      else if (number == 5) kind = CHAT;
      else if (number == 6) kind = GIFT;
    }
    took(kind, at_ms - (double)(score / 2048));
  }
}

static void frames_came(struct conn *c) {
  int at = 0;
  double at_ms = wall_ms();
  for (;;) {
    const unsigned char *p = (unsigned char *)c->in + at;
    long left = c->used - at, head = 2, length;
    if (left < 2) break;
    length = p[1] & 127;
    if (length == 126) { if (left < 4) break; length = p[2] << 8 | p[3]; head = 4; }
    else if (length == 127) { fprintf(stderr, "a frame of more than 64 KB\n"); exit(2); }
    if (left < head + length) break;
    int opcode = p[0] & 15;
    if (opcode == 2) {
      const unsigned char *q = p + head, *end = q + length, *data;
      uint64_t value;
      if (measuring) { frames++; bytes += head + length; }
      if (field(&q, end, &value, &data) == 2 && data) batch_came(data, data + value, at_ms);
    } else if (opcode == 9 && length < 120) {
      unsigned char pong[128] = { 0x8a, 0x80 | length };
      memcpy(pong + 6, p + head, length);
      if (write(c->fd, pong, 6 + length) < 0) failed++;
    } else if (opcode == 8) { closed++; gone(c); return; }
    at += head + length;
  }
  memmove(c->in, c->in + at, c->used - at);
  c->used -= at;
}

static void beat(double t) {
  /* A ping of the protocol, masked with zeros. */
  static const unsigned char ping[] = { 0x82, 0x82, 0, 0, 0, 0, 0x12, 0 };
  static double looked;
  if (t - looked < 0.5) return;
  looked = t;
  for (int i = 0; i < connections; i++) {
    struct conn *c = &conns[i];
    if (c->state != OPEN || t < c->beat) continue;
    c->beat = t + BEAT_S;
    if (write(c->fd, ping, sizeof ping) < 0) failed++;
  }
}

/* --- both --- */

static void readable(struct conn *c) {
  for (;;) {
    if (c->size - c->used < 2048) {
      c->size = c->size ? c->size * 2 : 8192;
      if (!(c->in = realloc(c->in, c->size + 1))) die("realloc");
    }
    ssize_t n = recv(c->fd, c->in + c->used, c->size - c->used, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) { closed++; gone(c); return; }
    c->used += n;
    if (!sockets) {
      long size = c->viewer < 0 ? 0 : poll_came(c);
      if (!size) continue;
      memmove(c->in, c->in + size, c->used - size);
      c->used -= size;
      next_poll(c);
      if (c->state == GONE) return;
      continue;
    }
    if (c->state == SHAKING) {
      c->in[c->used] = 0;
      char *end = strstr(c->in, "\r\n\r\n");
      if (!end) continue;
      if (strncmp(c->in + 9, "101", 3)) { refused++; gone(c); return; }
      c->state = OPEN;
      c->beat = now() + chance() * BEAT_S;
      int head = end + 4 - c->in;
      memmove(c->in, c->in + head, c->used - head);
      c->used -= head;
    }
    frames_came(c);
    if (c->state == GONE) return;
  }
}

static void writable(struct conn *c, int index) {
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
  epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &event);
  c->state = sockets ? SHAKING : OPEN;
  if (sockets) shake(c);
  else if (closed_loop) { all[index].due = now(); ask(c, index); }
  /* Pages ask soon after they connected; a server closes a connection that asks nothing. */
  else for (int i = index; i < viewers; i += connections) plan(i, now() * 1000 + 1 + chance() * 2000);
}

/* Memory against time, by least squares, KiB a minute. */
static double slope(const double *memory, int count) {
  double x = 0, y = 0, xx = 0, xy = 0;
  for (int i = 0; i < count; i++) { x += i; y += memory[i]; xx += (double)i * i; xy += i * memory[i]; }
  double below = count * xx - x * x;
  return below > 0 ? 60 * (count * xy - x * y) / below : 0;
}

int main(int argc, char **argv) {
  int option;
  if (argc < 2) { fprintf(stderr, "im_load poll|socket [options] HOST:PORT PATH\n"); return 2; }
  sockets = !strcmp(argv[1], "socket");
  optind = 2;
  while ((option = getopt(argc, argv, "n:c:r:w:t:p:a:b:z:q:lm:S:")) != -1) switch (option) {
    case 'n': viewers = atoi(optarg); break;
    case 'c': connections = atoi(optarg); break;
    case 'r': rate = atof(optarg); break;
    case 'w': warm = atof(optarg); break;
    case 't': measure = atof(optarg); break;
    case 'a': least_ms = atof(optarg); break;
    case 'b': most_ms = atof(optarg); break;
    case 'z': snprintf(codings, sizeof codings, "%s", optarg); break;
    case 'q': snprintf(query, sizeof query, "%s&", optarg); break;
    case 'l': closed_loop = 1; break;
    case 'm': memory_file = optarg; break;
    case 'S': sources = atoi(optarg); break;
    case 'p': parse_pids(optarg); break;
    default: return 2;
  }
  if (argc - optind < 2) { fprintf(stderr, "HOST:PORT PATH?\n"); return 2; }
  if (most_ms >= WHEEL - 1000) { fprintf(stderr, "too long an interval\n"); return 2; }
  parse_place(argv[optind], &target, host);
  snprintf(path, sizeof path, "%s", argv[optind + 1]);
  if (sockets || !connections || connections > viewers) connections = viewers;
  if (closed_loop) viewers = connections;
  raise_files();
  poller = epoll_create1(EPOLL_CLOEXEC);
  conns = calloc(connections, sizeof *conns);
  all = calloc(viewers, sizeof *all);
  for (int i = 0; i < KINDS; i++) buckets[i] = calloc(BUCKETS, sizeof **buckets);
  double *memory_at = calloc((size_t)measure + 2, sizeof *memory_at);
  int memory_count = 0;
  double memory = resident_kib(), begun = now(), begin_measure = 0, cpu = 0, own = 0;
  int started = 0;
  wheel_at = (long)(begun * 1000);
  static struct epoll_event events[EVENTS];
  for (;;) {
    double t = now();
    while (started < connections && (t - begun) * rate >= started) { dial(&conns[started], started); started++; }
    if (started == connections && !begin_measure) {
      begin_measure = t + warm;
    }
    if (begin_measure && !measuring && t >= begin_measure) {
      measuring = 1;
      begin_measure = t;
      cpu = cpu_seconds();
      own = (double)clock() / CLOCKS_PER_SEC;
    }
    if (measuring && memory_count <= measure && t - begin_measure >= memory_count) memory_at[memory_count++] = resident_kib();
    if (measuring && t >= begin_measure + measure) break;
    if (sockets) beat(t);
    else if (!closed_loop) turn_wheel(t);
    int n = epoll_wait(poller, events, EVENTS, sockets && started == connections ? 10 : 1);
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      if (c->state == GONE) continue;
      if (c->state == CONNECTING) writable(c, c - conns);
      else readable(c);
    }
  }
  double seconds = now() - begin_measure;
  cpu = cpu_seconds() - cpu;
  own = (double)clock() / CLOCKS_PER_SEC - own;
  double at_end = resident_kib();
  int alive = 0;
  for (int i = 0; i < connections; i++) alive += conns[i].state == OPEN;
  if (memory_file) {
    FILE *file = fopen(memory_file, "w");
    if (!file) die(memory_file);
    for (int i = 0; i < memory_count; i++) fprintf(file, "%d %.0f\n", i, memory_at[i]);
    fclose(file);
  }
  unsigned long work = sockets ? frames : polls;
  printf("{\"viewers\":%d,\"connections\":%d,\"alive\":%d,\"failed\":%lu,\"closed\":%lu,\"refused\":%lu,\"late\":%lu,"
         "\"seconds\":%.2f,\"core\":%.3f,\"us_each\":%.1f,\"a_second\":%.0f,\"mb_a_second\":%.2f,\"kib_each\":%.1f,"
         "\"mib\":%.0f,\"kib_a_minute\":%.0f,\"own_core\":%.3f",
         viewers, connections, alive, failed, closed, refused, late, seconds, cpu / seconds, work ? cpu * 1e6 / work : -1,
         work / seconds, bytes / seconds / 1e6, (at_end - memory) / connections, at_end / 1024,
         slope(memory_at, memory_count), own / seconds);
  if (sockets)
    printf(",\"bytes_a_frame\":%.0f,\"chats\":%lu,\"chat_p50_ms\":%.1f,\"chat_p99_ms\":%.1f,\"chat_max_ms\":%.1f,"
           "\"gifts\":%lu,\"gift_p50_ms\":%.1f,\"gift_p99_ms\":%.1f,\"gift_max_ms\":%.1f}\n",
           frames ? bytes / frames : 0, counts[CHAT], percentile(CHAT, .5), percentile(CHAT, .99), highest[CHAT],
           counts[GIFT], percentile(GIFT, .5), percentile(GIFT, .99), highest[GIFT]);
  else
    printf(",\"bytes_a_poll\":%.0f,\"bytes_a_full_poll\":%.0f,\"empty\":%lu,\"p50_ms\":%.1f,\"p90_ms\":%.1f,\"p99_ms\":%.1f,"
           "\"max_ms\":%.1f}\n",
           polls ? body_bytes / polls : 0, full ? full_bytes / full : 0, hits_empty, percentile(OTHER, .5),
           percentile(OTHER, .9), percentile(OTHER, .99), highest[OTHER]);
  return 0;
}
