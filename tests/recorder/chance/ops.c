/* The same in C; with RAW without the C library's functions for it, by system calls of its own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifdef RAW
static long raw(long number, long a, long b, long c, long d, long e) {
    long result;
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result < 0 ? -1 : result;
}
#define P(x) ((long)(x))
#define open(path, flags, mode) ((int)raw(SYS_openat, AT_FDCWD, P(path), flags, mode, 0))
#define truncate(path, size) raw(SYS_truncate, P(path), size, 0, 0, 0)
#define rename(a, b) raw(SYS_rename, P(a), P(b), 0, 0, 0)
#define renameat2(d, a, e, b, f) raw(SYS_renameat2, d, P(a), e, P(b), f)
#define unlink(a) raw(SYS_unlink, P(a), 0, 0, 0, 0)
#define rmdir(a) raw(SYS_rmdir, P(a), 0, 0, 0, 0)
#define mkdir(a, m) raw(SYS_mkdir, P(a), m, 0, 0, 0)
#define chmod(a, m) raw(SYS_chmod, P(a), m, 0, 0, 0)
#define lchown(a, u, g) raw(SYS_lchown, P(a), u, g, 0, 0)
#define linkat(d, a, e, b, f) raw(SYS_linkat, d, P(a), e, P(b), f)
#define symlink(b, a) raw(SYS_symlinkat, P(b), AT_FDCWD, P(a), 0, 0)
#define mkfifo(a, m) raw(SYS_mknodat, AT_FDCWD, P(a), S_IFIFO | (m), 0, 0)
#define lsetxattr(a, n, v, l, f) raw(SYS_lsetxattr, P(a), P(n), P(v), l, f)
#define lremovexattr(a, n) raw(SYS_lremovexattr, P(a), P(n), 0, 0, 0)
#define fchmod(f, m) raw(SYS_fchmod, f, m, 0, 0, 0)
#endif

static char text[32];

static void put(const char *path, int flags, off_t at) {
    int file = open(path, flags | O_WRONLY | O_NONBLOCK | O_CLOEXEC, 0644);
    if (file < 0) return;
    if (at >= 0) lseek(file, at, SEEK_SET);
    if (write(file, text, strlen(text)) < 0) {}
    close(file);
}

static char *name(const char *hex) {
    size_t length = strlen(hex) / 2;
    char *bytes = calloc(length + 16, 1);
    for (size_t i = 0; i < length; i++) sscanf(hex + 2 * i, "%2hhx", (unsigned char *)bytes + i);
    return bytes;
}

static void act(const char *what, const char *a, const char *b, int n) {
    static const int modes[] = {0700, 0755, 0711, 01777, 02755, 0744};
    char other[8192], key[] = "user.n0";
    key[6] += n % 3;
    snprintf(text, sizeof text, "%d\n", n);
#define IS(word) if (strcmp(what, word) == 0)
    IS("write") put(a, O_CREAT | O_TRUNC, -1);
    IS("append") put(a, O_CREAT | O_APPEND, -1);
    IS("patch") put(a, 0, n % 40);
    IS("cut") truncate(a, n % 40);
    IS("rename") rename(a, b);
    IS("move") renameat2(AT_FDCWD, a, AT_FDCWD, b, 1);
    IS("swap") renameat2(AT_FDCWD, a, AT_FDCWD, b, 2);
    IS("unlink") unlink(a);
    IS("rmdir_") rmdir(a);
    IS("make") mkdir(a, 0755);
    IS("chmod_") chmod(a, modes[n % 6]);
    IS("own") lchown(a, n % 9 + 1, n % 7 + 1);
    IS("link_") linkat(AT_FDCWD, a, AT_FDCWD, b, 0);
    IS("symlink") symlink(b, a);
    IS("fifo") mkfifo(a, 0644);
    IS("attribute") lsetxattr(a, key, text, strlen(text), 0);
    IS("plain") lremovexattr(a, key);
    IS("aside") {
        snprintf(other, sizeof other, "%s.tmp", a);
        put(other, O_CREAT | O_TRUNC, -1);
        rename(other, a);
    }
    IS("turn") {
        snprintf(other, sizeof other, "%s.old", a);
        if (rename(a, other) == 0 && mkdir(a, 0755) == 0) {
            snprintf(other, sizeof other, "%s/n", a);
            put(other, O_CREAT | O_TRUNC, -1);
        }
    }
    IS("held") {
        int file = open(a, O_RDWR | O_NONBLOCK, 0);
        if (file < 0) return;
        rename(a, b);
        if (write(file, text, strlen(text)) < 0) {}
        fchmod(file, 0751);
        close(file);
    }
    IS("ghost") {
        int file = open(a, O_WRONLY | O_APPEND | O_NONBLOCK, 0);
        if (file < 0) return;
        unlink(a);
        if (write(file, text, strlen(text)) < 0) {}
        close(file);
    }
}

int main(int count, char **words) {
    for (int i = 1; i + 3 < count; i += 4) act(words[i], name(words[i + 1]), name(words[i + 2]), atoi(words[i + 3]));
    return 0;
}
