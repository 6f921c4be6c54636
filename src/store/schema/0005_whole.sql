-- Fields, keywords and relations of tickets; how much mail followers get; questions that bundle others; bounces.
CREATE TABLE field (
  ticket INTEGER NOT NULL REFERENCES ticket(number),
  name   TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (ticket, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX field_value ON field(name, value);
CREATE TABLE tag (
  ticket INTEGER NOT NULL REFERENCES ticket(number),
  word   TEXT NOT NULL,
  PRIMARY KEY (ticket, word)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_word ON tag(word);
CREATE TABLE relation (
  ticket INTEGER NOT NULL REFERENCES ticket(number),
  kind   TEXT NOT NULL,
  other  INTEGER NOT NULL REFERENCES ticket(number),
  PRIMARY KEY (ticket, kind, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX relation_other ON relation(other);

ALTER TABLE subscription RENAME TO subscription_4;
DROP INDEX subscription_person;
CREATE TABLE subscription (
  ticket INTEGER NOT NULL REFERENCES ticket(number),
  person INTEGER NOT NULL REFERENCES person(id),
  level  TEXT NOT NULL,
  since  INTEGER NOT NULL,
  ended  INTEGER,
  PRIMARY KEY (ticket, person)
) STRICT, WITHOUT ROWID;
INSERT INTO subscription SELECT ticket, person, 'short', since, ended FROM subscription_4;
DROP TABLE subscription_4;
CREATE INDEX subscription_person ON subscription(person);
CREATE INDEX subscription_digest ON subscription(level, person) WHERE level IN ('daily','weekly') AND ended IS NULL;

ALTER TABLE pending RENAME TO pending_4;
DROP INDEX pending_open;
DROP INDEX pending_intake;
CREATE TABLE pending (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  purpose  TEXT NOT NULL CHECK (purpose IN ('ticket','mail','follow')),
  ticket   INTEGER REFERENCES ticket(number),
  person   INTEGER NOT NULL REFERENCES person(id),
  intake   INTEGER NOT NULL REFERENCES intake(id),
  asked    INTEGER NOT NULL,
  expires  INTEGER NOT NULL,
  answered INTEGER,
  event    INTEGER NOT NULL DEFAULT 0,
  lines    TEXT NOT NULL DEFAULT '[]',
  bundle   INTEGER
) STRICT;
INSERT INTO pending (id, purpose, ticket, person, intake, asked, expires, answered, event)
  SELECT id, purpose, ticket, person, intake, asked, expires, answered, event FROM pending_4;
DROP TABLE pending_4;
CREATE INDEX pending_open ON pending(person, expires) WHERE answered IS NULL;
CREATE INDEX pending_intake ON pending(intake);

ALTER TABLE person ADD COLUMN score REAL NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN scored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN suspended INTEGER;
ALTER TABLE person ADD COLUMN warnings INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;

DROP INDEX event_once;
CREATE UNIQUE INDEX event_once ON event(intake, line, ticket, what, detail) WHERE line > 0;
CREATE INDEX event_actor ON event(actor, seq) WHERE intake IS NOT NULL;
