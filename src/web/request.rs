//! What a request asks for: in come its method, its path and its body, bounded by whoever reads it; one of four things goes
//! out.

/// Longest code that we give out, with room.
const CODE: usize = 80;
/// The one line of the body (RFC 8058 3.2).
const WORD: &str = "List-Unsubscribe=One-Click";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The page with the button.
    Look { code: String },
    /// The button was pressed.
    Leave { code: String },
    /// Something that is not here.
    Nothing,
    /// Not as it should be.
    Wrong,
}

impl Asked {
    /// What a request asks for; the path has nothing behind a question mark.
    pub fn of(method: &str, path: &str, body: &[u8]) -> Asked {
        let Some(code) = code(path).map(str::to_owned) else { return Asked::Nothing };
        match method {
            "GET" | "HEAD" => Asked::Look { code },
            "POST" if is_one_click(body) => Asked::Leave { code },
            _ => Asked::Wrong,
        }
    }
}

/// The code of a path `/u/CODE`, whatever a proxy left in front of it.
fn code(path: &str) -> Option<&str> {
    let (before, code) = path.rsplit_once('/')?;
    let is_code = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let right = !code.is_empty() && code.len() <= CODE && code.bytes().all(is_code);
    (before.ends_with("/u") && right).then_some(code)
}

/// Whether the body says so, as a form of either kind (RFC 8058 3.2 allows both).
fn is_one_click(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let part = || {
        let (_, after) = text.split_once("name=\"List-Unsubscribe\"")?;
        let (_, value) = after.split_once("\r\n\r\n")?;
        value.lines().next()
    };
    text.trim().split('&').any(|pair| pair == WORD) || part() == Some("One-Click")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> Asked {
        Asked::of("GET", path, b"")
    }

    #[test]
    fn one_path_is_there() {
        let code = || "u12-3-abc".to_owned();
        for path in ["/u/u12-3-abc", "/desk/u/u12-3-abc", "//u/u12-3-abc"] {
            assert_eq!(get(path), Asked::Look { code: code() }, "{path}");
        }
        assert_eq!(Asked::of("HEAD", "/u/u12-3-abc", b""), Asked::Look { code: code() });
        for path in ["/", "/u/", "/u", "/x/u12-3-abc", "/u/../x", "/u/U12", "/u/%75", "*", "/u/a/b"] {
            assert_eq!(get(path), Asked::Nothing, "{path}");
        }
        let long = "a".repeat(CODE + 1);
        assert_eq!(get(&format!("/u/{long}")), Asked::Nothing);
        assert_ne!(get(&format!("/u/{}", &long[1..])), Asked::Nothing);
    }

    #[test]
    fn only_the_word_in_the_body_leaves() {
        let post = |body: &str| Asked::of("POST", "/u/u12", body.as_bytes());
        let form =
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        for body in [WORD, "a=b&List-Unsubscribe=One-Click", form, "List-Unsubscribe=One-Click\r\n"] {
            assert_eq!(post(body), Asked::Leave { code: "u12".into() }, "{body}");
        }
        for body in
            ["", "List-Unsubscribe=", "List-Unsubscribe=One-Clicks", &form.replace("One-", "Two-"), "ü"]
        {
            assert_eq!(post(body), Asked::Wrong, "{body}");
        }
        for method in ["PUT", "DELETE", "OPTIONS"] {
            assert_eq!(Asked::of(method, "/u/u12", b""), Asked::Wrong);
        }
    }
}
