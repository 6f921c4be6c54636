//! Text with markup: whatever a team's wiki makes of it later, it is kept and passed on character for character, and no
//! line of it is a command unless a command stands at its very beginning.

use super::town::session::Work;
use super::town::{ALICE, ANN, BEN, STAFF, Town, believing};
use trackle::model::ticket::Number;
use trackle::show::look::Look;
use trackle::show::ticket::Story;
use trackle::store::Reader;

/// Wiki and Markdown: headings, lists, code, links, blocks, a table.
const MARKUP: &str = "\
= How to stop a fire =
== In short ==
# Heading too

 * '''pull''' the plug
   1. then **wait**
 - [ ] close the window first

See [[FirePlan]], [wiki:Printers printers], #1 and <https://wiki.example/a_b_c>.

    $ lpadmin -x fire
    close

```
take
reopen the `valve`
```

{{{
close
}}}

|| Room || Printer ||
| 12 | *fire* |
|----|:------:|

'''''drop''''' it ~~never~~ _now_; a\\b; 100%";

/// Shows T067: it reaches ticket, staff and the screen as it was written.
#[test]
fn markup_stays_as_it_was_written() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", MARKUP);
    let indented: String =
        MARKUP.lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect();
    let shown = |town: &Town| {
        let reader = Reader::open(&town.state()).unwrap();
        let number = Number(ticket);
        let view = reader.view(number, town.now()).unwrap().unwrap();
        let (said, history) = (reader.said(number).unwrap(), reader.history(number).unwrap());
        Story { view, said, history, sessions: Vec::new() }.page(town.now(), &Look::plain())
    };
    assert_eq!(town.said_in(ticket), [MARKUP]);
    assert!(news.text().contains(&format!("\n\n{MARKUP}\n\n")), "{}", news.text());
    assert!(shown(&town).contains(&indented), "{}", shown(&town));
    // by mail and at the machine, staff write it too
    town.send(news.answered_by(ANN, MARKUP).without_quote());
    let letter = town.letter_to(STAFF);
    assert!(letter.text().contains(MARKUP), "{}", letter.text());
    assert!(town.letter_to(ALICE).text().contains(MARKUP));
    town.note("ann", ticket, MARKUP, false).unwrap();
    assert!(town.letter_to(STAFF).text().contains(MARKUP));
    assert_eq!(town.said_in(ticket), [MARKUP; 3]);
    assert_eq!((town.state_of(ticket), town.owner_of(ticket).as_str()), ("open", ""));
}

/// Shows T067: a command stands at the very beginning of its line, and before the text.
#[test]
fn a_command_above_markup_runs_and_none_in_it() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.send(news.answered_by(ANN, &format!("take\n\n{MARKUP}")).without_quote());
    assert!(town.letter_to(STAFF).text().contains(MARKUP));
    assert!(town.letter_to(ALICE).text().contains(MARKUP));
    assert_eq!((town.state_of(ticket), town.owner_of(ticket).as_str()), ("open", "ann"));
    for first in
        [" * close", "= close =", "`close`", "# close", "| close |", "- drop", "1. close", "[[close]]"]
    {
        town.send(news.answered_by(ANN, &format!("{first}\n\nThat is how it goes.")).without_quote());
        let letter = town.letter_to(STAFF);
        assert!(letter.text().contains("That is how it goes."), "{first:?}: {}", letter.text());
        town.letter_to(ALICE);
        assert_eq!((town.state_of(ticket), town.owner_of(ticket).as_str()), ("open", "ann"), "{first:?}");
    }
}

/// Shows T086: what staff write into a session's log by answering it stands there as it was written.
#[test]
fn markup_in_a_log_stays_as_it_was_written() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Backup", "It is not mounted.");
    let work = Work::before(town.now())
        .remark("See [[FirePlan]]:\n\n * '''pull''' the plug\n   1. then **wait**")
        .file("/etc/fstab", Some("/dev/sda1 /\n"), Some("/dev/sda1 /\nnas:/b /b\n"));
    town.session("ann", ticket, &work).unwrap();
    let log = town.letter_to(STAFF);
    assert!(log.text().contains(&work.session.remark), "{}", log.text());
    let comment =
        "See [[Mounts#nfs]], #1 and `mount -a`:\n\n * '''ro''' is **meant**\n\n    close\n\n|| a || b ||";
    let mut answer = log.answered_by(BEN, "");
    answer.body = format!("> +++ b/etc/fstab\n> @@ -1 +1,2 @@\n>  /dev/sda1 /\n> +nas:/b /b\n\n{comment}\n");
    town.send(answer);
    let told = town.letter_to(STAFF);
    assert_eq!(town.log_of(1).overlay.annotations[0].text, comment);
    assert!(comment.lines().all(|line| told.text().contains(line)), "{}", told.text());
    town.letters();
}
