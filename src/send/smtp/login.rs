//! Logging in to an SMTP server: AUTH PLAIN (RFC 4616), LOGIN, and XOAUTH2 as Google and Microsoft describe it. The
//! secret is asked for here, goes over the line, and is forgotten; a server that repeats it in its answer is not
//! quoted.

use super::arrive::Offers;
use super::line::{Answer, Line};
use crate::fault::{Fault, Outcome};
use crate::model::server::{Login, Mechanism};
use crate::secret::{self, Secret};
use crate::send::courier::{Delivery, Trouble};
use data_encoding::BASE64;
use lettre::transport::smtp::authentication::{Credentials, Mechanism as Sasl};
use std::time::Duration;

/// Logs in with a secret asked for anew.
///
/// # Errors
/// `Later` when the line broke or the server has to close, else `Locked`.
pub async fn log_in(line: &mut Line, offers: &Offers, login: &Login, step: Duration) -> Result<(), Delivery> {
    let locked = |fault: Fault| Delivery::Locked(Trouble::said(&fault.doing));
    let sasl = mechanism(offers, login.mechanism).map_err(locked)?;
    let secret = ask(login, step).await.map_err(locked)?;
    let answer = converse(line, sasl, &login.user, &secret).await;
    let answer = answer.map_err(|fault| Delivery::Later(Trouble::said(&fault.while_("logging in").doing)))?;
    match answer.code {
        235 => Ok(()),
        421 => Err(Delivery::Later(answer.trouble())),
        _ => Err(Delivery::Locked(unsaid(answer.trouble(), &login.user, &secret))),
    }
}

/// The first of the server's mechanisms that fits the configuration.
fn mechanism(offers: &Offers, wanted: Mechanism) -> Outcome<Sasl> {
    let fits = |name: &String| match (wanted, name.as_str()) {
        (Mechanism::Password, "PLAIN") => Some(Sasl::Plain),
        (Mechanism::Password, "LOGIN") => Some(Sasl::Login),
        (Mechanism::Xoauth2, "XOAUTH2") => Some(Sasl::Xoauth2),
        _ => None,
    };
    offers.mechanisms.iter().find_map(fits).ok_or_else(|| {
        let named = match wanted {
            Mechanism::Password => "a password (AUTH PLAIN or LOGIN)",
            Mechanism::Xoauth2 => "XOAUTH2",
        };
        Fault::passing(format!("the server offers no login by {named}"))
    })
}

/// Off the async threads, and not for ever: a password command may wait for somebody at a keyboard.
async fn ask(login: &Login, step: Duration) -> Outcome<Secret> {
    let source = login.secret.clone();
    let asking = tokio::task::spawn_blocking(move || secret::ask(&source));
    match tokio::time::timeout(step, asking).await {
        Ok(Ok(secret)) => secret,
        Ok(Err(e)) => Err(Fault::passing(format!("asking for the secret: {e}"))),
        Err(_) => Err(Fault::passing(format!("the secret did not come within {} seconds", step.as_secs()))),
    }
}

/// Says what the mechanism wants said; the last answer comes back.
async fn converse(line: &mut Line, sasl: Sasl, user: &str, secret: &Secret) -> Outcome<Answer> {
    let coded = |text: &str| BASE64.encode(text.as_bytes());
    if sasl != Sasl::Login {
        let response = sasl.response(&credentials(user, secret), None);
        let response = response.map_err(|e| Fault::lasting(e.to_string()))?;
        let answer = line.ask(format!("AUTH {sasl} {}\r\n", coded(&response))).await?;
        // XOAUTH2 tells its reasons in a challenge first; an empty line asks for the verdict
        return if answer.code == 334 { line.ask("\r\n").await } else { Ok(answer) };
    }
    // the prompts are the same for everybody and spelt differently by everybody: only their order counts
    let mut answer = line.ask("AUTH LOGIN\r\n").await?;
    for text in [user, secret.reveal()] {
        if answer.code != 334 {
            break;
        }
        answer = line.ask(format!("{}\r\n", coded(text))).await?;
    }
    Ok(answer)
}

fn credentials(user: &str, secret: &Secret) -> Credentials {
    Credentials::new(user.to_owned(), secret.reveal().to_owned())
}

/// Takes the text away when the server has put the secret, or what we sent of it, into it.
fn unsaid(trouble: Trouble, user: &str, secret: &Secret) -> Trouble {
    let sent = [Sasl::Plain, Sasl::Xoauth2].into_iter().filter_map(|sasl| {
        let response = sasl.response(&credentials(user, secret), None).ok()?;
        Some(BASE64.encode(response.as_bytes()))
    });
    let mut forms = sent.chain([secret.reveal().to_owned(), BASE64.encode(secret.reveal().as_bytes())]);
    // a clipped text may hold the beginning only
    let repeated = |form: &str| {
        let start: String = form.chars().take(12).collect();
        trouble.text.contains(&start)
    };
    if forms.any(|form| repeated(&form)) {
        return Trouble { text: "login refused (the answer repeats the secret)".to_owned(), ..trouble };
    }
    trouble
}
