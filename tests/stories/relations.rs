//! Tickets that have to do with each other, as conversations: what staff are told, what their requesters are, where
//! later mail goes, and how all of it is taken back.

use super::town::letter::Letter;
use super::town::{ALICE, ANN, BEN, CARLA, STAFF, Town, believing};
use trackle::model::ticket::State;
use trackle::store::lists::{Only, Owner, Which};

/// Alice's ticket 1 and Carla's ticket 2, each with its first letter to staff and its receipt.
fn two(town: &mut Town) -> [(Letter, Letter); 2] {
    let (_, news, receipt) = town.opened(ALICE, "Printer on fire", "It smokes.");
    let (_, other, second) = town.opened(CARLA, "The cellar smells", "Of smoke, I think.");
    [(news, receipt), (other, second)]
}

/// A ticket of staff's own; gives its letter.
fn own(town: &mut Town, title: &str) -> Letter {
    town.write(ANN, title, "Somebody has to.");
    let news = town.letter_to(STAFF);
    town.letters();
    news
}

#[test]
fn a_duplicate_is_closed_and_its_people_follow_the_other() {
    let mut town = Town::new(believing());
    let [(news, _), (other, _)] = two(&mut town);
    town.answer(&other, ANN, "dup 1");
    let letters = town.letters();
    let of = |to: &str| letters.iter().find(|l| l.to == to).unwrap();
    of(STAFF).says("Now duplicate of #1 (Printer on fire).");
    of(CARLA).says("#1 asks for the same: it goes on there, and you follow it now.");
    assert!(letters.iter().all(|l| l.to != ALICE));
    assert_eq!((town.state_of(2), town.subscribers(1)), ("closed", vec![ALICE.into(), CARLA.into()]));
    town.answer(&news, BEN, "close: The cable was loose.");
    town.letter_to(CARLA).says("The cable was loose.");
    town.letters();
    town.golden("a_duplicate_is_closed_and_its_people_follow_the_other");
}

/// What was merged goes on elsewhere: later mail, with all its evidence, follows.
#[test]
fn mail_for_a_merged_ticket_goes_where_it_went() {
    let mut town = Town::new(believing());
    let [_, (other, receipt)] = two(&mut town);
    town.answer(&other, ANN, "merge into 1");
    // nobody merges by a slip
    let question = town.letter_to(ANN);
    question.says("merge into 1");
    town.silence();
    town.answer(&question, ANN, "yes");
    town.letter_to(STAFF).says("Now merged into #1 (Printer on fire).");
    town.letter_to(CARLA).says("It went into #1: it goes on there, and you follow it now.");
    assert_eq!((town.state_of(2), town.subscribers(1)), ("closed", vec![ALICE.into(), CARLA.into()]));

    town.answer(&receipt, CARLA, "It smells even more.");
    let told = town.letter_to(STAFF);
    assert_eq!(told.ticket(), 1);
    told.says("It smells even more.");
    town.letter_to(ALICE).says("It smells even more.");
    assert_eq!((town.said_in(1).len(), town.said_in(2).len()), (2, 1));
    // and what is ordered of it is said to be elsewhere
    town.answer(&other, ANN, "!reopen 2");
    town.letter_to(ANN).says("#2 went into #1; name that one");
    town.golden("mail_for_a_merged_ticket_goes_where_it_went");
}

#[test]
fn a_merge_and_a_duplicate_are_taken_back() {
    for order in ["dup 1", "merge into 1"] {
        let mut town = Town::new(believing());
        let [_, (other, receipt)] = two(&mut town);
        town.answer(&other, ANN, order);
        if order.starts_with("merge") {
            let question = town.letter_to(ANN);
            town.answer(&question, ANN, "yes");
        }
        town.letters();
        town.answer(&other, ANN, "undo");
        // what was grave to do is grave to take back
        if order.starts_with("merge") {
            let question = town.letter_to(ANN);
            question.says("undo");
            town.answer(&question, ANN, "yes");
        }
        let letters = town.letters();
        assert!(letters.iter().any(|l| l.to == CARLA && l.ticket() == 2), "{order}");
        assert_eq!((town.state_of(2), town.subscribers(1)), ("open", vec![ALICE.to_owned()]), "{order}");
        assert!(town.ticket(2).links.is_empty(), "{order}");
        town.answer(&receipt, CARLA, "Still there.");
        assert_eq!(town.letter_to(STAFF).ticket(), 2, "{order}");
    }
}

#[test]
fn a_part_of_a_mail_becomes_a_ticket_of_its_own() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer on fire", "It smokes. And my chair is broken.");
    town.answer(&news, ANN, "split: A chair for Alice\n\nShe asks for a chair, too.");
    let (told, hers) = (town.letter_to(STAFF), town.letter_to(ALICE));
    town.silence();
    assert_eq!((told.ticket(), told.subject()), (2, "[#2] A chair for Alice"));
    told.says("Ann Admin <ann@desk.example> took this out of #1");
    told.says("She asks for a chair, too.");
    hers.says("Ann Admin made this a request of its own, out of #1.");
    hers.says("She asks for a chair, too.");
    let view = town.ticket(2);
    assert_eq!((view.ticket.requester.address.as_str(), view.links[0].other.0), (ALICE, 1));
    assert_eq!((town.said_in(1).len(), town.said_in(2).len()), (1, 1));
    // her answer goes to the new one
    town.answer(&hers, ALICE, "A blue one, please.");
    assert_eq!(town.letter_to(STAFF).ticket(), 2);
    town.golden("a_part_of_a_mail_becomes_a_ticket_of_its_own");
}

#[test]
fn a_split_is_taken_back_by_closing_what_it_made() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer on fire", "It smokes.");
    town.answer(&news, ANN, "split: A chair\n\nA chair, too.");
    town.letters();
    town.answer(&news, ANN, "undo");
    town.letters();
    assert_eq!((town.state_of(1), town.state_of(2)), ("open", "closed"));
    assert!(town.ticket(1).links.is_empty() && town.ticket(2).links.is_empty());
}

#[test]
fn what_waits_for_another_sinks_until_that_is_done() {
    let mut town = Town::new(believing());
    let [(news, _), (other, _)] = two(&mut town);
    town.answer(&news, ANN, "prio urgent\ndepends on 2");
    let told = town.letter_to(STAFF);
    told.says("Now waits for #2 (The cellar smells).");
    told.says("open, nobody's, urgent, waits for #2");
    let open = |town: &Town, only: &[Only]| {
        let which = Which { state: Some(State::Open), owner: Owner::Anybody, only, most: 9 };
        town.listed_by_importance(which)
    };
    assert_eq!((open(&town, &[]), open(&town, &[Only::Waits])), (vec![2, 1], vec![1]));
    town.answer(&other, BEN, "close: Aired.");
    let letters = town.letters();
    let told = letters.iter().find(|l| l.to == STAFF).unwrap();
    told.says("#1 (Printer on fire) waited for this and can go on.");
    assert!(letters.iter().all(|l| l.to != ALICE));
    let hers = letters.iter().find(|l| l.to == CARLA).unwrap();
    hers.hides("Printer");
    hers.hides("#1");
    assert_eq!((open(&town, &[]), open(&town, &[Only::Waits])), (vec![1], vec![]));
    town.answer(&other, BEN, "reopen");
    town.letter_to(STAFF).says("#1 (Printer on fire) waits for this again.");
    town.letters();
    town.answer(&news, ANN, "depends not on 2");
    town.letter_to(STAFF).says("No longer waits for #2.");
    town.golden("what_waits_for_another_sinks_until_that_is_done");
}

#[test]
fn who_waits_for_several_goes_on_after_the_last() {
    let mut town = Town::new(believing());
    let news: Vec<Letter> = ["One", "Two", "Three"].map(|title| own(&mut town, title)).into();
    town.answer(&news[0], ANN, "depends on 2, 3");
    town.letter_to(STAFF).says("waits for #2 #3");
    town.answer(&news[1], ANN, "close");
    town.letter_to(STAFF).says("#1 (One) waited for this, and still waits for others.");
    town.answer(&news[2], ANN, "close");
    town.letter_to(STAFF).says("#1 (One) waited for this and can go on.");
}

#[test]
fn a_chain_that_leads_back_is_refused_however_long_it_is() {
    let mut town = Town::new(believing());
    let news: Vec<Letter> = (1..=5).map(|n| own(&mut town, &format!("Step {n}"))).collect();
    for (n, letter) in news.iter().enumerate().take(4) {
        town.answer(letter, ANN, &format!("depends on {}", n + 2));
        town.letter_to(STAFF);
    }
    town.answer(&news[4], ANN, "depends on 1");
    town.letter_to(ANN).says("#1 already leads back to it");
    town.silence();
    assert!(town.ticket(5).links.iter().all(|l| !l.outward));
    // the other way round it is a shortcut
    town.answer(&news[0], ANN, "depends on 5");
    town.letter_to(STAFF).says("Now waits for #5 (Step 5).");
    for (at, order) in [(0, "parent 2"), (1, "parent 3")] {
        town.answer(&news[at], ANN, order);
        town.letter_to(STAFF);
    }
    town.answer(&news[2], ANN, "parent 1");
    town.letter_to(ANN).says("#1 already leads back to it");
}

#[test]
fn a_campaign_has_parts_and_is_told_of_them_when_it_is_closed() {
    let mut town = Town::new(believing());
    let news: Vec<Letter> =
        ["Upgrade all", "Upgrade mail", "Upgrade web"].map(|title| own(&mut town, title)).into();
    for part in [1, 2] {
        town.answer(&news[part], ANN, "parent 1");
        let told = town.letter_to(STAFF);
        told.says("Now part of #1 (Upgrade all).");
        told.says("open, nobody's, part of #1");
    }
    town.answer(&news[1], ANN, "close");
    town.letter_to(STAFF).hides("still open");
    let parts = [Only::PartOf(trackle::model::ticket::Number(1))];
    let which = Which { state: Some(State::Open), owner: Owner::Anybody, only: &parts, most: 9 };
    assert_eq!(town.listed_by_importance(which), [3]);
    town.answer(&news[0], ANN, "close");
    let told = town.letter_to(STAFF);
    told.says("Its part #3 (Upgrade web) is still open.");
    town.answer(&news[2], ANN, "parent none");
    town.letter_to(STAFF).says("No longer part of #1.");
    town.golden("a_campaign_has_parts_and_is_told_of_them_when_it_is_closed");
}

/// Shows T033: what has to do with each other is said once and seen from both.
#[test]
fn a_link_is_seen_from_both() {
    let mut town = Town::new(believing());
    let [(news, _), _] = two(&mut town);
    town.answer(&news, ANN, "link 2");
    town.letter_to(STAFF).says("Now see also #2 (The cellar smells).");
    town.silence();
    let seen = |n| town.ticket(n).links.iter().map(|l| (l.other.0, l.outward)).collect::<Vec<_>>();
    assert_eq!((seen(1), seen(2)), (vec![(2, true)], vec![(1, false)]));
    town.answer(&news, ANN, "link not 2");
    town.letter_to(STAFF).says("No longer see also #2.");
}
