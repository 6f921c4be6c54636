//! Where something stands in the text of a configuration: tables by their headers, settings by key and value. In comes the text,
//! out go places in it, in bytes.

use super::{Said, Stuck};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Such as `robot` or `staff.member`.
    pub table: String,
    /// Which of several tables of that name, from 0.
    pub at: usize,
    pub key: String,
}

/// A table below its header.
#[derive(Debug)]
pub(super) struct Section {
    pub header: Range<usize>,
    /// The next header, or the end of the text.
    pub end: usize,
    /// Of its settings.
    pub values: Vec<Range<usize>>,
}

/// A setting that is there.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: Range<usize>,
    pub value: Range<usize>,
    /// `None` when no setting of ours can be that.
    pub said: Option<Said>,
    /// The values of a list of words.
    pub items: Option<Vec<Item>>,
}

/// One of a list.
#[derive(Debug)]
pub(super) struct Item {
    pub span: Range<usize>,
    pub word: String,
}

/// The setting's section and the setting, as far as they are there.
pub(super) fn find(text: &str, place: &Place) -> Result<(Option<Section>, Option<Entry>), Stuck> {
    let table = parsed(text)?;
    let found = nth(table.get_ref(), &place.table, place.at);
    let entry = found.clone().and_then(|(table, _)| {
        table.iter().find(|(key, _)| key.get_ref().as_ref() == place.key).map(|(key, value)| Entry {
            key: key.span(),
            value: value.span(),
            said: said(value.get_ref()),
            items: items(value.get_ref()),
        })
    });
    Ok((section_of(text, &table, found), entry))
}

/// That table, where it stands below a header of its own.
pub(super) fn section(text: &str, name: &str, at: usize) -> Result<Option<Section>, Stuck> {
    let table = parsed(text)?;
    Ok(section_of(text, &table, nth(table.get_ref(), name, at)))
}

/// The last table of an array of tables.
pub(super) fn last(text: &str, name: &str) -> Result<Option<Section>, Stuck> {
    match count(text, name)?.checked_sub(1) {
        Some(at) => section(text, name, at),
        None => Ok(None),
    }
}

/// How many tables of that name there are.
pub(super) fn count(text: &str, name: &str) -> Result<usize, Stuck> {
    let table = parsed(text)?;
    Ok((0..).take_while(|at| nth(table.get_ref(), name, *at).is_some()).count())
}

/// Whether there is such a table in whatever form.
pub(super) fn is_there(text: &str, name: &str) -> Result<bool, Stuck> {
    Ok(nth(parsed(text)?.get_ref(), name, 0).is_some())
}

fn parsed(text: &str) -> Result<Spanned<DeTable<'_>>, Stuck> {
    DeTable::parse(text).map_err(|e| Stuck(format!("it is no TOML: {}", e.message())))
}

/// A table, and where its header or its braces stand.
type Found<'t, 'd> = (&'t DeTable<'d>, Range<usize>);

fn nth<'t, 'd>(table: &'t DeTable<'d>, name: &str, at: usize) -> Option<Found<'t, 'd>> {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let value = table.iter().find(|(key, _)| key.get_ref().as_ref() == first)?.1;
    match (value.get_ref(), rest) {
        (DeValue::Table(inner), Some(rest)) => nth(inner, rest, at),
        (DeValue::Table(inner), None) => (at == 0).then_some((inner, value.span())),
        (DeValue::Array(all), None) => {
            let one = all.get(at)?;
            one.get_ref().as_table().map(|inner| (inner, one.span()))
        }
        _ => None,
    }
}

fn section_of(text: &str, whole: &Spanned<DeTable<'_>>, found: Option<Found<'_, '_>>) -> Option<Section> {
    let (table, header) = found?;
    if !text.get(header.clone())?.starts_with('[') {
        return None;
    }
    let mut headers = Vec::new();
    headers_of(text, whole.get_ref(), &mut headers);
    let end = headers.into_iter().filter(|start| *start > header.start).min().unwrap_or(text.len());
    let within = |span: &Range<usize>| span.start >= header.end && span.end <= end;
    let values = table.iter().map(|(_, value)| value.span()).filter(within).collect();
    Some(Section { header, end, values })
}

/// Where headers of tables begin. The parser has a limit of its own for how deep they go.
fn headers_of(text: &str, table: &DeTable<'_>, headers: &mut Vec<usize>) {
    let mut note = |value: &Spanned<DeValue<'_>>| {
        if let DeValue::Table(inner) = value.get_ref() {
            let span = value.span();
            headers.extend(text.get(span.clone()).filter(|t| t.starts_with('[')).map(|_| span.start));
            headers_of(text, inner, headers);
        }
    };
    for (_, value) in table {
        note(value);
        if let DeValue::Array(all) = value.get_ref() {
            all.iter().for_each(&mut note);
        }
    }
}

fn items(value: &DeValue<'_>) -> Option<Vec<Item>> {
    let one = |item: &Spanned<DeValue<'_>>| {
        Some(Item { span: item.span(), word: item.get_ref().as_str()?.to_owned() })
    };
    value.as_array()?.iter().map(one).collect()
}

fn said(value: &DeValue<'_>) -> Option<Said> {
    Some(match value {
        DeValue::String(word) => Said::Word(word.to_string()),
        DeValue::Integer(number) => Said::Number(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Boolean(flag) => Said::Flag(*flag),
        DeValue::Array(_) => Said::Words(items(value)?.into_iter().map(|item| item.word).collect()),
        _ => return None,
    })
}
