/* Starts a program so many times, one after the other, in each of the ways that there are. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pid_t start(long n, char **program) {
    pid_t pid;
    switch (n % 3) {
    case 0:
        return posix_spawn(&pid, program[0], NULL, NULL, program, environ) == 0 ? pid : -1;
    case 1:
        pid = vfork();
        break;
    default:
        pid = fork();
    }
    if (pid == 0) {
        execve(program[0], program, environ);
        _exit(127);
    }
    return pid;
}

int main(int count, char **arguments) {
    if (count < 3) return 3;
    long times = atol(arguments[1]);
    for (long n = 0; n < times; n++) {
        int status;
        pid_t pid = start(n, arguments + 2);
        if (pid < 0) return 1;
        if (waitpid(pid, &status, 0) != pid || status != 0) return 2;
    }
    puts("all is well");
    return 0;
}
