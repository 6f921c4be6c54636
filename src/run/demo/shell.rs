//! The play's recorded shell: `trackle work` itself, started as a person starts it, on a configuration file of a print
//! server that lies in the play's directory. What it keeps on the way lies there as well, so that nothing is left elsewhere.

use super::{Failed, Stage};
use std::fs;
use std::process::{Command, Stdio};

/// As Anna types it.
pub const TYPED: &str = "trackle work 1 -c \"sed -i 's/^roller-pages = .*/roller-pages = 0/; s/^retries = 0/retries = 2/' etc/printers.conf\"";

const EDIT: &str =
    "sed -i 's/^roller-pages = .*/roller-pages = 0/; s/^retries = 0/retries = 2/' etc/printers.conf";
const BEFORE: &str = "# third floor\n[lp-3-12]\nuri = ipp://lp-3-12.demo.example\ntray = auto\nroller-pages = 48112\n\
    retries = 0\nnotify = help@demo.example\n";
const REMARK: &str = "New roller put in and counted from zero; two tries before a job is given up.";

/// Does the work; gives what the terminal showed. Where nothing can be recorded, that is what it shows.
///
/// # Errors
/// When the play's directory cannot be written, or the program cannot be started.
pub(super) fn work(stage: &Stage) -> Result<String, Failed> {
    let host = stage.base.join("print1");
    fs::create_dir_all(host.join("etc"))?;
    fs::write(host.join("etc/printers.conf"), BEFORE)?;
    let done = Command::new(std::env::current_exe()?)
        .arg("--config")
        .arg(&stage.config_path)
        // below the system's temporary directory nothing is shown unless somebody asks for it
        .args([
            "work", "1", "--as", "anna", "--shell", "/bin/sh", "--show", "*", "--yes", "--remark", REMARK,
            "-c", EDIT,
        ])
        .current_dir(&host)
        .env("XDG_CACHE_HOME", stage.base.join("cache"))
        .env("XDG_STATE_HOME", stage.base.join("sessions"))
        .env("NO_COLOR", "1")
        .env_remove("TRACKLE_SESSION")
        .env_remove("TRACKLE_DIR")
        .env_remove("TRACKLE_TICKET")
        .stdin(Stdio::null())
        .output()?;
    Ok(format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)))
}
