/*
 * What the load generators share: the clock, the CPU and memory of the measured processes, sockets
 * spread over loopback source addresses.
 */
#ifndef WANREN_LOAD_H
#define WANREN_LOAD_H
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIDS_MAX = 16, EVENTS = 1024 };

static int pids[PIDS_MAX], pid_count;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void die(const char *what) { perror(what); exit(2); }

static void parse_pids(char *list) {
  for (char *p = strtok(list, ","); p && pid_count < PIDS_MAX; p = strtok(NULL, ",")) pids[pid_count++] = atoi(p);
}

static double cpu_seconds(void) {
  double sum = 0;
  for (int i = 0; i < pid_count; i++) {
    char name[64], text[1024];
    snprintf(name, sizeof name, "/proc/%d/stat", pids[i]);
    FILE *file = fopen(name, "r");
    if (!file) continue;
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = 0;
    char *after = strrchr(text, ')');
    unsigned long user, system;
    if (after && sscanf(after + 2, "%*s %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2)
      sum += (double)(user + system) / sysconf(_SC_CLK_TCK);
  }
  return sum;
}

static double resident_kib(void) {
  double sum = 0;
  for (int i = 0; i < pid_count; i++) {
    char name[64], line[256];
    long kib;
    snprintf(name, sizeof name, "/proc/%d/status", pids[i]);
    FILE *file = fopen(name, "r");
    if (!file) continue;
    while (fgets(line, sizeof line, file)) if (sscanf(line, "VmRSS: %ld", &kib) == 1) sum += kib;
    fclose(file);
  }
  return sum;
}

static void parse_place(const char *text, struct sockaddr_in *to, char *name) {
  char address[128];
  int port;
  if (sscanf(text, "%127[^:]:%d", address, &port) != 2) { fprintf(stderr, "HOST:PORT? %s\n", text); exit(2); }
  to->sin_family = AF_INET;
  to->sin_port = htons(port);
  if (inet_pton(AF_INET, address, &to->sin_addr) != 1) { fprintf(stderr, "not an IPv4 address: %s\n", address); exit(2); }
  snprintf(name, 160, "%s:%d", address, port);
}

/* A connection under way; -1: refused at once. */
static int dial_from(const struct sockaddr_in *to, int index, int sources) {
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (sources > 1) {
    struct sockaddr_in from = { .sin_family = AF_INET };
    from.sin_addr.s_addr = htonl(0x7f000001u + (unsigned)(index % sources));
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (void *)&from, sizeof from)) die("bind");
  }
  if (connect(fd, (const void *)to, sizeof *to) && errno != EINPROGRESS) { close(fd); return -1; }
  return fd;
}

/* As many files as the machine allows. */
static void raise_files(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}
#endif
