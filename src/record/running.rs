//! Programs of a session that still run after its end. In: the session's name; out: processes that have it in their
//! environment, as far as `/proc` lets us look (proc(5)).

use std::fs;
use std::io::Read;

/// More than that of an environment is not looked through.
const ENVIRONMENT: u64 = 2 << 20;

/// Number and name of each, but ourselves.
pub fn of(id: &str) -> Vec<(u32, String)> {
    let sign = format!("{}={id}", trackle_wire::SESSION).into_bytes();
    let Ok(all) = fs::read_dir("/proc") else { return Vec::new() };
    let this = std::process::id();
    let numbers = all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut room = Vec::with_capacity(16 << 10);
    let mut running: Vec<(u32, String)> = Vec::new();
    for pid in numbers.filter(|pid| *pid != this) {
        if has(pid, &sign, &mut room) {
            running.push((pid, name(pid)));
        }
    }
    running.sort_unstable();
    running
}

fn has(pid: u32, sign: &[u8], room: &mut Vec<u8>) -> bool {
    let Ok(file) = fs::File::open(format!("/proc/{pid}/environ")) else { return false };
    room.clear();
    let read = file.take(ENVIRONMENT).read_to_end(room);
    read.is_ok() && room.split(|b| *b == 0).any(|variable| variable == sign)
}

fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_found_by_its_environment() {
        let id = "abcdefghijklmnopqrstuvwxyz";
        let mut child =
            std::process::Command::new("sleep").arg("60").env(trackle_wire::SESSION, id).spawn().unwrap();
        // until it is another program than this one
        let seen = (0..1000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(5));
            of(id) == [(child.id(), "sleep".to_owned())]
        });
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(seen && of(id).is_empty());
    }
}
