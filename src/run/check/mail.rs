//! `trackle check mail`: before a mail server's word is believed, a mail that lies about its sender is sent the way of
//! all mail, and looked at when it arrives: did the server take the forged fields away, and what does it write itself?
//! Prints what may be put into `[identity]`, or why nothing should be. The mail is from our own address, so that a
//! robot that serves meanwhile writes it down and does nothing about it. Marks nothing, deletes nothing.

mod arrival;
mod findings;
mod forgery;

use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Courier};
use crate::fault::{Fault, Outcome};
use crate::model::seal::Seal;
use crate::run::exit;
use crate::send::courier::{Courier as _, Delivery, Parcel};
use crate::send::smtp::{Patience, Smtp};
use crate::show::checks::Check;
use arrival::Watch;
use findings::Findings;
use forgery::Forgery;
use std::collections::BTreeSet;
use std::time::Duration;

const ITEM: &str = "mail";

/// Sends the forgery and waits for it; gives what was found, and the exit code: 0 when the server may be believed, 75
/// when nothing arrived in time, else 1.
///
/// # Errors
/// When no runtime can be started.
pub fn run(config: &Config, wait: Duration) -> Outcome<(Vec<Check>, u8)> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Fault::passing(format!("starting the runtime: {e}")))?;
    runtime.block_on(try_it(config, wait))
}

async fn try_it(config: &Config, wait: Duration) -> Outcome<(Vec<Check>, u8)> {
    let Courier::Smtp(courier) = &config.courier else {
        let text = "letters go to no mail server, so there is none to be tried: set courier.kind = \"smtp\"";
        return Ok((vec![Check::wrong(ITEM, text)], exit::FAILED));
    };
    // its key stays where it is: nothing of this mail is signed with it
    let robot = config.robot(Seal::new(vec![[0; 32]]));
    let mut smtp = Smtp::new(courier.server.clone(), robot.domain(), Patience::default());
    let mut names: BTreeSet<String> = config.identity.authserv_id.iter().cloned().collect();
    let mut hosts: BTreeSet<String> = config.identity.mx_hosts.iter().cloned().collect();
    let mut checks = Vec::new();
    // a second time when the server turned out to use names that were not forged the first time
    for round in 0..2 {
        let forgery = Forgery::new(&robot.address, &names, &hosts, SystemClock.now());
        let mut watch = match Watch::begin(config).await {
            Ok(watch) => watch,
            Err(fault) => return Ok((vec![Check::wrong(ITEM, fault.doing)], exit::FAILED)),
        };
        let parcel = Parcel {
            id: 0,
            from: Some(courier.bounce_address.clone()),
            to: robot.address.clone(),
            bytes: forgery.bytes(),
        };
        if let Some(why) = not_taken(smtp.carry(&parcel).await) {
            checks.push(Check::wrong(ITEM, format!("the test mail was not taken: {why}")));
            return Ok((checks, exit::FAILED));
        }
        let Some((mail, place)) = watch.wait(&forgery, wait).await else {
            let text = format!(
                "the test mail did not arrive at {} within {} seconds: look for {} in the mail server's log",
                robot.address,
                wait.as_secs(),
                forgery.message_id
            );
            checks.push(Check::wrong(ITEM, text));
            return Ok((checks, exit::LATER));
        };
        let found = Findings::of(&mail, &forgery, &robot.trust);
        let news =
            found.names.iter().any(|n| !names.contains(n)) || found.hosts.iter().any(|h| !hosts.contains(h));
        if news && round == 0 {
            names.extend(found.names);
            hosts.extend(found.hosts);
            continue;
        }
        checks.push(Check::ok(ITEM, format!("a forged mail went out and came back to {place}")));
        checks.extend(found.checks(&robot.trust));
        let code = if found.may_be_believed() { 0 } else { exit::FAILED };
        smtp.close().await;
        return Ok((checks, code));
    }
    Ok((checks, exit::FAILED))
}

fn not_taken(delivery: Delivery) -> Option<String> {
    match delivery {
        Delivery::Sent(_) => None,
        Delivery::Later(t)
        | Delivery::Away(t)
        | Delivery::Refused(t)
        | Delivery::Unknown(t)
        | Delivery::Locked(t) => Some(t.text),
    }
}
