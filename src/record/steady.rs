//! Loss of power: what a session has recorded goes to the disk while it goes on, so that at most its last half minute is
//! missing then. In: a place; out: nothing. No program waits for it, and a disk that cannot is no reason to stop: it is
//! tried again. fsync(2) of a file takes along what programs wrote to it through memory, as they do to the page.

use super::history;
use super::place::Place;
use super::tty;
use std::fs::File;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;
use trackle_wire::file;

/// Between two times.
pub const PAUSE: Duration = Duration::from_secs(30);

/// Goes on for as long as this lives.
#[derive(Debug)]
pub struct Steady {
    _stop: Sender<()>,
}

impl Steady {
    /// Begins; for the first time after one `pause`.
    pub fn every(pause: Duration, place: &Place) -> Steady {
        let (stop, stopped) = channel();
        let place = place.clone();
        let work = move || {
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                write_out(&place);
            }
        };
        // a machine without a thread to spare records as well, and writes out when it likes
        let _ = std::thread::Builder::new().name("steady".into()).spawn(work);
        Steady { _stop: stop }
    }
}

/// Everything that was recorded until now is on the disk afterwards; what is not there any more needs not be.
pub fn write_out(place: &Place) {
    for owner in place.owners() {
        let files = [file::PACK, file::JOURNAL, file::STATE].into_iter();
        files.filter_map(|name| place.file_of(owner, name)).for_each(|file| drop(file.sync_data()));
    }
    let own = [place.dir().join(super::contents::AFTER), place.dir().join(tty::FILE)];
    let own = own.into_iter().chain(history::files(place.dir()).unwrap_or_default());
    for path in own.chain([place.dir().to_owned()]) {
        let _ = File::open(path).and_then(|file| file.sync_all());
    }
}
