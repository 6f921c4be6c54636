//! From a server's address to a connection that is logged in. Comes in: `model::server::Server`; goes out: a
//! [`Line`], or a fault in an administrator's words, in which the secret never stands. Never sends a password
//! before TLS unless the configuration says plain. RFC 9051 section 6.2, RFC 2595 (STARTTLS), XOAUTH2.

use super::names::quoted;
use super::strict::{Line, Patience, Trouble};
use crate::fault::{Fault, Outcome};
use crate::model::server::{Login, Mechanism, Security, Server};
use crate::secret::{self, Secret};
use crate::tls;
use data_encoding::BASE64;

/// Why there is no line.
pub struct Closed {
    /// In words that name the server and what to look at.
    pub fault: Fault,
    /// The server is there, and does not let us in; or we have nothing to say to it.
    pub shut: bool,
}

impl From<Fault> for Closed {
    fn from(fault: Fault) -> Closed {
        Closed { fault, shut: true }
    }
}

/// Connects and logs in.
pub async fn connect(server: &Server, patience: Patience) -> Result<Line, Closed> {
    let Some(login) = &server.login else {
        return Err(Fault::lasting(format!("{}: no user and secret are configured", place(server))).into());
    };
    let secret = ask(login).await?;
    let nobody = |fault: Fault| Closed { fault: fault.while_("IMAP"), shut: false };
    let stream = tls::reach(server, patience.step).await.map_err(nobody)?;
    let stream = tls::secure(stream, server, patience.step).await.map_err(|f| f.while_("IMAP"))?;
    let mut line = Line::new(stream, patience);
    line.greeting().await.map_err(|t| fault(server, "connecting", &t))?;
    if server.security == Security::StartTls {
        line = start_tls(line, server, patience).await?;
    }
    learn(&mut line).await.map_err(|t| fault(server, "asking what it can do", &t))?;
    log_in(&mut line, server, login, &secret).await?;
    // what a server can do depends on who asks
    if line.can.is_empty() {
        learn(&mut line).await.map_err(|t| fault(server, "asking what it can do", &t))?;
    }
    Ok(line)
}

/// `IMAP mail.example:993 as help`.
pub fn place(server: &Server) -> String {
    let user = server.login.as_ref().map_or("nobody", |l| l.user.as_str());
    format!("IMAP {}:{} as {user}", server.host, server.port)
}

/// Puts trouble with a server in words.
pub fn fault(server: &Server, doing: &str, trouble: &Trouble) -> Fault {
    let what = match trouble {
        Trouble::Refused(text) => format!("the server refused {doing}: {text}"),
        Trouble::Lost(text) => format!("{doing} broke off: {text}"),
    };
    Fault::passing(format!("{}: {what}", place(server)))
}

async fn ask(login: &Login) -> Outcome<Secret> {
    let source = login.secret.clone();
    tokio::task::spawn_blocking(move || secret::ask(&source))
        .await
        .map_err(|e| Fault::passing(format!("asking for the secret: {e}")))?
}

async fn start_tls(mut line: Line, server: &Server, patience: Patience) -> Outcome<Line> {
    learn(&mut line).await.map_err(|t| fault(server, "asking what it can do", &t))?;
    if !line.offers("STARTTLS") {
        let what = "the server does not offer STARTTLS, and without it nothing is sent";
        return Err(Fault::passing(format!("{}: {what}", place(server))));
    }
    line.command("STARTTLS", |_| Ok(())).await.map_err(|t| fault(server, "STARTTLS", &t))?;
    let stream = line.into_stream().map_err(|t| fault(server, "STARTTLS", &t))?;
    let stream = tls::upgrade(stream, server, patience.step).await.map_err(|f| f.while_("IMAP"))?;
    // a new line knows nothing of what was said in the clear
    Ok(Line::new(stream, patience))
}

/// Asks what the server can do, unless it has said so.
async fn learn(line: &mut Line) -> Result<(), Trouble> {
    if line.can.is_empty() { line.command("CAPABILITY", |_| Ok(())).await } else { Ok(()) }
}

async fn log_in(line: &mut Line, server: &Server, login: &Login, secret: &Secret) -> Outcome<()> {
    let (command, answers) = words(line, login, secret).map_err(|what| {
        Fault::passing(format!("{}: {what}; it offers {}", place(server), line.can.join(" ")))
    })?;
    line.can.clear();
    line.question.clear();
    let done = line.dialogue(&command, answers.into(), |_| Ok(())).await;
    done.map_err(|trouble| {
        let mut fault = fault(server, "the login", &trouble);
        // XOAUTH2 explains itself in a question: {"status":"400",…}
        if let Ok(json) = BASE64.decode(line.question.as_bytes())
            && !json.is_empty()
        {
            let text: String = String::from_utf8_lossy(&json).chars().filter(|c| !c.is_control()).collect();
            fault.doing = format!("{} {text}", fault.doing);
        }
        fault.doing = fault.doing.replace(secret.reveal(), "«secret»");
        fault
    })
}

/// The login command and what is said when the server asks on.
fn words(line: &Line, login: &Login, secret: &Secret) -> Result<(String, Vec<String>), &'static str> {
    let (user, secret) = (login.user.as_str(), secret.reveal());
    match login.mechanism {
        Mechanism::Xoauth2 if !line.offers("AUTH=XOAUTH2") => Err("the server does not offer XOAUTH2"),
        Mechanism::Xoauth2 => {
            let token = BASE64.encode(format!("user={user}\x01auth=Bearer {secret}\x01\x01").as_bytes());
            Ok(("AUTHENTICATE XOAUTH2".into(), vec![token]))
        }
        Mechanism::Password => match (quoted(user), quoted(secret)) {
            (Some(user), Some(secret)) if !line.offers("LOGINDISABLED") => {
                Ok((format!("LOGIN {user} {secret}"), Vec::new()))
            }
            // letters beyond ASCII cannot stand in LOGIN without asking on; here they are told apart from line ends
            _ if line.offers("AUTH=PLAIN") => Ok((
                "AUTHENTICATE PLAIN".into(),
                vec![BASE64.encode(format!("\0{user}\0{secret}").as_bytes())],
            )),
            _ => {
                Err("the server takes no password on this line (should security be \"tls\" or \"starttls\"?)")
            }
        },
    }
}
