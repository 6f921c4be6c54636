//! The program on a disk that can lose power: serving, working until there is nothing left to do, being handed a mail.

use super::disk::Disk;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use trackle::store::FILE;

/// Which calls for writing out reach the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    All,
    AllButCommits,
}

/// It, with its configuration and its log outside of the disk, which is mounted at `at`.
pub struct Program {
    dir: PathBuf,
    syncs: Syncs,
}

impl Program {
    /// Writes a configuration: a mailbox `in` that lies outside of the disk, and a server for letters at that port.
    pub fn new(dir: &Path, port: u16, syncs: Syncs) -> Result<Program, String> {
        fs::write(dir.join("trackle.toml"), config(port)).map_err(|e| e.to_string())?;
        Ok(Program { dir: dir.to_owned(), syncs })
    }

    fn plain(&self, disk: &Disk) -> Command {
        self.configured(disk.command(env!("CARGO_BIN_EXE_trackle")))
    }

    fn configured(&self, mut command: Command) -> Command {
        command.arg("--config").arg(self.dir.join("trackle.toml")).env_remove("NOTIFY_SOCKET");
        command
    }

    /// Serves from now on.
    pub fn serve(&self, disk: &Disk) -> Result<Child, String> {
        let mut command = if self.syncs == Syncs::All { self.plain(disk) } else { self.traced(disk) };
        let log = fs::File::options().create(true).append(true).open(self.dir.join("log"));
        command.args(["serve", "--quiet"]).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(log.map_err(|e| e.to_string())?).spawn().map_err(|e| e.to_string())
    }

    /// Its commits do not reach the disk.
    fn traced(&self, disk: &Disk) -> Command {
        let mut command = disk.command("strace");
        // -D: the program is our child, and not its tracer
        let how = ["-D", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null"];
        let what = ["-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:retval=0", "-P"];
        command.args(how).args(what).arg(self.dir.join("at/state").join(format!("{FILE}-wal")));
        command.arg(env!("CARGO_BIN_EXE_trackle"));
        self.configured(command)
    }

    /// Takes in, handles and sends everything, with nothing in its way.
    pub fn once(&self, disk: &Disk) -> Result<(), String> {
        let out =
            self.plain(disk).args(["serve", "--once", "--quiet"]).output().map_err(|e| e.to_string())?;
        if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&out.stderr).into_owned()) }
    }

    /// The mail system hands a mail over.
    pub fn deliver(&self, disk: &Disk, mail: &str) -> std::io::Result<Child> {
        let mut command = self.plain(disk);
        command.args(["deliver", "--to", "help@example.org", "--from", "p@known.example"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        child.stdin.take().map_or(Ok(()), |mut input| input.write_all(mail.as_bytes()))?;
        Ok(child)
    }

    /// What it complained of.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }
}

fn config(port: u16) -> String {
    format!(
        "[robot]\naddress = \"help@example.org\"\nstate = \"at/state\"\n[staff]\nlist = \"team@example.org\"\n\
         [[staff.member]]\nlogin = \"ann\"\naddress = \"ann@example.org\"\n[[mailbox]]\nkind = \"maildir\"\npath = \"in\"\n\
         [courier]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"plain\"\n\
         [identity]\nauthserv_id = [\"mx.example.org\"]\nmx_hosts = [\"mx.example.org\"]\ntrusted_domains = [\"known.example\"]\n\
         [policy]\nautomatic_per_day = 1000\n"
    )
}
