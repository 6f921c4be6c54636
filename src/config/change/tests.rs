//! Every other byte stays: shown with the example and every setting that there is, and with lists as people write them.

use super::*;
use crate::config::known;

const EXAMPLE: &str = include_str!("../../../config.example.toml");

fn place(name: &str) -> Place {
    let (table, key) = name.rsplit_once('.').unwrap();
    Place { table: table.to_owned(), at: 0, key: key.to_owned() }
}

fn words(text: &str) -> Said {
    Said::Words(text.split_whitespace().map(str::to_owned).collect())
}

#[test]
fn every_setting_comes_and_goes_and_leaves_the_bytes() {
    let (mut new, mut there) = (0, 0);
    for known in known::all() {
        let place = place(&known.name());
        let other = match &known.example {
            Said::Word(word) => Said::Word(format!("{word} \"\\\n\u{7}x")),
            Said::Number(number) => Said::Number(number + 1),
            Said::Flag(flag) => Said::Flag(!flag),
            Said::Words(_) => words("one two"),
        };
        let changed = set(EXAMPLE, &place, &other).unwrap();
        assert_eq!(said(&changed, &place).unwrap(), Some(other.clone()), "{place:?}");
        assert_eq!(set(&changed, &place, &other).unwrap(), changed);
        let back = match said(EXAMPLE, &place).unwrap() {
            Some(before) => set(&changed, &place, &before).unwrap(),
            None => {
                new += 1;
                let line =
                    changed.lines().position(|line| line == format!("{} = {other}", place.key)).unwrap();
                let above = changed.lines().nth(line - 1).unwrap();
                assert!(above.trim_start_matches('#').starts_with(&place.key), "{above} above {place:?}");
                unset(&changed, &place).unwrap()
            }
        };
        there += 1;
        assert_eq!(back, EXAMPLE, "{place:?}");
    }
    assert!(new > 50 && there > 70, "{new} of {there}");
}

#[test]
fn all_at_once_too() {
    let all: Vec<_> =
        known::all().into_iter().filter(|k| said(EXAMPLE, &place(&k.name())).unwrap().is_none()).collect();
    let full =
        all.iter().fold(EXAMPLE.to_owned(), |text, k| set(&text, &place(&k.name()), &k.example).unwrap());
    assert!(all.iter().all(|k| said(&full, &place(&k.name())).unwrap().as_ref() == Some(&k.example)));
    assert_eq!(all.iter().fold(full, |text, k| unset(&text, &place(&k.name())).unwrap()), EXAMPLE);
}

#[test]
fn a_member_comes_and_goes() {
    let block = [("login", Said::Word("bob".into())), ("aliases", words("rob bob@home.example"))];
    let two = add_table(EXAMPLE, "staff.member", &block).unwrap();
    let behind = "#keys = []\n\n[[staff.member]]\nlogin = \"bob\"\naliases = [\"rob\", \"bob@home.example\"]\n\n\n# Where mail";
    assert!(two.contains(behind), "{two}");
    assert_eq!(count(&two, "staff.member").unwrap(), 2);
    assert_eq!(remove_table(&two, "staff.member", 1).unwrap(), EXAMPLE);
    let one = remove_table(&two, "staff.member", 0).unwrap();
    assert!(one.contains(
        "# writes from. Without any member nobody can command by mail.\n\n[[staff.member]]\nlogin = \"bob\""
    ));
    let none = remove_table(&one, "staff.member", 0).unwrap();
    assert_eq!(count(&none, "staff.member").unwrap(), 0);
    let again = add_table(&none, "staff.member", &block).unwrap();
    assert_eq!(said(&again, &place("staff.member.login")).unwrap(), Some(Said::Word("bob".into())));
    assert!(again.contains("[staff]") && again.find("[[staff.member]]") < again.find("[[mailbox]]"));

    let text =
        "[staff]\n[[staff.member]]\nlogin = \"ann\"\n\n# Bob, since May.\n[[staff.member]]\nlogin = \"bob\"";
    let more = add_table(text, "staff.member", &[("login", Said::Word("eve".into()))]).unwrap();
    assert_eq!(more, format!("{text}\n\n[[staff.member]]\nlogin = \"eve\"\n"));
    assert_eq!(
        remove_table(text, "staff.member", 1).unwrap(),
        "[staff]\n[[staff.member]]\nlogin = \"ann\"\n"
    );
    assert!(remove_table("[staff]\nmember = [{login = \"a\"}]\n", "staff.member", 0).is_err());
}

/// Each row: a list, the words that it is to have, and the list that comes of it; `⏎` is a line's end.
const LISTS: &str = r#"
[]                                  | a b   | ["a", "b"]
[ ]                                 | a     | [ "a"]
["a"]                               |       | []
["a", "b", "c"]                     | a c   | ["a", "c"]
["a", "b", "c"]                     | b c   | ["b", "c"]
["a", "b", "c"]                     | a b   | ["a", "b"]
['a', "b",]                         | a     | ['a',]
["a", "c"]                          | a b c | ["a", "b", "c"]
["a", "b"]                          | b a   | ["b", "a"]
["a", "b"]                          | a x   | ["a", "x"]
["a", "b"]                          | c     | ["c"]
[⏎  "a", # one, of⏎  # two⏎  "b"⏎]  | a b c | [⏎  "a", # one, of⏎  # two⏎  "b",⏎  "c",⏎]
[⏎  "a", # one, of⏎  # two⏎  "b"⏎]  | b     | [⏎  # two⏎  "b"⏎]
[⏎  "a", # one, of⏎  # two⏎  "b"⏎]  | a     | [⏎  "a", # one, of⏎  # two⏎]
[⏎  "a", # one, of⏎  # two⏎  "b"⏎]  | a x b | [⏎  "a", # one, of⏎  # two⏎  "x",⏎  "b"⏎]
[⏎  "a", # one, of⏎  "b" ]          | a     | [⏎  "a", # one, of⏎   ]
[⏎  "a", # one, of⏎  "b" ]          | a b c | [⏎  "a", # one, of⏎  "b", "c" ]
[ # none⏎]                          | a     | [ # none⏎    "a",⏎]
[⏎  "a" # x, y⏎  , "b"⏎]            | b     | [⏎   "b"⏎]
[⏎  "a" # last⏎]                    | a b   | [⏎  "a", # last⏎  "b",⏎]
"#;

#[test]
fn lists_change_value_by_value() {
    for row in LISTS.lines().filter(|row| !row.is_empty()) {
        let parts: Vec<String> = row.split('|').map(|part| part.trim().replace('⏎', "\n")).collect();
        let text = format!("[staff]\nalso = {} # behind\nlist = 1\n", parts[0]);
        let changed = set(&text, &place("staff.also"), &words(&parts[1]));
        let changed = changed.unwrap_or_else(|e| panic!("{row}: {e}"));
        assert_eq!(said(&changed, &place("staff.also")).unwrap(), Some(words(&parts[1])), "{row}\n{changed}");
        assert_eq!(changed, format!("[staff]\nalso = {} # behind\nlist = 1\n", parts[2]), "{row}");
    }
}

#[test]
fn what_cannot_be_changed_is_said() {
    let name = place("robot.name");
    let x = Said::Word("x".into());
    assert!(set("robot = {address = 1}", &name, &x).unwrap_err().0.contains("by hand"));
    assert_eq!(set("robot = {name = 1}", &name, &x).unwrap(), "robot = {name = \"x\"}");
    assert!(unset("robot = {name = 1}", &name).unwrap_err().0.contains("by hand"));
    assert!(set("[robot", &name, &x).unwrap_err().0.starts_with("it is no TOML"));
    assert_eq!(set("", &name, &x).unwrap(), "[robot]\nname = \"x\"\n");
    assert_eq!(set("a = 1\r\n", &name, &x).unwrap(), "a = 1\r\n\r\n[robot]\r\nname = \"x\"\r\n");
    assert_eq!(set("robot.name = 7\n", &name, &x).unwrap(), "robot.name = \"x\"\n");
    let text = "[robot]\naddress = \"\"\"\n#name = 1\n[x]\n\"\"\"\n[staff]\n";
    assert_eq!(set(text, &name, &x).unwrap(), text.replace("[staff]", "name = \"x\"\n[staff]"));
}

proptest::proptest! {
    /// Whatever stands between values, and whichever are wanted: the list has them, in their order, and the comments beside
    /// those that stay are there.
    #[test]
    fn lists_become_what_is_wanted(
        gaps in proptest::collection::vec(0..7_usize, 1..6),
        (open, close) in (0..4_usize, 0..4_usize),
        wanted in proptest::sample::subsequence((0..9).collect::<Vec<usize>>(), 0..9),
        turned in proptest::bool::ANY,
    ) {
        const GAPS: [&str; 7] = [", ", ",", ",\n  ", ", # of a, b\n  ", "\n  , ", " # x\n,\n\n  ", ",\n  # \"c\",\n  "];
        const ENDS: [&str; 4] = ["", " ", "\n  ", " # [end,\n  "];
        let mut list = format!("[{}", ENDS[open]);
        for (at, gap) in gaps.iter().enumerate() {
            list.push_str(&format!("\"v{at}\"{}", if at + 1 < gaps.len() { GAPS[*gap] } else { "" }));
        }
        list.push_str(&format!("{}]", ENDS[close]));
        let text = format!("[staff]\nalso = {list} # behind\nlist = 1\n");
        let mut wanted: Vec<String> = wanted.into_iter().map(|at| format!("v{at}")).collect();
        if turned {
            wanted.reverse();
        }
        let place = place("staff.also");
        let changed = set(&text, &place, &Said::Words(wanted.clone())).unwrap();
        assert_eq!(said(&changed, &place).unwrap(), Some(Said::Words(wanted.clone())), "{text}\n{changed}");
        assert!(changed.starts_with("[staff]\nalso = [") && changed.ends_with("] # behind\nlist = 1\n"), "{changed}");
        let whole = set(&text, &place, &Said::Words((0..gaps.len()).map(|at| format!("v{at}")).collect())).unwrap();
        assert_eq!(whole, text);
    }
}
