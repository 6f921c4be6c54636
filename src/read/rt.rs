//! Request Tracker: what its REST 2.0 gives (`RT::REST2`: `/ticket/N`, `/ticket/N/history`, `/transaction/N`, `/attachment/N`, and
//! lists of those in `items`), one JSON value after another, in any order, in; tickets out, one at a time, and a count of what
//! none can hold. That form, and not the older `rt show`, since its times are in UTC, its contents whole (base64), and its people
//! told from its words. What became of merged tickets' transactions is what RT does: they are those of the ticket that took
//! them in. Each value is looked at once.

mod ticket;
mod value;

use crate::model::carried::{Carried, Losses, There};
use serde_json::Value;
use std::collections::BTreeMap;
use value::{number, of_sort, person, said};

/// Merged tickets that one leads through at most, against circles.
const MERGED: usize = 20;

/// What it gave, by number: an object that came twice counts once.
#[derive(Debug, Default)]
pub struct Export<'a> {
    tickets: BTreeMap<u32, &'a Value>,
    /// By ticket, in the order of their numbers.
    transactions: BTreeMap<u32, Vec<&'a Value>>,
    /// By transaction, in the order of their numbers.
    attachments: BTreeMap<u32, Vec<&'a Value>>,
    /// Media types of attachments that hold others, by number.
    holders: BTreeMap<u32, &'a str>,
    /// What is no ticket's.
    pub losses: Losses,
}

impl<'a> Export<'a> {
    /// Sorts what came.
    pub fn of(values: &'a [Value]) -> Export<'a> {
        let mut heap = Heap::default();
        for value in values {
            match value.get("items").and_then(Value::as_array) {
                Some(items) => items.iter().for_each(|item| heap.sort(item)),
                None => heap.sort(value),
            }
        }
        heap.sorted()
    }

    /// How many tickets there are.
    pub fn len(&self) -> usize {
        self.tickets.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    /// Each ticket, the lowest number first, with what of it no ticket can hold.
    pub fn tickets<'e>(&'e self, there: &'e There<'e>) -> impl Iterator<Item = (Carried, Losses)> + 'e {
        self.tickets.iter().map(|(id, value)| self.ticket(*id, value, there))
    }
}

/// What came, not yet put together.
#[derive(Default)]
struct Heap<'a> {
    tickets: BTreeMap<u32, &'a Value>,
    transactions: BTreeMap<u32, &'a Value>,
    attachments: BTreeMap<u32, &'a Value>,
    losses: Losses,
}

impl<'a> Heap<'a> {
    fn sort(&mut self, value: &'a Value) {
        let has = |name: &str| value.get(name).is_some();
        let place = if has("Subject") && has("Status") {
            Some(&mut self.tickets)
        } else if has("TransactionId") {
            Some(&mut self.attachments)
        } else if has("Object") && has("Type") {
            Some(&mut self.transactions)
        } else {
            None
        };
        match (place, number(Some(value))) {
            (Some(place), Some(id)) => {
                place.insert(id, value);
            }
            _ => {
                let kind = said(value, "type");
                self.losses.add("objects that are no whole ticket, transaction or attachment", kind);
            }
        }
    }

    fn sorted(self) -> Export<'a> {
        let merged = self.merged();
        let Heap { tickets, transactions: all, attachments: files, mut losses } = self;
        let mut transactions: BTreeMap<u32, Vec<&Value>> = BTreeMap::new();
        for transaction in all.values() {
            let object = transaction.get("Object");
            // queues and people have numbers and transactions, too
            let its = number(object).filter(|_| object.is_some_and(|object| of_sort(object, "ticket")));
            match its.and_then(|id| whose(id, &tickets, &merged)) {
                Some(id) => transactions.entry(id).or_default().push(transaction),
                None => losses.add("transactions of tickets that are not here", said(transaction, "Type")),
            }
        }
        let mut attachments: BTreeMap<u32, Vec<&Value>> = BTreeMap::new();
        let mut holders = BTreeMap::new();
        for (id, file) in &files {
            match number(file.get("TransactionId")).filter(|transaction| all.contains_key(transaction)) {
                Some(transaction) => attachments.entry(transaction).or_default().push(file),
                None => losses.add("attachments of transactions that are not here", said(file, "Filename")),
            }
            if said(file, "ContentType").starts_with("multipart/") {
                holders.insert(*id, said(file, "ContentType"));
            }
        }
        Export { tickets, transactions, attachments, holders, losses }
    }

    /// Which ticket went into which.
    fn merged(&self) -> BTreeMap<u32, u32> {
        let is_merge = |t: &&&Value| said(t, "Type") == "AddLink" && said(t, "Field") == "MergedInto";
        let merges = self.transactions.values().filter(is_merge);
        let into = |t: &Value| {
            let value = t.get("NewValue");
            // an object, or `fsck.com-rt://example.org/ticket/12`
            let uri = || person(value?).rsplit_once("/ticket/")?.1.parse().ok();
            Some((number(t.get("Object"))?, number(value).or_else(uri)?))
        };
        merges.filter_map(|t| into(t)).collect()
    }
}

/// The ticket that a number leads to.
fn whose(id: u32, tickets: &BTreeMap<u32, &Value>, merged: &BTreeMap<u32, u32>) -> Option<u32> {
    let mut at = id;
    for _ in 0..MERGED {
        if tickets.contains_key(&at) {
            return Some(at);
        }
        at = *merged.get(&at)?;
    }
    None
}

#[cfg(test)]
mod tests;
