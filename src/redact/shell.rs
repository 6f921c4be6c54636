//! A line of shell as words: in comes the line, out come the places of secrets in it. Words are read as POSIX has it (quotes,
//! backslashes, `;` `|` `&` between commands), but nothing is expanded. What is piped into a program that reads a password from
//! its input is one; so is a here-string.

mod likely;

use super::{Hit, arguments};
use likely::likely;

/// Lines of shell within lines of shell.
pub(super) const DEPTH: usize = 2;
/// The longest line of a content that may be a command.
const LONGEST: usize = 16 * 1024;
/// Words of one line.
const WORDS: usize = 4_000;

/// A word: what it means, and where each byte of that stands in the line.
#[derive(Debug, Default, Clone)]
pub(super) struct Word {
    pub value: Vec<u8>,
    at: Vec<usize>,
}

/// A command of a pipeline, and whether its output goes to the next.
#[derive(Debug, Default)]
struct Command {
    words: Vec<Word>,
    piped: bool,
}

pub(super) fn find(line: &[u8], hits: &mut Vec<Hit>) {
    find_within(line, 0, hits);
}

/// In a content of any kind, each of whose lines may be a command.
pub(super) fn find_commands(content: &[u8], hits: &mut Vec<Hit>) {
    for range in likely(content) {
        let line = content.get(range.clone()).unwrap_or_default();
        if line.len() <= LONGEST && line.contains(&b' ') {
            let mut found = Vec::new();
            find(line, &mut found);
            let moved =
                |hit: Hit| Hit { range: range.start + hit.range.start..range.start + hit.range.end, ..hit };
            hits.extend(found.into_iter().map(moved));
        }
    }
}

/// As [`find`], in a line that stands within another.
pub(super) fn find_within(line: &[u8], depth: usize, hits: &mut Vec<Hit>) {
    let commands = commands(line);
    for (n, command) in commands.iter().enumerate() {
        let values: Vec<&[u8]> = command.words.iter().map(|word| word.value.as_slice()).collect();
        for (word, hit) in arguments::in_words(&values, depth) {
            hits.extend(command.words.get(word).and_then(|word| word.hit(&hit)));
        }
        let reader = commands.get(n + 1).filter(|_| command.piped);
        if reader.is_some_and(|reader| reads_a_password(&reader.words)) {
            // `(echo x; echo x) | passwd`
            let grouped = command.words.iter().any(|word| word.value.ends_with(b")"));
            let from = if grouped { 0 } else { n };
            commands
                .get(from..=n)
                .unwrap_or_default()
                .iter()
                .for_each(|command| speaks(&command.words, hits));
        }
        if reads_a_password(&command.words) {
            let here = command.words.iter().skip_while(|word| !word.value.starts_with(b"<<<"));
            let said =
                here.take(2).filter_map(|word| word.from(if word.value.starts_with(b"<<<") { 3 } else { 0 }));
            hits.extend(said);
        }
    }
}

/// What `echo` and `printf` say.
fn speaks(words: &[Word], hits: &mut Vec<Hit>) {
    let speaker = |word: &Word| {
        let name = word.value.strip_prefix(b"(").unwrap_or(&word.value);
        matches!(name, b"echo" | b"printf" | b"print" | b"yes")
    };
    if let Some(at) = words.iter().position(speaker) {
        let said = words.iter().skip(at + 1).filter(|word| !word.value.starts_with(b"-"));
        hits.extend(
            said.filter(|word| !matches!(word.value.as_slice(), b"%s" | b"%s\\n"))
                .filter_map(|word| word.from(0)),
        );
    }
}

/// Programs that may take a password from their input.
const READERS: &[&str] = &[
    "adcli",
    "buildah",
    "chpasswd",
    "cryptsetup",
    "docker",
    "ecryptfs-add-passphrase",
    "gh",
    "glab",
    "gpg",
    "gpg2",
    "grub-mkpasswd-pbkdf2",
    "helm",
    "htpasswd",
    "kinit",
    "kubeseal",
    "mkpasswd",
    "mysql_config_editor",
    "nerdctl",
    "op",
    "openssl",
    "oras",
    "pass",
    "passwd",
    "podman",
    "realm",
    "saslpasswd2",
    "secret-tool",
    "skopeo",
    "smbpasswd",
    "su",
    "sudo",
    "systemd-creds",
    "vault",
    "vncpasswd",
    "wpa_passphrase",
];

/// Whether one of them does here.
fn reads_a_password(words: &[Word]) -> bool {
    let has = |options: &[&[u8]]| words.iter().any(|word| options.contains(&word.value.as_slice()));
    let base = |word: &Word| word.value.rsplit(|b| *b == b'/').next().unwrap_or_default().to_vec();
    let names = words.iter().map(base);
    names.filter(|name| READERS.iter().any(|reader| reader.as_bytes() == name)).any(|name| {
        match name.as_slice() {
            b"sudo" => has(&[b"-S", b"--stdin", b"-kS", b"-Sk"]),
            b"docker" | b"podman" | b"helm" | b"buildah" | b"skopeo" | b"nerdctl" | b"oras" => {
                has(&[b"--password-stdin"])
            }
            b"gh" | b"glab" => has(&[b"--with-token", b"--stdin"]),
            b"gpg" | b"gpg2" => has(&[b"--passphrase-fd"]),
            b"openssl" => has(&[b"-stdin", b"passwd", b"stdin"]),
            b"htpasswd" => has(&[b"-i", b"-ni", b"-iB", b"-Bi"]),
            b"vault" | b"op" | b"pass" | b"systemd-creds" | b"kubeseal" => {
                has(&[b"-", b"insert", b"encrypt"])
            }
            _ => true,
        }
    })
}

impl Word {
    fn push(&mut self, byte: u8, at: usize) {
        self.value.push(byte);
        self.at.push(at);
    }

    /// Where a part of the word stands in the line.
    fn hit(&self, hit: &Hit) -> Option<Hit> {
        let (first, last) = (self.at.get(hit.range.start)?, self.at.get(hit.range.end.checked_sub(1)?)?);
        Some(Hit { range: *first..last + 1, rule: hit.rule })
    }

    fn from(&self, start: usize) -> Option<Hit> {
        self.hit(&Hit { range: start..self.value.len(), rule: "password" })
    }
}

/// The commands of a line.
fn commands(line: &[u8]) -> Vec<Command> {
    let mut commands = vec![Command::default()];
    let mut word: Option<Word> = None;
    let mut quote = 0u8;
    let mut count = 0;
    let mut bytes = line.iter().copied().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        let here = word.get_or_insert_with(Word::default);
        match (quote, byte) {
            (b'\'', b'\'') | (b'"', b'"') => quote = 0,
            (b'\'', byte) => here.push(byte, at),
            (_, b'\\') => {
                if let Some((at, byte)) = bytes.next() {
                    here.push(byte, at);
                }
            }
            (b'"', byte) => here.push(byte, at),
            (_, b'\'' | b'"') => quote = byte,
            (_, b' ' | b'\t' | b'\n') => end_word(&mut word, &mut commands, &mut count),
            (_, b';' | b'|' | b'&') => {
                end_word(&mut word, &mut commands, &mut count);
                let twice = bytes.next_if(|(_, next)| *next == byte).is_some();
                if let Some(last) = commands.last_mut() {
                    last.piped = byte == b'|' && !twice;
                }
                commands.push(Command::default());
            }
            (_, byte) => here.push(byte, at),
        }
        if count > WORDS {
            return commands;
        }
    }
    end_word(&mut word, &mut commands, &mut count);
    commands
}

fn end_word(word: &mut Option<Word>, commands: &mut [Command], count: &mut usize) {
    if let (Some(word), Some(command)) =
        (word.take().filter(|word| !word.value.is_empty()), commands.last_mut())
    {
        command.words.push(word);
        *count += 1;
    }
}
