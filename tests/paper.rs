//! Which test shows which requirement of the paper. A test says so in its doc comment, in lines such as
//! `/// Shows T056, T057.` or `/// Shows T058: a stranger follows once he has answered.`; this collects them from all tests, holds `tests/PAPER.md` equal to the list (`GOLDEN=write cargo test --test paper`
//! writes it), and fails for a requirement that no story, no test of the whole robot or of its command line shows, and for
//! a number that no requirement has.

// the environment says whether the list is written or compared
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const LIST: &str = "tests/PAPER.md";

/// The sections on users, tickets, sessions, the console and mail, and what is planned for tickets: number and requirement. "Staff" are the paper's sysadmins.
#[rustfmt::skip] // a table
const PAPER: [(u16, &str); 141] = [
    (14, "where a change came from can be answered"),
    (19, "a team that meets weekly has the state of its problems at hand"),
    (22, "there are two classes of users: staff and end users"),
    (23, "end users have no account; the first use is as easy as the tenth"),
    (24, "only staff have accounts"),
    (25, "what one sees and can do differs by class, for security and for convenience"),
    (26, "who is not authenticated never sees mail addresses in tickets"),
    (27, "… nor files or other content of session logs"),
    (28, "… nor questions that could confuse whoever files a request"),
    (29, "staff see everything about tickets and logs"),
    (30, "an end user's identity is proven by a round trip of mail"),
    (31, "both classes can look through tickets, with very different views"),
    (32, "anonymous users may subscribe to existing tickets"),
    (33, "staff: whole history, change fields, close, reopen, assign"),
    (34, "what is privileged needs authentication"),
    (35, "nothing has to be read before it can be used"),
    (36, "every problem, of a user or of staff, becomes a ticket in one database"),
    (37, "all users may open tickets"),
    (38, "an end user gives: an address"),
    (39, "… a summary"),
    (40, "… the type of problem, if he likes"),
    (41, "… the severity as he feels it, kept apart from staff's priority"),
    (42, "… a longer description"),
    (43, "which fields end users see, and the words beside them, are configurable"),
    (44, "staff also set: priority"),
    (45, "… who it is assigned to"),
    (46, "… keywords"),
    (47, "… who is subscribed"),
    (48, "types are such as: bug, request, security"),
    (49, "attributes with named values: component, milestone, priority, severity, type"),
    (50, "after filing, the user is told how to confirm, and is subscribed"),
    (51, "an unconfirmed ticket is shown in no report"),
    (52, "staff are not told of unconfirmed tickets"),
    (53, "confirming marks it confirmed and tells staff of the new ticket"),
    (54, "its creator is subscribed automatically"),
    (55, "the states know the unconfirmed one"),
    (56, "end users can search whether it is filed already"),
    (57, "users are told to search first, and how to join what is there"),
    (58, "subscribing to an existing ticket is confirmed by mail too"),
    (59, "tickets are assigned, closed, reopened; comments come with the change"),
    (60, "a ticket has a history"),
    (61, "a tracked session makes an entry in it"),
    (62, "while someone works on a ticket in a session nobody else can start to"),
    (63, "the session takes that lock by itself"),
    (64, "saving the session log releases it"),
    (65, "closing remarks go into the history and to subscribers"),
    (66, "milestones are objects that one can link to"),
    (67, "a ticket's text takes wiki markup"),
    (68, "there are lists of tickets, of the open ones for example"),
    (69, "there is one public place where tickets are opened"),
    (70, "attributes are few"),
    (82, "all that is recorded in a session is shown as a session log"),
    (83, "… to staff only"),
    (84, "logs are listed by ticket, the newest first"),
    (85, "a ticket leads to its logs"),
    (86, "logs can be edited, with markup"),
    (87, "a log's head: shell history, start and end, environment, other data of the shell"),
    (88, "below it the changed files as coloured diffs"),
    (89, "all changed files are stored, only those picked are shown by default"),
    (90, "what is shown can be changed at any time by anyone of staff"),
    (91, "commands that do not matter can be taken out of the history shown"),
    (92, "a log is bare at first and enriched later"),
    (93, "the list of files has changes of content and of permissions"),
    (94, "the console takes the whole screen and is made for 80 columns and 24 lines"),
    (95, "it has two screens: the overview and the detail"),
    (96, "the overview lists open tickets with a configurable set of fields"),
    (97, "… by default number, summary, owner and the time of the last change"),
    (98, "… sorted by that"),
    (99, "keys pick a ticket or create one"),
    (100, "a bar on top shows the keys that work now"),
    (101, "it is enough to find a ticket and start, and no wall of text"),
    (102, "the detail has short fields above and the long description below, unformatted"),
    (103, "there is no room for the history beside it; here a key shows it"),
    (104, "all that is seen can be edited"),
    (105, "text in an editor of one line, enumerations from a chooser of valid values"),
    (106, "new values are made elsewhere"),
    (107, "it is meant for small corrections"),
    (108, "long text is edited in the editor that VISUAL or EDITOR names, and the screen shows it afterwards"),
    (109, "saving asks for the reason, in the same editor"),
    (110, "a tracked session begins from the detail: the console makes way for a shell"),
    (111, "it ends with exit, and the changed files are listed"),
    (112, "which of them the log shows is picked, and can be changed later"),
    (113, "then the detail is there again"),
    (114, "there are several commands for scripts"),
    (115, "the list works over SSH on the server itself"),
    (116, "a tracked shell is told by its environment"),
    (117, "in it the prompt begins with Trackle in bold green"),
    (118, "the exit code is 0 in it and 1 outside"),
    (119, "so that nobody forgets which shell he is in"),
    (120, "it sets the settings that are kept in one central place"),
    (121, "it adds, changes and removes accounts"),
    (122, "it looks after the values of component, milestone, priority, severity and type"),
    (123, "it carries the pages that the program shows out as text files, and in again"),
    (124, "the program for administration gives exit code 0 on success, and another one on error"),
    (125, "when staff change a ticket's status, a configurable list of staff addresses is mailed"),
    (126, "that mail has the status, the comments, and all fields of the same action"),
    (127, "subscribers get a short one: status and comment"),
    (128, "the staff address may be a mailing list: no loops, no storms of bounces"),
    (129, "new confirmed tickets are announced to staff"),
    (130, "all subscribers learn of the closing, with its remarks"),
    (131, "confirmation mail goes to the address that was given, for opening and for subscribing"),
    (132, "a link in it, or an answer to it, makes it take effect"),
    (133, "end users need no name and no password"),
    (134, "confirmation keeps strangers from abusing the system"),
    (135, "automatic answers are small, one for a mail, limited, and never to machines"),
    (136, "staff get a periodic mail"),
    (137, "… with a list of all open tickets"),
    (138, "… with details of each of them"),
    (139, "… with the changes since the one before"),
    (140, "it is made for cron: it says nothing when all is well"),
    (141, "a session has its start and its end"),
    (142, "… the environment"),
    (143, "… the shell's history"),
    (144, "… copies of all files created, removed or changed"),
    (145, "all of it lies in a directory of the session"),
    (146, "a library is loaded in front of others by the loader's variable"),
    (147, "it stands before the calls of the C library that change files"),
    (148, "the first touch keeps what the file was, once a session"),
    (149, "later calls pass straight through"),
    (150, "final copies are taken of every file that changed"),
    (151, "… so that the difference is that of the whole session"),
    (152, "when it is loaded it learns of the session from the environment"),
    (153, "the files that were touched are gone through at the end"),
    (154, "parameters, results and behaviour of programs stay what they are"),
    (155, "sudo, su and their like are covered"),
    (156, "what sudo takes out of the environment is put back when programs are started"),
    (157, "set-uid programs load it when it is set-uid in the standard path itself"),
    (158, "every way of changing is captured: editors, their wrappers, redirection, mv, cp, rm, chmod"),
    (159, "the state before and the state after, not only that something changed"),
    (160, "only these processes, started and stopped at will, no flood of data"),
    (161, "what others change meanwhile is not attributed to the session"),
    (162, "no kernel module, no special file system, no further set-uid program"),
    (163, "bash, and other shells as well"),
    (164, "the library knows nothing of the database"),
    (165, "one database for several hosts at once"),
    (166, "tickets depend on others: one is to be done after the other"),
    (167, "… what waits is ranked lower, what is waited for stands out"),
    (168, "… and tickets are parts of others"),
    (169, "days by which something is due make it more important as they come nearer"),
    (171, "a session names its host, and any number of them report to one database"),
    (173, "a file has one revision before and one after each session, and what changed in between shows"),
];

/// What no test shows yet, and what is missing. A number that is shown must not stand here.
#[rustfmt::skip]
const NOT_YET: &[(u16, &str)] = &[
];

/// Tests that show each number, `file::name`.
type Shown = BTreeMap<u16, Vec<String>>;

#[test]
fn every_requirement_is_shown_by_a_test() {
    let mut wrong = Vec::new();
    let mut shown = Shown::new();
    for folder in ["src", "tests"] {
        read_folder(Path::new(folder), &mut shown, &mut wrong);
    }
    let known = |number: &u16| PAPER.iter().any(|(n, _)| n == number);
    for (number, tests) in shown.iter().filter(|(number, _)| !known(number)) {
        wrong.push(format!("T{number:03} is no requirement of these sections: {}", tests.join(", ")));
    }
    for (number, text) in PAPER {
        match (shown.get(&number), missing(number)) {
            (Some(tests), Some(_)) => {
                wrong.push(format!("T{number:03} is in NOT_YET and is shown by {}", tests.join(", ")));
            }
            (Some(tests), None) if !tests.iter().any(|test| told(test)) => {
                wrong.push(format!(
                    "T{number:03} is shown by no test that tells it whole: {}",
                    tests.join(", ")
                ));
            }
            (None, None) => wrong.push(format!("T{number:03} is shown by no test: {text}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));

    let list = list(&shown);
    if std::env::var("GOLDEN").is_ok_and(|v| v == "write") {
        fs::write(LIST, &list).unwrap();
    }
    let stands = fs::read_to_string(LIST).unwrap_or_default();
    assert!(
        stands == list,
        "{LIST} is not what the tests say; GOLDEN=write cargo test --test paper writes it"
    );
}

/// Whether a test is one of those that have the robot as people have it: with mail, its database, its
/// command line, or programs that it records.
fn told(test: &str) -> bool {
    ["tests/stories/", "tests/core/", "tests/real/", "tests/recorder/", "tests/admin/"]
        .iter()
        .chain(&["tests/admin.rs", "tests/cli.rs", "tests/sessions.rs"])
        .any(|place| test.starts_with(place))
}

fn missing(number: u16) -> Option<&'static str> {
    NOT_YET.iter().find(|(n, _)| *n == number).map(|(_, why)| *why)
}

fn list(shown: &Shown) -> String {
    let mut out = String::from(
        "# The paper's requirements and the tests that show them\n\n\
         Trackle's paper (Crosta, Singleton, Kuperman, LISA 2006), its sections on users, tickets, sessions, the\n\
         console and mail. Collected\n\
         from the tests' own words by `tests/paper.rs`; `GOLDEN=write cargo test --test paper` writes it anew.\n\n\
         | number | what is asked | shown by |\n| --- | --- | --- |\n",
    );
    for (number, text) in PAPER {
        let tests: Vec<String> = shown.get(&number).into_iter().flatten().map(|t| format!("`{t}`")).collect();
        let by = missing(number).map_or_else(|| tests.join("<br>"), |why| format!("not yet: {why}"));
        out.push_str(&format!("| T{number:03} | {text} | {by} |\n"));
    }
    out
}

fn read_folder(folder: &Path, shown: &mut Shown, wrong: &mut Vec<String>) {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_folder(&path, shown, wrong);
        } else if path.extension().is_some_and(|e| e == "rs") {
            for found in claims(&fs::read_to_string(&path).unwrap()) {
                match found {
                    Ok((name, numbers)) => {
                        let test = format!("{}::{name}", path.display());
                        for number in numbers {
                            let tests = shown.entry(number).or_default();
                            if tests.last() != Some(&test) {
                                tests.push(test.clone());
                            }
                        }
                    }
                    Err(line) => {
                        wrong.push(format!("{}:{line}: shows nothing, or is no test's", path.display()))
                    }
                }
            }
        }
    }
}

/// The tests of one file with the numbers that they show; the number of a line that says so of something else.
fn claims(text: &str) -> Vec<Result<(String, Vec<u16>), usize>> {
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(said) = line.strip_prefix("/// Shows T") else { continue };
        let rest: Vec<&str> = lines[at + 1..]
            .iter()
            .copied()
            .take_while(|l| l.starts_with("///") || l.starts_with("#["))
            .collect();
        let is_test = rest.iter().any(|l| l.starts_with("#[test]") || l.starts_with("#[tokio::test"));
        let head = lines.get(at + 1 + rest.len()).copied().unwrap_or_default();
        let name = head.split_once("fn ").and_then(|(_, name)| name.split('(').next());
        let said = said.split(':').next().unwrap_or_default().trim_end_matches('.');
        let numbers: Option<Vec<u16>> = said.split(", ").map(number).collect();
        found.push(match (is_test, name, numbers) {
            (true, Some(name), Some(numbers)) => Ok((name.to_owned(), numbers)),
            _ => Err(at + 1),
        });
    }
    found
}

/// `T056`, or what follows the T of a line's first one.
fn number(word: &str) -> Option<u16> {
    let digits = word.trim_start_matches('T');
    digits.parse().ok().filter(|_| digits.len() == 3)
}

#[test]
fn claims_are_read_from_a_tests_doc_comment() {
    // built so that this file itself claims nothing
    let says = |what: &str| format!("/// Told.\n/// {}{what}\n", "Shows ");
    let test = "#[test]\nfn a_story() {\n";
    assert_eq!(
        claims(&format!("{}{test}", says("T022, T140: a story."))),
        [Ok(("a_story".to_owned(), vec![22, 140]))]
    );
    let timed = "#[tokio::test(start_paused = true)]\nasync fn a_story() {\n";
    assert_eq!(claims(&format!("{}{timed}", says("T022."))), [Ok(("a_story".to_owned(), vec![22]))]);
    for bad in [
        format!("{}fn no_test() {{\n", says("T022.")),
        format!("{}{test}", says("T22.")),
        format!("{}{test}", says("T022 and T023.")),
    ] {
        assert_eq!(claims(&bad), [Err(2)], "{bad}");
    }
}
