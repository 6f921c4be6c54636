//! Every setting that there is, with its default and what it is for, out of `config.example.toml`, which a test holds against
//! what the program does. Reads no file: the example is part of the program.

use super::change::Said;
use toml::Table;

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Such as `robot` or `staff.member`.
    pub table: String,
    pub key: String,
    /// What it is when nothing is said; `None` when it has to be said, or is nothing then.
    pub default: Option<Said>,
    /// A value that it could have.
    pub example: Said,
    /// The comment above it.
    pub about: String,
}

impl Known {
    /// Its whole name, such as `robot.name`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }

    /// Whether there may be several tables with it.
    pub fn is_repeated(&self) -> bool {
        ["mailbox", "staff.member"].contains(&self.table.as_str())
    }
}

/// All of them, in the order of the example.
pub fn all() -> Vec<Known> {
    let mut all: Vec<Known> = Vec::new();
    let (mut table, mut about) = (String::new(), String::new());
    for line in EXAMPLE.lines() {
        let bare = line.trim_start_matches('#');
        let marks = line.len() - bare.len();
        if marks == 0 && bare.starts_with('[') {
            table = bare.trim_matches(['[', ']']).to_owned();
        } else if let Some((key, said)) = setting(bare).filter(|_| marks <= 2) {
            if !all.iter().any(|known| known.table == table && known.key == key) {
                all.push(Known {
                    table: table.clone(),
                    key,
                    default: (marks == 1).then(|| said.clone()),
                    example: said,
                    about: std::mem::take(&mut about),
                });
            }
        } else if let Some(words) = line.strip_prefix("# ") {
            let gap = if about.is_empty() { "" } else { " " };
            about.push_str(gap);
            about.push_str(words);
            continue;
        }
        about.clear();
    }
    all
}

/// Key and value of a line such as `name = "Help desk"`.
fn setting(line: &str) -> Option<(String, Said)> {
    if !line.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let (key, value) = toml::from_str::<Table>(line).ok()?.into_iter().next()?;
    Some((key, Said::of(&value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_tells_what_there_is() {
        let all = all();
        let find = |name: &str| all.iter().find(|known| known.name() == name).unwrap();
        assert_eq!(find("robot.name").default, Some(Said::Word("Help desk".into())));
        assert_eq!(
            (find("robot.address").default.clone(), find("robot.letters").default.clone()),
            (None, None)
        );
        assert_eq!(find("staff.member.keys").default, Some(Said::Words(Vec::new())));
        assert_eq!(find("policy.automatic_per_day").default, Some(Said::Number(10)));
        assert_eq!(find("fields.private").default, Some(Said::Flag(false)));
        assert!(
            find("robot.name").about.starts_with("The name beside it in From"),
            "{:?}",
            find("robot.name")
        );
        assert!(find("mailbox.path").is_repeated() && !find("courier.path").is_repeated());
        assert!(all.len() > 70, "{}", all.len());
    }
}
