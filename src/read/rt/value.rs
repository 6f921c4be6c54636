//! What stands where in the objects of RT's REST 2.0: numbers, people, times and words of a JSON value.

use jiff::Timestamp;
use serde_json::Value;

/// An object's number: a number, or digits, as itself or as its `id`.
pub fn number(value: Option<&Value>) -> Option<u32> {
    let value = value?;
    let id = value.get("id").unwrap_or(value);
    let number = id.as_u64().and_then(|id| u32::try_from(id).ok());
    number.or_else(|| id.as_str()?.parse().ok()).filter(|id| *id > 0)
}

/// Whether an object is of that sort; one that does not say so may be.
pub fn of_sort(value: &Value, sort: &str) -> bool {
    value.get("type").and_then(Value::as_str).is_none_or(|said| said == sort)
}

/// Who somebody is: RT's users are known by their names, which for strangers are their addresses.
pub fn person(value: &Value) -> &str {
    let named = ["EmailAddress", "id"].iter().find_map(|name| value.get(name).and_then(Value::as_str));
    named.filter(|name| !name.is_empty()).or(value.as_str()).unwrap_or_default()
}

pub fn said<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What a list holds, or the one that stands where a list could.
pub fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let found = value.get(name);
    let one = found.filter(|value| value.is_object());
    found.and_then(Value::as_array).into_iter().flatten().chain(one)
}

/// A time that is set: RT has 1970 where there is none.
pub fn time(value: &Value, name: &str) -> Option<Timestamp> {
    said(value, name).parse().ok().filter(|time: &Timestamp| time.as_second() > 0)
}

/// The name of the host that gave it.
pub fn host(value: &Value) -> Option<&str> {
    let url =
        list(value, "_hyperlinks").find(|link| said(link, "ref") == "self").map(|link| said(link, "_url"))?;
    url.split("//").nth(1)?.split(['/', ':']).next().filter(|host| !host.is_empty())
}
