/* Opens a file for writing with whatever rights it has; then, as root for good, runs a line in a shell that got no
   environment. */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count < 2 || open(arguments[1], O_WRONLY | O_APPEND) < 0) return 1;
    if (count == 2) return 0;
    if (setuid(0) != 0) return 2;
    char *const shell[] = {"sh", "-c", arguments[2], 0}, *const nothing[] = {"PATH=/bin:/usr/bin", 0};
    execve("/bin/sh", shell, nothing);
    return 3;
}
