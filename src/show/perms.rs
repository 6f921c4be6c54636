//! Who may, with what proof: the table of `model::perms`, and to which of its columns each command belongs.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint};
use crate::model::perms::{Class, Level, Verdict, verdict};
use serde_json::{Value, json};

/// One command and where it belongs.
#[derive(Debug, Clone)]
pub struct Command {
    /// How it is written.
    pub usage: &'static str,
    pub class: Class,
    /// Who may use it.
    pub who: &'static str,
}

/// For people: levels down, classes across, one line of legend, then the commands.
pub fn page(commands: &[Command], look: &Look) -> String {
    let legend: Vec<String> = Verdict::ALL.iter().map(|v| format!("{v}: {}", v.what())).collect();
    let row = |c: &Command| vec![plain(c.usage), plain(c.class.word()), plain(c.who)];
    let rows: Vec<_> = commands.iter().map(row).collect();
    let commands = grid::lay(&[Column::Left; 3], &rows, look);
    format!("{}\n{}\n\n{commands}", table(look), legend.join(" · "))
}

fn table(look: &Look) -> String {
    let bold = |word| painted(Paint::Bold, word);
    let head = std::iter::once(plain("")).chain(Class::ALL.map(|c| bold(c.word()))).collect();
    let row = |level: &Level| -> Vec<Cell> {
        std::iter::once(bold(level.word()))
            .chain(Class::ALL.map(|class| shown(verdict(class, *level))))
            .chain([painted(Paint::Dim, level.what())])
            .collect()
    };
    let rows: Vec<Vec<Cell>> = std::iter::once(head).chain(Level::ALL.iter().map(row)).collect();
    let columns: Vec<Column> = std::iter::repeat_n(Column::Left, 7).chain([Column::Wrap]).collect();
    grid::lay(&columns, &rows, look)
}

fn shown(verdict: Verdict) -> Cell {
    let paint = match verdict {
        Verdict::Do => Paint::Good,
        Verdict::Ask | Verdict::AskOnce | Verdict::Store => Paint::Careful,
        Verdict::Refuse => Paint::Bad,
    };
    painted(paint, verdict.word())
}

/// For programs: levels, classes with a verdict for each level, commands.
pub fn json(commands: &[Command]) -> Value {
    let levels: Vec<Value> =
        Level::ALL.iter().map(|l| json!({ "level": l.word(), "what": l.what() })).collect();
    let classes: Vec<Value> = Class::ALL
        .iter()
        .map(|class| {
            let verdicts: serde_json::Map<String, Value> = Level::ALL
                .iter()
                .map(|level| (level.word().to_owned(), json!(verdict(*class, *level).word())))
                .collect();
            json!({ "class": class.word(), "what": class.what(), "who": class.who(), "verdicts": verdicts })
        })
        .collect();
    let commands: Vec<Value> =
        commands.iter().map(|c| json!({ "usage": c.usage, "class": c.class.word(), "who": c.who })).collect();
    json!({ "levels": levels, "classes": classes, "commands": commands })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_and_says_what_its_words_mean() {
        let commands = [
            Command { usage: "take [12 …]", class: Class::Work, who: "staff" },
            Command { usage: "help", class: Class::Open, who: "anybody" },
        ];
        let page = page(&commands, &Look::plain());
        let line =
            |start: &str| page.lines().find(|l| l.starts_with(start)).unwrap_or_else(|| panic!("{page}"));
        assert!(
            line("none").starts_with("none        do      ask        store  ask    ask     ask     a From")
        );
        assert!(
            line("confirmed")
                .contains("do      do         do     do     do      do      the sender answered")
        );
        assert!(line("do: at once").contains("· refuse: not done"), "one line of legend");
        assert!(page.ends_with("\n\ntake [12 …]  work  staff\nhelp         open  anybody\n"), "{page}");
        let json = json(&commands);
        assert_eq!(json["classes"][5]["verdicts"]["person"], "ask");
        assert_eq!(json["levels"][0]["level"], "automatic");
        assert_eq!(json["commands"][0]["class"], "work");
    }
}
