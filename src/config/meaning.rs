//! From what is written to what it means.

use super::Config;
use super::written::Written;
use super::wrong::Found;
use std::path::Path;

/// Understands a whole file; `base` is where relative paths start.
pub(super) fn config(_written: Written, _base: &Path) -> Result<Config, Vec<Found>> {
    Err(Vec::new())
}
