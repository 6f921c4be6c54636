//! The letter sets that come with the program besides English: file names and texts, as a site would put them into its
//! own directory. A new language is a new folder in `templates/mail` and its lines here.

/// Files of a folder, with their texts.
macro_rules! set {
    ($code:literal: $($file:literal)*) => {
        &[$((concat!($code, "/", $file), include_str!(concat!("../../templates/mail/", $code, "/", $file)))),*]
    };
}

/// Every set. Letters to staff alone are in none of them: a team has one language, and this is its tool.
pub(super) const SHIPPED: [&[(&str, &str)]; 1] = [set!("de":
    "phrases.toml"
    "confirm_ticket.txt"
    "confirm_mail.txt"
    "ticket_opened.txt"
    "changed.txt"
    "help.txt"
    "search.txt"
    "show.txt"
    "list.txt"
    "transcript.txt"
    "already.txt"
    "too_late.txt"
    "left.txt"
    "news.txt"
    "followed.txt"
    "invited.txt"
    "done.txt"
    "requester.txt"
    "suspended.txt"
)];

/// Letters that only staff get.
#[cfg(test)]
pub(super) const FOR_STAFF: [&str; 11] = [
    "staff_opened",
    "staff_changed",
    "session_log",
    "session_kept",
    "host",
    "quarantined",
    "disk_full",
    "undelivered",
    "complained",
    "digest",
    "own",
];
