//! The site's own letters, out as text files and in again.

use super::settings::{admin, refused};
use super::{Site, json, run};
use std::fs;

/// Shows T123, T124: every text that people get goes out as a file and comes in again, tried before it is used.
#[test]
fn letters_go_out_as_text_and_come_in_again() {
    let site = Site::configured("");
    assert!(refused(&site, "letters export changed").1.contains("trackle admin set robot.letters"));
    fs::create_dir(site.path("letters")).unwrap();
    admin(&site, "set robot.letters letters");
    admin(&site, &format!("letters export --to {}", site.path("all").display()));
    let all = fs::read_to_string(site.path("all/ticket_opened.txt")).unwrap();
    assert!(site.path("all/de/phrases.toml").exists() && all.contains("\n\n"));
    admin(&site, "letters export ticket_opened");
    let listed = json(&run(&site, &["admin", "letters", "--json"]));
    let stands =
        |name: &str| listed.as_array().unwrap().iter().find(|l| l["name"] == name).unwrap()["stands"].clone();
    assert_eq!(
        (stands("ticket_opened.txt"), stands("changed.txt")),
        ("own, as built in".into(), "built in".into())
    );

    let mine = all.replacen('\n', " (ours)\n", 1);
    fs::write(site.path("all/ticket_opened.txt"), &mine).unwrap();
    let import = format!("letters import {}", site.path("all/ticket_opened.txt").display());
    assert!(refused(&site, &import).1.contains("--force writes over it"));
    assert!(admin(&site, &format!("{import} --force")).starts_with("ticket_opened.txt is used\n"));
    assert_eq!(fs::read_to_string(site.path("letters/ticket_opened.txt")).unwrap(), mine);
    assert_eq!(admin(&site, "letters check"), "1 of the site's own, all can be used\n");
    assert!(refused(&site, "letters export ticket_opened").1.contains("is there and says something else"));

    assert!(refused(&site, "letters reset ticket_opened").1.contains("would be lost"));
    admin(&site, "letters reset ticket_opened --yes");
    assert!(!site.path("letters/ticket_opened.txt").exists());
    assert!(
        refused(&site, "letters reset ticket_opened --yes").1.contains("has no ticket_opened of its own")
    );
    admin(&site, &format!("letters import {}", site.path("all").display()));
    let mut files = fs::read_dir(site.path("letters/de")).unwrap();
    assert!(files.all(|file| !file.unwrap().file_name().to_string_lossy().starts_with('.')));
}

#[test]
fn what_cannot_be_used_is_not_taken() {
    let site = Site::configured("");
    fs::create_dir(site.path("letters")).unwrap();
    admin(&site, "set robot.letters letters");
    fs::create_dir(site.path("new")).unwrap();
    for (name, text, why) in [
        ("changed.txt", "no blank\nline\n", "changed.txt, line 2"),
        ("changed.txt", "S\n\n{{ nothing }}\n", "there is no nothing in this letter"),
        ("nosuch.txt", "S\n\ntext\n", "no letter of that name"),
        ("letter.md", "S\n\ntext\n", "no letter of that name"),
    ] {
        fs::write(site.path("new").join(name), text).unwrap();
        let (code, said) =
            refused(&site, &format!("letters import {}", site.path("new").join(name).display()));
        assert!(
            code == 65 && said.contains(why) && said.contains("nothing was taken"),
            "{name}: {code} {said}"
        );
    }
    assert_eq!(fs::read_dir(site.path("letters")).unwrap().count(), 0);
    fs::write(site.path("letters/changed.txt"), "broken").unwrap();
    assert!(refused(&site, "letters check").1.contains("changed.txt"));
    assert!(admin(&site, "letters").contains("changed.txt               broken: changed.txt"));
    assert!(refused(&site, "letters export nosuch").1.contains("no letter is called nosuch"));
    let left = fs::read_to_string(site.path("new/changed.txt")).unwrap();
    fs::write(site.path("new/left.txt"), "S {{ ticket }}\n\ntext\n").unwrap();
    assert!(!left.is_empty());
    admin(&site, &format!("letters import {} --language fr", site.path("new/left.txt").display()));
    assert!(site.path("letters/fr/left.txt").exists());
}
