//! B4: the disk of the state directory is full while the real program works: ENOSPC at one of its calls or at all from that one
//! on, and a disk of its own of many sizes, from one that holds not even the database to one on which nothing is felt. Nothing
//! is lost, nothing doubled, no mail used up a try; with too little room no mail is fetched and staff are told; and when there is room again
//! the next start does what was left.

use crate::faults::{Fault, Known, SERVE, Site, each, laws, scenarios};
use crate::io::failures;
use crate::row::{Row, Trial};
use trackle::limits;

/// The row.
pub const ROW: Row = Row {
    name: "B4",
    about: "a full disk delays work and loses none",
    unit: "full disks",
    amounts: [30, 1_000, 15_000],
    trial: |trial| full(trial, false),
    // what a run that failed leaves undone counts as done
    control: |trial| full(trial, true),
};

/// How many sizes there are of each conversation's disk, and a page.
const SIZES: u64 = 64;
const PAGE: u64 = 4_096;

fn full(trial: &Trial<'_>, ignored: bool) -> Result<String, String> {
    let calls = failures(trial, &[("w", Fault::FULL), ("o", Fault::FULL), ("s", Fault::FULL)], ignored)?;
    let daemons = scenarios::of(ignored).filter(|scenario| scenario.words == SERVE);
    let known: Vec<(Known, String)> =
        daemons.map(|scenario| told(Known::of(scenario)?)).collect::<Result<_, _>>()?;
    let all = SIZES * known.len() as u64;
    let seeds: Vec<u64> = trial.seeds().take(all as usize).collect();
    let told = each(trial, &seeds, |seed| {
        let point = seed.wrapping_mul(7_919) % all;
        let (known, step) = (&known[(point % known.len() as u64) as usize], point / known.len() as u64);
        // a page more each time, and then more of them: all of it is less than what a mail may need
        let more = PAGE * (8 + step * (1 + step / 8));
        small(known, more, ignored)
            .map_err(|what| format!("seed {seed}: {}, {more} bytes free: {what}", known.0.prepared.name))
    })?;
    for known in known.iter().take(if ignored { 0 } else { 3 }) {
        goes_on(known).map_err(|what| format!("{}, a daemon: {what}", known.0.prepared.name))?;
    }
    trial.tried(trial.amount + seeds.len() as u64);
    let count = told.iter().filter(|told| **told).count();
    Ok(format!("{calls}; {} small disks, {count} too small; the daemon goes on by itself", seeds.len()))
}

/// With the books as they are when staff were told, on a disk that is too small to fetch mail and no smaller.
fn told(known: Known) -> Result<(Known, String), String> {
    let site = Site::new(&known.prepared)?;
    let ran = site.on_a_disk(limits::FREE_DISK, SMALL)?;
    if !matches!(ran.code, Some(0 | 75)) {
        return Err(format!("{}, on a disk with little room: {ran:?}", known.prepared.name));
    }
    site.recover()?;
    let books = laws::books(&site)?;
    laws::hold(&site, &books, 0)?;
    Ok((known, books))
}

/// A run on a disk on which so many bytes are free. Gives whether they were too few.
fn small((known, told): &(Known, String), more: u64, ignored: bool) -> Result<bool, String> {
    let site = Site::new(&known.prepared)?;
    let ran = site.on_a_disk(more, SMALL)?;
    match ran.code {
        // there is nothing left to be done
        Some(0) => laws::hold(&site, &known.books, 0).map(drop)?,
        Some(code) if code < 128 && ran.said.contains("full") => {}
        _ => return Err(format!("{ran:?}")),
    }
    if ignored {
        laws::forget_letters(&site)?;
    }
    site.recover()?;
    // there may have been no room for the letter to staff either
    let books = if laws::books(&site)?.contains("disk_full") { told } else { &known.books };
    laws::hold(&site, books, 1)?;
    Ok(ran.code != Some(0))
}

/// The daemon on a disk that becomes larger while it runs.
fn goes_on((known, told): &(Known, String)) -> Result<(), String> {
    let site = Site::new(&known.prepared)?;
    let ran = site.on_a_disk(PAGE * 64, GROWS)?;
    let (said, fetched) = (ran.said.matches("the disk is full").count(), laws::left_to_do(&site)?);
    if ran.code != Some(0) || said == 0 || fetched > 0 {
        return Err(format!("{fetched} mails and letters are left over: {ran:?}"));
    }
    laws::hold(&site, told, 0).map(drop)
}

/// What runs on the disk: the program.
const SMALL: &str = r#"LD_PRELOAD=$SHIM "$@"; code=$?"#;
/// The daemon, until the mailbox is empty; there is room once it has said that there is none.
const GROWS: &str = r#"
    LD_PRELOAD=$SHIM "$1" "$2" "$3" serve & pid=$!
    till() { for n in $(seq 600); do "$@" && return; sleep 0.05; done; }
    complains() { grep -q 'disk is full' said; }
    idle() { [ -z "$(ls in/new)" ] && sleep 0.5; }
    till complains && mount -o remount,size=1g state && till idle
    kill -TERM $pid; wait $pid; code=$?"#;
