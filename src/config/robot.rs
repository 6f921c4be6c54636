//! From the configuration to the nouns that the thinking rooms know.

use super::Config;
use crate::model::digest::Schedule;
use crate::model::person::Member;
use crate::model::robot::{Policy, Robot, Trust};
use crate::model::seal::Seal;
use jiff::tz::TimeZone;

impl Config {
    /// The robot of this configuration, signing with that seal.
    pub fn robot(&self, seal: Seal) -> Robot {
        Robot {
            address: self.robot.address.clone(),
            name: self.robot.name.clone(),
            aliases: self.robot.aliases.clone(),
            delimiter: self.robot.plus_addressing.then_some(self.robot.delimiter),
            returns: self.has_own_return_paths(),
            base_url: self.robot.base_url.clone(),
            list: self.staff.list.clone(),
            also: self.staff.also.clone(),
            members: self.staff.members.iter().map(member).collect(),
            trust: Trust {
                authserv_ids: self.identity.authserv_id.clone(),
                mx_hosts: self.identity.mx_hosts.clone(),
                domains: self.identity.trusted_domains.clone(),
                networks: self.identity.trusted_networks.clone(),
            },
            policy: Policy {
                confirm_tickets: self.policy.confirm_tickets,
                invite_named: self.policy.invite_named,
                tell_worked: self.policy.tell_worked,
                automatic_per_day: self.policy.automatic_per_day,
                mails_per_sender_hour: self.policy.mails_per_sender_hour,
                confirmations_per_hour: self.policy.confirmations_per_hour,
                letters_per_hour: self.policy.letters_per_hour,
                mails_per_hour: self.policy.mails_per_hour,
                mails_per_sender_day: self.policy.mails_per_sender_day,
                tickets_per_sender_hour: self.policy.tickets_per_sender_hour,
                news_per_ticket_hour: self.policy.news_per_ticket_hour,
                reopens_per_hour: self.policy.reopens_per_hour,
                wrong_codes_per_hour: self.policy.wrong_codes_per_hour,
                command_hours: i64::try_from(self.identity.command_age.as_secs() / 3_600).unwrap_or(i64::MAX),
                zone: self.zone(),
            },
            values: self.fields.clone(),
            seal,
        }
    }

    /// Whether the outgoing server leaves the return path to us, and mail to it comes here.
    fn has_own_return_paths(&self) -> bool {
        let ours = |smtp: &super::Smtp| smtp.bounce_address == self.robot.address;
        self.robot.plus_addressing
            && if let super::Courier::Smtp(smtp) = &self.courier { ours(smtp) } else { true }
    }

    /// When the digest is due, in the machine's time zone unless another one is named.
    pub fn schedule(&self) -> Schedule {
        Schedule {
            days: self.digest.days,
            at: self.digest.at,
            zone: self.zone(),
            to: self.digest.to.clone(),
            when_empty: self.digest.when_empty,
            own: self.digest.own,
            news: true,
        }
    }

    /// Where the team works.
    fn zone(&self) -> TimeZone {
        self.digest.zone.clone().unwrap_or_else(TimeZone::system)
    }
}

fn member(written: &super::Member) -> Member {
    Member {
        login: written.login.clone(),
        name: written.name.clone(),
        address: written.address.clone(),
        aliases: written.addresses.clone(),
        words: written.aliases.clone(),
    }
}
