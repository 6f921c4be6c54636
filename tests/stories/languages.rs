//! Everybody is written to in his own language, as far as there are words in it; staff in their site's.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, CARLA, STAFF, Town, believing, plain};
use std::fs;

const GERMAN: &str =
    "Guten Tag,\n\nder Drucker im zweiten Stock brennt, und ich kann nicht drucken. Bitte kommen Sie!";
const FRENCH: &str =
    "Bonjour,\n\nl'imprimante du deuxième étage ne marche pas depuis hier. Pouvez-vous venir ? Merci.";

/// Puts a letter of the site's own in place, before the robot is started again.
fn own(town: &Town, file: &str, text: &str) {
    let path = town.letters_dir().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Each class is spoken to in its own words; the requester is told each step, here in German.
///
/// Shows T025, T035, T050, T127, T130, T131.
#[test]
fn a_german_requester_is_written_to_in_german_and_staff_in_english() {
    let mut town = Town::new(believing());
    town.write(ALICE, "Drucker brennt", GERMAN);
    let question = town.letter_to(ALICE);
    question.says("Bitte bestätigen Sie Ihre Anfrage");
    town.answer(&question, ALICE, "ja");
    let news = town.letter_to(STAFF);
    news.says("What you answer goes to Alice.");
    let receipt = town.letter_to(ALICE);
    receipt.says("Ihre Anfrage ist beim Team angekommen. Sie hat die Nummer #1.");

    town.answer(&news, ANN, "take\n\nWelcher Drucker ist es denn?");
    town.letter_to(STAFF).says("take: done, by Ann Admin");
    let told = town.letter_to(ALICE);
    told.says("Ann Admin kümmert sich jetzt um #1.");
    town.answer(&told, ALICE, "Der graue.\n!clsoe");
    let sorry = town.letter_to(ALICE);
    sorry.says("so einen Befehl gibt es nicht; meinten Sie „close“?");
    town.letter_to(STAFF).says("Der graue.");
    town.answer(&news, ANN, "close: Wasser hat geholfen.");
    town.letter_to(STAFF).says("state: open -> closed");
    town.letter_to(ALICE).says("Ist es doch nicht gelöst? Dann antworten Sie mit dem Wort reopen");
    town.answer(&question, ALICE, "ja");
    town.letter_to(ALICE).says("das wurde schon bestätigt: #1 ist geschlossen.");
    town.write(ALICE, "help", "");
    let help = town.letter_to(ALICE);
    help.says("Sie sind immer englisch:");
    help.hides("take");
    town.write(ALICE, "Frage", "help close");
    let more = town.letter_to(ALICE);
    more.says("close [12 …] [: Worte an die anfragende Person]");
    more.says("es ist erledigt; Worte nach dem Doppelpunkt gehen an die anfragende Person");
    town.golden("a_german_requester_is_written_to_in_german_and_staff_in_english");
}

#[test]
fn a_language_without_letters_gets_english() {
    let mut town = Town::new(plain());
    town.write(CARLA, "Imprimante", FRENCH);
    let question = town.letter_to(CARLA);
    question.says("Please confirm your request");
    town.answer(&question, CARLA, "oui");
    town.letter_to(STAFF);
    town.letter_to(CARLA).says("Your request has reached the team.");
}

/// The texts that end users get are the site's to change, in every language.
#[test]
fn a_site_adds_a_language() {
    let mut town = Town::new(plain());
    let confirm = "Merci de confirmer [{{ code }}]\n\nBonjour,\n\nrépondez à ce courriel :\n\n    {{ code }}\n\n{{ robot }}\n";
    own(&town, "fr/confirm_ticket.txt", confirm);
    own(&town, "fr/phrases.toml", "[state]\nopen = \"ouvert\"\n");
    let already = "Re : [{{ ticket }}]\n\nBonjour,\n\ndéjà confirmé, c'est {{ state }}.\n\n{{ robot }}\n";
    own(&town, "fr/already.txt", already);
    town.restart();
    town.write(CARLA, "Imprimante", FRENCH);
    let question = town.letter_to(CARLA);
    question.says("Merci de confirmer");
    town.answer(&question, CARLA, "oui");
    town.letter_to(STAFF).says("asks");
    // a letter that the set does not have
    town.letter_to(CARLA).says("Your request has reached the team.");
    town.answer(&question, CARLA, "oui !");
    town.letter_to(CARLA).says("déjà confirmé, c'est ouvert.");
}

#[test]
fn a_broken_letter_of_a_site_gives_way_to_ours() {
    let mut town = Town::new(plain());
    own(&town, "de/confirm_ticket.txt", "Bitte antworten\n\nDer Code fehlt hier.\n");
    own(&town, "fr/confirm_ticket.txt", "Merci de confirmer [{{ code }}]\n\n{{ cdoe }}\n");
    town.restart();
    town.write(ALICE, "Drucker", GERMAN);
    town.letter_to(ALICE).says("Bitte bestätigen Sie Ihre Anfrage");
    town.write(CARLA, "Imprimante", FRENCH);
    town.letter_to(CARLA).says("Please confirm your request");
}

#[test]
fn what_a_mail_program_says_counts_until_somebody_says_more() {
    let mut town = Town::new(plain());
    let short = |text: &str, language: &str| {
        Draft::new(ALICE, "Drucker", text)
            .header("Accept-Language", language)
            .header("Content-Language", language)
    };
    town.send(short("Drucker kaputt", "de-DE"));
    town.letter_to(ALICE).says("Bitte bestätigen Sie");
    // another program's setting is no reason to change, his own words are
    town.send(short("Drucker kaputt, Toner", "en-US"));
    town.letter_to(ALICE).says("Bitte bestätigen Sie");
    let english =
        "Sorry, that was the wrong desk. Could you please have a look, the printer is not here but there.";
    town.send(short(english, "en-US"));
    town.letter_to(ALICE).says("Please confirm your request");
    town.send(Draft::new(CARLA, "Drucker", "Drucker kaputt").header("Accept-Language", "fr, de"));
    town.letter_to(CARLA).says("Please confirm your request");
}

#[test]
fn staff_are_written_to_in_the_language_of_their_site() {
    let mut town = Town::new(plain());
    let (_, news, _) = town.opened(ALICE, "Drucker", GERMAN);
    town.answer(&news, ANN, "take\n\nIch komme gleich, bitte haben Sie noch etwas Geduld mit mir.");
    let question = town.letter_to(ANN);
    question.says("A mail in your name asks for this:");
    town.answer(&question, ANN, "ja");
    town.letter_to(STAFF).says("take: done");
    town.letter_to(ALICE).says("Ann Admin kümmert sich jetzt um #1.");
}
