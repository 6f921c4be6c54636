//! A Maildir as a [`Mailbox`]: every file in `new/` and `cur/` is a mail that is not done; done ones lie in the
//! subfolder `.Done`. Comes in: the folder's path; goes out: listings and raw mails, with the line ends they have.
//! Never looks into `tmp/`, never follows a link, never reads what is not a regular file, never deletes.
//! Maildir as in <https://cr.yp.to/proto/maildir.html>, subfolders as in Courier's Maildir++.

use super::mailbox::{Entry, Fetched, Listing, Mailbox};
use crate::drop;
use crate::fault::{Fault, Outcome};
use crate::limits;
use jiff::Timestamp;
use rustix::fs::{Mode, OFlags};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep};

/// Where mail that is done goes, below the Maildir.
pub const DONE: &str = ".Done";
/// Between two looks into `new/`.
const LOOK: Duration = Duration::from_millis(250);
/// After so many looks `new/` is read even if its time stamp has not changed: time stamps are coarse.
const LOOKS: u32 = 8;

/// What a Maildir is called in the database and the log.
pub fn name(path: &Path) -> String {
    format!("maildir:{}", path.display())
}

/// Names of the mails that are done, which still lie beside a Maildir.
///
/// # Errors
/// Passing ones from the file system.
pub fn done(path: &Path) -> Outcome<Vec<String>> {
    let cur = path.join(DONE).join("cur");
    match names(&cur) {
        Ok(found) => Ok(found.into_iter().map(|(name, _)| name).collect()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(Fault::from(e).while_(&format!("listing {}", cur.display()))),
    }
}

/// Puts mails that were done back to those that are new; gives how many there were.
///
/// # Errors
/// Passing ones from the file system; what was put back stays so.
pub fn bring_back(path: &Path, wanted: &[String]) -> Outcome<u64> {
    let wanted: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    if wanted.is_empty() {
        return Ok(0);
    }
    let back = || -> io::Result<u64> {
        let mut again = 0;
        for (name, place) in names(&path.join(DONE).join("cur"))? {
            if wanted.contains(name.as_str()) {
                std::fs::rename(place, path.join("new").join(name))?;
                again += 1;
            }
        }
        Ok(again)
    };
    back().map_err(|e| Fault::from(e).while_(&format!("putting mails of {} back", path.display())))
}

/// A Maildir.
#[derive(Debug)]
pub struct Maildir {
    path: PathBuf,
    /// Where each mail of the last listing lay.
    known: Arc<Places>,
    /// The time stamp of `new/` from before it was last read.
    stamp: Option<SystemTime>,
    /// Of a larger mail only the head is fetched, in bytes; `limits::MAIL_BYTES` unless set.
    pub largest: usize,
}

/// Mails by their unique names.
type Places = HashMap<String, PathBuf>;

impl Maildir {
    /// Opens the Maildir; one that does not exist is made.
    ///
    /// # Errors
    /// Passing ones from the file system.
    pub fn open(path: &Path) -> Outcome<Maildir> {
        drop::make(path)?;
        Ok(Maildir { path: path.to_owned(), known: Arc::default(), stamp: None, largest: limits::MAIL_BYTES })
    }

    /// Whether something lies in `new/` that was not listed. Without `all` the folder is read only when its time
    /// stamp has changed.
    async fn look(&mut self, all: bool) -> Outcome<bool> {
        let before = self.stamp;
        let look = self.off_the_loop("looking into the Maildir", move |path, known| {
            let new = path.join("new");
            let stamp = new.metadata()?.modified().ok();
            let read = all || stamp != before;
            // what is never listed must not wake us for ever
            let is_mail = |path: &Path| path.symlink_metadata().is_ok_and(|m| m.is_file());
            let fresh = |(name, path): &(String, PathBuf)| !known.contains_key(name) && is_mail(path);
            Ok((stamp, read && names(&new)?.iter().any(fresh)))
        });
        let (stamp, arrived) = look.await?;
        self.stamp = stamp;
        Ok(arrived)
    }

    /// Runs `work` where it may block, on the folder's path and the places of the last listing.
    async fn off_the_loop<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Path, &Places) -> io::Result<T> + Send + 'static,
    ) -> Outcome<T> {
        let (path, known) = (self.path.clone(), self.known.clone());
        let name = path.display().to_string();
        let done = tokio::task::spawn_blocking(move || work(&path, &known)).await;
        done.map_err(|e| Fault::passing(e.to_string()))
            .and_then(|r| r.map_err(Fault::from))
            .map_err(|f| f.while_(&format!("{doing} {name}")))
    }
}

impl Mailbox for Maildir {
    fn name(&self) -> String {
        name(&self.path)
    }

    async fn list(&mut self, _after: Option<(i64, u64)>) -> Outcome<Listing> {
        let (stamp, found) = self
            .off_the_loop("listing the Maildir", |path, _| {
                let stamp = path.join("new").metadata()?.modified().ok();
                Ok((stamp, scan(path)?))
            })
            .await?;
        self.stamp = stamp;
        let entry = |f: &Found| Entry {
            uid: f.name.clone(),
            size: Some(f.size),
            arrived: Timestamp::from_second(f.arrived).ok(),
            marked: false,
            another: None,
        };
        let entries = found.iter().map(entry).collect();
        self.known = Arc::new(found.into_iter().map(|f| (f.name, f.path)).collect());
        Ok(Listing { epoch: 1, entries, more: None })
    }

    async fn fetch(&mut self, uids: &[Entry]) -> Outcome<Vec<Fetched>> {
        let wanted = uids.to_vec();
        let largest = self.largest;
        self.off_the_loop("reading mail in the Maildir", move |path, known| {
            let places = locate(path, known, wanted.iter().map(|e| e.uid.as_str()))?;
            let mut fetched = Vec::with_capacity(wanted.len());
            for entry in wanted {
                if let Some(place) = places.get(&entry.uid)
                    && let Some((bytes, cut)) = read(place, largest)?
                {
                    fetched.push(Fetched { uid: entry.uid, bytes, arrived: entry.arrived, cut });
                }
            }
            Ok(fetched)
        })
        .await
    }

    async fn mark(&mut self, uids: &[String]) -> Outcome<()> {
        let done = uids.to_vec();
        drop::make(&self.path.join(DONE))?;
        self.off_the_loop("moving mail that is done in the Maildir", move |path, known| {
            let cur = path.join(DONE).join("cur");
            for (name, place) in locate(path, known, done.iter().map(String::as_str))? {
                // not synced: after a power cut it is listed again, and the store knows it
                match std::fs::rename(place, cur.join(format!("{name}:2,S"))) {
                    Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                    _ => {}
                }
            }
            Ok(())
        })
        .await
    }

    async fn wait(&mut self, limit: Duration) -> Outcome<()> {
        let end = Instant::now() + limit;
        for looks in 0_u32.. {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.look(looks % LOOKS == 0).await? {
                break;
            }
            sleep(left.min(LOOK)).await;
        }
        Ok(())
    }

    async fn close(&mut self) {}
}

/// A mail's file.
struct Found {
    name: String,
    path: PathBuf,
    size: u64,
    /// Seconds, from the name or else from the file.
    arrived: i64,
    /// And microseconds, when the name tells them.
    micros: u32,
}

/// All mails, oldest first; of two with one name (a delivery cut short on a foreign system) the one in `new/`.
fn scan(dir: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for folder in ["new", "cur"] {
        for (name, path) in names(&dir.join(folder))? {
            let Ok(meta) = path.symlink_metadata() else { continue };
            if meta.is_file() && seen.insert(name.clone()) {
                let (arrived, micros) = time_in(&name).unwrap_or_else(|| (meta.mtime(), 0));
                found.push(Found { name, path, size: meta.len(), arrived, micros });
            }
        }
    }
    found.sort_by(|a, b| (a.arrived, a.micros, &a.name).cmp(&(b.arrived, b.micros, &b.name)));
    Ok(found)
}

/// Unique names and paths of what lies in `new/` or `cur/`, without dotfiles.
fn names(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let file = entry.file_name();
        let name = file.to_string_lossy();
        let unique = name.split(':').next().unwrap_or_default();
        if !unique.is_empty() && !unique.starts_with('.') {
            names.push((unique.to_owned(), entry.path()));
        }
    }
    Ok(names)
}

/// The delivery's time in `1795219200.M76543P21Q1.host`: seconds up to the first dot, then microseconds, which most
/// servers write without leading zeros.
fn time_in(name: &str) -> Option<(i64, u32)> {
    let number = |text: &str, most: usize| {
        let digits = text.find(|c: char| !c.is_ascii_digit()).map_or(text, |end| text.split_at(end).0);
        if digits.len() <= most { digits.parse::<i64>().ok() } else { None }
    };
    let (seconds, rest) = name.split_once('.')?;
    let seconds = number(seconds, 11).filter(|_| seconds.bytes().all(|b| b.is_ascii_digit()))?;
    let unique = rest.split('.').next().unwrap_or_default();
    let micros = unique.split_once('M').and_then(|(_, after)| number(after, 6));
    Some((seconds, micros.and_then(|m| u32::try_from(m).ok()).unwrap_or(0)))
}

/// Where these mails lie now. Reads the folders again when one is not where it was: a mail program may have moved
/// it to `cur/` or changed its flags. One that has gone is left out.
fn locate<'a>(dir: &Path, known: &Places, wanted: impl Iterator<Item = &'a str>) -> io::Result<Places> {
    let mut places = Places::new();
    let mut missing = HashSet::new();
    for name in wanted {
        match known.get(name).filter(|p| p.symlink_metadata().is_ok()) {
            Some(place) => drop(places.insert(name.to_owned(), place.clone())),
            None => drop(missing.insert(name)),
        }
    }
    if !missing.is_empty() {
        let found = scan(dir)?.into_iter().filter(|f| missing.contains(f.name.as_str()));
        places.extend(found.map(|f| (f.name, f.path)));
    }
    Ok(places)
}

/// A mail, or the head of one that is too large. `None`: it has gone, or is no regular file any more.
fn read(path: &Path, largest: usize) -> io::Result<Option<(Vec<u8>, bool)>> {
    // neither a link nor a pipe put in its place may lead us away or hold us up
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(handle) => File::from(handle),
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::LOOP) => return Ok(None),
        Err(e) => return Err(io::Error::from(e)),
    };
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Ok(None);
    }
    let cut = meta.len() > largest as u64;
    let most = if cut { limits::HEAD_BYTES } else { largest };
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(most).min(most));
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(Some((bytes, cut)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn put(dir: &Path, file: &str, text: &str) {
        fs::write(dir.join(file), text).unwrap();
    }

    async fn uids(maildir: &mut Maildir) -> Vec<String> {
        maildir.list(None).await.unwrap().entries.into_iter().map(|e| e.uid).collect()
    }

    #[tokio::test]
    async fn a_missing_maildir_is_made_and_empty() {
        let dir = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::open(&dir.path().join("x/help")).unwrap();
        assert!(dir.path().join("x/help/tmp").is_dir());
        assert_eq!(maildir.list(None).await.unwrap().epoch, 1);
        assert!(uids(&mut maildir).await.is_empty());
    }

    #[tokio::test]
    async fn lists_regular_mail_only_oldest_first() {
        let dir = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::open(dir.path()).unwrap();
        for file in ["new/1000.b", "new/200.z", "cur/1000.a:2,S", "new/.hidden", "tmp/1.half", "cur/3.c:2,"] {
            put(dir.path(), file, file);
        }
        fs::create_dir(dir.path().join("new/5.folder")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("new/6.link")).unwrap();
        let listing = maildir.list(None).await.unwrap();
        let names: Vec<&str> = listing.entries.iter().map(|e| e.uid.as_str()).collect();
        assert_eq!(names, ["3.c", "200.z", "1000.a", "1000.b"]);
        let first = listing.entries.first().unwrap();
        assert_eq!((first.size, first.arrived.unwrap().as_second()), (Some(10), 3));
        let fetched = maildir.fetch(&listing.entries).await.unwrap();
        let bodies: Vec<&[u8]> = fetched.iter().map(|f| f.bytes.as_slice()).collect();
        assert_eq!(bodies, [&b"cur/3.c:2,"[..], b"new/200.z", b"cur/1000.a:2,S", b"new/1000.b"]);
    }

    #[test]
    fn the_time_is_in_the_name() {
        for (name, time) in [
            ("1795219200.M76543P21Q1.host", Some((1_795_219_200, 76_543))),
            ("1795219200.V801I5M7.host,S=12", Some((1_795_219_200, 7))),
            ("1795219200.21_0.Mars", Some((1_795_219_200, 0))),
            ("1795219200.M1234567.host", Some((1_795_219_200, 0))),
            ("179521920012.M1.host", None),
            (".M1.host", None),
            ("12x.M1.host", None),
            ("1795219200", None),
        ] {
            assert_eq!(time_in(name), time, "{name}");
        }
    }

    #[tokio::test]
    async fn mail_that_moves_or_goes_meanwhile_is_no_error() {
        let dir = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::open(dir.path()).unwrap();
        for file in ["new/1.a", "new/2.b", "new/3.c"] {
            put(dir.path(), file, file);
        }
        let entries = maildir.list(None).await.unwrap().entries;
        fs::rename(dir.path().join("new/1.a"), dir.path().join("cur/1.a:2,RS")).unwrap();
        fs::remove_file(dir.path().join("new/2.b")).unwrap();
        fs::remove_file(dir.path().join("new/3.c")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("new/3.c")).unwrap();
        let fetched = maildir.fetch(&entries).await.unwrap();
        assert_eq!(fetched.iter().map(|f| f.uid.as_str()).collect::<Vec<_>>(), ["1.a"]);
    }

    #[tokio::test]
    async fn done_mail_is_moved_aside_once() {
        let dir = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::open(dir.path()).unwrap();
        put(dir.path(), "new/1.a", "a");
        put(dir.path(), "cur/2.b:2,F", "b");
        // without a listing, as after a start
        let done = ["1.a".to_owned(), "2.b".to_owned(), "9.gone".to_owned(), "../x".to_owned()];
        maildir.mark(&done).await.unwrap();
        maildir.mark(&done).await.unwrap();
        assert!(uids(&mut maildir).await.is_empty());
        assert_eq!(fs::read(dir.path().join(".Done/cur/1.a:2,S")).unwrap(), b"a");
        assert_eq!(fs::read(dir.path().join(".Done/cur/2.b:2,S")).unwrap(), b"b");
        let mut lie_there = super::done(dir.path()).unwrap();
        lie_there.sort();
        assert_eq!(lie_there, ["1.a", "2.b"]);
        assert_eq!(bring_back(dir.path(), &["2.b".into(), "3.gone".into()]).unwrap(), 1);
        assert_eq!(fs::read(dir.path().join("new/2.b")).unwrap(), b"b");
        assert_eq!(
            (super::done(dir.path()).unwrap(), super::done(&dir.path().join("none")).unwrap()),
            (vec!["1.a".into()], vec![])
        );
    }

    #[tokio::test]
    async fn too_large_a_mail_is_had_by_its_head() {
        let dir = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::open(dir.path()).unwrap();
        for (file, size) in [("new/1.just", limits::MAIL_BYTES), ("new/2.over", limits::MAIL_BYTES + 1)] {
            File::create(dir.path().join(file)).unwrap().set_len(size as u64).unwrap();
        }
        let entries = maildir.list(None).await.unwrap().entries;
        let fetched = maildir.fetch(&entries).await.unwrap();
        let got: Vec<(usize, bool)> = fetched.iter().map(|f| (f.bytes.len(), f.cut)).collect();
        assert_eq!(got, [(limits::MAIL_BYTES, false), (limits::HEAD_BYTES, true)]);
    }

    #[tokio::test]
    async fn waiting_ends_with_a_new_mail_and_not_with_an_old_one() {
        let dir = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::open(dir.path()).unwrap();
        put(dir.path(), "new/1.stuck", "listed, never marked");
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("new/1.link")).unwrap();
        maildir.list(None).await.unwrap();
        let long = Duration::from_secs(60);
        let short = tokio::time::timeout(Duration::from_millis(600), maildir.wait(long)).await;
        assert!(short.is_err(), "nothing new lies there");
        let path = dir.path().join("new/2.fresh");
        let (waited, written) = tokio::join!(tokio::time::timeout(long, maildir.wait(long)), async {
            tokio::task::spawn_blocking(move || fs::write(path, "x")).await
        });
        waited.unwrap().unwrap();
        written.unwrap().unwrap();
        maildir.wait(Duration::ZERO).await.unwrap();
    }
}
