//! `complained`: to staff, somebody has reported a letter of ours as spam.

use super::Words;
use super::returned::Returned;
use serde::Serialize;
use std::ops::Deref;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/complained.txt")]
pub(super) struct Complained(pub Returned);

impl Deref for Complained {
    type Target = Returned;
    fn deref(&self) -> &Returned {
        &self.0
    }
}

impl Words for Complained {
    const KIND: &'static str = "complained";
    const SOURCE: &'static str = include_str!("../../../templates/mail/complained.txt");
    fn samples() -> [Self; 2] {
        Returned::samples().map(Complained)
    }
}
