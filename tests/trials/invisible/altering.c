/* A library that can be seen: of each mode that is set, the last bit is turned. */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int chmod(const char *path, unsigned mode) { return syscall(SYS_fchmodat, AT_FDCWD, path, mode ^ 1); }
int fchmodat(int at, const char *path, unsigned mode, int flags) { return syscall(SYS_fchmodat, at, path, mode ^ 1); }
