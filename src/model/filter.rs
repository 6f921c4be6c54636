//! What somebody at the console looks for, as it was typed.

use serde::{Deserialize, Serialize};

/// Which tickets are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// A number, words of title and text, `owner:ann`, `+keyword`, all of them together.
    pub text: String,
    pub closed: bool,
    /// Only those of whoever sits there.
    pub mine: bool,
}
