//! Scores readings of foreign mail against what the mails' own projects expect of them. In: labels and readings as
//! JSON; out: right and total per kind, and the failures. The rules of comparison are those of the corpora's own
//! scoring program, so that figures can be compared; contested labels do not count.

use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Kinds in the order of the table.
pub const ORDER: [&str; 18] = [
    "read",
    "subject",
    "from",
    "message-id",
    "references",
    "attachments",
    "text",
    "text-contains",
    "reply-exact",
    "reply-first",
    "reply-weak",
    "bounce",
    "not-bounce",
    "bounce-recipients",
    "bounce-dead",
    "auto",
    "not-auto",
    "may-answer",
];

/// A reading that was not what its label says.
pub struct Failure {
    pub path: String,
    pub expected: String,
    pub got: String,
}

/// Right, total and failures of one kind.
#[derive(Default)]
pub struct Tally {
    pub right: usize,
    pub total: usize,
    pub failures: Vec<Failure>,
}

impl Tally {
    /// In hundredths.
    pub fn percent(&self) -> f64 {
        100.0 * self.right as f64 / self.total.max(1) as f64
    }
}

/// All kinds.
#[derive(Default)]
pub struct Score {
    pub kinds: BTreeMap<&'static str, Tally>,
}

impl Score {
    /// Compares one reading with its label; no reading counts as an empty one.
    pub fn add(&mut self, label: &Value, reading: Option<&Value>) {
        let kind = label["kind"].as_str().unwrap_or("message");
        if label["must_parse"] == true && matches!(kind, "message" | "mbox") {
            self.tally(label, "read", reading.is_some(), &Value::Bool(true), &Value::Null);
        }
        let got = reading.unwrap_or(&Value::Null);
        let body = matches!(kind, "body" | "html-body");
        self.headers(label, got);
        self.contents(label, got);
        self.replies(label, got);
        self.natures(label, got, body);
    }

    fn tally(&mut self, label: &Value, kind: &'static str, ok: bool, expected: &Value, got: &Value) {
        let tally = self.kinds.entry(kind).or_default();
        tally.total += 1;
        if ok {
            tally.right += 1;
        } else {
            let path = label["path"].as_str().unwrap_or("").to_owned();
            tally.failures.push(Failure { path, expected: expected.to_string(), got: got.to_string() });
        }
    }

    fn headers(&mut self, label: &Value, got: &Value) {
        if let Some(want) = on(label, "expected_subject") {
            self.tally(label, "subject", ws(&got["subject"]) == ws(want), want, &got["subject"]);
        }
        if let Some(want) = on(label, "expected_from") {
            self.tally(label, "from", address(&got["from"]) == address(want), want, &got["from"]);
        }
        if let Some(want) = on(label, "expected_message_id") {
            let ok = ids(&got["message_id"]).first() == ids(want).first();
            self.tally(label, "message-id", ok, want, &got["message_id"]);
        }
        if let Some(want) = on(label, "expected_references") {
            self.tally(label, "references", ids(&got["references"]) == ids(want), want, &got["references"]);
        }
    }

    fn contents(&mut self, label: &Value, got: &Value) {
        if let Some(want) = on(label, "expected_attachments") {
            let names = |all: &Value, of: fn(&Value) -> &Value| {
                let mut names: Vec<String> = items(all).iter().map(|a| plain(of(a))).collect();
                names.retain(|n| !n.is_empty());
                names.sort();
                names
            };
            let ok = names(&got["attachments"], |a| &a["name"]) == names(want, |a| a);
            self.tally(label, "attachments", ok, want, &got["attachments"]);
        }
        for key in ["expected_text", "expected_text_rstrip", "expected_text_normalised_ws"] {
            if let Some(want) = on(label, key) {
                self.tally(label, "text", nows(&got["text"]) == nows(want), want, &got["text"]);
            }
        }
        if let Some(want) = on(label, "expected_text_contains") {
            let text = ws(&got["text"]);
            let ok = items(want).iter().all(|s| text.contains(&ws(s)));
            self.tally(label, "text-contains", ok, want, &got["text"]);
        }
    }

    fn replies(&mut self, label: &Value, got: &Value) {
        let new = &got["new_text"];
        if let Some(want) = on(label, "expected_reply_text") {
            let (have, expected) = (nows(new), nows(want));
            let first = label["reply_mode"] == "first_fragment";
            let longer = have.chars().count() <= expected.chars().count() + 400;
            let ok = if first { have.starts_with(&expected) && longer } else { have == expected };
            self.tally(label, if first { "reply-first" } else { "reply-exact" }, ok, want, new);
        }
        let text = ws(new);
        let all = |key: &str, rule: &dyn Fn(&str) -> bool| {
            on(label, key).map(|v| items(v).iter().all(|s| rule(&ws(s))))
        };
        let weak = [
            all("reply_contains", &|s| text.contains(s)),
            all("reply_not_contains", &|s| !text.contains(s)),
            all("reply_startswith", &|s| text.starts_with(s)),
            all("reply_endswith", &|s| text.ends_with(s)),
        ];
        if weak.iter().any(Option::is_some) {
            let ok = weak.iter().flatten().all(|ok| *ok);
            self.tally(label, "reply-weak", ok, &label["reply_contains"], new);
        }
    }

    fn natures(&mut self, label: &Value, got: &Value, body: bool) {
        let kind = &got["kind"];
        if let Some(want) = on(label, "is_bounce").filter(|_| !body) {
            let is = *want == true;
            let name = if is { "bounce" } else { "not-bounce" };
            self.tally(label, name, (*kind == "bounce") == is, want, kind);
            if is {
                self.bounces(label, got);
            }
        }
        if let Some(want) = on(label, "is_auto_reply").filter(|_| !body) {
            let auto = !matches!(kind.as_str(), None | Some("mail"));
            let name = if *want == true { "auto" } else { "not-auto" };
            self.tally(label, name, auto == (*want == true), want, kind);
        }
        if let Some(want) = on(label, "must_not_autorespond") {
            let ok = got["may_answer"].as_bool() == Some(*want != true);
            self.tally(label, "may-answer", ok, want, &got["may_answer"]);
        }
    }

    fn bounces(&mut self, label: &Value, got: &Value) {
        let want = &label["bounce"];
        let all = |v: &Value| items(v).iter().map(address).collect::<BTreeSet<String>>();
        if !items(&want["recipients"]).is_empty() {
            let ok = all(&want["recipients"]).is_subset(&all(&got["bounce"]["recipients"]));
            self.tally(label, "bounce-recipients", ok, &want["recipients"], &got["bounce"]);
        }
        let hard: BTreeSet<String> = items(&want["hard"]).iter().map(Value::to_string).collect();
        if hard.len() == 1 && !contested(label, "bounce") {
            let ok = hard.contains(&got["bounce"]["dead"].to_string());
            self.tally(label, "bounce-dead", ok, want, &got["bounce"]);
        }
    }
}

fn contested(label: &Value, key: &str) -> bool {
    items(&label["contested"]).iter().any(|c| c == key)
}

/// A label that says something and is not contested.
fn on<'a>(label: &'a Value, key: &str) -> Option<&'a Value> {
    label.get(key).filter(|v| !v.is_null() && !contested(label, key))
}

/// A list's items; anything else but null is a list of one.
fn items(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(all) => all,
        one => std::slice::from_ref(one),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().unwrap_or("").to_owned()
}

/// White space as the scoring program's language sees it.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Runs of white space folded into one blank.
fn ws(value: &Value) -> String {
    plain(value).split(is_space).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// All white space taken out.
fn nows(value: &Value) -> String {
    plain(value).chars().filter(|c| !is_space(*c)).collect()
}

fn address(value: &Value) -> String {
    static ANGLE: LazyLock<Regex> = LazyLock::new(|| Regex::new("<([^<>]+)>").unwrap());
    let text = if value.is_object() { plain(&value["address"]) } else { plain(value) };
    let inner = ANGLE.captures(&text).map_or(text.clone(), |c| c[1].to_owned());
    inner.trim().to_lowercase()
}

fn ids(value: &Value) -> Vec<String> {
    static ID: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<[^<>\s]+>").unwrap());
    let all: Vec<String> = match value.as_str() {
        Some(text) => {
            let found: Vec<String> = ID.find_iter(text).map(|m| m.as_str().to_owned()).collect();
            if found.is_empty() { vec![text.to_owned()] } else { found }
        }
        None => items(value).iter().map(plain).collect(),
    };
    all.iter().map(|id| id.trim().trim_matches(['<', '>']).to_owned()).collect()
}
