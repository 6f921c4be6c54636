//! What a session's log has not, and why: files whose content was not taken, secrets that were taken out of texts, and what
//! was taken out by hand. The marks tell the rule; what stood there nobody knows any more.

use crate::fault::Outcome;
use crate::model::session_log::{Log, name_of};
use crate::model::session_words as words;
use crate::redact::{BEGIN, END};
use crate::store::Tx;
use std::collections::BTreeMap;

/// Where something is missing, and why.
pub(super) fn rows(tx: &Tx<'_>, log: &Log) -> Outcome<Vec<(String, String)>> {
    let session = &log.filed.session;
    let mut rows = Vec::new();
    for change in &session.changes {
        let path = change.path.shown();
        rows.extend(words::withheld(change).into_iter().map(|why| (path.clone(), why)));
        let mut rules = BTreeMap::new();
        for thing in change.before.iter().chain(&change.after) {
            if let Some(name) = name_of(&thing.content)
                && let Some(bytes) = tx.content(log.filed.number, name)?
            {
                count(&String::from_utf8_lossy(&bytes), &mut rules);
            }
        }
        rows.extend(told(&path, rules));
    }
    let mut rules = BTreeMap::new();
    session.typed.iter().for_each(|typed| count(&typed.line, &mut rules));
    rows.extend(told("typed commands", rules));
    let mut rules = BTreeMap::new();
    session.ran.iter().flat_map(|ran| &ran.arguments).for_each(|word| count(word, &mut rules));
    rows.extend(told("programs' arguments", rules));
    let mut rules = BTreeMap::new();
    let rest = session.environment.iter().map(|(_, value)| value).chain([&session.remark]);
    rest.chain(session.evidence.iter().map(|one| &one.text)).for_each(|text| count(text, &mut rules));
    rows.extend(told("environment, remark, evidence", rules));
    Ok(rows)
}

/// Counts the marks of each rule.
fn count(text: &str, rules: &mut BTreeMap<String, usize>) {
    for part in text.split(BEGIN).skip(1) {
        if let Some((rule, _)) = part.split_once(END).filter(|(rule, _)| rule.len() < 60) {
            let rule = rule.split(':').next().unwrap_or(rule);
            *rules.entry(rule.to_owned()).or_default() += 1;
        }
    }
}

fn told(place: &str, rules: BTreeMap<String, usize>) -> Option<(String, String)> {
    let each = rules.into_iter().map(|(rule, n)| if n == 1 { rule } else { format!("{rule} ({n} times)") });
    let all: Vec<String> = each.collect();
    (!all.is_empty()).then(|| (place.to_owned(), format!("taken out: {}", all.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_by_their_rules() {
        let mut rules = BTreeMap::new();
        count(
            "a «redacted:password» b «redacted:password:2» «redacted:aws-key» «redacted: no end",
            &mut rules,
        );
        let (place, why) = told("x", rules).unwrap();
        assert_eq!((place.as_str(), why.as_str()), ("x", "taken out: aws-key, password (2 times)"));
        assert_eq!(told("x", BTreeMap::new()), None);
    }
}
