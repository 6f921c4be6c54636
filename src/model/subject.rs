//! What mail programs write in front of a subject when somebody answers or passes on a mail: `Re:`, `AW:`, `RE : `,
//! `回复：`. A subject comes in; what stands in front and the rest go out. RFC 5322 3.6.5 knows `Re:` alone, the others
//! are what mail programs set to other languages do. Never looks at tags in brackets: those are whoever's they are.

/// What a prefix says of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    Answer,
    Forward,
}

/// Longest prefix, in bytes, its colon included.
const LONGEST: usize = 30;

const ANSWERS: &str = "re|aw|antw|antwort|réf|rép|réponse|res|resp|rif|r|sv|svar|vs|ynt|odp|vá|отв|ответ|απ|回复|回覆|答复|答覆|返信|회신|답장";
const FORWARDS: &str = "fwd|fw|wg|tr|rv|enc|i|doorst|vb|vl|pd|továbbítás|ilt|πρθ|转发|轉寄|転送|전달";

/// The prefix of a subject and what follows it.
pub fn prefix(subject: &str) -> Option<(Prefix, &str)> {
    let near = subject.get(..subject.floor_char_boundary(LONGEST))?;
    let (word, _) = near.split_once([':', '：'])?;
    let rest = subject.get(word.len()..)?.trim_start_matches([':', '：']);
    // some programs count: "Re[2]:", "RE(3):", "Re^2:"
    let bare = word.trim().trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^.".contains(c)).trim_end();
    let lower: String = bare.chars().flat_map(char::to_lowercase).filter(|c| *c != '\u{307}').collect();
    let is_in = |words: &str| !lower.is_empty() && words.split('|').any(|w| w == lower);
    let prefix = if is_in(ANSWERS) {
        Prefix::Answer
    } else if is_in(FORWARDS) {
        Prefix::Forward
    } else {
        return None;
    };
    Some((prefix, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_many_languages() {
        use Prefix::{Answer, Forward};
        for (subject, found) in [
            ("Re: x", Answer),
            ("RE : x", Answer),
            ("Re[2]: x", Answer),
            ("re^3:x", Answer),
            ("AW: x", Answer),
            ("Antwort: x", Answer),
            ("Antw.: x", Answer),
            ("SV: x", Answer),
            ("VS: x", Answer),
            ("RIF: x", Answer),
            ("RES: x", Answer),
            ("YNT: x", Answer),
            ("Odp: x", Answer),
            ("Vá: x", Answer),
            ("Ответ: x", Answer),
            ("ΑΠ: x", Answer),
            ("回复：x", Answer),
            ("答覆: x", Answer),
            ("Fwd: x", Forward),
            ("WG: x", Forward),
            ("TR : x", Forward),
            ("RV: x", Forward),
            ("ENC: x", Forward),
            ("Doorst: x", Forward),
            ("İLT: x", Forward),
            ("ilt: x", Forward),
            ("转发: x", Forward),
            ("転送：x", Forward),
        ] {
            assert_eq!(prefix(subject), Some((found, "x")), "{subject}");
        }
        for subject in ["", ":", "x", "Printer: x", "Reading: x", "[#12] Re: x", "Re x", "12: x", "[2]: x"] {
            assert_eq!(prefix(subject), None, "{subject}");
        }
        assert_eq!(prefix("Re:"), Some((Answer, "")));
        assert_eq!(prefix(&"é".repeat(1_000)), None);
    }
}
