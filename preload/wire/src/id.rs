//! The name of a session: 26 digits and small letters, of which nobody guesses one. It is all that a privileged program
//! takes from its environment, so it is looked at before a path is made of it.

/// Signs of a name.
pub const LENGTH: usize = 26;

/// Whether these are the signs of a session's name.
pub fn is_valid(name: &[u8]) -> bool {
    name.len() == LENGTH && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        assert!(is_valid(b"abcdefghijklmnopqrstuvwxy2"));
        for wrong in [
            &b""[..],
            b"abcdefghijklmnopqrstuvwxy",
            b"../../../../../etc/shadow1",
            b"ABCDEFGHIJKLMNOPQRSTUVWXY2",
        ] {
            assert!(!is_valid(wrong));
        }
    }
}
