//! Every limit that `trackle limits` names, with what shows it: below it and at it all is taken, one beyond it something is
//! held, left, cut or refused. A limit that has nothing to show for it fails the test.

mod lasting;
mod rates;
mod reading;
mod sessions;
mod showing;

use std::collections::BTreeSet;
use std::path::Path;

/// What shows a limit.
enum Shown {
    /// Whether so much is taken as it is: asked for one less than the limit, for it, and for one more.
    By(fn(usize) -> bool),
    /// A test in that file, of that name, where what has the limit is private.
    In(&'static str, &'static str),
    /// It turns nobody away: it says how much of something long a letter, a page or a record shows or keeps, or how long
    /// something is waited for. The file that keeps to it.
    Measure(&'static str),
}
use Shown::{By, In, Measure};

const FOUND: &str = "src/fetch/maildir.rs";
const SEALED: &str = "src/record/seal/tests.rs";
const WEB: &str = "src/web/tests.rs";
const API: &str = "src/daemon/api/tests.rs";
const KEPT: &str = "src/record/contents.rs";

#[rustfmt::skip]
const ALL: &[(&str, Shown)] = &[
    ("MAIL_BYTES", By(reading::mail_bytes)),
    ("FREE_DISK", In("src/daemon/room.rs", "the_largest_mail_has_room_one_and_a_half_times")),
    ("LOG_KEPT", Measure("src/store/mod.rs")),
    ("LOG_BYTES", Measure("src/daemon/clock_tick.rs")),
    ("HEAD_BYTES", In(FOUND, "too_large_a_mail_is_had_by_its_head")),
    ("HEADER_BLOCK", By(reading::header_block)),
    ("HEADER_FIELD", By(reading::header_field)),
    ("HEADER_DECODED", By(reading::header_decoded)),
    ("HEADER_COUNT", By(reading::header_count)),
    ("TAGS", By(rates::tags)),
    ("TICKETS_UNASKED", By(rates::tickets_unasked)),
    ("MIME_DEPTH", By(reading::mime_depth)),
    ("MIME_PARTS", By(reading::mime_parts)),
    ("ATTACHMENTS", By(reading::attachments)),
    ("ADDRESSES", By(reading::addresses)),
    ("REFERENCES", By(reading::references)),
    ("RECEIVED", By(reading::received)),
    ("TEXT_BYTES", By(reading::text_bytes)),
    ("HTML_BYTES", By(reading::html_bytes)),
    ("SIGNED_BYTES", In("src/read/signed.rs", "doubtful_forms_are_no_claims")),
    ("SIGNATURE_BYTES", In("src/read/signed.rs", "no_bytes_break_it")),
    ("DKIM_SIGNATURES", In("src/witness/dkim/tests.rs", "a_flood_of_signatures_costs_little")),
    ("DKIM_FIELD", In("src/witness/dkim/tests.rs", "hostile_signatures_prove_nothing")),
    ("WITNESS_SECONDS", Measure("src/witness/mod.rs")),
    ("COMMANDS", In("src/command/line/tests.rs", "limits_hold_at_their_edge")),
    ("UNKNOWN_COMMANDS", By(reading::unknown_commands)),
    ("TRIES", In("src/fetch/imap/tests/fetching.rs", "a_mail_that_never_comes_whole_does_not_keep_the_others_out")),
    ("AUTOMATIC_PER_DAY", By(rates::automatic_per_day)),
    ("CONFIRMATIONS_PER_ADDRESS", By(rates::confirmations_per_address)),
    ("CONFIRMATIONS_PER_HOUR", By(rates::confirmations_per_hour)),
    ("LETTERS_PER_HOUR", By(rates::letters_per_hour)),
    ("CONFIRM_TICKET_DAYS", By(rates::confirm_ticket_days)),
    ("COMMAND_HOURS", By(rates::command_hours)),
    ("CONFIRM_COMMAND_HOURS", By(rates::confirm_command_hours)),
    ("REPLY_TOKEN_DAYS", By(rates::reply_token_days)),
    ("LIKELY", By(showing::likely)),
    ("LIKELY_CLOSED_DAYS", By(lasting::likely_closed_days)),
    ("SHOWN_TICKETS", By(rates::shown_tickets)),
    ("SHOWN_TEXTS", In("src/store/listing.rs", "a_conversation_is_cut_in_its_middle")),
    ("SHOWN_CHARACTERS", By(showing::shown_characters)),
    ("LISTED", By(showing::listed)),
    ("SEARCH_HITS", By(showing::search_hits)),
    ("REOPENS_PER_HOUR", In("src/command/reopen.rs", "the_limit_holds_for_all_but_staff")),
    ("MAILS_PER_HOUR", By(rates::mails_per_hour)),
    ("MAILS_PER_SENDER_HOUR", By(rates::mails_per_sender_hour)),
    ("MAILS_PER_SENDER_DAY", By(rates::mails_per_sender_day)),
    ("TICKETS_PER_SENDER_HOUR", By(rates::tickets_per_sender_hour)),
    ("WRONG_CODES_PER_HOUR", By(rates::wrong_codes_per_hour)),
    ("SAME_WORDS_PER_HOUR", By(rates::same_words_per_hour)),
    ("NEWS_PER_TICKET_HOUR", By(rates::news_per_ticket_hour)),
    ("BUNDLE_PACKED", By(reading::bundle_packed)),
    ("BUNDLE_RAW", By(reading::bundle_raw)),
    ("BUNDLE_RATIO", By(reading::bundle_ratio)),
    ("BUNDLE_RECORD", In("src/read/bundle/tests.rs", "bombs_do_not_go_off")),
    ("BUNDLE_ITEMS", In(SEALED, "dull_files_and_many_programs_stay_within_the_limits")),
    ("BUNDLE_COVER", By(reading::bundle_cover)),
    ("BUNDLE_ARGUMENTS", In(SEALED, "arguments_are_kept_as_far_as_anybody_reads")),
    ("HOSTS_PER_DAY", In("tests/stories/hosts.rs", "nobody_floods_staff_with_hosts")),
    ("CONFIRM_HOST_HOURS", In("tests/stories/hosts.rs", "staff_say_yes_to_a_host_in_time_or_not_at_all")),
    ("BUNDLE_KEPT_DAYS", In("src/record/queue/tests.rs", "what_was_sent_long_ago_is_forgotten_but_its_number")),
    ("LOCK_LEASE", By(lasting::lock_lease)),
    ("LOCK_BY_HAND_HOURS", Measure("src/run/lock.rs")),
    ("LOCK_LONGEST_HOURS", In("src/run/lock.rs", "lengths_are_short_and_not_for_ever")),
    ("SESSION_LINES", By(sessions::lines_of_all)),
    ("SESSION_FILE_LINES", By(sessions::lines_of_a_file)),
    ("SESSION_COLUMNS", By(sessions::columns)),
    ("SESSION_FILES", By(sessions::files)),
    ("SESSION_COMMANDS", By(sessions::commands)),
    ("SESSION_PATCH_LINES", By(sessions::patch_lines)),
    ("SESSION_PATCH", By(sessions::patch_bytes)),
    ("SESSION_CONTENT", By(sessions::content)),
    ("SESSION_EVIDENCE", By(sessions::evidence)),
    ("SESSION_SEARCHED", By(sessions::searched)),
    ("SESSION_EDITS", In("src/command/reveal.rs", "one_line_names_as_many_as_it_may_and_no_more")),
    ("ANNOTATIONS", In("src/decide/review/tests.rs", "so_many_comments_find_their_places")),
    ("REDACT_BYTES", In("src/redact/tests.rs", "what_is_withheld_is_withheld_whole")),
    ("REDACT_FOUND", In("src/redact/tests.rs", "what_is_withheld_is_withheld_whole")),
    ("DIFF_BYTES", In("src/diff/tests.rs", "what_is_too_much_is_cut_and_says_so")),
    ("DIFF_MILLISECONDS", Measure("src/diff.rs")),
    ("DIFF_LINES", In("src/diff/tests.rs", "what_is_too_much_is_cut_and_says_so")),
    ("DIFF_COLUMNS", In("src/diff/tests.rs", "a_line_is_shown_to_its_last_column_and_no_further")),
    ("BATCH_MAILS", In("tests/real/fetch.rs", "thousands_of_mails_come_whole_and_in_order")),
    ("CHECK_AT_START", In("src/store/mod.rs", "a_large_database_is_checked_beside_the_work")),
    ("BATCH_BYTES", By(showing::batch_bytes)),
    ("IMAP_LINE", In("src/fetch/imap/guard.rs", "what_would_hurt_the_parser_is_stopped")),
    ("IMAP_LISTED", In("src/fetch/imap/tests/listing.rs", "a_large_folder_is_listed_in_parts")),
    ("IMAP_UNTAGGED", Measure("src/fetch/imap/strict.rs")),
    ("IMAP_COMMAND", Measure("src/fetch/imap/strict.rs")),
    ("IMAP_LOGINS", In("src/fetch/imap/tests/entering.rs", "logins_wait_when_there_were_enough")),
    ("IMAP_POLL", Measure("src/fetch/imap/strict.rs")),
    ("SMTP_LINE", In("src/send/smtp/line.rs", "sizes_are_held_to_the_last_byte")),
    ("SMTP_LINES", In("src/send/smtp/line.rs", "sizes_are_held_to_the_last_byte")),
    ("SMTP_IDLE", Measure("src/send/smtp.rs")),
    ("SERVER_STEP", Measure("src/send/smtp.rs")),
    ("SERVER_DOT", Measure("src/send/smtp.rs")),
    ("IDLE_MINUTES", Measure("src/fetch/imap/strict.rs")),
    ("RETRY_DAYS", By(reading::retry_days)),
    ("BOUNCE_SCORE", By(reading::bounce_score)),
    ("BOUNCE_STALE_DAYS", By(reading::bounce_stale_days)),
    ("SUSPENDED_WARNINGS", By(lasting::suspended_warnings)),
    ("SUSPENDED_WARNING_DAYS", By(lasting::suspended_warning_days)),
    ("INVITED", By(rates::invited)),
    ("INVITATION_DAYS", By(lasting::invitation_days)),
    ("WEB_HEADER", In(WEB, "what_is_too_long_is_refused_and_one_byte_less_is_not")),
    ("WEB_BODY", In(WEB, "what_is_too_long_is_refused_and_one_byte_less_is_not")),
    ("WEB_SECONDS", Measure("src/web/server.rs")),
    ("WEB_CONNECTIONS", Measure("src/daemon/web.rs")),
    ("API_BODY", In(API, "edges_of_what_a_host_may_say")),
    ("API_BUNDLE", In(API, "edges_of_what_a_host_may_say")),
    ("API_SECONDS", Measure("src/daemon/api.rs")),
    ("API_REQUESTS", In(API, "edges_of_what_a_host_may_say")),
    ("API_LINES", In(API, "edges_of_what_a_host_may_say")),
    ("API_LIST", Measure("src/daemon/api/tickets.rs")),
    ("API_SESSIONS", Measure("src/daemon/api/tickets.rs")),
    ("API_ANSWER", In("src/run/line/tests.rs", "an_endless_answer_ends")),
    ("API_PATIENCE", Measure("src/run/line.rs")),
    ("LETTER_TEXT", In("src/write/tests/bodies.rs", "long_text_is_attached")),
    ("LETTER_ATTACHMENTS", In("src/write/attached.rs", "the_cap_is_kept_and_what_is_left_is_named")),
    ("LETTER_REFERENCES", In("src/write/tests/headers.rs", "threads_name_the_first_and_the_newest")),
    ("LETTER_NAME", By(showing::letter_name)),
    ("LETTER_TITLE", By(showing::letter_title)),
    ("DIGEST_LINES", By(showing::digest_lines)),
    ("DIGEST_CHANGES", Measure("src/write/letters/digest.rs")),
    ("DIGEST_WHOLE", Measure("src/store/digest.rs")),
    ("ROUNDUP_NEWS", By(showing::roundup_news)),
    ("ROUNDUPS", In("src/pipeline/digest/tests.rs", "many_followers_are_told_in_many_transactions")),
    ("DIGEST_DUE_DAYS", By(lasting::digest_due_days)),
    ("DIGEST_OLD_DAYS", By(lasting::digest_old_days)),
    ("LETTER_LINE", By(showing::letter_line)),
    ("IMPORT_BYTES", In("src/run/admin/import.rs", "a_file_has_room_to_its_last_byte")),
    ("SESSION_TEXT", Measure(KEPT)),
    ("SESSION_COPY", Measure(KEPT)),
    ("SESSION_COPIES", Measure(KEPT)),
    ("SESSION_NEW", Measure(KEPT)),
    ("SESSION_HASH", Measure(KEPT)),
    ("SESSION_WALK", Measure("src/record/ending.rs")),
];

#[test]
fn every_limit_holds_at_its_edge() {
    let limits = trackle::limits::all();
    let named: BTreeSet<&str> = ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(named.len(), ALL.len(), "a limit stands here twice");
    let there: BTreeSet<&str> = limits.iter().map(|(name, ..)| *name).collect();
    assert_eq!(named, there, "limits, and what shows them");
    let mut wrong = Vec::new();
    for (name, shown) in ALL {
        let limit: usize = limits.iter().find(|(n, ..)| n == name).unwrap().1.parse().unwrap();
        match shown {
            By(is_taken) => {
                let seen = [limit - 1, limit, limit + 1].map(is_taken);
                if seen != [true, true, false] {
                    wrong.push(format!("{name}: one less than {limit}, it, one more: {seen:?}"));
                }
            }
            In(file, test) if !source(file).contains(&format!("fn {test}(")) => {
                wrong.push(format!("{name}: there is no {test} in {file}"));
            }
            Measure(file) if !source(file).contains(name) => {
                wrong.push(format!("{name}: {file} does not keep to it"));
            }
            In(..) | Measure(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn source(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap_or_default()
}
