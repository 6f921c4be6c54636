CREATE TABLE host (
  key      TEXT NOT NULL PRIMARY KEY,
  name     TEXT NOT NULL,
  login    TEXT,
  member   TEXT,
  enrolled INTEGER NOT NULL,
  by       TEXT NOT NULL,
  revoked  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX host_name ON host(name);
CREATE TABLE bundle (
  id       TEXT NOT NULL PRIMARY KEY,
  key      TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  session  TEXT NOT NULL,
  program  TEXT NOT NULL,
  intake   INTEGER NOT NULL REFERENCES intake(id),
  at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_key ON bundle(key, sequence);
CREATE INDEX bundle_intake ON bundle(intake);
-- A question that was asked of all of staff is another than one that was asked of a person.
ALTER TABLE pending RENAME TO pending_before;
CREATE TABLE pending (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  purpose  TEXT NOT NULL CHECK (purpose IN ('ticket','mail','follow','host')),
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
INSERT INTO pending (id, purpose, ticket, person, intake, asked, expires, answered, event, lines, bundle)
  SELECT id, purpose, ticket, person, intake, asked, expires, answered, event, lines, bundle FROM pending_before;
DROP TABLE pending_before;
CREATE INDEX pending_open ON pending(person, expires) WHERE answered IS NULL;
CREATE INDEX pending_intake ON pending(intake);
