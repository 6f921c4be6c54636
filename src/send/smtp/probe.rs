//! Trying a server out: connect, TLS, EHLO, login, goodbye. Sends nothing.

use super::Smtp;
use crate::send::courier::Delivery;

/// What the server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// It takes letters that are not ASCII.
    pub eight_bit: bool,
    /// Bytes of the largest letter it takes, if it says so.
    pub largest: Option<usize>,
}

impl Smtp {
    /// Tries the server, as far as the next step would be a letter.
    ///
    /// # Errors
    /// What a parcel would have met.
    pub async fn probe(&self) -> Result<Probe, Delivery> {
        let session = self.open().await?;
        let offers = session.offers();
        let probe = Probe { eight_bit: offers.eight_bit, largest: offers.size.filter(|s| *s > 0) };
        session.quit().await;
        Ok(probe)
    }
}
