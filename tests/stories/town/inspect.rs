//! What holds of every letter, whatever it says. A letter comes in; nothing goes out unless it is wrong.

use super::letter::Letter;
use trackle::command::TABLE;
use trackle::model::address::Address;
use trackle::model::letter::Chain;
use trackle::model::mail::MessageId;
use trackle::model::robot::Robot;

/// Fields without which no letter goes.
const NEEDED: [&str; 7] = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"];
/// Direct answers to one person's mail.
const ANSWERS: [&str; 14] = [
    "confirm_ticket",
    "confirm_mail",
    "ticket_opened",
    "help",
    "transcript",
    "already",
    "too_late",
    "left",
    "followed",
    "done",
    "session_kept",
    "search",
    "show",
    "list",
];
/// Letters that may go to an address that nobody has proven.
const UNPROVEN: [&str; 6] = ["confirm_ticket", "confirm_mail", "already", "too_late", "search", "invited"];
/// Fields that hold other people's Message-IDs.
const THREAD: [&str; 2] = ["In-Reply-To", "References"];

/// Fails the story when a letter is not as every letter has to be. `said` are lines that people wrote.
pub fn letter(letter: &Letter, robot: &Robot, said: &[String]) {
    let wrong = |what: &str| -> ! {
        panic!("{what}, in this letter:\n{}", String::from_utf8_lossy(&letter.bytes));
    };
    if let Err(what) =
        wire(letter).and_then(|()| fields(letter, robot)).and_then(|()| words(letter, robot, said))
    {
        wrong(&what);
    }
}

/// RFC 5322 2.1.1 and 2.3: short lines, whole line ends, ASCII.
fn wire(letter: &Letter) -> Result<(), String> {
    let text = std::str::from_utf8(&letter.bytes).map_err(|e| e.to_string())?;
    let Some(text) = text.strip_suffix("\r\n") else { return Err("no line end at its end".into()) };
    for line in text.split("\r\n") {
        if line.len() > 998 || line.contains(['\r', '\n', '\0']) || !line.is_ascii() {
            return Err(format!("a line that no server has to take: {line:?}"));
        }
    }
    if letter.mail.damage.is_empty() { Ok(()) } else { Err(format!("damage: {:?}", letter.mail.damage)) }
}

fn fields(letter: &Letter, robot: &Robot) -> Result<(), String> {
    let mut names: Vec<String> = letter.mail.headers.iter().map(|h| h.name.to_ascii_lowercase()).collect();
    names.sort();
    if let Some(twice) = names.windows(2).find(|two| two[0] == two[1]) {
        return Err(format!("{} stands twice", twice[0]));
    }
    if let Some(missing) = NEEDED.iter().find(|name| letter.mail.header(name).is_none()) {
        return Err(format!("no {missing}"));
    }
    let to: Vec<&str> = letter.mail.to.iter().map(|m| m.addr.as_str()).collect();
    if to != [letter.to.as_str()] || !letter.mail.cc.is_empty() {
        return Err(format!("To is {to:?} and goes to {}", letter.to));
    }
    let own = |text: &str| Address::parse(text).is_some_and(|a| robot.is_own(&a));
    let from: Vec<&str> = letter.mail.from.iter().map(|m| m.addr.as_str()).collect();
    if from != [robot.address.as_str()] || !own(&letter.reply_to()) {
        return Err(format!("From {from:?}, Reply-To {}", letter.reply_to()));
    }
    if !letter.sender.is_empty() && !own(&letter.sender) {
        return Err(format!("it is sent as {}", letter.sender));
    }
    let id = MessageId::parse(letter.id()).ok_or("no usable Message-ID")?;
    robot.seal.open_message_id(&id).ok_or("a Message-ID without our mark")?;
    Chain::parse(letter.header("X-Trackle-Chain")).ok_or("no mark of the history")?;
    automatic(letter)
}

/// RFC 3834 5: answers say that they are answers, what passes on a person's words is not automatic.
fn automatic(letter: &Letter) -> Result<(), String> {
    let word = letter.header("Auto-Submitted");
    let right = match letter.kind() {
        kind if ANSWERS.contains(&kind) => word == "auto-replied" && letter.sender.is_empty(),
        "quarantined" | "disk_full" | "mailbox" | "undelivered" | "complained" | "digest" | "requester"
        | "news" | "own" => word == "auto-generated",
        // nobody is told when it does not arrive
        "invited" | "suspended" => word == "auto-generated" && letter.sender.is_empty(),
        "session_log" | "host" => word == "auto-generated",
        "staff_opened" | "staff_changed" | "changed" => matches!(word, "" | "auto-generated"),
        kind => return Err(format!("a letter of no known kind: {kind:?}")),
    };
    if right { Ok(()) } else { Err(format!("Auto-Submitted is {word:?}, sent as <{}>", letter.sender)) }
}

/// Nobody learns somebody else's address, and nobody can make the robot say something to a stranger.
fn words(letter: &Letter, robot: &Robot, said: &[String]) -> Result<(), String> {
    let to = Address::parse(&letter.to).ok_or("no recipient")?;
    // what a ticket is called may have an address in it, and who has proven himself may know what it is called
    let titled = !UNPROVEN.contains(&letter.kind());
    let is_quiet = |name: &str| {
        THREAD.iter().any(|t| name.eq_ignore_ascii_case(t))
            || (titled && name.eq_ignore_ascii_case("Subject"))
    };
    let shown = letter.mail.headers.iter().filter(|h| !is_quiet(&h.name)).map(|h| h.value.as_str());
    let subject = (!titled).then(|| letter.subject());
    let all: Vec<&str> = shown.chain(subject).chain([letter.text()]).collect();
    // RFC 5322 3.2.3: what an address without quotes is made of
    let is_part = |c: char| c.is_ascii_alphanumeric() || "@.!#$%&'*+-/=?^_`{|}~".contains(c);
    let names = all.iter().flat_map(|text| text.split(|c| !is_part(c))).filter(|word| word.contains('@'));
    let known = |a: &Address| *a == to || robot.is_own(a) || a.local().starts_with("trk.");
    // what staff find, and what they have ordered, may name anybody
    let is_staff = robot.reads_list(&to)
        || (["search", "show", "list", "confirm_mail", "transcript", "staff_changed", "session_log"]
            .contains(&letter.kind())
            && robot.member(&to).is_some());
    if !is_staff
        && let Some(third) = names.filter_map(|w| Address::parse(w.trim_matches('.'))).find(|a| !known(a))
    {
        return Err(format!("it names {third}"));
    }
    if UNPROVEN.contains(&letter.kind()) && !is_staff {
        let is_order = |line: &str| {
            let word = line.trim_start_matches('!').split([' ', ':']).next().unwrap_or("").to_lowercase();
            TABLE.iter().any(|verb| verb.words().any(|w| w == word))
        };
        let mut theirs = said.iter().filter(|l| l.len() > 20 && !l.starts_with('>') && !is_order(l));
        if let Some(line) = theirs.find(|line| letter.text().contains(line.as_str())) {
            return Err(format!("it repeats {line:?} to an address that nobody has proven"));
        }
    }
    Ok(())
}
