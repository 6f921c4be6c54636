//! What a site has decided, in words, so that somebody can see whether it is what was meant: addresses, staff, letters,
//! whose word counts and what follows from that.

use crate::config::Config;
use crate::show::checks::Check;
use crate::show::look::count;

/// Who writes to whom.
pub fn addresses(config: &Config) -> Vec<Check> {
    let (robot, staff) = (&config.robot, &config.staff);
    let mut checks =
        vec![Check::ok("addresses", format!("people write to {}, staff read {}", robot.address, staff.list))];
    checks.push(match staff.members.len() as u64 {
        0 => Check::warning("staff", "nobody may command: name your team in [[staff.member]]"),
        members => Check::ok("staff", format!("{} may command", count(members, "member"))),
    });
    let detail = robot.address.with_detail(robot.delimiter, "12");
    checks.push(match detail.filter(|_| robot.plus_addressing) {
        Some(example) => {
            let text = format!(
                "letters ask for answers to addresses like {example}: make sure that mail to it arrives \
                 (Postfix: recipient_delimiter = {}), or set robot.plus_addressing = false",
                robot.delimiter
            );
            Check::ok("answers", text)
        }
        None => {
            Check::ok("answers", "letters ask for answers to the plain address; its thread finds the ticket")
        }
    });
    checks
}

/// The words of the letters, and the languages in which there are any.
pub fn letters(config: &Config) -> Vec<Check> {
    const ITEM: &str = "letters";
    let own = config.robot.letters.as_deref();
    let wording = match crate::wording::read(own) {
        Ok(wording) => wording,
        Err(fault) => return vec![Check::wrong(ITEM, fault.doing)],
    };
    let language = &config.robot.language;
    let languages: Vec<&str> = std::iter::once("en").chain(wording.languages()).collect();
    let broken = wording.wrong.iter().map(|w| Check::wrong(ITEM, format!("not used: {w}")));
    let mut checks: Vec<Check> = broken.collect();
    if !languages.contains(&language.code()) {
        let text =
            format!("there are none in {language}, which robot.language asks for: they will be English");
        checks.push(Check::warning(ITEM, text));
    }
    if checks.is_empty() {
        let from = own.map_or_else(|| "built in".to_owned(), |own| format!("from {}", own.display()));
        let text = format!("{from}; in the reader's language where it is one of {}", languages.join(", "));
        checks.push(Check::ok(ITEM, text));
    }
    checks
}

/// Whose word counts, and what follows.
pub fn identity(config: &Config) -> Vec<Check> {
    const ITEM: &str = "identity";
    let said = &config.identity;
    let mut checks = Vec::new();
    if !said.authserv_id.is_empty() {
        let text = format!(
            "what {} writes into Authentication-Results counts: a dmarc or dkim pass for the sender's domain proves \
             commands. That server has to remove such fields from mail that comes in (RFC 8601 section 5)",
            said.authserv_id.join(", ")
        );
        checks.push(Check::ok(ITEM, text));
    }
    if !said.mx_hosts.is_empty() {
        let networks: Vec<String> = said.trusted_networks.iter().map(ToString::to_string).collect();
        let also =
            if networks.is_empty() { String::new() } else { format!(", or from {}", networks.join(", ")) };
        let text = format!(
            "mail handed to {} by its sender, logged in{also}, proves commands",
            said.mx_hosts.join(", ")
        );
        checks.push(Check::ok(ITEM, text));
    }
    if said.dkim {
        let text = "where our servers say nothing, a DKIM signature of the sender's domain is checked here";
        checks.push(Check::ok(ITEM, text));
    }
    if said.keyring.is_some() {
        checks.push(Check::ok(
            ITEM,
            "orders that name their tickets run when a member has signed them (OpenPGP)",
        ));
    }
    if checks.is_empty() {
        checks.push(Check::ok(ITEM, "no proof is configured, so every staff command is confirmed by mail"));
    }
    checks.push(Check::ok("strangers", strangers(config)));
    checks
}

fn strangers(config: &Config) -> String {
    let domains = &config.identity.trusted_domains;
    if !config.policy.confirm_tickets {
        "a new request opens at once, without any confirmation: forged mail can open tickets".into()
    } else if domains.is_empty() {
        "a new request opens when its sender has answered one letter".into()
    } else {
        format!(
            "a new request opens when its sender has answered one letter, from {} at once",
            domains.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn config(identity: &str) -> Config {
        let text = format!(
            "[robot]\naddress = \"help@example.org\"\n[staff]\nlist = \"team@example.org\"\n[courier]\nkind = \"maildir\"\npath = \"out\"\n{identity}"
        );
        Config::parse(&text, Path::new("/etc")).unwrap()
    }

    #[test]
    fn what_is_believed_is_said() {
        let words =
            |config: &Config| identity(config).into_iter().map(|c| c.text).collect::<Vec<_>>().join("\n");
        let none = words(&config(""));
        assert!(
            none.starts_with("no proof is configured, so every staff command is confirmed by mail"),
            "{none}"
        );
        let some = words(&config(
            "[identity]\nauthserv_id = [\"mx.example.org\"]\ntrusted_domains = [\"example.org\"]\nmx_hosts = [\"mx.example.org\"]\ntrusted_networks = [\"192.0.2.0/24\"]\n",
        ));
        for said in ["dkim pass", "logged in, or from 192.0.2.0/24", "from example.org at once"] {
            assert!(some.contains(said), "{said} in {some}");
        }
    }

    #[test]
    fn addresses_are_shown_as_letters_will_have_them() {
        let checks = addresses(&config(""));
        assert!(checks.iter().any(|c| c.text.contains("help+12@example.org")));
        assert!(checks.iter().any(|c| c.item == "staff" && c.text.contains("nobody may command")));
    }
}
