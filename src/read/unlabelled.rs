//! Charsets for texts that name none. In: a tree of parts; out: the same tree, where a text part without a charset
//! has been given the nearest one that the mail names: what an HTML page says of itself, else the charset of the
//! multipart around it, else that of the encoded words in its header. Only texts that are not UTF-8 are touched; a part's own word is never overruled.

use super::part::Part;

/// Fields whose encoded words tell what the writer's program writes.
const FIELDS: [&str; 3] = ["subject", "from", "to"];

/// Labels every text part below `root`.
pub fn label(root: &mut Part) {
    let own = FIELDS.iter().filter_map(|name| root.header(name)).find_map(spoken).map(str::to_owned);
    given(root, own.as_deref());
}

/// Gives `charset` to `part` and the parts in it, as far as they have none.
fn given(part: &mut Part, charset: Option<&str>) {
    let own = part.param("charset").map(str::to_owned);
    if part.media.starts_with("message/") {
        part.parts.iter_mut().for_each(label);
        return;
    }
    let text = part.media.starts_with("text/") && std::str::from_utf8(&part.body).is_err();
    if own.is_none()
        && text
        && let Some(charset) = meta(part).or_else(|| charset.map(str::to_owned))
    {
        part.params.push(("charset".to_owned(), charset));
    }
    let charset = own.as_deref().or(charset);
    part.parts.iter_mut().for_each(|p| given(p, charset));
}

/// What an HTML page says in its first kilobytes (`<meta charset=...>`).
fn meta(part: &Part) -> Option<String> {
    let start = part.body.get(..2048).unwrap_or(&part.body);
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let (_, after) = start.split_once("charset=").filter(|_| part.media == "text/html")?;
    let name: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    (!name.is_empty()).then_some(name)
}

/// The charset of the first encoded word that is in another than UTF-8.
fn spoken(value: &str) -> Option<&str> {
    let labels = value.split("=?").skip(1).take(20).filter_map(|word| word.split(['?', '*']).next());
    labels.map(str::trim).find(|l| (2..40).contains(&l.len()) && !l.to_ascii_lowercase().starts_with("utf"))
}

#[cfg(test)]
mod tests {
    use crate::read::{content, tree::tree};

    #[test]
    fn texts_take_the_nearest_charset() {
        for (head, body, want) in [
            (
                "Content-Type: multipart/mixed; charset=koi8-r; boundary=z\n\n--z\n\n",
                &b"\xd4\xc5\xd3\xd4"[..],
                "тест",
            ),
            ("Subject: =?utf-8?q?x?= =?koi8-r?q?=D4?=\n\n", b"\xd4\xc5\xd3\xd4", "тест"),
            ("Subject: =?koi8-r?q?=D4?=\n\n", "é".as_bytes(), "é"),
            ("Subject: =?koi8-r?q?=D4?=\nContent-Type: text/plain; charset=latin1\n\n", b"\xe9", "é"),
            ("Subject: x\n\n", b"\xe9", "é"),
            ("Content-Type: text/html\n\n<meta charset='koi8-r'>", b"\xd4\xc5\xd3\xd4", "тест\n"),
        ] {
            let root = tree(&[head.as_bytes(), body].concat()).root;
            let part = root.parts.first().unwrap_or(&root);
            assert_eq!(content::text(part), want, "{head}");
        }
    }
}
