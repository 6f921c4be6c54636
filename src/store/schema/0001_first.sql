
CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE raw (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 BLOB NOT NULL UNIQUE,
  size   INTEGER NOT NULL,
  packed BLOB NOT NULL
) STRICT;

CREATE TABLE mailbox (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  name  TEXT NOT NULL UNIQUE,
  epoch INTEGER NOT NULL DEFAULT 0,
  last  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE intake (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL REFERENCES mailbox(id),
  epoch   INTEGER NOT NULL,
  uid     TEXT NOT NULL,
  raw     INTEGER NOT NULL REFERENCES raw(id),
  arrived INTEGER NOT NULL,
  taken   INTEGER NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('new','reading','applied','duplicate','ignored','held','quarantined')),
  tries   INTEGER NOT NULL DEFAULT 0,
  due     INTEGER NOT NULL DEFAULT 0,
  why     TEXT NOT NULL DEFAULT '',
  ticket  INTEGER,
  marked  INTEGER NOT NULL DEFAULT 0,
  told    INTEGER NOT NULL DEFAULT 0,
  released INTEGER NOT NULL DEFAULT 0,
  UNIQUE (mailbox, epoch, uid)
) STRICT;
CREATE INDEX intake_waiting ON intake(state, due, id) WHERE state IN ('new','reading');
CREATE INDEX intake_unmarked ON intake(mailbox, id) WHERE marked = 0 AND state NOT IN ('new','reading');
CREATE INDEX intake_stuck ON intake(state, id) WHERE state IN ('held','quarantined');
CREATE INDEX intake_untold ON intake(id) WHERE state = 'quarantined' AND told = 0;
CREATE INDEX intake_raw ON intake(raw);
CREATE INDEX intake_ticket ON intake(ticket, id) WHERE ticket IS NOT NULL;

CREATE TABLE seen (
  message_id TEXT NOT NULL,
  print      BLOB NOT NULL,
  intake     INTEGER NOT NULL REFERENCES intake(id),
  PRIMARY KEY (message_id, print)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  address   TEXT NOT NULL UNIQUE,
  spelled   TEXT NOT NULL,
  name      TEXT NOT NULL DEFAULT '',
  confirmed INTEGER,
  since     INTEGER NOT NULL
) STRICT;

CREATE TABLE ticket (
  number    INTEGER PRIMARY KEY AUTOINCREMENT,
  state     TEXT NOT NULL CHECK (state IN ('unconfirmed','open','closed')),
  title     TEXT NOT NULL,
  requester INTEGER NOT NULL REFERENCES person(id),
  owner     TEXT,
  created   INTEGER NOT NULL,
  changed   INTEGER NOT NULL
) STRICT;
CREATE INDEX ticket_open ON ticket(changed) WHERE state = 'open';
CREATE INDEX ticket_requester ON ticket(requester);

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

CREATE TABLE attachment (
  entry  INTEGER NOT NULL REFERENCES entry(id),
  place  INTEGER NOT NULL,
  name   TEXT NOT NULL,
  media  TEXT NOT NULL,
  size   INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  PRIMARY KEY (entry, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL,
  ticket     INTEGER NOT NULL REFERENCES ticket(number),
  kind       TEXT NOT NULL CHECK (kind IN ('ours','theirs','ghost')),
  staff      INTEGER NOT NULL,
  outside    INTEGER NOT NULL,
  UNIQUE (message_id)
) STRICT;
CREATE INDEX message_staff ON message(ticket, id) WHERE staff = 1 AND kind != 'ghost';
CREATE INDEX message_outside ON message(ticket, id) WHERE outside = 1 AND kind != 'ghost';

CREATE TABLE subscription (
  ticket INTEGER NOT NULL REFERENCES ticket(number),
  person INTEGER NOT NULL REFERENCES person(id),
  since  INTEGER NOT NULL,
  ended  INTEGER,
  PRIMARY KEY (ticket, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_person ON subscription(person);

CREATE TABLE named (
  ticket  INTEGER NOT NULL REFERENCES ticket(number),
  address TEXT NOT NULL,
  PRIMARY KEY (ticket, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  seq    INTEGER PRIMARY KEY AUTOINCREMENT,
  ticket INTEGER,
  at     INTEGER NOT NULL,
  actor  TEXT NOT NULL,
  proof  TEXT NOT NULL,
  intake INTEGER,
  line   INTEGER NOT NULL,
  what   TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash   BLOB NOT NULL
) STRICT;
CREATE INDEX event_ticket ON event(ticket, seq);
CREATE INDEX event_undelivered ON event(ticket) WHERE what = 'undelivered';
CREATE UNIQUE INDEX event_once ON event(intake, line, ticket) WHERE line > 0;
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TABLE pending (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  purpose  TEXT NOT NULL CHECK (purpose IN ('ticket','mail')),
  ticket   INTEGER REFERENCES ticket(number),
  person   INTEGER NOT NULL REFERENCES person(id),
  intake   INTEGER NOT NULL REFERENCES intake(id),
  asked    INTEGER NOT NULL,
  expires  INTEGER NOT NULL,
  answered INTEGER,
  event    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX pending_open ON pending(person, expires) WHERE answered IS NULL;
CREATE INDEX pending_intake ON pending(intake);

CREATE TABLE outbox (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  event         INTEGER NOT NULL,
  kind          TEXT NOT NULL,
  recipient     TEXT NOT NULL,
  envelope_from TEXT,
  message_id    TEXT NOT NULL,
  packed        BLOB NOT NULL,
  state         TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','sending','sent','failed','bounced')),
  queued        INTEGER NOT NULL,
  due           INTEGER NOT NULL,
  tries         INTEGER NOT NULL DEFAULT 0,
  lease         INTEGER NOT NULL DEFAULT 0,
  ended         INTEGER,
  said          TEXT NOT NULL DEFAULT '',
  UNIQUE (event, kind, recipient)
) STRICT;
CREATE INDEX outbox_due ON outbox(due, id) WHERE state = 'waiting';
CREATE INDEX outbox_sending ON outbox(lease) WHERE state = 'sending';

CREATE TABLE tally (
  what   TEXT NOT NULL,
  whom   TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  PRIMARY KEY (what, whom, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_old ON tally(bucket);
