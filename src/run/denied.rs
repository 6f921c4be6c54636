//! Whoever may not touch the robot's state is told who may, and what he can do all the same. Looks at the state's directory,
//! and only behind a failure that was a refusal of the kernel.

use super::Failed;
use super::account;
use crate::config::Config;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Says what to do about this failure, where it comes from rights that are missing at the robot's state.
pub fn advice(config: &Path, failed: &Failed) -> Option<String> {
    if !failed.text.contains("Permission denied") {
        return None;
    }
    let owner = owner(&Config::read(config).ok()?.robot.state)?;
    Some(format!("the robot's files are {owner}'s: `sudo -u {owner} trackle …` may use them"))
}

/// Whose the state is, where it is closed to us.
pub fn owner(state: &Path) -> Option<String> {
    let holder = holder(state)?;
    let closed =
        File::open(state.join(crate::mint::FILE)).err()?.kind() == std::io::ErrorKind::PermissionDenied;
    closed.then_some(holder)
}

/// Whose a file or directory is.
pub fn holder(path: &Path) -> Option<String> {
    let uid = std::fs::metadata(path).ok()?.uid();
    Some(account::name(uid).unwrap_or_else(|| format!("#{uid}")))
}
