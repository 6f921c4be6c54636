//! stub
use crate::fault::Outcome;
use crate::model::letter::{Frozen, Letter};
use crate::model::robot::Robot;
pub struct Wording;
pub fn freeze(_l: &Letter, _r: &Robot, _w: &Wording, _n: jiff::Timestamp) -> Outcome<Frozen> {
    Err(crate::fault::Fault::lasting("stub"))
}
