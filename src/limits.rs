//! Every limit with its default and the reason for it. `trackle limits` prints this file's table.
//! Sizes are bytes, spans are seconds unless the name says otherwise.
//!
//! How often somebody may do something, how large a mail and how old a command may be, is a site's to say (`[policy]`,
//! `[identity]`). What a parser, a letter or a session may hold is not: it was measured that the program stands up to
//! that much. Parsers have no process of their own with a limit of time and memory. Instead a try is counted on the disk
//! before each reading (`tries`), headers, depth, parts and lines are capped before anything parses them, no parser goes
//! down a foreign nesting without a cap, and a panic in one costs that mail only.

macro_rules! limits {
    ($($(#[doc = $why:literal])+ $name:ident: $type:ty = $value:expr;)+) => {
        $($(#[doc = $why])+ pub const $name: $type = $value;)+
        /// Name, default and reason of every limit, in the order of this file.
        pub fn all() -> Vec<(&'static str, String, &'static str)> {
            vec![$((stringify!($name), format!("{}", $value), concat!($($why),+).trim())),+]
        }
    };
}

limits! {
    /// Largest mail taken in whole; a larger one is kept by its first 64 KiB, quarantined, and staff are told.
    MAIL_BYTES: usize = 25 * 1024 * 1024;
    /// Room that the state directory's disk keeps, beside that for one and a half of the largest mail: with less no mail is
    /// fetched, so that what is here can be handled and answered (Postfix queue_minfree).
    FREE_DISK: u64 = 64 * 1024 * 1024;
    /// What is fetched of a mail over the limit.
    HEAD_BYTES: usize = 64 * 1024;
    /// Header block before any parser sees it (encoded words decode in quadratic time).
    HEADER_BLOCK: usize = 256 * 1024;
    /// One header field (Postfix header_size_limit is 102,400).
    HEADER_FIELD: usize = 100 * 1024;
    /// Of one field, what is decoded.
    HEADER_DECODED: usize = 16 * 1024;
    /// Number of header fields.
    HEADER_COUNT: usize = 1_000;
    /// Keywords of one ticket.
    TAGS: usize = 30;
    /// Tickets that one mail may change without being asked about.
    TICKETS_UNASKED: usize = 5;
    /// Nesting of MIME parts, forwarded mails included.
    MIME_DEPTH: usize = 20;
    /// Number of MIME parts.
    MIME_PARTS: usize = 500;
    /// Attachments kept as such; the rest stays in the raw mail.
    ATTACHMENTS: usize = 50;
    /// Addresses read from all headers together.
    ADDRESSES: usize = 1_000;
    /// Message-IDs read from References: the first one and the newest.
    REFERENCES: usize = 50;
    /// Received fields; more is a loop (Postfix hopcount_limit is 50).
    RECEIVED: usize = 30;
    /// Readable text kept of one mail; the raw mail keeps the rest.
    TEXT_BYTES: usize = 1024 * 1024;
    /// HTML turned into text; the converter is quadratic on nested elements.
    HTML_BYTES: usize = 512 * 1024;
    /// What an OpenPGP signature may cover; a mail with more is not proven by it.
    SIGNED_BYTES: usize = 10 * 1024 * 1024;
    /// One OpenPGP signature, armoured (an RSA one of 4096 bits has about 900 bytes).
    SIGNATURE_BYTES: usize = 16 * 1024;
    /// DKIM signatures of the sender's domain that are looked at in one mail.
    DKIM_SIGNATURES: usize = 3;
    /// One DKIM-Signature field that is looked at.
    DKIM_FIELD: usize = 8 * 1024;
    /// Asking DNS or gpg about one mail, in seconds.
    WITNESS_SECONDS: u64 = 5;
    /// Commands in one mail, and tickets that they name in all.
    COMMANDS: usize = 25;
    /// Lines that look like commands and are none, before the rest counts as text.
    UNKNOWN_COMMANDS: usize = 3;
    /// Tries that may end in a crash before a mail is quarantined (Mailman's number).
    TRIES: u32 = 3;
    /// Automatic mail to one address in a day (Mailman max_autoresponses_per_day).
    AUTOMATIC_PER_DAY: u32 = 10;
    /// Confirmations outstanding for one address; more requests wait for one of them.
    CONFIRMATIONS_PER_ADDRESS: u32 = 3;
    /// Confirmation mails in an hour in all, against being used to flood somebody.
    CONFIRMATIONS_PER_HOUR: u32 = 2_000;
    /// Letters in an hour in all, whatever they are about; the rest goes out in the hours after, in its order.
    LETTERS_PER_HOUR: u32 = 20_000;
    /// How long a new ticket waits for its confirmation, in days.
    CONFIRM_TICKET_DAYS: i64 = 14;
    /// Age of a mail beyond which its commands are asked about, in hours; one from as far in the future is, too.
    COMMAND_HOURS: i64 = 48;
    /// How long commands wait for their confirmation, in hours.
    CONFIRM_COMMAND_HOURS: i64 = 72;
    /// How long a reply token proves its person, in days.
    REPLY_TOKEN_DAYS: i64 = 30;
    /// Tickets named to somebody who asks for something, since they may ask for the same.
    LIKELY: usize = 3;
    /// Days for which a closed ticket is named so.
    LIKELY_CLOSED_DAYS: i64 = 30;
    /// Tickets that one mail can ask to be shown, each in a letter of its own.
    SHOWN_TICKETS: usize = 5;
    /// Texts of a ticket that is shown by mail: the first one and the newest.
    SHOWN_TEXTS: usize = 50;
    /// Characters of each of them.
    SHOWN_CHARACTERS: usize = 4_000;
    /// Tickets in a list by mail; a longer one goes with it as a file.
    LISTED: usize = 50;
    /// Tickets in the answer to a search by mail.
    SEARCH_HITS: usize = 10;
    /// Reopenings of one ticket by mail in an hour.
    REOPENS_PER_HOUR: u32 = 3;
    /// Mails taken in within an hour in all; the rest is left in its mailbox until the next one.
    MAILS_PER_HOUR: u32 = 2_000;
    /// Mails of one sender applied in an hour, then held.
    MAILS_PER_SENDER_HOUR: u32 = 60;
    /// Mails of one sender applied in a day, then held.
    MAILS_PER_SENDER_DAY: u32 = 300;
    /// New tickets of one sender, who is not staff, in an hour; what would open more is held.
    TICKETS_PER_SENDER_HOUR: u32 = 10;
    /// Mails of one sender with a confirmation code that is not ours in an hour; each is held, and of further ones staff
    /// are told. A right one always counts: nobody guesses it, and nobody shall be locked out in whose name others write.
    WRONG_CODES_PER_HOUR: u32 = 10;
    /// Letters about one ticket that one sender answers with the same words in an hour; further such answers are held,
    /// since a program may have written them.
    SAME_WORDS_PER_HOUR: u32 = 3;
    /// Mails about one ticket that are announced in an hour, whoever sends them; then they are held, since a robot that
    /// answers the list (a vacation message without its headers) would go round for ever.
    NEWS_PER_TICKET_HOUR: u32 = 60;
    /// The packed body of a session's bundle (in base 64 it stays below the 10,240,000 bytes that Postfix takes).
    BUNDLE_PACKED: usize = 7_000_000;
    /// The same, unpacked.
    BUNDLE_RAW: usize = 32 * 1024 * 1024;
    /// How many times its packed size an unpacked bundle may have, beside one record (texts reach 20, bombs 1000).
    BUNDLE_RATIO: u64 = 100;
    /// One record of a bundle: a list, or what one file held.
    BUNDLE_RECORD: usize = 2 * 1024 * 1024;
    /// Commands, programs, changes, pieces of evidence and contents in one bundle.
    BUNDLE_ITEMS: usize = 200_000;
    /// What is written on the outside of a bundle.
    BUNDLE_COVER: usize = 4 * 1024;
    /// Arguments of one program in a bundle.
    BUNDLE_ARGUMENTS: usize = 16 * 1024;
    /// Hosts that want to be enrolled in a day and staff are asked about; anybody can send such a mail.
    HOSTS_PER_DAY: u32 = 10;
    /// How long staff can say yes to a host, in hours.
    CONFIRM_HOST_HOURS: i64 = 72;
    /// How long a host keeps a bundle that a mail server has taken, in days.
    BUNDLE_KEPT_DAYS: i64 = 90;
    /// How long a session that does not say that it lives keeps its ticket, in seconds.
    LOCK_LEASE: i64 = 15 * 60;
    /// How long a lock that is taken by hand lasts, in hours, unless somebody says otherwise.
    LOCK_BY_HAND_HOURS: i64 = 2;
    /// The longest that somebody may say, in hours.
    LOCK_LONGEST_HOURS: i64 = 7 * 24;
    /// Lines of a session's differences that its letter shows; all of them stand in the attachment.
    SESSION_LINES: usize = 300;
    /// Of those of one file.
    SESSION_FILE_LINES: usize = 100;
    /// Characters of one such line.
    SESSION_COLUMNS: usize = 500;
    /// Files that a session's letter names.
    SESSION_FILES: usize = 40;
    /// Typed commands that it shows; the attached history has all.
    SESSION_COMMANDS: usize = 15;
    /// Lines of one file's difference in the attachment (a file of a million lines that was rewritten has two million).
    SESSION_PATCH_LINES: usize = 2_000;
    /// The attached differences of a session in all, and its attached history (in base 64 they are a third longer).
    SESSION_PATCH: usize = 2 * 1024 * 1024;
    /// Bytes of one file, before or after, that a session keeps: text, mostly.
    SESSION_CONTENT: usize = 1024 * 1024;
    /// One piece of evidence (process accounting, audit records) that goes with a session's letter.
    SESSION_EVIDENCE: usize = 256 * 1024;
    /// Text of one session that a search looks at.
    SESSION_SEARCHED: usize = 256 * 1024;
    /// Files or commands that one line of a mail shows or hides.
    SESSION_EDITS: usize = 500;
    /// Comments in one answer to a session's letter that are placed.
    ANNOTATIONS: usize = 50;
    /// One content that is looked through for secrets; a larger one is withheld whole.
    REDACT_BYTES: usize = 8 * 1024 * 1024;
    /// Secrets in one content, before it is withheld whole.
    REDACT_FOUND: usize = 20_000;
    /// Contents that are compared line by line, each.
    DIFF_BYTES: usize = 2 * 1024 * 1024;
    /// How long a comparison looks for the shortest way, in milliseconds; then it takes any.
    DIFF_MILLISECONDS: u64 = 500;
    /// Lines of one file's change that are shown; the patch has all of them.
    DIFF_LINES: usize = 2_000;
    /// Bytes of one of these lines (RFC 5322 2.1.1 ends a line of mail at 998).
    DIFF_COLUMNS: usize = 900;
    /// Mails handled between two disk syncs.
    BATCH_MAILS: usize = 200;
    /// Size of the database up to which its form is checked before the start; of a larger one it is checked when the
    /// robot works already, since that reads the whole file.
    CHECK_AT_START: u64 = 64 * 1024 * 1024;
    /// What the database's write-ahead log keeps of the disk once nothing in it is needed any more.
    LOG_KEPT: u64 = 8 * 1024 * 1024;
    /// Size of that log above which the robot complains: it can only grow so far while some program keeps reading.
    LOG_BYTES: u64 = 64 * 1024 * 1024;
    /// What an import reads as a whole: a ticket's line or mailbox, a Trac, all files of a Request Tracker together. It takes up
    /// to five times as much memory (many small objects); more comes in parts, which know of each other.
    IMPORT_BYTES: u64 = 1024 * 1024 * 1024;
    /// Bytes of mail in memory between two disk syncs.
    BATCH_BYTES: usize = 16 * 1024 * 1024;
    /// One line of an IMAP server's answer.
    IMAP_LINE: usize = 64 * 1024;
    /// Numbers of an IMAP folder that are listed at a time; a folder with more mails than that is listed in parts.
    IMAP_LISTED: u32 = 20_000;
    /// Untagged answers to one IMAP command.
    IMAP_UNTAGGED: usize = 1_000_000;
    /// The whole answer to one IMAP command, in seconds, however steadily it drips.
    IMAP_COMMAND: u64 = 600;
    /// Logins for one IMAP folder within two minutes; a further one waits (providers lock out who comes more often).
    IMAP_LOGINS: usize = 6;
    /// Between two looks at an IMAP folder whose server cannot tell of new mail, in seconds.
    IMAP_POLL: u64 = 30;
    /// One line of an SMTP server's answer.
    SMTP_LINE: usize = 4 * 1024;
    /// Lines of one SMTP server's answer (an EHLO answer has about fifteen).
    SMTP_LINES: usize = 200;
    /// Idle time after which an SMTP connection is not used again, in seconds (Postfix closes after 300, others sooner).
    SMTP_IDLE: u64 = 60;
    /// Waiting for a server to go on, in seconds.
    SERVER_STEP: u64 = 60;
    /// Waiting for the answer to a mail's final dot, in seconds (RFC 5321 4.5.3.2.6).
    SERVER_DOT: u64 = 600;
    /// Renewal of IDLE, in minutes (RFC 2177 says under 29; home routers forget after ten).
    IDLE_MINUTES: u64 = 9;
    /// How long a mail is tried to be delivered, in days.
    RETRY_DAYS: i64 = 5;
    /// Points at which an address that letters come back from is suspended; at most one a day (Mailman bounce_score_threshold).
    BOUNCE_SCORE: u32 = 5;
    /// Days without a letter that came back after which points no longer count (Mailman bounce_info_stale_after).
    BOUNCE_STALE_DAYS: i64 = 7;
    /// Warnings to a suspended address (Mailman bounce_you_are_disabled_warnings).
    SUSPENDED_WARNINGS: u32 = 3;
    /// Days between two of them.
    SUSPENDED_WARNING_DAYS: i64 = 7;
    /// People in To and Cc of a ticket's first mail who are asked whether they want to follow it.
    INVITED: usize = 5;
    /// How long an invitation can be answered, in days.
    INVITATION_DAYS: i64 = 14;
    /// Header of a request to the web endpoint.
    WEB_HEADER: usize = 8 * 1024;
    /// Body of such a request.
    WEB_BODY: usize = 1024;
    /// How long such a request may take in all, in seconds.
    WEB_SECONDS: u64 = 5;
    /// Requests at a time.
    WEB_CONNECTIONS: usize = 64;
    /// What a host says to the API in one request: words, and a page of text.
    API_BODY: usize = 1024 * 1024;
    /// A session that a host hands in there: as much as one may have that comes by mail, and its outside.
    API_BUNDLE: usize = 7_100_000;
    /// How long a request of a host may take in all, in seconds: a session goes over a slow line as well.
    API_SECONDS: u64 = 60;
    /// Requests of one token within a minute; a console that is open asks every other second.
    API_REQUESTS: u32 = 1200;
    /// Lines of tickets that a host asks for at a time; a screen has fewer.
    API_LINES: usize = 500;
    /// Tickets in one list for a host.
    API_LIST: usize = 10_000;
    /// Sessions in one list for a host.
    API_SESSIONS: usize = 200;
    /// What a host reads of one answer of the robot's.
    API_ANSWER: usize = 32 * 1024 * 1024;
    /// How long a host waits for an answer, in seconds; somebody sits before the screen.
    API_PATIENCE: u64 = 5;
    /// Outgoing text; longer text goes as an attachment.
    LETTER_TEXT: usize = 256 * 1024;
    /// Attachments that one letter carries in all; further ones are named (many servers take 25 MB, in base 64).
    LETTER_ATTACHMENTS: usize = 10 * 1024 * 1024;
    /// Message-IDs in References of a letter: the first one and the newest.
    LETTER_REFERENCES: usize = 10;
    /// Characters of a person's name in a letter.
    LETTER_NAME: usize = 60;
    /// Characters of a title in a letter.
    LETTER_TITLE: usize = 120;
    /// Tickets that a digest names in each of its groups.
    DIGEST_LINES: usize = 25;
    /// Changes that a digest names.
    DIGEST_CHANGES: usize = 60;
    /// Changes, and letters that did not arrive, in the file that goes with a digest which leaves something out.
    DIGEST_WHOLE: usize = 5_000;
    /// What one ticket tells in the gathered news of a follower.
    ROUNDUP_NEWS: usize = 8;
    /// Followers whose gathered news are written in one transaction.
    ROUNDUPS: usize = 100;
    /// Days before its day from which on a digest calls a ticket due.
    DIGEST_DUE_DAYS: i64 = 7;
    /// Days without any change after which a digest calls a ticket untouched.
    DIGEST_OLD_DAYS: i64 = 14;
    /// Characters of any other single line that somebody else wrote.
    LETTER_LINE: usize = 300;
    /// Text of a file that a session's record keeps as it was at the end, so that a diff can show it.
    SESSION_TEXT: u64 = 1024 * 1024;
    /// One changed file of any kind of which a session keeps a copy, unless the file system shares its blocks.
    SESSION_COPY: u64 = 64 * 1024 * 1024;
    /// All copies of how changed files were at the end of a session.
    SESSION_COPIES: u64 = 1024 * 1024 * 1024;
    /// The same of new files, of which an unpacked archive makes thousands; of further ones the hash is kept.
    SESSION_NEW: u64 = 4 * 1024 * 1024;
    /// One file that is read to its end for a hash.
    SESSION_HASH: u64 = 1024 * 1024 * 1024;
    /// Files below renamed directories that a session lists one by one.
    SESSION_WALK: usize = 500_000;
}
