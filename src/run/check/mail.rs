//! `trackle check mail`: before a mail server's word is believed, a mail that lies about its sender is sent the way of
//! all mail, and looked at when it arrives: did the server take the forged fields away, and what does it write itself?
//! Prints what may be put into `[identity]`, or why nothing should be. The mail is from our own address, so that a
//! robot that serves meanwhile writes it down and does nothing about it. Where letters ask for answers to addresses with a
//! plus, it goes to such a one: whether those arrive is found out with it. Marks nothing, deletes nothing.

mod arrival;
mod findings;
mod forgery;

use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Courier};
use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use crate::model::robot::Robot;
use crate::model::seal::Seal;
use crate::run::exit;
use crate::send::courier::{Courier as _, Delivery, Parcel};
use crate::send::smtp::{Patience, Smtp};
use crate::show::checks::{Check, Verdict};
use arrival::Watch;
use findings::Findings;
use forgery::Forgery;
use std::collections::BTreeSet;
use std::time::Duration;

const ITEM: &str = "mail";
/// What to do where mail to an address with a plus goes nowhere.
const NO_PLUS: &str = "; if mail to such addresses arrives nowhere at yours, set robot.plus_addressing = false, or no answer gets through";

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
    let mut to = Goal::of(&robot);
    // a second time when the server turned out to use names that were not forged the first time
    for round in 0..2 {
        let forgery = Forgery::new(&robot.address, &names, &hosts, SystemClock.now());
        let mut watch = match Watch::begin(config).await {
            Ok(watch) => watch,
            Err(fault) => return Ok((vec![Check::wrong(ITEM, fault.doing)], exit::FAILED)),
        };
        let from = Some(courier.bounce_address.clone());
        if let Some(why) = to.reached(&mut smtp, from, &forgery, &mut checks).await {
            checks.push(Check::wrong(ITEM, format!("the test mail was not taken: {why}")));
            return Ok((checks, exit::FAILED));
        }
        let Some((mail, place)) = watch.wait(&forgery, wait).await else {
            let text = format!(
                "the test mail did not arrive at {} within {} seconds: look for {} in the mail server's log{}",
                to.address(),
                wait.as_secs(),
                forgery.message_id,
                if to.detailed.is_some() { NO_PLUS } else { "" }
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
        if let Some(example) = &to.detailed {
            checks.push(Check::ok("answers", format!("mail to {example} arrives")));
        }
        let is_well = found.may_be_believed() && !checks.iter().any(|c| c.verdict == Verdict::Wrong);
        let code = if is_well { 0 } else { exit::FAILED };
        smtp.close().await;
        return Ok((checks, code));
    }
    Ok((checks, exit::FAILED))
}

/// Where the test mail goes.
struct Goal {
    plain: Address,
    /// As letters ask for answers to, for as long as nothing is known against it.
    detailed: Option<Address>,
}

impl Goal {
    fn of(robot: &Robot) -> Goal {
        let detailed = robot.delimiter.and_then(|delimiter| robot.address.with_detail(delimiter, "12"));
        Goal { plain: robot.address.clone(), detailed }
    }

    fn address(&self) -> &Address {
        self.detailed.as_ref().unwrap_or(&self.plain)
    }

    /// Sends it there; where an address with a plus is refused, that is noted, and it goes to the plain one. Gives why it was
    /// not taken at all.
    async fn reached(
        &mut self,
        smtp: &mut Smtp,
        from: Option<Address>,
        forgery: &Forgery,
        checks: &mut Vec<Check>,
    ) -> Option<String> {
        let mut parcel = Parcel { id: 0, from, to: self.address().clone(), bytes: forgery.bytes() };
        let mut why = not_taken(smtp.carry(&parcel).await)?;
        if let Some(example) = self.detailed.take() {
            parcel.to = self.plain.clone();
            let refused = format!("mail to {example} is not taken: {why}{NO_PLUS}");
            why = match not_taken(smtp.carry(&parcel).await) {
                None => {
                    checks.push(Check::wrong("answers", refused));
                    return None;
                }
                Some(why) => why,
            };
        }
        Some(why)
    }
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
