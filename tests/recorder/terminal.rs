//! A real terminal (tmux) with somebody at its keyboard.

use crate::site::Site;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub struct Terminal {
    dir: TempDir,
}

/// As long as anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

impl Terminal {
    /// 80 columns and 24 lines, with that command in it; it stays open behind its end.
    pub fn of(site: &Site, command: &str) -> Terminal {
        Terminal::with(site, command, &[])
    }

    /// The same with further variables.
    pub fn with(site: &Site, command: &str, variables: &[(&str, &str)]) -> Terminal {
        let terminal = Terminal { dir: tempfile::tempdir_in("/tmp").unwrap() };
        let program = Path::new(env!("CARGO_BIN_EXE_trackle")).parent().unwrap();
        let line = format!(
            "unset TMUX TMUX_PANE; PATH={}:$PATH; cd '{}'; {command}; echo \"ended $?\"; exec sleep 1000",
            program.display(),
            site.path("etc").display()
        );
        let mut tmux = terminal.tmux();
        site.environment(&mut tmux);
        tmux.envs(variables.iter().copied());
        tmux.args(["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "/bin/sh", "-c", &line]);
        assert!(tmux.status().expect("tests/install").success());
        terminal
    }

    /// `trackle work` before that site.
    pub fn working(site: &Site, words: &str) -> Terminal {
        Terminal::of(
            site,
            &format!("trackle --config '{}' work {words}", site.path("trackle.toml").display()),
        )
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("tmux")
    }

    fn tmux(&self) -> Command {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(self.socket()).stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// What it shows, with all that has gone off its upper edge.
    pub fn text(&self) -> String {
        let output = self.tmux().args(["capture-pane", "-p", "-S", "-500"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The same with the sequences that colour it.
    pub fn coloured(&self) -> String {
        let output = self.tmux().args(["capture-pane", "-p", "-e"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The 24 lines.
    pub fn screen(&self) -> String {
        let output = self.tmux().args(["capture-pane", "-p"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Presses keys by tmux's names for them.
    pub fn press(&self, keys: &[&str]) {
        assert!(self.tmux().arg("send-keys").args(keys).status().unwrap().success());
    }

    /// Types a line.
    pub fn type_line(&self, line: &str) {
        assert!(self.tmux().args(["send-keys", "-l", line]).status().unwrap().success());
        self.press(&["Enter"]);
    }

    /// Waits until that stands there; gives all that does.
    pub fn see(&self, text: &str) -> String {
        self.see_times(text, 1)
    }

    /// Waits until it stands there so many times.
    pub fn see_times(&self, text: &str, times: usize) -> String {
        let begun = Instant::now();
        loop {
            let shown = self.text();
            if shown.matches(text).count() >= times {
                return shown;
            }
            assert!(begun.elapsed() < PATIENCE, "no {text:?} {times} times in\n{shown}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Makes it larger or smaller.
    pub fn resize(&self, columns: u16, lines: u16) {
        let size = [columns.to_string(), lines.to_string()];
        let done = self.tmux().args(["resize-window", "-x", &size[0], "-y", &size[1]]).status();
        assert!(done.unwrap().success());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.tmux().arg("kill-server").status();
    }
}
