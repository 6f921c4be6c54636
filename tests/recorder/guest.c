/* A program that makes it hard for a library: a thread with the smallest stack, a signal handler, closed descriptors, vfork,
   and an errno that must stay what it is. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void make(const char *name) {
    int fd = open(name, O_CREAT | O_WRONLY, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || close(fd) != 0) _exit(10);
}

static void *thread(void *unused) {
    make("thread");
    if (rename("thread", "thread2") != 0) _exit(11);
    return unused;
}

static void handler(int number) {
    (void)number;
    int kept = errno;
    make("signal");
    errno = kept;
}

int main(void) {
    pthread_t id;
    pthread_attr_t how;
    pthread_attr_init(&how);
    if (pthread_attr_setstacksize(&how, PTHREAD_STACK_MIN < 16384 ? 16384 : PTHREAD_STACK_MIN) != 0) return 1;
    if (pthread_create(&id, &how, thread, NULL) != 0 || pthread_join(id, NULL) != 0) return 2;
    signal(SIGUSR1, handler);
    if (raise(SIGUSR1) != 0) return 3;
    for (int fd = 3; fd < 1000; fd++) close(fd);
    make("closed");
    int next = dup(0);
    if (next != 3) return 4;
    close(next);
    errno = 77;
    make("errno");
    if (errno != 77) return 5;
    if (open("nowhere/x", O_WRONLY | O_CREAT, 0600) != -1 || errno != ENOENT) return 6;
    if (rename("nothing", "something") != -1 || errno != ENOENT) return 7;
    if (mkdir(".", 0700) != -1 || errno != EEXIST) return 8;
    pid_t child = vfork();
    if (child == 0) {
        make("vfork");
        execl("/bin/sh", "sh", "-c", "echo x > shell", (char *)NULL);
        _exit(1);
    }
    int status;
    if (waitpid(child, &status, 0) != child || status != 0) return 9;
    puts("all is well");
    return 0;
}
