//! What every row asks of a robot that it leaves behind (B10): the audit's laws hold. What a program of it may not do at
//! the time is done here in process, by the same call.

use std::path::Path;
use trackle::store::Reader;
use trackle::store::audit::Findings;

/// What the audit found in a state directory, in which no law is broken.
pub fn audited(state: &Path) -> Result<Findings, String> {
    let found = Reader::open(state).and_then(|reader| reader.audit(&mut |_, _, _| ()));
    let found = found.map_err(|fault| fault.doing)?;
    match found.broken.as_slice() {
        [] => Ok(found),
        broken => Err(format!("laws are broken: {}", broken.join("; "))),
    }
}
