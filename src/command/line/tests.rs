//! Tables of mails' own texts: what is run, what is reported, what stays text.

use super::*;
use crate::command::TABLE;
use proptest::prelude::*;

/// Orders as `verb tickets who | remark`, joined by `;`.
fn orders(reading: &Reading) -> String {
    let one = |o: &Order| {
        let mut said = o.verb.word.to_owned();
        o.tickets.iter().for_each(|n| said += &format!(" {}", n.0));
        o.people.iter().for_each(|who| said += &format!(" @{who}"));
        if !o.remark.is_empty() {
            said += &format!(" | {}", o.remark);
        }
        said
    };
    reading.orders.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[test]
fn whole_lines_run() {
    for (line, expected) in [
        ("close", "close"),
        ("CLOSE", "close"),
        ("close 12", "close 12"),
        ("close #12", "close 12"),
        ("close#12", "close 12"),
        ("close 12,15 19", "close 12 15 19"),
        ("close #12, #15,19.", "close 12 15 19"),
        ("close 12 12", "close 12"),
        ("close: 12", "close 12"),
        ("close : 12", "close 12"),
        ("close:", "close"),
        ("close 12: the cable – “loose”", "close 12 | the cable – “loose”"),
        ("close 12 15: at 10:30 all was well", "close 12 15 | at 10:30 all was well"),
        ("close: 12: text: more", "close 12 | text: more"),
        ("Fixed: new cable, thanks!", "close | new cable, thanks!"),
        ("close: 2 cables were loose", "close | 2 cables were loose"),
        ("done please", "close"),
        ("done, thank you!!", "close"),
        ("Resolved. Thanks.", "close"),
        ("close 12 please, thanks.", "close 12"),
        ("\u{a0}close\u{a0}12\u{202f}", "close 12"),
        ("\u{feff}close 12", "close 12"),
        ("close\u{200b} 12\r", "close 12"),
        ("   close\t12", "close 12"),
        ("reopen 12", "reopen 12"),
        ("open: 12", "reopen 12"),
        ("take", "take"),
        ("assign me", "take"),
        ("Assign me 12!", "take 12"),
        ("assign ann", "assign @ann"),
        ("assign: ann 12", "assign 12 @ann"),
        ("assign 12 to ann", "assign 12 @ann"),
        ("give “ann@corp.example” #12,15", "assign 12 15 @ann@corp.example"),
        ("drop 12", "drop 12"),
        ("help", "help"),
        ("Help!", "help"),
        ("!close 12", "close 12"),
        ("\u{feff}!close 12: x", "close 12 | x"),
    ] {
        let reading = read(line, true);
        assert_eq!((orders(&reading).as_str(), reading.rest.as_str()), (expected, ""), "{line:?}");
        assert!(reading.not_run.is_empty(), "{line:?}");
    }
}

#[test]
fn sentences_are_text() {
    for line in [
        "close the window first",
        "close 12 and 13",
        "close 12 now",
        "close -12",
        "close 0",
        "close １２",
        "close 12a",
        "close 1-99999",
        "close 9999999999",
        "close, the window",
        "closed 12",
        "closer",
        "close_12",
        "close http://x.example/",
        "close 12 ) : x",
        "> close 12",
        "| close 12",
        ">close 12",
        "* close 12",
        "Please close 12",
        "reopen 12: it broke",
        "open: the door",
        "take care",
        "take 12 and 13",
        "assign me and ann",
        "assign",
        "assign 12",
        "assign ann bob",
        "assign ann@corp.example; rm",
        "help me",
        "cl ose 12",
        " !close 12",
        "    close 12",
        "\tclose 12",
        " \tclose 12",
        "\u{a0}\u{a0}\u{a0}\u{a0}close 12",
        "! close 12",
        "-- ",
        "",
    ] {
        for staff in [true, false] {
            let reading = read(line, staff);
            assert_eq!(orders(&reading), "", "{line:?}");
            assert_eq!(reading.rest.trim(), line.trim(), "{line:?}");
            assert!(staff || reading.not_run.is_empty(), "{line:?}");
        }
    }
}

#[test]
fn the_block_at_the_top_and_marked_lines() {
    for (text, expected, rest) in [
        ("close 12\nreopen 13\n\nHello", "close 12; reopen 13", "Hello"),
        ("\n\n  \nclose 12\n\nclose 13", "close 12", "close 13"),
        ("close 12\nHello all\nclose 13", "close 12", "Hello all\nclose 13"),
        ("close 12\nthanks\nclose 13", "close 12", "close 13"),
        ("close 12\n--\nclose 13", "close 12", "close 13"),
        ("close 12\n–\nclose 13", "close 12", "close 13"),
        ("close 12\nThank you!\n\nAnn", "close 12", "Ann"),
        ("Thanks!\nclose 13", "", "Thanks!\nclose 13"),
        ("close 12\n> close 13\nclose 14", "close 12", "> close 13\nclose 14"),
        ("Hello,\n!close 12\nmore\n!take 13\n", "close 12; take 13", "Hello,\nmore"),
        ("!close 12\ntake 13\n\nx", "close 12; take 13", "x"),
        ("It works.\n\n> old\n!fixed: rebooted", "close | rebooted", "It works.\n\n> old"),
        ("Help!\n\nMy printer burns.", "", "Help!\n\nMy printer burns."),
        ("!help\n\nMy printer burns.", "help", "My printer burns."),
        ("help\nclose 12", "help; close 12", ""),
        ("help\nclose 12\n\nx", "close 12", "help\n\nx"),
        ("a\n\n![](image.png)\n!= 3\n!!!\n!", "", "a\n\n![](image.png)\n!= 3\n!!!\n!"),
    ] {
        for staff in [true, false] {
            let reading = read(text, staff);
            assert_eq!((orders(&reading).as_str(), reading.rest.as_str()), (expected, rest), "{text:?}");
            assert!(reading.not_run.is_empty(), "{text:?}: {:?}", reading.not_run);
        }
    }
}

#[test]
fn an_order_knows_its_line() {
    let reading = read("\n close 12:  a  \n\nhi\n!take", true);
    let seen: Vec<(u32, &str)> = reading.orders.iter().map(|o| (o.line, o.text.as_str())).collect();
    assert_eq!(seen, [(2, "close 12:  a"), (5, "!take")]);
}

#[test]
fn staff_are_told_of_near_commands_and_others_are_not() {
    let unknown = |nearest| Refusal::Unknown { nearest };
    let form = |word: &str| Refusal::Form { usage: TABLE.iter().find(|v| v.word == word).unwrap().usage };
    for (text, why) in [
        ("colse 12", unknown(Some("close"))),
        ("clse", unknown(Some("close"))),
        ("reslove 12, 13", unknown(Some("resolve"))),
        ("Closed", unknown(Some("close"))),
        ("unasign #12", unknown(Some("unassign"))),
        ("close the window", form("close")),
        ("close 12 and 13", form("close")),
        ("assign", form("assign")),
        ("take 12\nclose 13 now\n\nx", form("close")),
        ("take 12\ncolse 13\n\nx", unknown(Some("close"))),
    ] {
        let reading = read(text, true);
        assert_eq!(reading.not_run.iter().map(|n| &n.why).collect::<Vec<_>>(), [&why], "{text:?}");
        assert!(reading.rest.contains(&reading.not_run[0].line), "{text:?}");
        assert!(read(text, false).not_run.is_empty(), "{text:?}");
    }
    for prose in [
        "Hello",
        "Hello,\ncolse 12",
        "Hi Ann",
        "Dear Ann",
        "Fine",
        "None.",
        "More",
        "Cheers",
        "Okay",
        "\ntext\nclose the window",
        "close the window in the room beside mine please",
        "done\nTake care",
        "Page 12 of the manual",
    ] {
        assert!(read(prose, true).not_run.is_empty(), "{prose:?}: {:?}", read(prose, true).not_run);
    }
}

#[test]
fn marked_lines_are_always_told_of() {
    let nearest = |text: &str| match &read(text, false).not_run[..] {
        [NotRun { why: Refusal::Unknown { nearest }, .. }] => *nearest,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(nearest("!colse 12"), Some("close"));
    assert_eq!(nearest("text\n\n!hepl"), Some("help"));
    assert_eq!(nearest("!frobnicate 12"), None);
    assert_eq!(nearest("!a"), None);
    let form = read("!close the window", false);
    assert!(matches!(form.not_run[0].why, Refusal::Form { usage } if usage.starts_with("close")));
    assert_eq!(read("!assign ann", false).orders.len(), 1);
    assert!(read("assign ann", false).orders.is_empty());
}

#[test]
fn a_reported_line_is_short_and_harmless() {
    let long = read(&format!("!foo {}\u{202e}\t\u{7}x", "é".repeat(500)), false).not_run.remove(0).line;
    assert_eq!((long.chars().count(), long.ends_with('…')), (120, true));
    assert_eq!(read("!foo\u{202e}\tx\u{7}\u{1b}[1m", false).not_run[0].line, "!foo x[1m");
    let exact = format!("!{}", "x".repeat(119));
    assert_eq!(read(&exact, false).not_run[0].line, exact);
}

#[test]
fn limits_hold_at_their_edge() {
    for (count, orders, refused) in [(24, 24, 0), (25, 25, 0), (26, 25, 1)] {
        let lines = read(&"!close\n".repeat(count), true);
        assert_eq!((lines.orders.len(), lines.not_run.len()), (orders, refused), "{count}");
        let numbers: Vec<String> = (1..=count).map(|n| n.to_string()).collect();
        let targets = read(&format!("close {}", numbers.join(",")), true);
        assert_eq!((targets.orders.len(), targets.not_run.len()), (1 - refused, refused), "{count}");
    }
    let over = read(&"!close\n".repeat(1000), true);
    assert_eq!(over.not_run[0].why, Refusal::TooMany(limits::COMMANDS));
    for (count, told) in [(2, 2), (3, 3), (4, 3), (1000, 3)] {
        let reading = read(&format!("{}!close 12", "!foo\n".repeat(count)), true);
        assert_eq!((reading.not_run.len(), reading.orders.len()), (told, usize::from(count < 3)), "{count}");
    }
}

proptest! {
    /// Nothing breaks, and what is left is made of the text's own lines in their order.
    #[test]
    fn the_rest_is_the_writers(text in "(close|!|assign|me|help|thanks| |\n|:|,|#|12|[a-z]|\\PC|\u{feff}){0,60}", staff: bool) {
        let reading = read(&text, staff);
        let mut lines = text.split('\n');
        if !reading.rest.is_empty() {
            for line in reading.rest.split('\n') {
                prop_assert!(lines.any(|original| original == line), "{:?}", line);
            }
        }
        prop_assert!(reading.orders.len() <= limits::COMMANDS && reading.not_run.len() <= 4);
        let kept = text.split('\n').filter(|l| !is_blank(l)).count();
        let left = reading.rest.split('\n').filter(|l| !is_blank(l)).count() + reading.orders.len();
        prop_assert!(left == kept || left + 1 == kept, "{} {}", left, kept);
    }
}
