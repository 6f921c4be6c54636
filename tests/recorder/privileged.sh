# The hole that a set-uid library could be, in a mount namespace of its own: $1 an empty directory, $2 the library, $3 the
# program. Somebody tries to have a privileged program write its records to a place of his.
set -eu
dir=$1
default=/usr/lib/$(uname -m)-linux-gnu
[ -d $default ] || default=/usr/lib
mkdir $dir/o && mount -t tmpfs none $dir/o && mkdir $dir/o/u $dir/o/w
cp "$2" $dir/o/u/libtrackle.so && chmod 4644 $dir/o/u/libtrackle.so
mount -t overlay o -o lowerdir=$default,upperdir=$dir/o/u,workdir=$dir/o/w $default || { echo no overlay; exit 0; }
mount -t tmpfs -o mode=755 none /run
mkdir /run/trackle && mkdir /run/trackle/s && chmod 1733 /run/trackle/s
mkdir $dir/x && mount -t tmpfs -o mode=755 none $dir/x
cp "$3" $dir/x/program && chmod 4755 $dir/x/program
echo secret > $dir/x/secret && chmod 600 $dir/x/secret
echo public > $dir/x/public && chmod 644 $dir/x/public
mkdir -m 777 $dir/x/his && chmod 777 $dir/x/his

id=abcdefghijklmnopqrstuvwxy2
place=/run/trackle/s/$id
him() { setpriv --reuid=65534 --regid=65534 --clear-groups env "$@"; }
run() { him LD_PRELOAD=libtrackle.so "$@" $dir/x/program $dir/x/secret; }
nothing() { [ -z "$(find $1 -mindepth 1 ! -user 65534)" ] || { echo "$2"; find $1; exit 1; }; }

run TRACKLE_SESSION=$id TRACKLE_DIR=$dir/x/his
nothing $dir/x/his "the directory that the environment names"
run TRACKLE_SESSION=../../../..$dir/x/his
nothing $dir/x/his "a name that is a path"

him mkdir -m 1733 $place && him chmod 1733 $place
him mkdir -m 777 $dir/x/his/t && him ln -s $dir/x/his/t $place/0
run TRACKLE_SESSION=$id
nothing $dir/x/his "a link in the place of root's directory"
him rm $place/0 && him mkdir $place/0 && him chmod 777 $place/0
run TRACKLE_SESSION=$id
nothing $place "a directory in the place of root's"
him rmdir $place/0

# and when all is as it should be: what he may not read is not kept where he reads
him LD_PRELOAD=libtrackle.so TRACKLE_SESSION=$id $dir/x/program $dir/x/secret \
    "echo more >> $dir/x/public; echo more >> $dir/x/secret; echo \$TRACKLE_SESSION > $dir/x/child"
[ "$(cat $dir/x/child)" = $id ] || { echo "the session does not go on"; exit 1; }
[ "$(stat -c %U $place/0/journal)" = root ] || { echo "no journal of root's"; exit 1; }
grep -q public $place/0/journal || { echo "what all may read is not kept"; exit 1; }
! grep -rq "^secret" $place/0 || { echo "a secret is kept"; exit 1; }
# a page that somebody cut, of which he is not the owner, cannot be; but one of another size is not used
: > $place/0/state
run TRACKLE_SESSION=$id
echo all is well
