//! `disk_full`: to staff, no mail is fetched because there is too little room for it.

use super::{Words, signed};
use crate::model::robot::Robot;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/disk_full.txt")]
pub(super) struct DiskFull {
    robot: String,
    /// MiB.
    free: String,
    wanted: String,
}

impl DiskFull {
    pub fn of(robot: &Robot, free: u64, wanted: u64) -> DiskFull {
        DiskFull { robot: signed(robot), free: free.to_string(), wanted: wanted.to_string() }
    }
}

impl Words for DiskFull {
    const KIND: &'static str = "disk_full";
    const SOURCE: &'static str = include_str!("../../../templates/mail/disk_full.txt");
    fn samples() -> [Self; 2] {
        ["0", "100"].map(|free| DiskFull { robot: "Help".into(), free: free.into(), wanted: "102".into() })
    }
}
