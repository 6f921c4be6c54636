//! The one place that reads the clock. Everybody else is told what time it is.

use jiff::Timestamp;

/// Tells the time; stories and tests bring their own.
pub trait Clock: Send + Sync {
    /// Now, as seconds matter to people.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // this is the one place
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A monotonic instant for deadlines and measuring; never for dates.
#[allow(clippy::disallowed_methods)]
pub fn instant() -> std::time::Instant {
    std::time::Instant::now()
}
