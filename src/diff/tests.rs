//! Diffs that people read, and that patch(1) applies.

use super::*;
use crate::model::session::{Action, Content};

fn file(mode: u32) -> Thing {
    Thing {
        kind: Type::File,
        mode,
        uid: 0,
        gid: 0,
        size: 0,
        mtime: 0,
        links: 1,
        target: None,
        attributes: Vec::new(),
        content: Content::None,
    }
}

fn link(target: &str) -> Thing {
    Thing { kind: Type::Symlink, mode: 0o777, target: Some(target.into()), ..file(0) }
}

fn change(path: &str, before: Option<Thing>, after: Option<Thing>) -> Change {
    Change {
        path: path.into(),
        action: Action::Modified,
        from: None,
        before,
        after,
        program: None,
        replaced: false,
        backup_of: None,
        others: false,
        shown: true,
        package: None,
        description: None,
    }
}

fn root(uid: u32, gid: u32) -> String {
    let name = |id: u32| if id == 0 { "root".to_owned() } else { id.to_string() };
    format!("{}:{}", name(uid), name(gid))
}

fn text(diff: &Diff) -> String {
    String::from_utf8_lossy(&diff.patch()).into_owned()
}

#[test]
fn a_change_reads_as_people_know_it() {
    let edited = change("/etc/fstab", Some(file(0o644)), Some(file(0o600)));
    let diff = of(&edited, Some(b"a\nb\nc\n"), Some(b"a\nB\nc"), &root);
    assert_eq!(
        text(&diff),
        "# /etc/fstab: permissions 0644 root:root -> 0600 root:root\n\
         diff --git a/etc/fstab b/etc/fstab\nold mode 100644\nnew mode 100600\n\
         --- a/etc/fstab\n+++ b/etc/fstab\n@@ -1,3 +1,3 @@\n a\n-b\n-c\n+B\n+c\n\\ No newline at end of file\n"
    );
    assert_eq!(diff.counts(), (2, 2));
}
