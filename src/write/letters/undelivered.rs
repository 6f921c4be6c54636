//! `undelivered`: to staff, a letter of ours that will not arrive.

use super::Words;
use super::returned::Returned;
use serde::Serialize;
use std::ops::Deref;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/undelivered.txt")]
pub(super) struct Undelivered(pub Returned);

impl Deref for Undelivered {
    type Target = Returned;
    fn deref(&self) -> &Returned {
        &self.0
    }
}

impl Words for Undelivered {
    const KIND: &'static str = "undelivered";
    const SOURCE: &'static str = include_str!("../../../templates/mail/undelivered.txt");
    fn samples() -> [Self; 2] {
        Returned::samples().map(Undelivered)
    }
}
