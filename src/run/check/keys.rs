//! The keys that members sign with: whether gpg is there, takes the keyring, and finds every key in it fit for use.

use crate::config::Config;
use crate::daemon;
use crate::fault::{Fault, Outcome};
use crate::show::checks::Check;
use crate::show::look::count;

/// One line for each key that counts for nothing, or one that all is well; nothing when none is configured.
pub fn keys(config: &Config) -> Outcome<Vec<Check>> {
    const ITEM: &str = "keys";
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Fault::passing(format!("starting the runtime: {e}")))?;
    let named: usize = config.staff.members.iter().map(|member| member.keys.len()).sum();
    Ok(match runtime.block_on(daemon::witnesses(config).unusable_keys()) {
        None => Vec::new(),
        Some(Err(fault)) => vec![Check::wrong(ITEM, fault.doing)],
        Some(Ok(bad)) if bad.is_empty() => {
            let text = format!("{} of staff proves what is signed with it", count(named as u64, "key"));
            vec![Check::ok(ITEM, text)]
        }
        Some(Ok(bad)) => bad
            .into_iter()
            .map(|(key, why)| Check::wrong(ITEM, format!("{}'s key {} {why}", key.login, key.fingerprint)))
            .collect(),
    })
}
