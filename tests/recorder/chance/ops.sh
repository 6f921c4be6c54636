# What is done by chance, as shells and small programs do it: each takes two names and a number.
exec 2> /dev/null
pipe() { [ -p "$1" ] || [ -p "$1" ]; }
mode() { case $(($1 % 6)) in 0) echo 700 ;; 1) echo 755 ;; 2) echo 711 ;; 3) echo 1777 ;; 4) echo 2755 ;; 5) echo 744 ;; esac; }
write() { [ -p "$1" ] || printf '%s\n' "$3" > "$1"; }
append() { [ -p "$1" ] || printf '%s\n' "$3" >> "$1"; }
patch() { [ -p "$1" ] || printf x | dd of="$1" conv=notrunc bs=1 seek=$(($3 % 40)); }
cut() { [ -p "$1" ] || truncate -s $(($3 % 40)) "$1"; }
move() { mv -f "$1" "$2"; }
rename() { mv -fT "$1" "$2"; }
unlink() { rm -f "$1"; }
clear() { rm -rf "$1"; }
rmdir_() { rmdir "$1"; }
make() { mkdir "$1"; }
deep() { mkdir -p "$1/x/y" && write "$1/x/y/z" "" "$3"; }
chmod_() { chmod "$(mode "$3")" "$1"; }
own() { chown -h $(($3 % 9 + 1)):$(($3 % 7 + 1)) "$1"; }
link_() { ln "$1" "$2"; }
relink() { ln -f "$1" "$2"; }
symlink() { ln -s "$2" "$1"; }
resymlink() { ln -sfn "$2" "$1"; }
fifo() { mkfifo "$1"; }
copy() { cp -a "$1" "$2"; }
over() { [ -p "$1" ] || [ -p "$2" ] || [ -d "$1" ] || cp "$1" "$2"; }
edit() { [ -f "$1" ] && sed -i "s/1/one/;s/\$/$3/" "$1"; }
backup() { [ -f "$1" ] && sed -i.bak "s/\$/$3/" "$1"; }
aside() { [ -p "$1.tmp" ] || { printf '%s\n' "$3" > "$1.tmp" && mv -fT "$1.tmp" "$1"; }; }
attribute() { setfattr -h -n user.n$(($3 % 3)) -v "$3" "$1"; }
plain() { setfattr -h -x user.n$(($3 % 3)) "$1"; }
acl() { setfacl -m u:$(($3 % 9 + 1)):r "$1"; }
touch_() { touch -h -d @$(($3 + 1000000000)) "$1"; }
within() { (cd "$1" && { write f "" "$3"; append ../g "" "$3"; mv f h; }); }
turn() { mv "$1" "$1.old" && mkdir "$1" && write "$1/n" "" "$3"; }
swap() { mv -T "$1" "$1.t" && mv -T "$2" "$1" && mv -T "$1.t" "$2"; }
archive() { tar -cf "$2.tar" "$1" && rm -rf "$1" && tar -xf "$2.tar"; }
