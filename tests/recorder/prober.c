/* Calls one function of libc, the one that its argument names, on the file "f" or the name "new" in the working directory.
   Exits with 77 where this libc has no such function. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 32
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

extern char **environ;

#define FIND(name, ...) \
    int (*call)(__VA_ARGS__) = (int (*)(__VA_ARGS__))dlsym(RTLD_DEFAULT, name); \
    if (call == NULL) exit(77)
#define IS(text) (strcmp(name, text) == 0)
#define EACH(...) (strstr(" " __VA_ARGS__ " ", spaced) != NULL)

static char *const SHELL[] = {"sh", "-c", "echo x > new", NULL};
static char *NOTHING[] = {NULL};

static int waited(pid_t pid) {
    int status = 0;
    return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1;
}

static int opens(const char *name, const char *spaced) {
    if (EACH("open open64 __open __open64")) {
        FIND(name, const char *, int, ...);
        return call("f", O_WRONLY | O_TRUNC) < 0;
    }
    if (EACH("openat openat64")) {
        FIND(name, int, const char *, int, ...);
        return call(open(".", O_RDONLY), "f", O_RDWR) < 0;
    }
    if (EACH("__open_2 __open64_2")) {
        FIND(name, const char *, int);
        return call("f", O_RDONLY | O_TRUNC) < 0;
    }
    if (EACH("__openat_2 __openat64_2")) {
        FIND(name, int, const char *, int);
        return call(AT_FDCWD, "f", O_WRONLY | O_APPEND) < 0;
    }
    if (IS("openat2")) {
        FIND(name, int, const char *, void *, size_t);
        unsigned long long how[3] = {O_WRONLY, 0, 0};
        return call(AT_FDCWD, "f", how, sizeof how) >= 0 ? 0 : errno == ENOSYS ? 77 : 1;
    }
    if (IS("open_by_handle_at")) {
        struct { struct file_handle head; char room[128]; } handle = {.head.handle_bytes = 128};
        int mount;
        if (name_to_handle_at(AT_FDCWD, "f", &handle.head, &mount, 0) != 0) return 77;
        int fd = open_by_handle_at(AT_FDCWD, &handle.head, O_WRONLY | O_TRUNC);
        return fd < 0 ? 77 : 0;
    }
    if (EACH("creat creat64")) {
        FIND(name, const char *, mode_t);
        return call("f", 0600) < 0;
    }
    if (EACH("fopen fopen64")) {
        FILE *(*call)(const char *, const char *) = dlsym(RTLD_DEFAULT, name);
        return call("f", "r+e") == NULL;
    }
    if (EACH("freopen freopen64")) {
        FILE *(*call)(const char *, const char *, FILE *) = dlsym(RTLD_DEFAULT, name);
        return call("f", "w", stdin) == NULL;
    }
    if (EACH("truncate truncate64")) {
        FIND(name, const char *, long);
        return call("f", 1);
    }
    if (IS("acct")) { acct("f"); acct(NULL); return 0; }
    if (IS("posix_spawn_file_actions_addopen")) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 1, "f", O_WRONLY | O_TRUNC, 0600);
        pid_t pid;
        char *const echo[] = {"echo", "x", NULL};
        return posix_spawn(&pid, "/bin/echo", &actions, NULL, echo, environ) || waited(pid);
    }
    return -1;
}

static int names(const char *name, const char *spaced) {
    if (IS("rename")) return rename("f", "new");
    if (IS("renameat")) return renameat(AT_FDCWD, "f", open(".", O_RDONLY), "new");
    if (IS("renameat2")) return renameat2(AT_FDCWD, "f", AT_FDCWD, "new", RENAME_NOREPLACE);
    if (IS("link")) return link("f", "new");
    if (IS("linkat")) return linkat(AT_FDCWD, "f", AT_FDCWD, "new", 0);
    if (IS("unlink")) return unlink("f");
    if (IS("unlinkat")) return unlinkat(AT_FDCWD, "f", 0);
    if (IS("remove")) return remove("f");
    if (IS("rmdir")) return rmdir("d");
    if (IS("symlink")) return symlink("f", "new");
    if (IS("symlinkat")) return symlinkat("f", AT_FDCWD, "new");
    if (IS("mkdir")) return mkdir("new", 0700);
    if (IS("mkdirat")) return mkdirat(AT_FDCWD, "new", 0700);
    if (IS("mknod")) return mknod("new", S_IFIFO | 0600, 0);
    if (IS("mknodat")) return mknodat(AT_FDCWD, "new", S_IFIFO | 0600, 0);
    if (IS("mkfifo")) return mkfifo("new", 0600);
    if (IS("mkfifoat")) return mkfifoat(AT_FDCWD, "new", 0600);
    if (IS("__xmknod")) {
        dev_t device = 0;
        FIND(name, int, const char *, mode_t, dev_t *);
        return call(0, "new", S_IFIFO | 0600, &device);
    }
    if (IS("__xmknodat")) {
        dev_t device = 0;
        FIND(name, int, int, const char *, mode_t, dev_t *);
        return call(0, AT_FDCWD, "new", S_IFIFO | 0600, &device);
    }
    if (IS("bind")) {
        struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "new"};
        return bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address);
    }
    char template[] = "newXXXXXX", ended[] = "newXXXXXX.c";
    if (EACH("mkstemp mkstemp64")) { FIND(name, char *); return call(template) < 0; }
    if (EACH("mkostemp mkostemp64")) { FIND(name, char *, int); return call(template, O_APPEND) < 0; }
    if (EACH("mkstemps mkstemps64")) { FIND(name, char *, int); return call(ended, 2) < 0; }
    if (EACH("mkostemps mkostemps64")) { FIND(name, char *, int, int); return call(ended, 2, 0) < 0; }
    if (IS("mkdtemp")) return mkdtemp(template) == NULL;
    return -1;
}

static int modes(const char *name) {
    int fd = open("f", O_RDONLY);
    struct timeval times[2] = {{1, 0}, {2, 0}};
    struct timespec exact[2] = {{1, 0}, {2, 0}};
    struct utimbuf old = {1, 2};
    if (IS("chmod")) return chmod("f", 0600);
    if (IS("lchmod")) return lchmod("f", 0600);
    if (IS("fchmodat")) return fchmodat(AT_FDCWD, "f", 0600, 0);
    if (IS("fchmod")) return fchmod(fd, 0600);
    if (IS("chown")) return chown("f", getuid(), getgid());
    if (IS("lchown")) return lchown("f", getuid(), getgid());
    if (IS("fchown")) return fchown(fd, getuid(), getgid());
    if (IS("fchownat")) return fchownat(fd, "", getuid(), getgid(), AT_EMPTY_PATH);
    if (IS("utime")) return utime("f", &old);
    if (IS("utimes")) return utimes("f", times);
    if (IS("lutimes")) return lutimes("f", times);
    if (IS("futimes")) return futimes(fd, times);
    if (IS("futimesat")) return futimesat(AT_FDCWD, "f", times);
    if (IS("futimens")) return futimens(fd, exact);
    if (IS("utimensat")) return utimensat(AT_FDCWD, "f", exact, AT_SYMLINK_NOFOLLOW);
    if (IS("setxattr")) return setxattr("f", "user.new", "v", 1, 0);
    if (IS("lsetxattr")) return lsetxattr("f", "user.new", "v", 1, 0);
    if (IS("fsetxattr")) return fsetxattr(fd, "user.new", "v", 1, 0);
    if (IS("removexattr")) return removexattr("f", "user.old");
    if (IS("lremovexattr")) return lremovexattr("f", "user.old");
    if (IS("fremovexattr")) return fremovexattr(fd, "user.old");
    if (IS("ioctl")) {
        int flags = 0;
        ioctl(fd, FS_IOC_SETFLAGS, &flags);
        return 0;
    }
    return -1;
}

/* Nobody may do these here; that they were tried is told all the same. */
static int done(const char *name) {
    if (IS("mount")) { mount("nothing", "d", "nothing", 0, NULL); return 0; }
    if (IS("umount")) { FIND(name, const char *); call("d"); return 0; }
    if (IS("umount2")) { umount2("d", 0); return 0; }
    if (IS("swapon")) { swapon("f", 0); return 0; }
    if (IS("swapoff")) { swapoff("f"); return 0; }
    if (IS("chroot")) {
        if (chroot("d") != 0) return 77;
        return open("/new", O_WRONLY | O_CREAT, 0600) < 0;
    }
    return -1;
}

/* Programs that are started without an environment. */
static int starts(const char *name) {
    pid_t pid;
    if (IS("execve")) return execve("/bin/sh", SHELL, NOTHING);
    if (IS("execvpe")) return execvpe("sh", SHELL, NOTHING);
    if (IS("fexecve")) return fexecve(open("/bin/sh", O_RDONLY), SHELL, NOTHING);
    if (IS("execveat")) {
        FIND(name, int, const char *, char *const[], char *const[], int);
        return call(AT_FDCWD, "/bin/sh", SHELL, NOTHING, 0);
    }
    if (IS("execle")) return execle("/bin/sh", "sh", "-c", "echo \"$5\" > new", "0", "1", "2", "3", "4", "x", NULL, NOTHING);
    if (IS("posix_spawn")) return posix_spawn(&pid, "/bin/sh", NULL, NULL, SHELL, NOTHING) || waited(pid);
    if (IS("posix_spawnp")) return posix_spawnp(&pid, "sh", NULL, NULL, SHELL, NOTHING) || waited(pid);
    if (IS("pidfd_spawn") || IS("pidfd_spawnp")) {
        FIND(name, int *, const char *, void *, void *, char *const[], char *const[]);
        int fd;
        siginfo_t info;
        int given = call(&fd, IS("pidfd_spawn") ? "/bin/sh" : "sh", NULL, NULL, SHELL, NOTHING);
        return given == ENOSYS ? 77 : given || waitid(P_PIDFD, fd, &info, WEXITED);
    }
    clearenv();
    if (IS("execv")) return execv("/bin/sh", SHELL);
    if (IS("execvp")) return execvp("sh", SHELL);
    if (IS("execl")) return execl("/bin/sh", "sh", "-c", "echo $5 > new", "0", "1", "2", "3", "4", "x", NULL);
    if (IS("execlp")) return execlp("sh", "sh", "-c", "echo x > new", NULL);
    if (IS("system")) return system("echo x > new");
    if (IS("popen")) {
        FILE *stream = popen("echo x > new", "r");
        return stream == NULL || pclose(stream);
    }
    return -1;
}

/* What libc writes by itself. */
static int own(const char *name) {
    char entry[400] = {0};
    if (IS("updwtmp") || IS("updwtmpx")) { FIND(name, const char *, const void *); call("f", entry); return 0; }
    if (IS("logwtmp")) { FIND(name, const char *, const char *, const char *); (void)call; return 77; }
    return -1;
}

/* System calls by number: the name without "SYS_". */
static int numbers(const char *name) {
    if (IS("SYS_openat")) return syscall(SYS_openat, AT_FDCWD, "f", O_WRONLY | O_TRUNC, 0) < 0;
    if (IS("SYS_openat2")) {
        unsigned long long how[3] = {O_WRONLY, 0, 0};
        return syscall(SYS_openat2, AT_FDCWD, "f", how, sizeof how) < 0;
    }
    if (IS("SYS_truncate")) return syscall(SYS_truncate, "f", 1L);
    if (IS("SYS_unlinkat")) return syscall(SYS_unlinkat, AT_FDCWD, "f", 0);
    if (IS("SYS_renameat2")) return syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "new", 0);
    if (IS("SYS_mkdirat")) return syscall(SYS_mkdirat, AT_FDCWD, "new", 0700);
    if (IS("SYS_symlinkat")) return syscall(SYS_symlinkat, "f", AT_FDCWD, "new");
    if (IS("SYS_linkat")) return syscall(SYS_linkat, AT_FDCWD, "f", AT_FDCWD, "new", 0);
    if (IS("SYS_mknodat")) return syscall(SYS_mknodat, AT_FDCWD, "new", S_IFIFO | 0600, 0);
    if (IS("SYS_fchmodat")) return syscall(SYS_fchmodat, AT_FDCWD, "f", 0600);
    if (IS("SYS_fchownat")) return syscall(SYS_fchownat, AT_FDCWD, "f", getuid(), getgid(), 0);
    if (IS("SYS_setxattr")) return syscall(SYS_setxattr, "f", "user.new", "v", 1, 0);
    if (IS("SYS_execve")) return syscall(SYS_execve, "/bin/sh", SHELL, NOTHING);
    if (IS("SYS_execveat")) return syscall(SYS_execveat, AT_FDCWD, "/bin/sh", SHELL, NOTHING, 0);
#ifdef SYS_open
    if (IS("SYS_open")) return syscall(SYS_open, "f", O_RDWR) < 0;
    if (IS("SYS_creat")) return syscall(SYS_creat, "f", 0600) < 0;
    if (IS("SYS_rename")) return syscall(SYS_rename, "f", "new");
    if (IS("SYS_unlink")) return syscall(SYS_unlink, "f");
    if (IS("SYS_mkdir")) return syscall(SYS_mkdir, "new", 0700);
    if (IS("SYS_chmod")) return syscall(SYS_chmod, "f", 0600);
#endif
    return 77;
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    const char *name = arguments[1];
    char spaced[100];
    snprintf(spaced, sizeof spaced, " %s ", name);
    if (strncmp(name, "SYS_", 4) == 0) return numbers(name);
    int given = opens(name, spaced);
    if (given == -1) given = names(name, spaced);
    if (given == -1) given = modes(name);
    if (given == -1) given = done(name);
    if (given == -1) given = own(name);
    if (given == -1) given = starts(name);
    if (given == -1) perror(name);
    return given < 0 ? 3 : given;
}
