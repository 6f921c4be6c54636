//! One audit record. In: a line; out: its head, and its fields by name.
//!
//! ```text
//! line   = ["node=" NAME SP] "type=" TYPE SP "msg=audit(" SEC "." MSEC ":" SERIAL "):" SP? fields [GS fields]
//! fields = *(KEY "=" value SP)        behind GS stand the names of numbers as the host of the log had them
//! value  = DQUOTE chars DQUOTE / HEX / "(null)" / bare / SQUOTE fields SQUOTE
//! ```

use crate::model::session::FilePath;

/// What every record begins with.
pub(super) struct Head<'a> {
    pub node: &'a [u8],
    pub kind: &'a [u8],
    /// Milliseconds since 1970.
    pub at: i64,
    pub serial: u64,
    pub fields: &'a [u8],
}

/// The fields of a record, first ones first.
pub(super) struct Fields<'a>(Vec<(&'a [u8], &'a [u8])>);

/// Fields of one record.
const FIELDS: usize = 2_000;

pub(super) fn head(line: &[u8]) -> Option<Head<'_>> {
    let (node, rest) = match line.strip_prefix(b"node=") {
        Some(rest) => split(rest, b' ')?,
        None => (&b""[..], line),
    };
    let (kind, rest) = split(rest.strip_prefix(b"type=")?, b' ')?;
    let (stamp, fields) = split(rest.strip_prefix(b"msg=audit(")?, b')')?;
    let (time, serial) = split(stamp, b':')?;
    let (seconds, thousandths) = split(time, b'.')?;
    let seconds: i64 = number(seconds)?.try_into().ok()?;
    let thousandths: i64 = number(thousandths)?.try_into().ok()?;
    let at = seconds.checked_mul(1000)?.checked_add(thousandths)?;
    let fields = fields.strip_prefix(b":").unwrap_or(fields);
    Some(Head { node, kind, at, serial: number(serial)?, fields })
}

fn split(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|b| *b == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

impl<'a> Fields<'a> {
    pub(super) fn of(text: &'a [u8]) -> Fields<'a> {
        let mut fields = Vec::new();
        let mut rest = text;
        while let Some((key, behind)) = split(rest, b'=').filter(|_| fields.len() < FIELDS) {
            let key = key.rsplit(|b| b" \x1d,".contains(b)).next().unwrap_or_default();
            let quote = behind.first().filter(|b| matches!(b, b'"' | b'\''));
            let end = match quote {
                Some(quote) => {
                    behind.iter().skip(1).position(|b| b == quote).map_or(behind.len(), |end| end + 2)
                }
                None => behind.iter().position(|b| matches!(b, b' ' | 0x1d)).unwrap_or(behind.len()),
            };
            let value = behind.get(..end).unwrap_or_default();
            // what a program said of itself holds fields of its own
            if quote == Some(&b'\'') {
                let inner = value.get(1..value.len().saturating_sub(1)).unwrap_or_default();
                let most = FIELDS - fields.len();
                fields.extend(Fields::plain(inner).take(most));
            } else {
                fields.push((key, value));
            }
            rest = behind.get(end..).unwrap_or_default();
        }
        Fields(fields)
    }

    /// Fields that hold no others.
    fn plain(text: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = text;
        std::iter::from_fn(move || {
            let (key, behind) = split(rest, b'=')?;
            let key = key.rsplit(|b| *b == b' ').next().unwrap_or_default();
            let end = match behind.first() {
                Some(b'"') => {
                    behind.iter().skip(1).position(|b| *b == b'"').map_or(behind.len(), |end| end + 2)
                }
                _ => behind.iter().position(|b| *b == b' ').unwrap_or(behind.len()),
            };
            rest = behind.get(end..)?;
            Some((key, behind.get(..end)?))
        })
    }

    fn get(&self, key: &[u8]) -> Option<&'a [u8]> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    /// A bare word, or a name that the host of the log gave.
    pub(super) fn word(&self, key: &[u8]) -> Option<String> {
        let value = self.get(key)?;
        let value = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value);
        Some(String::from_utf8_lossy(value).into_owned())
    }

    pub(super) fn number(&self, key: &[u8]) -> Option<u64> {
        number(self.get(key)?)
    }

    pub(super) fn small(&self, key: &[u8]) -> Option<u32> {
        self.number(key).and_then(|n| u32::try_from(n).ok())
    }

    /// A string that a user could choose: in quotes, or in hexadecimal.
    pub(super) fn bytes(&self, key: &[u8]) -> Option<Vec<u8>> {
        decoded(self.get(key)?)
    }

    pub(super) fn path(&self, key: &[u8]) -> Option<FilePath> {
        self.bytes(key).map(FilePath)
    }

    pub(super) fn text(&self, key: &[u8]) -> Option<String> {
        self.bytes(key).map(|bytes| String::from_utf8_lossy(&bytes).replace(['\0', '\u{1}'], " "))
    }

    /// `a0`, `a1`, … of a started program; a long one goes on as `a1[0]`, `a1[1]`, … in further records.
    pub(super) fn arguments(&self, room: usize) -> Vec<String> {
        let is_one = |key: &[u8]| {
            let digits = key.strip_prefix(b"a").unwrap_or_default();
            let digits = digits.split(|b| *b == b'[').next().unwrap_or_default();
            !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
        };
        let mut left = room;
        let told = self.0.iter().filter(|(key, _)| is_one(key)).map_while(|(_, value)| {
            let bytes = decoded(value).unwrap_or_default();
            left = left.checked_sub(bytes.len())?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        });
        told.collect()
    }
}

fn decoded(value: &[u8]) -> Option<Vec<u8>> {
    if let Some(text) = value.strip_prefix(b"\"") {
        return Some(text.strip_suffix(b"\"").unwrap_or(text).to_vec());
    }
    if matches!(value, b"" | b"?" | b"(null)" | b"(none)") {
        return None;
    }
    let hex = |b: &u8| b.is_ascii_digit() || (b'A'..=b'F').contains(b);
    if !value.len().is_multiple_of(2) || !value.iter().all(hex) {
        return Some(value.to_vec());
    }
    let digit = |b: u8| if b.is_ascii_digit() { b - b'0' } else { b - b'A' + 10 };
    let (pairs, _) = value.as_chunks::<2>();
    Some(pairs.iter().map(|[high, low]| digit(*high) << 4 | digit(*low)).collect())
}

/// The names of system calls that change files, by number, for logs that do not tell them: x86-64, then aarch64 and others
/// that number as it does.
pub(super) fn call(arch: &str, number: u64) -> Option<&'static str> {
    let table: &[(u64, &'static str)] = match arch {
        "c000003e" => &[
            (2, "open"),
            (59, "execve"),
            (76, "truncate"),
            (77, "ftruncate"),
            (82, "rename"),
            (83, "mkdir"),
            (84, "rmdir"),
            (85, "creat"),
            (86, "link"),
            (87, "unlink"),
            (88, "symlink"),
            (90, "chmod"),
            (91, "fchmod"),
            (92, "chown"),
            (93, "fchown"),
            (94, "lchown"),
            (133, "mknod"),
            (188, "setxattr"),
            (189, "lsetxattr"),
            (190, "fsetxattr"),
            (197, "removexattr"),
            (198, "lremovexattr"),
            (199, "fremovexattr"),
            (257, "openat"),
            (258, "mkdirat"),
            (259, "mknodat"),
            (260, "fchownat"),
            (263, "unlinkat"),
            (264, "renameat"),
            (265, "linkat"),
            (266, "symlinkat"),
            (268, "fchmodat"),
            (316, "renameat2"),
            (322, "execveat"),
            (437, "openat2"),
            (452, "fchmodat2"),
        ],
        "c00000b7" | "c00000f3" => &[
            (5, "setxattr"),
            (6, "lsetxattr"),
            (7, "fsetxattr"),
            (14, "removexattr"),
            (33, "mknodat"),
            (34, "mkdirat"),
            (35, "unlinkat"),
            (36, "symlinkat"),
            (37, "linkat"),
            (38, "renameat"),
            (45, "truncate"),
            (46, "ftruncate"),
            (52, "fchmod"),
            (53, "fchmodat"),
            (54, "fchownat"),
            (55, "fchown"),
            (56, "openat"),
            (221, "execve"),
            (276, "renameat2"),
            (281, "execveat"),
            (437, "openat2"),
            (452, "fchmodat2"),
        ],
        _ => &[],
    };
    table.iter().find(|(n, _)| *n == number).map(|(_, name)| *name)
}
