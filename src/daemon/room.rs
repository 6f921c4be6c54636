//! Room on the disk: mail is fetched only while there is enough to keep it, handle it and answer it. What is not fetched
//! waits in its mailbox, and is fetched when there is room again. Looks only; frees nothing.

use super::{Hub, off_the_loop};
use crate::fault::{Fault, Outcome};
use crate::limits;
use std::sync::Arc;

/// Room that has to be there before a mail is fetched, when the largest is so large: for its bytes, for what is made of
/// them, and the reserve.
pub fn wanted(largest: usize) -> u64 {
    limits::FREE_DISK.saturating_add(largest as u64).saturating_add(largest as u64 / 2)
}

/// Whether there is room for more mail, of which the largest is so large.
///
/// # Errors
/// A passing one when there is not, which no mail is to blame for.
pub async fn for_mail(hub: &Arc<Hub>, largest: usize) -> Outcome<()> {
    let worker = Arc::clone(hub);
    let free = off_the_loop(move || Ok(worker.store().free_disk())).await?;
    let wanted = wanted(largest);
    match free.filter(|free| *free < wanted) {
        None => Ok(()),
        Some(free) => Err(Fault::passing(format!(
            "the disk is full: {} MiB are free where the database is, and no mail is fetched until there are {}",
            free >> 20,
            (wanted >> 20) + 1
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_mail_has_room_one_and_a_half_times() {
        assert_eq!(wanted(0), limits::FREE_DISK);
        assert_eq!(wanted(3_000), limits::FREE_DISK + 4_500);
        assert_eq!(wanted(usize::MAX), u64::MAX);
    }
}
