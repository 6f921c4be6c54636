//! Which package brought a file. In: the paths of a session; out: the packages of those that one owns. The lists of dpkg are
//! read once for all paths together, with its diversions (dpkg-query(1), dpkg-divert(1)); where rpm keeps the packages, it
//! is asked once. Changes nothing, and owns no opinion: where there is neither, no file has a package.

use crate::model::session::FilePath;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// The directories that `/usr` has taken in on most systems: lists may name them in either way (file-hierarchy(7)).
const MERGED: &[&[u8]] = &[b"/bin/", b"/sbin/", b"/lib/", b"/lib32/", b"/lib64/", b"/libx32/"];
/// The largest list of one package that is read.
const LIST: u64 = 64 * 1024 * 1024;

/// The packages of those of the paths that have one. `root` is `/`.
pub fn of(root: &Path, paths: &[&FilePath]) -> BTreeMap<FilePath, String> {
    let dpkg = root.join("var/lib/dpkg");
    if dpkg.join("info").is_dir() {
        return Wanted::new(paths, &diversions(&dpkg)).among(&dpkg);
    }
    let rpm = ["var/lib/rpm", "usr/lib/sysimage/rpm"];
    if root == Path::new("/") && rpm.iter().any(|dir| root.join(dir).is_dir()) {
        of_rpm(paths)
    } else {
        BTreeMap::new()
    }
}

/// A diversion: who moved the file of all others aside, and where to.
struct Diversion {
    original: Vec<u8>,
    aside: Vec<u8>,
    package: Vec<u8>,
}

/// Three lines each: the file, where it went, the package on whose behalf (`:` for the admin's).
fn diversions(dpkg: &Path) -> Vec<Diversion> {
    let text = fs::read(dpkg.join("diversions")).unwrap_or_default();
    let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    let (threes, _) = lines.as_chunks::<3>();
    let own = |line: &[u8]| line.to_vec();
    threes
        .iter()
        .map(|[from, to, by]| Diversion { original: own(from), aside: own(to), package: own(by) })
        .collect()
}

/// What is sought in the lists.
struct Wanted<'a> {
    /// The names under which a list may have a path.
    names: HashMap<Vec<u8>, Vec<(&'a FilePath, Only)>>,
}

/// Which packages count where a name is diverted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Only {
    Any,
    By(Vec<u8>),
    NotBy(Vec<u8>),
}

impl<'a> Wanted<'a> {
    fn new(paths: &[&'a FilePath], diversions: &[Diversion]) -> Wanted<'a> {
        let mut names: HashMap<Vec<u8>, Vec<(&'a FilePath, Only)>> = HashMap::new();
        let originals: HashMap<&[u8], &Diversion> =
            diversions.iter().map(|d| (d.original.as_slice(), d)).collect();
        let asides: HashMap<&[u8], &Diversion> = diversions.iter().map(|d| (d.aside.as_slice(), d)).collect();
        for path in paths {
            for name in spellings(&path.0) {
                let (name, only) = match (originals.get(name.as_slice()), asides.get(name.as_slice())) {
                    (Some(diversion), _) => (name, Only::By(diversion.package.clone())),
                    (_, Some(diversion)) => {
                        (diversion.original.clone(), Only::NotBy(diversion.package.clone()))
                    }
                    _ => (name, Only::Any),
                };
                names.entry(name).or_default().push((path, only));
            }
        }
        Wanted { names }
    }

    /// Reads every list. The first package in the order of their names has a file that several claim.
    fn among(&self, dpkg: &Path) -> BTreeMap<FilePath, String> {
        let mut owners: BTreeMap<FilePath, String> = BTreeMap::new();
        let mut lists: Vec<_> =
            fs::read_dir(dpkg.join("info")).into_iter().flatten().flatten().map(|e| e.path()).collect();
        lists.retain(|path| path.extension().is_some_and(|end| end == "list"));
        lists.sort();
        for list in lists {
            let Some(name) = list.file_stem().and_then(|name| name.to_str()) else { continue };
            let name = name.split(':').next().unwrap_or_default();
            if fs::metadata(&list).map_or(true, |found| found.len() > LIST) {
                continue;
            }
            for line in fs::read(&list).unwrap_or_default().split(|b| *b == b'\n') {
                let Some(paths) = self.names.get(line) else { continue };
                for (path, only) in paths {
                    let counts = match only {
                        Only::Any => true,
                        Only::By(package) => package == name.as_bytes(),
                        Only::NotBy(package) => package != name.as_bytes(),
                    };
                    if counts {
                        owners.entry((*path).clone()).or_insert_with(|| name.to_owned());
                    }
                }
            }
        }
        owners
    }
}

/// A path, and what it is called on the other side of the merged `/usr`.
fn spellings(path: &[u8]) -> Vec<Vec<u8>> {
    let mut names = vec![path.to_vec()];
    let short = path.strip_prefix(b"/usr").filter(|short| MERGED.iter().any(|dir| short.starts_with(dir)));
    names.extend(short.map(<[u8]>::to_vec));
    if MERGED.iter().any(|dir| path.starts_with(dir)) {
        names.push([b"/usr", path].concat());
    }
    names
}

/// Asks rpm for all files of all packages, which takes it less time than asking for each.
fn of_rpm(paths: &[&FilePath]) -> BTreeMap<FilePath, String> {
    let mut owners = BTreeMap::new();
    let wanted: HashSet<&[u8]> = paths.iter().map(|path| path.0.as_slice()).collect();
    let mut command = Command::new("rpm");
    command.args(["-qa", "--queryformat", "[%{=NAME}\\t%{FILENAMES}\\n]"]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = child else { return owners };
    for line in
        child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).split(b'\n')).map_while(Result::ok)
    {
        let Some(tab) = line.iter().position(|b| *b == b'\t') else { continue };
        let (name, path) = (line.get(..tab).unwrap_or_default(), line.get(tab + 1..).unwrap_or_default());
        if wanted.contains(path) {
            owners.entry(FilePath::new(path)).or_insert_with(|| String::from_utf8_lossy(name).into_owned());
        }
    }
    let _ = child.wait();
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_packages_own_wherever_that_had_to_go() {
        let root = tempfile::tempdir().unwrap();
        let dpkg = root.path().join("var/lib/dpkg");
        fs::create_dir_all(dpkg.join("info")).unwrap();
        let list = |name: &str, lines: &str| fs::write(dpkg.join("info").join(name), lines).unwrap();
        list("coreutils.list", "/.\n/bin\n/bin/ls\n/usr/share/x\n");
        list("libc6:amd64.list", "/.\n/usr/lib/x86_64-linux-gnu/libc.so.6\n");
        list("dash.list", "/usr/bin/sh\n");
        list("bash.list", "/usr/bin/sh\n/usr/bin/bash\n");
        list("postfix.list", "/etc/postfix\n/etc/postfix/main.cf\n");
        list("postfix.md5sums", "/etc/wrong\n");
        fs::write(
            dpkg.join("diversions"),
            "/usr/bin/sh\n/usr/bin/sh.distrib\ndash\n/usr/share/x\n/usr/share/x.old\n:\n",
        )
        .unwrap();
        let paths: Vec<FilePath> = [
            "/usr/bin/ls",
            "/lib/x86_64-linux-gnu/libc.so.6",
            "/usr/bin/sh",
            "/usr/bin/sh.distrib",
            "/usr/share/x",
            "/usr/share/x.old",
            "/etc/postfix/main.cf",
            "/etc/wrong",
            "/root/x",
            "/usr/bin/bash",
        ]
        .into_iter()
        .map(FilePath::from)
        .collect();
        let owners = of(root.path(), &paths.iter().collect::<Vec<_>>());
        let owner = |path: &str| owners.get(&FilePath::from(path)).map(String::as_str);
        for (path, package) in [
            ("/usr/bin/ls", Some("coreutils")),
            ("/lib/x86_64-linux-gnu/libc.so.6", Some("libc6")),
            ("/usr/bin/sh", Some("dash")),
            ("/usr/bin/sh.distrib", Some("bash")),
            ("/usr/share/x", None),
            ("/usr/share/x.old", Some("coreutils")),
            ("/etc/postfix/main.cf", Some("postfix")),
            ("/etc/wrong", None),
            ("/root/x", None),
            ("/usr/bin/bash", Some("bash")),
        ] {
            assert_eq!(owner(path), package, "{path}");
        }
        assert!(of(&root.path().join("nothing"), &[]).is_empty());
    }
}
