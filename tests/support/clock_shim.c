/* Moves the time of day of a whole play at once: preloaded into redis-server, the gateways and the command line, it
 * adds an offset, shared through a file and read anew at each call, to CLOCK_REALTIME. Not a clock of its own: time
 * still runs, and CLOCK_MONOTONIC is left alone, so timers and deadlines keep their real length.
 *
 * HOLDSPACE_CLOCK_OFFSET_FILE names a file of eight bytes: nanoseconds to add, int64 in the machine's byte order.
 * Without it, or when it cannot be mapped, time is the machine's own.
 *
 * redis-server asks for the time inside its allocator, so nothing here may allocate or look a symbol up: the kernel is
 * asked directly. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS 1000000000LL

static const _Atomic int64_t no_offset;
static const _Atomic int64_t *_Atomic shared_offset; /* null until the file was looked for */

static const _Atomic int64_t *find_offset(void) {
  const _Atomic int64_t *found = atomic_load_explicit(&shared_offset, memory_order_acquire);
  if (found != NULL) return found;
  const char *path = getenv("HOLDSPACE_CLOCK_OFFSET_FILE");
  if (path == NULL) return &no_offset; /* perhaps too early in the start of the program: look again next time */
  const int saved = errno;
  found = &no_offset;
  const long file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (file >= 0) {
    const long at = syscall(SYS_mmap, NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, (int)file, 0L);
    if (at != -1) found = (const _Atomic int64_t *)(uintptr_t)at;
    syscall(SYS_close, (int)file);
  }
  errno = saved;
  atomic_store_explicit(&shared_offset, found, memory_order_release);
  return found;
}

static int64_t to_seconds(int64_t nanoseconds, int64_t *rest) {
  int64_t seconds = nanoseconds / NANOSECONDS;
  *rest = nanoseconds % NANOSECONDS;
  if (*rest < 0) {
    *rest += NANOSECONDS;
    --seconds;
  }
  return seconds;
}

static int64_t now_nanoseconds(clockid_t clock) {
  struct timespec real;
  if (syscall(SYS_clock_gettime, clock, &real) != 0) abort(); /* cannot fail for the two clocks asked for */
  return (int64_t)real.tv_sec * NANOSECONDS + real.tv_nsec + atomic_load_explicit(find_offset(), memory_order_relaxed);
}

int clock_gettime(clockid_t clock, struct timespec *out) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) return (int)syscall(SYS_clock_gettime, clock, out);
  int64_t rest;
  out->tv_sec = (time_t)to_seconds(now_nanoseconds(clock), &rest);
  out->tv_nsec = (long)rest;
  return 0;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  (void)zone;
  int64_t rest;
  out->tv_sec = (time_t)to_seconds(now_nanoseconds(CLOCK_REALTIME), &rest);
  out->tv_usec = (suseconds_t)(rest / 1000);
  return 0;
}

time_t time(time_t *out) {
  int64_t rest;
  const time_t seconds = (time_t)to_seconds(now_nanoseconds(CLOCK_REALTIME), &rest);
  if (out != NULL) *out = seconds;
  return seconds;
}

int timespec_get(struct timespec *out, int base) {
  if (base != TIME_UTC) return 0;
  clock_gettime(CLOCK_REALTIME, out);
  return base;
}
