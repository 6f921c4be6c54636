-- The database as it is after all migrations, for reading; a test holds it equal to what they make.
-- Times are seconds since 1970 UTC. Nothing here names a file; nothing here holds a password or a key.

-- What the file is and where the chain of events ends.
CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The bytes of every mail taken in, once, before anybody looked at them.
CREATE TABLE raw (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 BLOB NOT NULL UNIQUE,           -- of the bytes as they came
  size   INTEGER NOT NULL,               -- of the bytes as they came
  packed BLOB NOT NULL,                  -- zlib
  erased INTEGER NOT NULL DEFAULT 0      -- 1: somebody was taken out of it; size and bytes are not those that came
) STRICT;

-- The places mail comes from, and how far each was read.
CREATE TABLE mailbox (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  name  TEXT NOT NULL UNIQUE,            -- imap:user@host/folder, maildir:/path
  epoch INTEGER NOT NULL DEFAULT 0,      -- IMAP UIDVALIDITY; a new one voids all uids
  last  INTEGER NOT NULL DEFAULT 0       -- highest uid below which every uid has an intake row
) STRICT;

-- Every mail that any mailbox showed us, and how it ended. States:
--   new -> reading -> applied | duplicate | ignored | held | quarantined;  held, quarantined -> new by a sysadmin
--   held -> applied when its sender answers the question it waits for
CREATE TABLE intake (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL REFERENCES mailbox(id),
  epoch   INTEGER NOT NULL,
  uid     TEXT NOT NULL,
  raw     INTEGER NOT NULL REFERENCES raw(id),
  arrived INTEGER NOT NULL,              -- in the mailbox, or when we took it
  taken   INTEGER NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('new','reading','applied','duplicate','ignored','held','quarantined')),
  tries   INTEGER NOT NULL DEFAULT 0,    -- committed before the mail is read, so that a crash counts
  due     INTEGER NOT NULL DEFAULT 0,    -- not before
  why     TEXT NOT NULL DEFAULT '',      -- the reason of its end
  ticket  INTEGER,                       -- where it was filed, if anywhere
  marked  INTEGER NOT NULL DEFAULT 0,    -- the mailbox was told that it is done
  told    INTEGER NOT NULL DEFAULT 0,    -- staff were told of its quarantine, or of the stop
  released INTEGER NOT NULL DEFAULT 0,   -- a sysadmin let it through
  message_id TEXT,                       -- as the mail claims it; NULL when it has none, or was never read
  stopped INTEGER NOT NULL DEFAULT 0,    -- a safety stop holds it, or held it: staff are told
  UNIQUE (mailbox, epoch, uid)
) STRICT;
CREATE INDEX intake_waiting ON intake(state, due, id) WHERE state IN ('new','reading');
CREATE INDEX intake_unmarked ON intake(mailbox, id) WHERE marked = 0 AND state NOT IN ('new','reading');
CREATE INDEX intake_stuck ON intake(state, id) WHERE state IN ('held','quarantined');
CREATE INDEX intake_stopped ON intake(told, id) WHERE state = 'held' AND stopped = 1;
CREATE INDEX intake_untold ON intake(id) WHERE state = 'quarantined' AND told = 0;
CREATE INDEX intake_raw ON intake(raw);
CREATE INDEX intake_ticket ON intake(ticket, id) WHERE ticket IS NOT NULL;
CREATE INDEX intake_message ON intake(message_id) WHERE message_id IS NOT NULL;

-- The same mail by another route: same Message-ID and same content.
CREATE TABLE seen (
  message_id TEXT NOT NULL,
  print      BLOB NOT NULL,              -- SHA-256 of date, new text and attachments
  intake     INTEGER NOT NULL REFERENCES intake(id),
  PRIMARY KEY (message_id, print)
) STRICT, WITHOUT ROWID;

-- Everybody who ever wrote.
CREATE TABLE person (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  address   TEXT NOT NULL UNIQUE,        -- lower case
  spelled   TEXT NOT NULL,               -- as first written: where mail goes
  name      TEXT NOT NULL DEFAULT '',    -- for show
  confirmed INTEGER,                     -- when a mail to it was answered
  since     INTEGER NOT NULL,
  score     REAL NOT NULL DEFAULT 0,     -- letters to it that came back, at most one point a day
  scored    INTEGER NOT NULL DEFAULT 0,  -- number of the day of the last point
  suspended INTEGER,                     -- since when it gets no status mail, until it writes again
  warnings  INTEGER NOT NULL DEFAULT 0,  -- how often it was told so
  warned    INTEGER NOT NULL DEFAULT 0,  -- when last
  language  TEXT                         -- code of two or three letters: what letters to it are written in
) STRICT;

CREATE TABLE ticket (
  number    INTEGER PRIMARY KEY AUTOINCREMENT,
  state     TEXT NOT NULL CHECK (state IN ('unconfirmed','open','closed')),
  title     TEXT NOT NULL,
  requester INTEGER NOT NULL REFERENCES person(id),
  owner     TEXT,                        -- login
  created   INTEGER NOT NULL,
  changed   INTEGER NOT NULL
) STRICT;
CREATE INDEX ticket_open ON ticket(changed) WHERE state = 'open';
CREATE INDEX ticket_closed ON ticket(changed) WHERE state = 'closed';
CREATE INDEX ticket_requester ON ticket(requester);
CREATE INDEX ticket_unconfirmed ON ticket(number) WHERE state = 'unconfirmed';

-- What a ticket has one value of (model/fields.rs); no row, no value.
CREATE TABLE field (
  ticket INTEGER NOT NULL REFERENCES ticket(number),
  name   TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (ticket, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX field_value ON field(name, value);

-- Keywords of tickets, lower case.
CREATE TABLE tag (
  ticket INTEGER NOT NULL REFERENCES ticket(number),
  word   TEXT NOT NULL,
  PRIMARY KEY (ticket, word)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_word ON tag(word);

-- What one ticket is to another (model/links.rs), written down at the one it was said of.
CREATE TABLE relation (
  ticket INTEGER NOT NULL REFERENCES ticket(number),
  kind   TEXT NOT NULL,
  other  INTEGER NOT NULL REFERENCES ticket(number),
  PRIMARY KEY (ticket, kind, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX relation_other ON relation(other);

-- Who works on a ticket in a session; while he does nobody else can start to (model/lock.rs).
CREATE TABLE lock (
  ticket  INTEGER NOT NULL PRIMARY KEY REFERENCES ticket(number),
  login   TEXT NOT NULL,
  host    TEXT NOT NULL,
  pid     INTEGER,                       -- of the session's process there; NULL when it was taken by hand
  started TEXT,                          -- when that process did: a later one may be given the same number
  since   INTEGER NOT NULL,
  until   INTEGER NOT NULL               -- end of the lease; a session that lives moves it on
) STRICT;

-- Text of a ticket, one row for each mail filed under it.
CREATE TABLE entry (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  ticket     INTEGER NOT NULL REFERENCES ticket(number),
  event      INTEGER NOT NULL REFERENCES event(seq),
  intake     INTEGER REFERENCES intake(id),
  author     INTEGER REFERENCES person(id),
  at         INTEGER NOT NULL,
  text       TEXT NOT NULL,
  staff_only INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX entry_ticket ON entry(ticket, id);

-- Files that came with an entry; their bytes are in the raw mail.
CREATE TABLE attachment (
  entry  INTEGER NOT NULL REFERENCES entry(id),
  place  INTEGER NOT NULL,               -- from 1, order in the mail
  name   TEXT NOT NULL,                  -- for show; never a path
  media  TEXT NOT NULL,
  size   INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  PRIMARY KEY (entry, place)
) STRICT, WITHOUT ROWID;

-- Message-IDs of a ticket's mails: ours, theirs, and ghosts that were mentioned but never seen.
CREATE TABLE message (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL,
  ticket     INTEGER NOT NULL REFERENCES ticket(number),
  kind       TEXT NOT NULL CHECK (kind IN ('ours','theirs','ghost')),
  staff      INTEGER NOT NULL,           -- readers of the staff list have seen it
  outside    INTEGER NOT NULL,           -- requester and subscribers have seen it
  UNIQUE (message_id)
) STRICT;
CREATE INDEX message_staff ON message(ticket, id) WHERE staff = 1 AND kind != 'ghost';
CREATE INDEX message_outside ON message(ticket, id) WHERE outside = 1 AND kind != 'ghost';

-- Who follows a ticket, and how much mail of it each wants (model/following.rs).
CREATE TABLE subscription (
  ticket INTEGER NOT NULL REFERENCES ticket(number),
  person INTEGER NOT NULL REFERENCES person(id),
  level  TEXT NOT NULL,
  since  INTEGER NOT NULL,
  ended  INTEGER,
  PRIMARY KEY (ticket, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_person ON subscription(person);
CREATE INDEX subscription_digest ON subscription(level, person) WHERE level IN ('daily','weekly') AND ended IS NULL;

-- Addresses in To and Cc of a ticket's first mail: they may add text.
CREATE TABLE named (
  ticket  INTEGER NOT NULL REFERENCES ticket(number),
  address TEXT NOT NULL,                 -- lower case
  PRIMARY KEY (ticket, address)
) STRICT, WITHOUT ROWID;

-- Everything that ever changed, in order; each row's hash covers the one before. Never updated, never deleted.
CREATE TABLE event (
  seq    INTEGER PRIMARY KEY AUTOINCREMENT,
  ticket INTEGER,
  at     INTEGER NOT NULL,
  actor  TEXT NOT NULL,                  -- address, or 'trackle'
  proof  TEXT NOT NULL,
  intake INTEGER,                        -- the mail that asked for it
  line   INTEGER NOT NULL,               -- its line, 0 for the mail as a whole
  what   TEXT NOT NULL,
  detail TEXT NOT NULL,                  -- JSON
  hash   BLOB NOT NULL                   -- SHA-256 of the previous hash and this row
) STRICT;
CREATE INDEX event_ticket ON event(ticket, seq);
CREATE INDEX event_at ON event(at);
CREATE INDEX event_reopened ON event(ticket, seq) WHERE what = 'reopened';
CREATE INDEX event_intake ON event(intake, seq) WHERE intake IS NOT NULL;
CREATE INDEX event_undelivered ON event(ticket) WHERE what = 'undelivered';
CREATE UNIQUE INDEX event_once ON event(intake, line, ticket, what, detail) WHERE line > 0;
CREATE INDEX event_actor ON event(actor, seq) WHERE intake IS NOT NULL;
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

-- Questions that wait for their answer; the code that was mailed is made from this row and the key, and not kept.
CREATE TABLE pending (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  purpose  TEXT NOT NULL CHECK (purpose IN ('ticket','mail','follow','host')),
  ticket   INTEGER REFERENCES ticket(number),
  person   INTEGER NOT NULL REFERENCES person(id),
  intake   INTEGER NOT NULL REFERENCES intake(id),
  asked    INTEGER NOT NULL,
  expires  INTEGER NOT NULL,
  answered INTEGER,
  event    INTEGER NOT NULL DEFAULT 0,   -- the event that asked; 0: not mailed, waits for an earlier question
  lines    TEXT NOT NULL DEFAULT '[]',   -- JSON: what its letter says of its mail (store/bundle.rs)
  bundle   INTEGER                       -- the newer question whose letter lists this one as well
) STRICT;
CREATE INDEX pending_open ON pending(person, expires) WHERE answered IS NULL;
CREATE INDEX pending_intake ON pending(intake);

-- Letters owed: their bytes never change. States:
--   waiting -> sending -> sent | waiting (later) | failed;  sent -> bounced by a report
CREATE TABLE outbox (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  event         INTEGER NOT NULL,        -- its cause
  kind          TEXT NOT NULL,           -- name of its template
  recipient     TEXT NOT NULL,
  envelope_from TEXT,                    -- NULL is <>
  message_id    TEXT NOT NULL,
  packed        BLOB NOT NULL,           -- zlib
  state         TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','sending','sent','failed','bounced','held')),
  queued        INTEGER NOT NULL,
  due           INTEGER NOT NULL,
  tries         INTEGER NOT NULL DEFAULT 0,
  lease         INTEGER NOT NULL DEFAULT 0, -- while sending: until when nobody else takes it
  ended         INTEGER,
  said          TEXT NOT NULL DEFAULT '',   -- the server's last words
  UNIQUE (event, kind, recipient)
) STRICT;
CREATE INDEX outbox_due ON outbox(due, id) WHERE state = 'waiting';
CREATE INDEX outbox_sending ON outbox(lease) WHERE state = 'sending';
CREATE INDEX outbox_message ON outbox(message_id);
CREATE INDEX outbox_held ON outbox(id) WHERE state = 'held';

-- How often something happened within one hour or day.
CREATE TABLE tally (
  what   TEXT NOT NULL,                  -- mails, automatic, confirmations, reopens
  whom   TEXT NOT NULL,                  -- address, ticket, or empty
  bucket INTEGER NOT NULL,               -- number of the hour or day since 1970
  count  INTEGER NOT NULL,
  PRIMARY KEY (what, whom, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_old ON tally(bucket);

-- Letters that come once in a period, such as the digest: the row is made in the transaction that owes the letter, and
-- without a letter when there was nothing to say.
CREATE TABLE period_sent (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  kind      TEXT NOT NULL,               -- name of its template
  recipient TEXT NOT NULL,               -- lower case
  period    TEXT NOT NULL,               -- local date of its begin; with a time behind it when asked for by hand
  at        INTEGER NOT NULL,
  upto      INTEGER NOT NULL,            -- the last event that it took note of: the next one goes on there
  UNIQUE (kind, recipient, period)
) STRICT;
CREATE INDEX period_sent_last ON period_sent(kind, recipient, id);

-- Hosts whose bundles are believed: what their key signed is a session that was worked there (model/host.rs).
CREATE TABLE host (
  key      TEXT NOT NULL PRIMARY KEY,    -- its public half
  name     TEXT NOT NULL,
  login    TEXT,                         -- whose sessions alone it may sign; NULL: all of the machine's
  member   TEXT,                         -- who on staff works there, where the machine's user is nobody on staff
  enrolled INTEGER NOT NULL,
  by       TEXT NOT NULL,                -- the address of whoever said yes, or the console
  revoked  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX host_name ON host(name);

-- Bundles that were filed, each once.
CREATE TABLE bundle (
  id       TEXT NOT NULL PRIMARY KEY,    -- the hash of what its host signed
  key      TEXT NOT NULL,                -- of the host; one that came through our own spool need not be enrolled
  sequence INTEGER NOT NULL,             -- counted by the host: what is missing is seen
  session  TEXT NOT NULL,                -- its id
  program  TEXT NOT NULL,                -- the version of Trackle there
  intake   INTEGER NOT NULL REFERENCES intake(id),
  at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_key ON bundle(key, sequence);
CREATE INDEX bundle_intake ON bundle(intake);

-- What can be searched: by staff each entry below the title of its ticket, by everybody the titles. The indexes hold no
-- text of their own; triggers keep them in step with both tables.
CREATE VIEW searched AS
  SELECT e.id AS id, t.title AS title, e.text AS text FROM entry e JOIN ticket t ON t.number = e.ticket;
CREATE VIRTUAL TABLE search USING fts5(title, text, content='searched', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE titles USING fts5(title, content='ticket', content_rowid='number',
  tokenize='unicode61 remove_diacritics 2');
-- The words that stand in these indexes, each place for itself: looked through for those that begin alike.
CREATE VIRTUAL TABLE word USING fts5vocab('search', 'instance');
CREATE VIRTUAL TABLE title_word USING fts5vocab('titles', 'instance');
CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN
  INSERT INTO search (rowid, title, text) SELECT new.id, title, new.text FROM ticket WHERE number = new.ticket;
END;
CREATE TRIGGER entry_gone BEFORE DELETE ON entry BEGIN
  INSERT INTO search (search, rowid, title, text)
    SELECT 'delete', old.id, title, old.text FROM ticket WHERE number = old.ticket;
END;
CREATE TRIGGER entry_edited AFTER UPDATE OF text ON entry BEGIN
  INSERT INTO search (search, rowid, title, text)
    SELECT 'delete', old.id, title, old.text FROM ticket WHERE number = old.ticket;
  INSERT INTO search (rowid, title, text) SELECT new.id, title, new.text FROM ticket WHERE number = new.ticket;
END;
CREATE TRIGGER ticket_added AFTER INSERT ON ticket BEGIN
  INSERT INTO titles (rowid, title) VALUES (new.number, new.title);
END;
CREATE TRIGGER ticket_gone BEFORE DELETE ON ticket BEGIN
  INSERT INTO titles (titles, rowid, title) VALUES ('delete', old.number, old.title);
END;
CREATE TRIGGER ticket_renamed AFTER UPDATE OF title ON ticket BEGIN
  INSERT INTO titles (titles, rowid, title) VALUES ('delete', old.number, old.title);
  INSERT INTO titles (rowid, title) VALUES (new.number, new.title);
  INSERT INTO search (search, rowid, title, text)
    SELECT 'delete', id, old.title, text FROM entry WHERE ticket = old.number;
  INSERT INTO search (rowid, title, text) SELECT id, new.title, text FROM entry WHERE ticket = new.number;
END;

-- What somebody did in a shell of some host while he worked on a ticket: the record as it came, redacted. Nothing of it
-- changes but by a redaction; how it is shown stands in the tables below it.
CREATE TABLE session (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  id      TEXT NOT NULL UNIQUE,          -- drawn at its start on its host: what came once does not come again
  ticket  INTEGER NOT NULL REFERENCES ticket(number),
  person  INTEGER NOT NULL REFERENCES person(id), -- who worked
  event   INTEGER NOT NULL,              -- by which it was filed: the cause of its letter
  host    TEXT NOT NULL,
  login   TEXT NOT NULL,                 -- user of the host
  started INTEGER NOT NULL,
  ended   INTEGER NOT NULL,
  files   INTEGER NOT NULL,              -- how many changed
  size    INTEGER NOT NULL,              -- of the record, unpacked
  packed  BLOB NOT NULL                  -- zlib of JSON (model/session.rs), without its changes
) STRICT;
CREATE INDEX session_ticket ON session(ticket, number);
CREATE INDEX session_event ON session(event);

-- What became of one path in a session.
CREATE TABLE session_change (
  session INTEGER NOT NULL REFERENCES session(number),
  place   INTEGER NOT NULL,              -- from 0, order of the record
  path    BLOB NOT NULL,                 -- as the kernel has it
  origin  BLOB,                          -- where it was before a rename
  detail  TEXT NOT NULL,                 -- JSON (model/session.rs)
  PRIMARY KEY (session, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_change_path ON session_change(path, session);
CREATE INDEX session_change_origin ON session_change(origin, session) WHERE origin IS NOT NULL;

-- Contents of files before and after sessions, redacted; the same bytes once.
CREATE TABLE blob (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 BLOB NOT NULL UNIQUE,           -- of these bytes
  size   INTEGER NOT NULL,               -- of these bytes
  packed BLOB NOT NULL                   -- zlib
) STRICT;

-- Under which name (model/session.rs, Content) a session's record knows them.
CREATE TABLE session_content (
  session INTEGER NOT NULL REFERENCES session(number),
  hash    TEXT NOT NULL,
  blob    INTEGER NOT NULL REFERENCES blob(id),
  PRIMARY KEY (session, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_content_blob ON session_content(blob);

-- Files and typed commands that are shown, or not, unlike the record says.
CREATE TABLE session_display (
  session INTEGER NOT NULL REFERENCES session(number),
  kind    TEXT NOT NULL CHECK (kind IN ('file','command')),
  place   INTEGER NOT NULL,              -- of the change, or of the typed command, from 0
  shown   INTEGER NOT NULL,
  PRIMARY KEY (session, kind, place)
) STRICT, WITHOUT ROWID;

-- What was said about a line of a file of a session.
CREATE TABLE annotation (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  session INTEGER NOT NULL REFERENCES session(number),
  place   INTEGER NOT NULL,              -- of the change
  side    TEXT NOT NULL CHECK (side IN ('old','new')), -- before or after the session
  line    INTEGER NOT NULL,              -- from 1; 0 is the file as a whole
  quoted  TEXT NOT NULL,                 -- the line
  author  INTEGER NOT NULL REFERENCES person(id),
  at      INTEGER NOT NULL,
  text    TEXT NOT NULL
) STRICT;
CREATE INDEX annotation_session ON annotation(session, place, line);

-- Commands, paths, diffs and remarks of sessions, for staff who search; what a redaction takes out is gone from it.
CREATE VIRTUAL TABLE session_search USING fts5(text, tokenize='unicode61 remove_diacritics 2');
INSERT INTO session_search (session_search, rank) VALUES ('secure-delete', 1);

-- Tokens by which hosts speak to the API, each for one member of staff. The token itself stands nowhere.
CREATE TABLE token (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  hash    BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- SHA-256 of the token
  login   TEXT NOT NULL,                 -- in whose name it acts
  host    TEXT NOT NULL,                 -- from where
  user    TEXT,                          -- the one user there whose sessions its host key may sign; NULL: any one
  made    INTEGER NOT NULL,
  ends    INTEGER,                       -- from then on it counts no more; NULL: no end
  seen    INTEGER,                       -- when it was used last, to the minute
  program TEXT,                          -- the version of Trackle that used it
  unsent  INTEGER                        -- bundles that waited there then
) STRICT;
CREATE INDEX token_host ON token(host);
