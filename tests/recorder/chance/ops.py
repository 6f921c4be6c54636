# The same in Python, with what shells cannot do.
import ctypes, mmap, os, shutil, stat, sys
libc = ctypes.CDLL(None)
MODES = [0o700, 0o755, 0o711, 0o1777, 0o2755, 0o744]
def waits(a):
    try: return stat.S_ISFIFO(os.stat(a).st_mode)
    except OSError: return False
def put(a, how, n):
    if waits(a): return
    with open(a, how) as f: f.write(b"%d\n" % n)
def write(a, b, n): put(a, "wb", n)
def append(a, b, n): put(a, "ab", n)
def patch(a, b, n):
    if waits(a): return
    with open(a, "r+b") as f: f.seek(n % 40); f.write(b"x")
def cut(a, b, n): waits(a) or os.truncate(a, n % 40)
def move(a, b, n): shutil.move(os.fsdecode(a), os.fsdecode(b))
def rename(a, b, n): os.rename(a, b)
def unlink(a, b, n): os.unlink(a)
def clear(a, b, n): shutil.rmtree(a)
def rmdir_(a, b, n): os.rmdir(a)
def make(a, b, n): os.mkdir(a)
def deep(a, b, n): os.makedirs(a + b"/x/y", exist_ok=True); write(a + b"/x/y/z", b, n)
def chmod_(a, b, n): os.chmod(a, MODES[n % 6])
def own(a, b, n): os.lchown(a, n % 9 + 1, n % 7 + 1)
def link_(a, b, n): os.link(a, b, follow_symlinks=False)
def relink(a, b, n):
    if os.path.lexists(a) and os.path.lexists(b): os.unlink(b)
    os.link(a, b)
def symlink(a, b, n): os.symlink(b, a)
def resymlink(a, b, n): os.symlink(b, a + b".l"); os.replace(a + b".l", a)
def fifo(a, b, n): os.mkfifo(a)
def copy(a, b, n):
    if (os.path.realpath(b) + b"/").startswith(os.path.realpath(a) + b"/"): return # it would have no end
    if os.path.isdir(a): shutil.copytree(a, b, symlinks=True)
    else: waits(a) or waits(b) or shutil.copy2(a, b)
def over(a, b, n): waits(a) or waits(b) or shutil.copyfile(a, b)
def edit(a, b, n): aside(a, b, n)
def backup(a, b, n): os.rename(a, a + b"~"); write(a, b, n)
def aside(a, b, n): write(a + b".tmp", b, n); os.replace(a + b".tmp", a)
def attribute(a, b, n): os.setxattr(a, "user.n%d" % (n % 3), b"%d" % n)
def plain(a, b, n): os.removexattr(a, "user.n%d" % (n % 3))
def acl(a, b, n): attribute(a, b, n)
def touch_(a, b, n): os.utime(a, (n, n), follow_symlinks=False)
def within(a, b, n):
    here = os.open(".", os.O_RDONLY)
    try: os.chdir(a); write(b"f", b, n); append(b"../g", b, n); os.rename("f", "h")
    finally: os.fchdir(here); os.close(here)
def turn(a, b, n): os.rename(a, a + b".old"); os.mkdir(a); write(a + b"/n", b, n)
def swap(a, b, n):
    libc.renameat2(-100, a, -100, b, 2)
def archive(a, b, n): held(a, b, n)
def held(a, b, n):
    "Writes to what was renamed while it was open."
    if waits(a): return
    with open(a, "r+b") as f: os.rename(a, b); f.write(b"held")
def ghost(a, b, n):
    "Writes to what has no name any more."
    if waits(a): return
    with open(a, "ab") as f: os.unlink(a); f.write(b"ghost")
def nameless(a, b, n):
    fd = os.open(os.path.dirname(a) or b".", os.O_TMPFILE | os.O_RDWR); os.write(fd, b"%d" % n)
    os.link("/proc/self/fd/%d" % fd, a, follow_symlinks=True); os.close(fd)
def mapped(a, b, n):
    if waits(a): return
    with open(a, "r+b") as f: m = mmap.mmap(f.fileno(), 0); m[0:1] = b"m"; m.close()
def below(a, b, n):
    "By descriptors of directories, one of which is renamed in between."
    fd = os.open(a, os.O_DIRECTORY); os.rename(a, b)
    with open(os.open("d", os.O_CREAT | os.O_WRONLY, dir_fd=fd), "w") as f: f.write("below")
    os.mkdir("m", dir_fd=fd); os.rename("d", "e", src_dir_fd=fd, dst_dir_fd=fd); os.close(fd)
words = sys.argv[1:]
for what, a, b, n in zip(*[iter(words)] * 4):
    try: globals()[what](bytes.fromhex(a), bytes.fromhex(b), int(n))
    except (OSError, ValueError, shutil.Error): pass
