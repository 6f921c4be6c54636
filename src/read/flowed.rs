//! format=flowed undone (RFC 3676): lines that a mailer broke become the lines that were written. In: text with `\n`
//! line ends and whether DelSp=yes was said; out: the same text with paragraphs on one line each. Quote marks stay,
//! and only lines of one quote depth are joined; the signature line `-- ` is never joined to anything.

/// Joins what was broken.
pub fn joined(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None; // quote depth of a line that goes on
    for line in text.split_inclusive('\n') {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let body = line.get(depth..).unwrap_or("");
        let body = body.strip_prefix(' ').unwrap_or(body);
        let signature = body == "-- ";
        match open.take() {
            Some(before) if before == depth && !signature => {}
            Some(_) => out.push('\n'),
            None => {}
        }
        let fresh = out.is_empty() || out.ends_with('\n');
        if fresh && depth > 0 {
            out.extend(std::iter::repeat_n('>', depth));
            if !body.is_empty() {
                out.push(' ');
            }
        }
        match body.strip_suffix(' ') {
            Some(cut) if !signature => {
                out.push_str(if delete_space { cut } else { body });
                open = Some(depth);
            }
            _ => {
                out.push_str(body);
                out.push('\n');
            }
        }
    }
    if !text.ends_with('\n') && out.ends_with('\n') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_come_together() {
        for (raw, delete_space, want) in [
            ("a \nb\nc\n", false, "a b\nc\n"),
            ("a \nb\n", true, "ab\n"),
            (" > no quote\n From x\n", false, "> no quote\nFrom x\n"),
            ("> a \n> b\nc", false, "> a b\nc"),
            ("> a \n>> b\n", false, "> a \n>> b\n"),
            (">> a\n", false, ">> a\n"),
            ("text \n-- \nAnn\n", false, "text \n-- \nAnn\n"),
            ("a \n\nb\n", false, "a \nb\n"),
            (">\n> x\n", false, ">\n> x\n"),
            ("end ", false, "end "),
            ("", false, ""),
        ] {
            assert_eq!(joined(raw, delete_space), want, "{raw:?}");
        }
    }
}
