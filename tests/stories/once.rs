//! Order and safety: a mail's lines run once, whatever roads it comes by; what others wrote is never run; what people's
//! programs do to a typed line is forgiven.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, STAFF, Town, believing};

const FIRE: &str = "It is on fire, please come.";
const THREE: &str = "take\nprio high\nclose: It is out.\n\nThat was a long day.";

#[test]
fn three_lines_run_once_each_by_whatever_roads_they_come() {
    for list_first in [false, true] {
        let mut town = Town::new(believing());
        let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
        let direct = news.answered_by(ANN, THREE).cc(STAFF).id("<one@desk.example>");
        let mut by_list = direct.clone().by_list();
        by_list.subject = format!("[staff] {}", direct.subject);
        let mut roads = vec![direct.clone(), by_list];
        if list_first {
            roads.reverse();
        }
        let first = town.send(roads.remove(0));
        town.letters();
        let second = town.send(roads.remove(0));
        town.ended(&second, "duplicate");
        // sent again by a mail program, fetched again, and after the mailbox was made anew
        let again = town.send(direct);
        town.ended(&again, "duplicate");
        let uid = town.send_again(&first.bytes);
        town.settle();
        assert_eq!(town.end_of_uid(&uid).0, "duplicate");
        town.renumber_mailbox(&[&first, &second]);
        town.silence();
        for what in ["assigned", "set", "closed"] {
            assert_eq!(town.history(ticket).iter().filter(|w| *w == what).count(), 1, "{what}");
        }
        assert_eq!((town.state_of(ticket), town.said_in(ticket).len()), ("closed", 2));
    }
}

#[test]
fn all_lines_are_checked_before_any_runs() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    for orders in
        ["take\nclose\nclose", "take\nclose 1 99", "close\ntag +x\nassign zoe", "take\n!show 99\n!close"]
    {
        let before = town.history(ticket).len();
        town.answer(&news, ANN, orders);
        assert_eq!(town.letter_to(ANN).kind(), "transcript", "{orders}");
        town.silence();
        assert_eq!(town.history(ticket).len() - before, 1, "the answer and nothing else: {orders}");
        assert_eq!((town.state_of(ticket), town.owner_of(ticket).as_str()), ("open", ""));
    }
    // each line sees what the ones before it leave
    town.answer(&news, ANN, "close\nreopen\nclose");
    town.letters();
    assert_eq!(town.state_of(ticket), "closed");
}

#[test]
fn what_programs_do_to_a_line_is_forgiven() {
    for order in [
        "CLOSE",
        "Close #1, please.",
        "close 1, thanks!",
        "\u{a0}close\u{a0}1",
        "\u{feff}close",
        "close: “It is out.”",
        "Close 1,",
        "Hello Ben,\nit is out.\n!Close #1",
    ] {
        let mut town = Town::new(believing());
        let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
        town.answer(&news, ANN, order);
        town.letters();
        assert_eq!(town.state_of(ticket), "closed", "{order:?}");
    }
}

/// Shows T035.
#[test]
fn nothing_that_others_wrote_or_that_was_not_meant_is_run() {
    let ways: [fn(&Letter) -> Draft; 9] = [
        |news| news.answered_by(ANN, "I agree.\n\n> take\n> !close"),
        |news| news.answered_by(ANN, "On my way.\n\n-- \ntake\n!close"),
        |news| news.answered_by(ANN, "See the file.").attach("orders.txt", b"take\n!close\n"),
        |news| {
            let text = "See below.\n\n-----Original Message-----\nFrom: Ben\nSent: Monday\nTo: Ann\nSubject: x\n\n!close\ntake";
            news.answered_by(ANN, text).without_quote()
        },
        |news| news.answered_by(ANN, "").content("text/html; charset=utf-8", "<p>take</p><p>!close</p>"),
        |news| {
            let wire = "--=-alt\nContent-Type: text/plain\n\nNothing to do.\n\n--=-alt\nContent-Type: text/html\n\n\
                        <p>take</p><p>!close</p>\n\n--=-alt--";
            news.answered_by(ANN, "").content("multipart/alternative; boundary=\"=-alt\"", wire)
        },
        |news| news.answered_by(ANN, "  !close is what I would write.\n I take it that you close it."),
        |news| news.answered_by(ANN, "Stop\nclose\ntake it away"),
        |news| news.answered_by(ANN, "On my way.").subject("close").header("Comments", "!close"),
    ];
    for way in ways {
        let mut town = Town::new(believing());
        let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
        town.send(way(&news));
        town.letters();
        assert_eq!((town.state_of(ticket), town.owner_of(ticket).as_str()), ("open", ""));
    }
}

/// Shows T065.
#[test]
fn the_status_mail_is_the_receipt() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "take\nclose: It is out.");
    town.letter_to(STAFF).says("It is out.");
    town.letter_to(ALICE).says("It is out.");
    town.nothing_for(ANN);
}
