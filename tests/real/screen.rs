//! Somebody at a terminal (tmux) in which a program of ours runs: keys go in, what stands on the screen comes out. Everything
//! waits with a deadline; the program ends when this value is dropped.

use crate::mutt::tmux;
use crate::robot::wait_until;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::PathBuf;

/// A terminal of its own.
pub struct Screen {
    dir: tempfile::TempDir,
}

impl Screen {
    /// Starts a program in a terminal of that size; `editor` is a program for the shell that gets a file as `$1`.
    pub fn open(run: &str, (width, height): (u16, u16), editor: &str) -> Screen {
        let dir = tempfile::tempdir_in("/tmp").unwrap();
        let screen = Screen { dir };
        fs::write(screen.path("editor"), editor).unwrap();
        let editor = format!("EDITOR='sh {}' VISUAL=", screen.path("editor").display());
        let run = format!("{editor} SHELL=/bin/bash {run}; echo \"ended with $?\"; exec sleep 600");
        let (width, height) = (width.to_string(), height.to_string());
        let socket = screen.path("tmux");
        let start = ["-f", "/dev/null", "new-session", "-d", "-x", &width, "-y", &height, &run];
        tmux(&socket, &start);
        tmux(&socket, &["set-option", "-g", "window-size", "manual"]);
        screen
    }

    /// What stands on it now.
    pub fn now(&self) -> String {
        tmux(&self.path("tmux"), &["capture-pane", "-p"])
    }

    /// Waits until the screen shows that; gives the screen.
    #[track_caller]
    pub fn shows(&self, words: &str) -> String {
        let found = wait_until(|| Some(self.now()).filter(|screen| screen.contains(words)));
        found.unwrap_or_else(|| panic!("it does not show {words:?}, but\n{}", self.now()))
    }

    /// Waits until the screen does not show that any more.
    #[track_caller]
    pub fn hides(&self, words: &str) {
        let gone = wait_until(|| (!self.now().contains(words)).then_some(()));
        assert!(gone.is_some(), "it still shows {words:?}\n{}", self.now());
    }

    /// Whether the other screen is shown, and whether the mouse is caught: `1 1` while a program has it all.
    pub fn is_taken(&self) -> String {
        let flags = "#{alternate_on} #{mouse_any_flag}";
        tmux(&self.path("tmux"), &["display-message", "-p", flags]).trim().to_owned()
    }

    /// Waits until neither is so.
    #[track_caller]
    pub fn is_given_back(&self) {
        assert!(wait_until(|| (self.is_taken() == "0 0").then_some(())).is_some(), "{}", self.is_taken());
    }

    /// Sends the program a signal.
    pub fn signals(&self, signal: Signal) {
        kill_process(self.program(), signal).unwrap();
    }

    /// Takes the terminal away. Gives the program that ran in it.
    pub fn goes_away(&self) -> Pid {
        let program = self.program();
        tmux(&self.path("tmux"), &["kill-server"]);
        program
    }

    fn program(&self) -> Pid {
        let shell = tmux(&self.path("tmux"), &["display-message", "-p", "#{pane_pid}"]);
        let children = format!("/proc/{0}/task/{0}/children", shell.trim());
        let child = fs::read_to_string(children).unwrap().trim().parse().ok().and_then(Pid::from_raw);
        child.unwrap()
    }

    /// Presses keys, by tmux's names.
    pub fn keys(&self, keys: &[&str]) {
        tmux(&self.path("tmux"), &[&["send-keys"], keys].concat());
    }

    /// Types letters.
    pub fn types(&self, text: &str) {
        tmux(&self.path("tmux"), &["send-keys", "-l", text]);
    }

    /// Pastes, as a terminal does it: in brackets when the program has asked for them.
    pub fn pastes(&self, text: &str) {
        fs::write(self.path("paste"), text).unwrap();
        let socket = self.path("tmux");
        tmux(&socket, &["load-buffer", &self.path("paste").display().to_string()]);
        tmux(&socket, &["paste-buffer", "-p", "-r"]);
    }

    /// Gives the window another size.
    pub fn is_resized(&self, width: u16, height: u16) {
        let (width, height) = (width.to_string(), height.to_string());
        tmux(&self.path("tmux"), &["resize-window", "-x", &width, "-y", &height]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        tmux(&self.path("tmux"), &["kill-server"]);
    }
}
