//! What a terminal showed, as asciicast v3: a line that says how large it was, then one for each piece of output, with the
//! time since the one before. In: bytes as they came, and when; out: lines of JSON. Output only: what is typed is not in
//! here, and nothing is while the terminal does not echo, as it is told then.
//! Follows <https://docs.asciinema.org/manual/asciicast/v3/>.

use serde_json::{Value, json};
use std::io::{self, Write};
use std::time::Duration;

/// The most that is kept.
const MOST: u64 = 16 << 20;

/// A recording that goes on.
pub struct Cast<W> {
    to: W,
    /// When the last event was.
    last: Duration,
    /// The beginning of a character whose end has not come.
    partial: Vec<u8>,
    written: u64,
    silent: bool,
}

impl<W: Write> Cast<W> {
    /// Begins one; `started` in seconds since 1970.
    ///
    /// # Errors
    /// Those of the file.
    pub fn begin(to: W, size: (u16, u16), started: i64, terminal: &str) -> io::Result<Cast<W>> {
        let mut cast = Cast { to, last: Duration::ZERO, partial: Vec::new(), written: 0, silent: false };
        let (columns, rows) = size;
        let term = json!({ "cols": columns, "rows": rows, "type": terminal });
        cast.line(&json!({ "version": 3, "term": term, "timestamp": started }))?;
        Ok(cast)
    }

    /// Takes output in, which came so long after the beginning, if it is to be kept; that some was not is told.
    ///
    /// # Errors
    /// Those of the file.
    pub fn output(&mut self, at: Duration, bytes: &[u8], kept: bool) -> io::Result<()> {
        if self.silent == kept {
            self.silent = !kept;
            self.partial.clear();
            let what = if kept { "recorded again" } else { "not recorded from here" };
            self.event(at, "m", what)?;
        }
        if self.silent || self.written > MOST {
            return Ok(());
        }
        self.partial.extend_from_slice(bytes);
        let whole = self.partial.len() - unfinished(&self.partial);
        let rest = self.partial.split_off(whole);
        let text = std::mem::replace(&mut self.partial, rest);
        self.event(at, "o", &String::from_utf8_lossy(&text))?;
        if self.written > MOST {
            self.event(at, "m", "too much output: the rest is not recorded")?;
        }
        Ok(())
    }

    /// The terminal has another size.
    ///
    /// # Errors
    /// Those of the file.
    pub fn resized(&mut self, at: Duration, size: (u16, u16)) -> io::Result<()> {
        self.event(at, "r", &format!("{}x{}", size.0, size.1))
    }

    fn event(&mut self, at: Duration, code: &str, data: &str) -> io::Result<()> {
        let since = at.saturating_sub(self.last);
        self.last = at;
        let seconds = since.as_millis() as f64 / 1_000.0;
        self.line(&json!([seconds, code, data]))
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        let line = format!("{value}\n");
        self.written += line.len() as u64;
        self.to.write_all(line.as_bytes())
    }
}

/// How many bytes at the end begin a character that is not complete.
fn unfinished(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(e) if e.error_len().is_none() => bytes.len() - e.valid_up_to(),
        // behind something wrong there may be such a beginning as well, of three bytes at most
        Err(_) => {
            let tail = bytes.len().saturating_sub(3)..bytes.len();
            let begins = tail.clone().rev().find(|at| bytes.get(*at).is_some_and(|byte| byte & 0xC0 == 0xC0));
            let cut = |at: &usize| {
                let end = bytes.get(*at..).map(std::str::from_utf8);
                matches!(end, Some(Err(e)) if e.error_len().is_none() && e.valid_up_to() == 0)
            };
            begins.filter(cut).map_or(0, |at| bytes.len() - at)
        }
        Ok(_) => 0,
    }
}

/// The same recording with every piece of output made over; what is no event is left out.
pub fn made_over(cast: &str, mut over: impl FnMut(&str) -> String) -> String {
    let mut lines = String::new();
    for (at, line) in cast.lines().enumerate() {
        let Ok(mut value) = serde_json::from_str::<Value>(line) else { continue };
        if let Some(data) = value.get_mut(2).filter(|_| at > 0)
            && let Some(text) = data.as_str()
        {
            *data = Value::from(over(text));
        }
        lines.push_str(&format!("{value}\n"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<Value> {
        String::from_utf8_lossy(bytes).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn output_is_told_with_the_time_since_the_last() {
        let mut bytes = Vec::new();
        let mut cast = Cast::begin(&mut bytes, (80, 24), 7, "xterm").unwrap();
        let at = Duration::from_millis;
        cast.output(at(500), b"a\x1b[1m\r\n", true).unwrap();
        cast.output(at(750), "ä".as_bytes().get(..1).unwrap(), true).unwrap();
        cast.output(at(800), "äb\u{20ac}".as_bytes().get(1..4).unwrap(), true).unwrap();
        cast.resized(at(900), (100, 30)).unwrap();
        cast.output(at(950), b"Password: ", false).unwrap();
        cast.output(at(990), b"\r\nok", true).unwrap();
        let told = lines(&bytes);
        assert_eq!(
            told[0],
            json!({"version": 3, "term": {"cols": 80, "rows": 24, "type": "xterm"}, "timestamp": 7})
        );
        assert_eq!(
            told[1..],
            [
                json!([0.5, "o", "a\x1b[1m\r\n"]),
                json!([0.25, "o", ""]),
                json!([0.05, "o", "äb"]),
                json!([0.1, "r", "100x30"]),
                json!([0.05, "m", "not recorded from here"]),
                json!([0.04, "m", "recorded again"]),
                json!([0.0, "o", "\r\nok"]),
            ]
        );
    }

    #[test]
    fn foreign_bytes_are_replaced_and_characters_are_whole() {
        assert_eq!(unfinished(b"a\xe2\x82"), 2);
        assert_eq!(unfinished(b"\xff\xe2\x82"), 2);
        assert_eq!(unfinished(b"\xff\xff"), 0);
        assert_eq!(unfinished("€".as_bytes()), 0);
    }

    #[test]
    fn much_output_is_cut() {
        let mut bytes = Vec::new();
        let mut cast = Cast::begin(&mut bytes, (80, 24), 7, "xterm").unwrap();
        for _ in 0..40 {
            cast.output(Duration::ZERO, &[b'x'; 1 << 20], true).unwrap();
        }
        assert!(bytes.len() < 18 << 20);
        assert!(lines(&bytes).last().unwrap()[2].as_str().unwrap().starts_with("too much output"));
    }

    #[test]
    fn only_output_is_made_over() {
        let cast = "{\"version\":3,\"a\":\"x\"}\nbroken\n[1.5,\"o\",\"x\"]\n";
        let over = made_over(cast, |text| text.replace('x', "y"));
        assert_eq!(lines(over.as_bytes()), [json!({"version": 3, "a": "x"}), json!([1.5, "o", "y"])]);
    }
}
