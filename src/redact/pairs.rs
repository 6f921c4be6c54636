//! Settings whose name and value stand apart: in comes a content, out come places. `name: DB_PASSWORD` above `value: x` (a
//! container's environment), `{"name": "DB_PASSWORD", "value": "x"}`, `<add key="DbPassword" value="x"/>`,
//! `<name>db.password</name><value>x</value>` (Hadoop), `<string name="password">x</string>` (Android, dbus), `variable
//! "password" { default = "x" }` (Terraform).

use super::keys::{self, Weight};
use super::{Hit, values};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// A form: its first group is the name, its second the value.
const FORMS: &[&str] = &[
    r#"(?m)\b(?:name|key|Name|Key)["']?:[ \t]*["']?([A-Za-z0-9_.-]{2,80})["']?,?\s{1,80}["']?(?:value|Value)["']?:[ \t]*["']?([^\s"'][^\r\n"']{0,2000})"#,
    r#"\\?"(?i:name|key|parameterkey)\\?"\s{0,9}:\s{0,9}\\?"([A-Za-z0-9_./-]{2,120})\\?"\s{0,9},\s{0,40}\\?"(?i:value|parametervalue)\\?"\s{0,9}:\s{0,9}\\?"((?:[^"\\]|\\.){1,4000}?)\\?""#,
    r#"(?i:name|key|id|var)\s?=\s?["']([A-Za-z0-9_.:/-]{2,120})["'][^<>]{0,80}?\s(?i:value|val)\s?=\s?["']([^"'<>]{1,2000})["']"#,
    r"<(?i:name|key)>\s{0,9}([A-Za-z0-9_.-]{2,120})\s{0,9}</(?i:name|key)>\s{0,80}<(?i:value|string|val)>([^<>]{1,2000})</",
    r#"<[A-Za-z]{1,30}\s(?i:name|key)="([A-Za-z0-9_.-]{2,120})"[^<>]{0,80}>\s{0,80}(?:<(?:value|string)>)?([^<>]{1,2000})</"#,
    r#"\bvariable\s{1,8}"([A-Za-z0-9_-]{2,120})"\s{0,8}\{[^{}]{0,400}?\bdefault\s{0,20}=\s{0,8}"([^"\n]{1,2000})""#,
    r#"(?m)^[ \t]*([A-Za-z0-9_-]{2,120}):[ \t]*\r?\n(?:[ \t]+[A-Za-z]{2,30}:[^\n]{0,200}\n){0,6}?[ \t]+Default:[ \t]*["']?([^\s"'][^\r\n"']{0,2000})"#,
    r#"\bParameterKey=([A-Za-z0-9_-]{2,120}),ParameterValue=([^\s,"']{1,2000})"#,
];

static PAIRS: LazyLock<Vec<Regex>> =
    LazyLock::new(|| FORMS.iter().filter_map(|form| Regex::new(&format!("(?-u){form}")).ok()).collect());

pub(super) fn find(content: &[u8], hits: &mut Vec<Hit>) {
    for found in PAIRS.iter().flat_map(|form| form.captures_iter(content)) {
        let (Some(name), Some(value)) = (found.get(1), found.get(2)) else { continue };
        let text = value.as_bytes().trim_ascii_end();
        let rule = match keys::weight(name.as_bytes()) {
            Some(Weight::Secret(rule)) if !values::is_harmless(text) => rule,
            Some(Weight::Random(rule)) if values::is_random(text) => rule,
            _ => continue,
        };
        hits.push(Hit { range: value.start()..value.start() + text.len(), rule });
    }
}
