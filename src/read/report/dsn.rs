//! Delivery status (RFC 3464, and RFC 6533 in UTF-8): the machine-readable part's bytes in, what it says of each
//! recipient out. Also reads such fields out of plain text, for reports whose MIME frame is broken. Never decides
//! whether an address is dead.

/// What was said of one recipient. Fields that were absent are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Final-Recipient without its type; the address that refused.
    pub final_recipient: String,
    /// Original-Recipient without its type; the address we wrote to, when it was forwarded.
    pub original_recipient: String,
    /// `failed`, `delayed`, `delivered`, `relayed`, `expanded`, lower case.
    pub action: String,
    /// `5.1.1`
    pub status: String,
    /// Diagnostic-Code without its type, unfolded.
    pub diagnostic: String,
}

impl Told {
    /// The addresses this group speaks of.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        [self.original_recipient.as_str(), self.final_recipient.as_str()]
            .into_iter()
            .filter(|a| a.contains('@') && !a.contains(' '))
    }
}

/// Everything told about recipients, in order, at most [`super::RECIPIENTS`]. Groups are parted by blank lines or,
/// where a sender forgot those, by a second Final-Recipient.
pub fn groups(body: &str) -> Vec<Told> {
    let mut told = Vec::new();
    let mut now = Told::default();
    for line in unfolded(super::head(body, super::PART_BYTES)) {
        if told.len() >= super::RECIPIENTS {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            if line.trim().is_empty() {
                finish(&mut told, &mut now);
            }
            continue;
        };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "final-recipient" => {
                if !now.final_recipient.is_empty() {
                    finish(&mut told, &mut now);
                }
                now.final_recipient = address(value);
            }
            "original-recipient" => {
                if !now.original_recipient.is_empty() {
                    finish(&mut told, &mut now);
                }
                now.original_recipient = address(value);
            }
            // the address behind an alias, for reports whose Final-Recipient is only a local name
            "x-actual-recipient" if !now.final_recipient.contains('@') => {
                now.final_recipient = address(value)
            }
            "action" if now.action.is_empty() => now.action = first_word(value),
            "status" if now.status.is_empty() => now.status = first_word(value),
            "diagnostic-code" if now.diagnostic.is_empty() => now.diagnostic = untyped(value).to_owned(),
            _ => {}
        }
    }
    finish(&mut told, &mut now);
    told
}

/// Keeps a group that speaks of a recipient; the per-message group at the top does not.
fn finish(told: &mut Vec<Told>, now: &mut Told) {
    let group = std::mem::take(now);
    let named = !group.final_recipient.is_empty() || !group.original_recipient.is_empty();
    if named || !group.action.is_empty() {
        told.push(group);
    }
}

/// Lines with their continuation lines (RFC 5322 2.2.3) put back.
fn unfolded(body: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in body.lines() {
        let folded = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        match lines.last_mut() {
            Some(last) if folded && !last.is_empty() => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => lines.push(line.trim_end().to_owned()),
        }
    }
    lines
}

/// `rfc822; <a@b>` to `a@b`; a source route (RFC 5321 appendix C) comes off.
pub fn address(value: &str) -> String {
    let bare = untyped(value);
    let inner = match (bare.find('<'), bare.rfind('>')) {
        (Some(open), Some(close)) if open < close => bare.get(open + 1..close).unwrap_or(bare),
        _ => bare,
    };
    let inner = if inner.starts_with('@') { inner.rsplit(':').next().unwrap_or(inner) } else { inner };
    inner.trim_matches(|c: char| c.is_whitespace() || "<>\"'".contains(c)).to_owned()
}

/// A typed field without its type: `smtp; 550 no` to `550 no`. A semicolon further in belongs to the text.
fn untyped(value: &str) -> &str {
    match value.split_once(';') {
        Some((kind, rest))
            if kind.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b"-_ ".contains(&b)) =>
        {
            rest.trim()
        }
        _ => value,
    }
}

/// `5.1.1 (unknown user)` to `5.1.1`.
fn first_word(value: &str) -> String {
    let word = value.split(|c: char| c.is_whitespace() || "(;,".contains(c)).next().unwrap_or("");
    super::head(word, 40).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_recipients_with_comments_and_folding() {
        let told = groups(
            "Reporting-MTA: dns; mx.example\n\nOriginal-Recipient: rfc822;ann@a.example\n\
             Final-Recipient: RFC822; <ann.lee@b.example>\nAction: Failed (sorry)\nStatus: 5.1.1 (no user)\n\
             Diagnostic-Code: smtp; 550 no such\n user here\n\n\nFinal-Recipient: rfc822; bob@c.example\nAction: delayed\nStatus: 4.4.1\n",
        );
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].addresses().collect::<Vec<_>>(), ["ann@a.example", "ann.lee@b.example"]);
        assert_eq!((told[0].action.as_str(), told[0].status.as_str()), ("failed", "5.1.1"));
        assert_eq!(told[0].diagnostic, "550 no such user here");
        assert_eq!((told[1].action.as_str(), told[1].status.as_str()), ("delayed", "4.4.1"));
    }

    #[test]
    fn forgotten_blank_lines() {
        let told = groups(
            "Reporting-MTA: dns; x\nFinal-Recipient: rfc822; a@x\nAction: failed\nFinal-Recipient: rfc822; b@x\nAction: failed\n",
        );
        assert_eq!(told.iter().map(|t| t.final_recipient.as_str()).collect::<Vec<_>>(), ["a@x", "b@x"]);
    }

    #[test]
    fn addresses_come_bare() {
        for written in ["rfc822;a@x", "RFC822; <a@x>", "a@x", "rfc822; @relay.example:a@x", "rfc822; \"a@x\""]
        {
            assert_eq!(address(written), "a@x", "{written}");
        }
    }

    #[test]
    fn a_semicolon_in_the_text_stays() {
        assert_eq!(untyped("smtp; 550 no; really"), "550 no; really");
        assert_eq!(untyped("550 <a@b>: no; really"), "550 <a@b>: no; really");
    }

    #[test]
    fn a_flood_of_recipients_is_cut() {
        let flood = "Final-Recipient: rfc822; a@x\nAction: failed\n\n".repeat(5_000);
        assert_eq!(groups(&flood).len(), super::super::RECIPIENTS);
    }
}
