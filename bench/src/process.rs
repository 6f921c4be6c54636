//! What a process of Trackle's uses, as the kernel accounts for it: CPU time, the most memory, its disk syncs.

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::fs;
use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::Duration;

/// What a process has used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    pub cpu: Duration,
    /// The most memory that it had, in bytes.
    pub memory: u64,
}

/// Waits for the end of a program; gives what it used, how it ended, and what `reached` first said.
pub fn watch<T>(
    mut child: Child,
    mut reached: impl FnMut(u32) -> Option<T>,
) -> (Used, ExitStatus, Option<T>) {
    let pid = child.id();
    let (mut memory, mut at) = (0, None);
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    while waitid(WaitId::Pid(Pid::from_child(&child)), ended).unwrap().is_none() {
        memory = most_memory(pid).unwrap_or(memory);
        at = at.or_else(|| reached(pid));
        sleep(Duration::from_millis(20));
    }
    // as long as nobody has asked for its end, its times are still there
    let cpu = cpu_time(pid);
    (Used { cpu, memory }, child.wait().unwrap(), at)
}

/// The kernel's own mark of the most memory, in bytes.
pub fn most_memory(pid: u32) -> Option<u64> {
    kilobytes(pid, "VmHWM:")
}

/// The memory that it has now, in bytes.
pub fn memory(pid: u32) -> Option<u64> {
    kilobytes(pid, "VmRSS:")
}

fn kilobytes(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// User and system time; the 14th and 15th field of `stat`, in hundredths of a second.
pub fn cpu_time(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}
