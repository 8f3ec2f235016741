/*
 * A file system that answers slowly: each call that asks about something below a folder first
 * waits, as a network's file system would, and is counted. For programs that are started with it.
 *
 *   cc -shared -fPIC -O2 -o slow_files.so slow_files.c -ldl
 *   LD_PRELOAD=./slow_files.so SLOW_FOLDER=/data SLOW_MICROSECONDS=1000 SLOW_COUNTS=counts.bin PROGRAM
 *
 * SLOW_COUNTS is a file that takes the numbers as they grow, each a native 64-bit integer: all
 * calls, those that ask what a name is (stat), those that open something, those that read names.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ALL, STAT, OPEN, NAMES, KINDS };
enum { MOST_FILES = 1 << 16 };

static uint64_t nowhere[KINDS];
static uint64_t *counts = nowhere;
static const char *folder;
static size_t folder_length;
static long microseconds;
static volatile char slow[MOST_FILES]; /* open files that lie below the folder */

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  folder = getenv("SLOW_FOLDER");
  folder_length = folder ? strlen(folder) : 0;
  const char *wait = getenv("SLOW_MICROSECONDS");
  microseconds = wait ? atol(wait) : 0;
  const char *file = getenv("SLOW_COUNTS");
  int descriptor = file ? open(file, O_RDWR | O_CREAT, 0644) : -1;
  if (descriptor >= 0 && ftruncate(descriptor, sizeof nowhere) == 0) {
    void *map = mmap(NULL, sizeof nowhere, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (map != MAP_FAILED) counts = map;
  }
  if (descriptor >= 0) close(descriptor);
}

static int is_slow(int file) { return file >= 0 && file < MOST_FILES && slow[file]; }

static int is_below(int at, const char *path) {
  if (!folder || !path) return 0;
  if (path[0] != '/') return at != AT_FDCWD && is_slow(at);
  return strncmp(path, folder, folder_length) == 0 &&
         (path[folder_length] == '/' || path[folder_length] == 0);
}

static void answer(int kind) {
  __atomic_fetch_add(&counts[ALL], 1, __ATOMIC_RELAXED);
  if (kind != ALL) __atomic_fetch_add(&counts[kind], 1, __ATOMIC_RELAXED);
  struct timespec wait = {microseconds / 1000000, microseconds % 1000000 * 1000};
  while (microseconds && nanosleep(&wait, &wait) != 0) {
  }
}

static int opened(int file, int below) {
  if (file >= 0 && file < MOST_FILES) slow[file] = below;
  return file;
}

#define OPENING(name) \
  int name(const char *path, int flags, ...) { \
    va_list more; \
    va_start(more, flags); \
    int mode = va_arg(more, int); \
    va_end(more); \
    REAL(name); \
    int below = is_below(AT_FDCWD, path); \
    if (below) answer(OPEN); \
    return opened(real(path, flags, mode), below); \
  }
OPENING(open)
OPENING(open64)

#define OPENING_AT(name) \
  int name(int at, const char *path, int flags, ...) { \
    va_list more; \
    va_start(more, flags); \
    int mode = va_arg(more, int); \
    va_end(more); \
    REAL(name); \
    int below = is_below(at, path); \
    if (below) answer(OPEN); \
    return opened(real(at, path, flags, mode), below); \
  }
OPENING_AT(openat)
OPENING_AT(openat64)

DIR *opendir(const char *path) {
  REAL(opendir);
  int below = is_below(AT_FDCWD, path);
  if (below) answer(OPEN);
  DIR *directory = real(path);
  if (directory) opened(dirfd(directory), below);
  return directory;
}

/* glibc asks the kernel once for some hundred names; so one call in many waits */
#define READING(name, type) \
  struct type *name(DIR *directory) { \
    REAL(name); \
    static __thread unsigned asked; \
    if (is_slow(dirfd(directory)) && asked++ % 512 == 0) answer(NAMES); \
    return real(directory); \
  }
READING(readdir, dirent)
READING(readdir64, dirent64)

ssize_t getdents64(int file, void *buffer, size_t length) {
  REAL(getdents64);
  if (is_slow(file)) answer(NAMES);
  return real(file, buffer, length);
}

int close(int file) {
  REAL(close);
  if (is_slow(file)) answer(ALL);
  if (file >= 0 && file < MOST_FILES) slow[file] = 0;
  return real(file);
}

#define ASKING(name, type) \
  int name(const char *path, struct type *result) { \
    REAL(name); \
    if (is_below(AT_FDCWD, path)) answer(STAT); \
    return real(path, result); \
  }
ASKING(stat, stat)
ASKING(lstat, stat)
ASKING(stat64, stat64)
ASKING(lstat64, stat64)

#define ASKING_AT(name, type) \
  int name(int at, const char *path, struct type *result, int flags) { \
    REAL(name); \
    if (is_below(at, path)) answer(STAT); \
    return real(at, path, result, flags); \
  }
ASKING_AT(fstatat, stat)
ASKING_AT(fstatat64, stat64)

int statx(int at, const char *path, int flags, unsigned mask, struct statx *result) {
  REAL(statx);
  if (is_below(at, path)) answer(STAT);
  return real(at, path, flags, mask, result);
}

/* what programs call that were linked with a glibc before 2.33 */
#define ASKING_OLD(name, type) \
  int name(int version, const char *path, struct type *result) { \
    static int (*real)(int, const char *, struct type *); \
    if (!real) real = (int (*)(int, const char *, struct type *))dlsym(RTLD_NEXT, #name); \
    if (is_below(AT_FDCWD, path)) answer(STAT); \
    return real(version, path, result); \
  }
ASKING_OLD(__xstat, stat)
ASKING_OLD(__lxstat, stat)
ASKING_OLD(__xstat64, stat64)
ASKING_OLD(__lxstat64, stat64)

int access(const char *path, int mode) {
  REAL(access);
  if (is_below(AT_FDCWD, path)) answer(STAT);
  return real(path, mode);
}

#define READ(name, parameters, arguments) \
  ssize_t name parameters { \
    REAL(name); \
    if (is_slow(file)) answer(ALL); \
    return real arguments; \
  }
READ(read, (int file, void *buffer, size_t length), (file, buffer, length))
READ(pread, (int file, void *buffer, size_t length, off_t at), (file, buffer, length, at))
READ(pread64, (int file, void *buffer, size_t length, off64_t at), (file, buffer, length, at))
