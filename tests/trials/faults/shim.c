/* Lays a finger on one call of the program it is loaded into (LD_PRELOAD): the Nth that changes, syncs, opens or reads a
 * file, or says something to a server, counted over all threads, which strace cannot do: it counts each thread and each
 * name for itself. FAULT_AT is N, FAULT_ON the kinds that count (w s o r n), FAULT_DO what happens to it: kill, torn (half of it,
 * and the error), short (half of it, and no error), or the number of an error; with FAULT_ON_AND_ON to all after it as
 * well. With FAULT_FILE only files of that name count. FAULT_COUNT is a file of 8 bytes that counts. FAULT_LATER moves the clock on by so many seconds, FAULT_FAST makes time
 * pass so many times as fast. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long at, later, fast, *count;
static int on_and_on, does;
static const char *kinds = "", *only;
enum { KILL = -1, TORN = -2, SHORT = -3 };

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
    static long own;
    const char *file = getenv("FAULT_COUNT"), *what = getenv("FAULT_DO");
    later = number("FAULT_LATER");
    fast = number("FAULT_FAST");
    on_and_on = number("FAULT_ON_AND_ON");
    if (getenv("FAULT_FILE"))
        only = strdup(getenv("FAULT_FILE"));
    count = &own;
    if (what)
        does = !strcmp(what, "kill") ? KILL : !strcmp(what, "torn") ? TORN : !strcmp(what, "short") ? SHORT : atoi(what);
    if (file) {
        int fd = open(file, O_RDWR | O_CLOEXEC);
        void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (map == MAP_FAILED)
            abort();
        close(fd);
        count = map;
    }
    /* from here on its own calls would count too */
    if (getenv("FAULT_ON"))
        kinds = strdup(getenv("FAULT_ON"));
    at = number("FAULT_AT");
}

/* Whether it happens to this call. */
static int hit(char kind) {
    if (!strchr(kinds, kind))
        return 0;
    long now = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
    if (!at || now < at || (now > at && !on_and_on))
        return 0;
    if (does == KILL)
        kill(getpid(), SIGKILL), pause();
    return 1;
}

static int error(void) {
    errno = does > 0 ? does : EIO;
    return -1;
}

static int is_other(int fd) {
    char link[64], path[4096];
    if (!only)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    const char *name = strrchr(path, '/');
    return !name || strcmp(name + 1, only);
}

/* Of a descriptor only files and directories count, and servers as n; no wake-ups, terminals or logs. */
static int hit_fd(int fd, char kind) {
    struct stat stat;
    int before = errno;
    if (fd <= STDERR_FILENO)
        return 0;
    if (fstat(fd, &stat))
        stat.st_mode = 0;
    int other = is_other(fd);
    errno = before;
    if (other)
        return 0;
    if (S_ISSOCK(stat.st_mode))
        return kind == 'w' && hit('n');
    return (S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode)) && hit(kind);
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) \
        real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define HALF(size) ((size) > 1 ? (size) / 2 : (size))

/* What carries bytes: half of them may be. */
#define CARRY(name, kind, params, whole, half, least) \
    ssize_t name params { \
        REAL(name); \
        if (!hit_fd(fd, kind)) \
            return real whole; \
        if (does == SHORT) \
            return real half; \
        if (does == TORN && least) \
            (void)!real half; \
        return error(); \
    }
CARRY(write, 'w', (int fd, const void *b, size_t n), (fd, b, n), (fd, b, HALF(n)), 1)
CARRY(pwrite, 'w', (int fd, const void *b, size_t n, off_t o), (fd, b, n, o), (fd, b, HALF(n), o), 1)
CARRY(pwrite64, 'w', (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o), (fd, b, HALF(n), o), 1)
CARRY(writev, 'w', (int fd, const struct iovec *v, int n), (fd, v, n), (fd, v, HALF(n)), 1)
CARRY(send, 'w', (int fd, const void *b, size_t n, int f), (fd, b, n, f), (fd, b, HALF(n), f), 1)
CARRY(read, 'r', (int fd, void *b, size_t n), (fd, b, n), (fd, b, HALF(n)), 0)
CARRY(pread, 'r', (int fd, void *b, size_t n, off_t o), (fd, b, n, o), (fd, b, HALF(n), o), 0)
CARRY(pread64, 'r', (int fd, void *b, size_t n, off64_t o), (fd, b, n, o), (fd, b, HALF(n), o), 0)

#define SYNC(name, kind, params, whole) \
    int name params { \
        REAL(name); \
        return hit_fd(fd, kind) ? error() : real whole; \
    }
SYNC(fsync, 's', (int fd), (fd))
SYNC(fdatasync, 's', (int fd), (fd))
SYNC(ftruncate, 'w', (int fd, off_t n), (fd, n))
SYNC(ftruncate64, 'w', (int fd, off64_t n), (fd, n))

#define NAME(name, params, whole) \
    int name params { \
        REAL(name); \
        return !only && hit('w') ? error() : real whole; \
    }
NAME(rename, (const char *a, const char *b), (a, b))
NAME(renameat, (int x, const char *a, int y, const char *b), (x, a, y, b))
NAME(unlink, (const char *a), (a))
NAME(unlinkat, (int x, const char *a, int f), (x, a, f))
NAME(link, (const char *a, const char *b), (a, b))
NAME(linkat, (int x, const char *a, int y, const char *b, int f), (x, a, y, b, f))
NAME(mkdir, (const char *a, mode_t m), (a, m))
NAME(rmdir, (const char *a), (a))

#define OPEN(name, params, last, whole) \
    int name params { \
        REAL(name); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | __O_TMPFILE)) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        return !only && hit('o') ? error() : real whole; \
    }
OPEN(open, (const char *path, int flags, ...), flags, (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), flags, (path, flags, mode))
OPEN(openat, (int dir, const char *path, int flags, ...), flags, (dir, path, flags, mode))
OPEN(openat64, (int dir, const char *path, int flags, ...), flags, (dir, path, flags, mode))

int clock_gettime(clockid_t id, struct timespec *now) {
    REAL(clock_gettime);
    int done = real(id, now);
    if (!done && id == CLOCK_REALTIME)
        now->tv_sec += later;
    if (!done && id == CLOCK_MONOTONIC && fast) {
        static long begun;
        long nanos = now->tv_sec * 1000000000 + now->tv_nsec, none = 0;
        __atomic_compare_exchange_n(&begun, &none, nanos, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
        nanos = begun + (nanos - begun) * fast;
        *now = (struct timespec){nanos / 1000000000, nanos % 1000000000};
    }
    return done;
}

int epoll_wait(int fd, struct epoll_event *events, int most, int timeout) {
    REAL(epoll_wait);
    return real(fd, events, most, timeout > 0 && fast ? (timeout + fast - 1) / fast : timeout);
}
