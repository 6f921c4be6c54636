//! Room on the disk: mail is fetched only while there is enough to keep it, handle it and answer it. What is not fetched
//! waits in its mailbox, and is fetched when there is room again. Frees nothing.

use super::{Hub, off_the_loop};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::pipeline::notices;
use std::sync::Arc;

/// What is free and what is wanted before a mail is fetched, in MiB, when too few bytes are free for the largest: for its
/// bytes, for what is made of them, and the reserve.
pub fn too_little(free: u64, largest: usize) -> Option<(u64, u64)> {
    let wanted = limits::FREE_DISK.saturating_add(largest as u64).saturating_add(largest as u64 / 2);
    (free < wanted).then_some((free >> 20, (wanted >> 20) + 1))
}

/// What [`too_little`] says of the disk as it is now.
pub async fn lacking(hub: &Arc<Hub>, largest: usize) -> Outcome<Option<(u64, u64)>> {
    let worker = Arc::clone(hub);
    let free = off_the_loop(move || Ok(worker.store().free_disk())).await?;
    Ok(free.and_then(|free| too_little(free, largest)))
}

/// Whether there is room for more mail, of which the largest is so large. When there is not, staff are told, once a day.
///
/// # Errors
/// A passing one when there is not, which no mail is to blame for.
pub async fn for_mail(hub: &Arc<Hub>, largest: usize) -> Outcome<()> {
    let Some((free, wanted)) = lacking(hub, largest).await? else { return Ok(()) };
    let told = hub.transact(move |tx, hub| {
        let tells = tx.tells_of_full_disk(hub.now())?;
        if tells {
            notices::tell_of_full_disk(tx, &hub.house, (free, wanted), hub.now())?;
        }
        Ok(tells)
    });
    match told.await {
        Ok(true) => hub.letters.notify_one(),
        Ok(false) => {}
        Err(fault) => tracing::error!("telling staff that the disk is full: {fault}"),
    }
    Err(Fault::passing(format!(
        "the disk is full: {free} MiB are free where the database is, and no mail is fetched until there are {wanted}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_mail_has_room_one_and_a_half_times() {
        const MIB: u64 = 1 << 20;
        assert_eq!(too_little(100 * MIB, 24 << 20), None);
        assert_eq!(too_little(100 * MIB - 1, 24 << 20), Some((99, 101)));
        assert_eq!(too_little(64 * MIB, 0), None);
        assert!(too_little(u64::MAX - 1, usize::MAX).is_some());
    }
}
