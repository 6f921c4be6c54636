//! A disk that can lose power: an ext4 in a file, mounted for one keeper and those who join him, and seen by nobody else.
//! What the file holds at an instant is what a disk would hold after a power cut: what had not been written out of the
//! machine's memory by then is not in a copy of it. ext4 writes out by itself as seldom as it can be made to.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// A disk that is mounted, for as long as this value and those who joined live.
pub struct Disk {
    keeper: Child,
    image: PathBuf,
    at: PathBuf,
}

impl Disk {
    /// An empty one in that file, mounted at that directory; large enough that the robot fetches mail.
    pub fn make(image: PathBuf, at: &Path) -> Result<Disk, String> {
        let size = run(Command::new("truncate").args(["-s", "192M"]).arg(&image));
        size.and_then(|()| run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image)))?;
        Disk::mount(image, at)
    }

    /// The one that lies in that file.
    pub fn mount(image: PathBuf, at: &Path) -> Result<Disk, String> {
        let script = r#"mount -o loop,commit=300 "$1" "$2" && echo there && exec cat"#;
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", script, "sh"]).arg(&image).arg(at);
        // it ends when its standard input does, which is when this value is dropped, and when we are killed
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = command.spawn().map_err(|e| format!("unshare: {e}"))?;
        let mut said = [0; 6];
        let told = keeper.stdout.as_mut().map(|out| out.read_exact(&mut said));
        let disk = Disk { keeper, image, at: at.to_owned() };
        match told {
            Some(Ok(())) if said == *b"there\n" => Ok(disk),
            _ => Err("no disk in a file: these trials mount one and need root".into()),
        }
    }

    /// A program that sees the disk.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["-m", "-t", &self.keeper.id().to_string(), "--", program]);
        command
    }

    /// A file or directory of it, as we can open it.
    pub fn path(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.keeper.id()));
        root.join(self.at.strip_prefix("/").unwrap_or(&self.at)).join(name)
    }

    /// What it holds at this instant, in a file of its own.
    pub fn copy(&self, to: &Path) -> Result<(), String> {
        // most of it was never written
        run(Command::new("cp").arg("--sparse=always").arg(&self.image).arg(to))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
        let _ = std::fs::remove_file(&self.image);
    }
}

/// Stops a process in its tracks, all of its threads.
pub fn stop(child: &Child) {
    let _ =
        rustix::process::kill_process(rustix::process::Pid::from_child(child), rustix::process::Signal::STOP);
    let tasks = format!("/proc/{}/task", child.id());
    // a thread that waits for the disk stops when the disk has answered
    for _ in 0..2_000 {
        let threads = std::fs::read_dir(&tasks).into_iter().flatten().flatten();
        let stands = |stat: String| {
            let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
            matches!(state, Some('T' | 't' | 'Z' | 'X'))
        };
        if threads.filter_map(|t| std::fs::read_to_string(t.path().join("stat")).ok()).all(stands) {
            return;
        }
        sleep(Duration::from_millis(1));
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let out = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&out.stderr).into_owned()) }
}
