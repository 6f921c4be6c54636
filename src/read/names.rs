//! File names of attachments made safe to show and to offer for a download. In: what a mail said; out: a bare name
//! without directory, control or bidi characters, or nothing. Never a path: files are stored under their digest.

use super::words;

/// Longest name, in characters.
const LONGEST: usize = 120;

/// The safe form of a name.
pub fn safe(name: &str) -> String {
    let name = words::tidy(name);
    let name = name.rsplit(['/', '\\']).next().unwrap_or("");
    let name = name.trim_start_matches(['.', ' ']).trim_end();
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    // the ending tells what it is
    let ending = name.rsplit_once('.').map_or("", |(_, e)| e);
    let ending =
        if (1..=10).contains(&ending.chars().count()) { format!(".{ending}") } else { String::new() };
    let kept: String = name.chars().take(LONGEST - ending.chars().count()).collect();
    kept + &ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_is_dangerous() {
        for (raw, want) in [
            ("report.pdf", "report.pdf"),
            ("two words.txt", "two words.txt"),
            ("../../.ssh/authorized_keys", "authorized_keys"),
            ("C:\\x\\y.exe", "y.exe"),
            (".htaccess", "htaccess"),
            ("..", ""),
            ("a\0b\r\nc.txt", "ab c.txt"),
            ("gpj.\u{202e}exe", "gpj.exe"),
            ("", ""),
        ] {
            assert_eq!(safe(raw), want, "{raw:?}");
        }
        let long = safe(&("é".repeat(500) + ".tar.gz"));
        assert_eq!((long.chars().count(), long.ends_with(".gz")), (120, true));
    }
}
