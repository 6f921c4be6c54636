# The same in Perl, as far as it goes.
use strict; no warnings; use File::Copy (); use File::Path ();
my %do = (
    write => sub { my ($a, $b, $n, $f) = @_; -p $a or (open($f, '>', $a) and print $f "$n\n") },
    append => sub { my ($a, $b, $n, $f) = @_; -p $a or (open($f, '>>', $a) and print $f "$n\n") },
    patch => sub { my ($a, $b, $n, $f) = @_; -p $a or (open($f, '+<', $a) and seek($f, $n % 40, 0) and print $f "x") },
    cut => sub { -p $_[0] or truncate($_[0], $_[2] % 40) },
    move => sub { File::Copy::move($_[0], $_[1]) },
    rename => sub { rename($_[0], $_[1]) },
    unlink => sub { unlink($_[0]) },
    clear => sub { File::Path::remove_tree($_[0]) if -d $_[0] && !-l $_[0] },
    rmdir_ => sub { rmdir($_[0]) },
    make => sub { mkdir($_[0]) },
    chmod_ => sub { chmod(0750 + ($_[2] % 6), $_[0]) },
    link_ => sub { link($_[0], $_[1]) },
    symlink => sub { symlink($_[1], $_[0]) },
    touch_ => sub { utime($_[2], $_[2], $_[0]) },
    edit => sub { my ($a, $b, $n) = @_; if (-f $a) { local ($^I, @ARGV) = ('', $a); while (<>) { s/1/$n/; print } } },
    backup => sub { my ($a, $b, $n) = @_; if (-f $a) { local ($^I, @ARGV) = ('.orig', $a); while (<>) { s/$/$n/; print } } },
    aside => sub { my ($a, $b, $n) = @_; if (open(my $f, '>', "$a.tmp")) { print $f $n; close $f; rename("$a.tmp", $a) } },
);
while (@ARGV) {
    my ($what, $a, $b, $n) = splice(@ARGV, 0, 4);
    local @ARGV;
    eval { $do{$what}->(pack('H*', $a), pack('H*', $b), $n) } if $do{$what};
}
