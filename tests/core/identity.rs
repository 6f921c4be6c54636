//! The identity matrix, all of it: every mail goes through the real reading, the real identify and the real table of perms;
//! a sample goes through the whole pipeline, where nothing may change that the table does not let happen.

mod matrix;

use super::{Desk, answer, from, robot};
use matrix::{Case, NOW, Seen, allowed, cases, differences, site};
use trackle::model::decision::End;
use trackle::model::robot::Robot;
use trackle::model::ticket::{Number, State};
use trackle::pipeline;
use trackle::store::spool::{Cursor, Parcelled};

/// Shows T022, T030, T033, T034: who may is a matter of proof, and the proof is what the requirements say.
#[test]
fn every_mail_has_the_level_and_every_action_the_verdict_that_the_oracle_says() {
    let cases = cases();
    let sites: Vec<Robot> = (0..3).map(|trust| site(robot(), trust)).collect();
    let mut seen = Seen::new();
    let differ = |(number, case): (usize, &Case)| differences(case, &sites[case.trust], number, &mut seen);
    let wrong: Vec<String> = cases.iter().enumerate().flat_map(differ).collect();
    println!("{} mails, {} different verdicts, {} wrong", cases.len(), seen.len(), wrong.len());
    assert!(cases.len() >= 20_000, "{}", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a mail wants, and how one sees that it happened.
const WANTS: [(&str, &str, &str); 5] = [
    ("own", "help+1@desk.example", "!close 1"),
    ("work", "help@desk.example", "!take 1"),
    ("talk", "help+1@desk.example", "The paper is out as well."),
    ("heavy", "help@desk.example", "!requester dora@far.example 1"),
    ("subscribe", "help+1@desk.example", "!subscribe 1"),
];

/// Shows T034: what the table does not let happen at once happens in no way through the whole pipeline.
#[test]
fn nothing_happens_that_the_table_does_not_let_happen() {
    let mut desk = Desk::new();
    let opening = from("alice@far.example", "Printer", "It eats paper.");
    desk.send(&opening.replacen("To:", "Cc: carl@far.example\nTo:", 1));
    let question = desk.letters().remove(0);
    desk.send(&answer(&question, "alice@far.example", "yes"));
    let tokens = ["question_answered", "anothers_question_answered", "damaged"];
    let cases = cases();
    let usual = cases.iter().filter(|c| !tokens.contains(&c.token) && c.signature != "good_but_of_a_part");
    let (mut tried, mut done, mut wrong) = (0, 0, Vec::new());
    for (number, case) in usual.enumerate().filter(|(number, _)| number % 7 == 0) {
        desk.house.robot = site(robot(), case.trust);
        let (class, to, text) = WANTS[tried % 5];
        let happened = happens(&mut desk, case, to, text, number);
        let role = case.role.unwrap_or("stranger");
        // a signature covers orders that name their tickets, and no thread
        let level = if class == "talk" { case.unsigned } else { case.level };
        // who follows it already changes nothing by saying so, and a stranger to a ticket is asked in any case; staff
        // are as good as somebody who has answered a letter
        let (follows, known) = (["requester", "stranger"].contains(&role), role == "staff");
        let expected = match allowed(class, role, level) {
            "do" => case.role.is_some() && !(class == "subscribe" && follows),
            "ask once" => known,
            _ => false,
        };
        if happened != expected {
            wrong.push(format!("{class} by {}: {happened}", case.name));
        }
        tried += 1;
        done += usize::from(happened);
    }
    println!("{tried} mails through the pipeline, {done} did something, {} wrong", wrong.len());
    assert!(tried >= 1_500 && done > 100, "{tried} {done}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether ticket 1 is another one after the mail, which is then taken back.
fn happens(desk: &mut Desk, case: &Case, to: &str, text: &str, number: usize) -> bool {
    let raw = case.raw(&desk.house.robot, to, text, number);
    let mail = case.mail(&raw, false);
    let Desk { store, house, .. } = desk;
    store
        .rehearse(|tx| {
            let at = Cursor { epoch: 1, ..tx.mailbox("matrix")? };
            let parcel = Parcelled::new(number.to_string(), raw.as_bytes(), None, false);
            let intake = tx.keep(at, &parcel, NOW)?.unwrap();
            let before = tx.view(Number(1), NOW);
            let trace = pipeline::handle(tx, house, intake, &mail, NOW)?;
            let (before, view) = (before?.unwrap(), tx.view(Number(1), NOW)?.unwrap());
            let changed = view.ticket.requester != before.ticket.requester
                || view.followers.len() != before.followers.len();
            let text =
                trace.end == End::Applied && trace.ticket == Some(Number(1)) && text.starts_with("The");
            Ok(view.ticket.state != State::Open || view.ticket.owner.is_some() || changed || text)
        })
        .unwrap()
}
