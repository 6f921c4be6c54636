//! Sending: moves frozen bytes to where they belong.

pub mod courier;
pub mod maildir;
pub mod retry;
pub mod smtp;

use courier::{Courier, Delivery, Parcel, Trouble};

/// The courier that the configuration names.
#[derive(Debug)]
pub enum Carrier {
    Smtp(Box<smtp::Smtp>),
    Maildir(maildir::Maildir),
}

impl Carrier {
    /// Whether carrying a parcel again leaves one letter and not two, so that nobody is harmed when the program ends
    /// between the carrying and the note of it.
    pub fn replaces(&self) -> bool {
        matches!(self, Carrier::Maildir(_))
    }
}

impl Courier for Carrier {
    async fn carry(&mut self, parcel: &Parcel) -> Delivery {
        match self {
            Carrier::Smtp(courier) => courier.carry(parcel).await,
            Carrier::Maildir(courier) => courier.carry(parcel).await,
        }
    }

    async fn settle(&mut self) -> Result<(), Trouble> {
        match self {
            Carrier::Smtp(courier) => courier.settle().await,
            Carrier::Maildir(courier) => courier.settle().await,
        }
    }

    async fn close(&mut self) {
        match self {
            Carrier::Smtp(courier) => courier.close().await,
            Carrier::Maildir(courier) => courier.close().await,
        }
    }
}
