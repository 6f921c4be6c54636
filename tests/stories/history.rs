//! What stands in the books afterwards: who asked for what, by what proof, on which line of which mail, and that the
//! letters people keep fit it.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, STAFF, Town, believing};
use trackle::model::letter::Chain;
use trackle::model::mail::MessageId;
use trackle::model::ticket::Number;
use trackle::store::Reader;

/// Shows T033, T060.
#[test]
fn each_change_names_its_mail_its_line_and_its_proof() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let order = town.answer(&news, ANN, "take\nclose: The fire brigade was here.");
    town.letters();
    let reader = Reader::open(&town.state()).unwrap();
    let events = reader.history(Number(ticket)).unwrap();
    let told: Vec<_> =
        events.iter().map(|e| (e.what.as_str(), e.line, e.proof.as_str(), e.actor.as_str())).collect();
    assert_eq!(
        told,
        [
            ("opened", 0, "domain", ALICE),
            ("asked", 0, "domain", ALICE),
            ("confirmed", 0, "confirmed", ALICE),
            ("assigned", 1, "domain", ANN),
            ("closed", 2, "domain", ANN),
        ]
    );
    let id = MessageId::parse(&order.id).unwrap();
    assert_eq!(events.last().unwrap().message_id.as_deref(), Some(id.as_str()));
    let mails = reader.mails_called(&id).unwrap();
    assert_eq!((mails.len(), mails[0].mail, mails[0].ticket), (1, town.intake_of(&order), Some(ticket)));
    let letters = reader.letters_of_mail(mails[0].mail).unwrap();
    let kinds: Vec<_> = letters.iter().map(|l| (l.kind.as_str(), l.recipient.as_str())).collect();
    assert_eq!(kinds, [("staff_changed", STAFF), ("changed", ALICE)]);
}

#[test]
fn every_copy_and_every_silence_can_be_asked_about() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let away = news.answered_by(ALICE, "I am away.").header("Auto-Submitted", "auto-replied");
    let mail = town.send(away);
    town.send_again(&mail.bytes);
    town.silence();
    let reader = Reader::open(&town.state()).unwrap();
    let mails = reader.mails_called(&MessageId::parse(&mail.id).unwrap()).unwrap();
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().all(|m| !m.why.is_empty() && m.state != "applied"), "{mails:?}");
    assert!(mails.iter().all(|m| reader.letters_of_mail(m.mail).unwrap().is_empty()));
}

#[test]
fn letters_fit_the_history_for_ever() {
    let mut town = Town::new(believing());
    let (_, news, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let mut kept = vec![news.clone(), receipt];
    for order in ["take", "close", "reopen", "drop\n\nIt is cold now."] {
        town.answer(&news, ANN, order);
        kept.extend(town.letters());
    }
    town.send(Draft::new(ANN, "help", ""));
    kept.push(town.letter_to(ANN));
    let reader = Reader::open(&town.state()).unwrap();
    let mut newest = 0;
    for letter in kept {
        let chain = Chain::parse(letter.header("X-Trackle-Chain")).unwrap();
        assert_eq!(reader.chain_at(chain.seq).unwrap(), Some(chain.clone()));
        // its own cause is part of what it vouches for
        let cause: i64 = letter.header("X-Trackle-Event").parse().unwrap();
        assert!(cause <= chain.seq && newest <= chain.seq, "{cause}, {newest}, {chain}");
        newest = chain.seq;
        assert_eq!(reader.letters_called(&MessageId::parse(letter.id()).unwrap()).unwrap()[0].event, cause);
    }
}
