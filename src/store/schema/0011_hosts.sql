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
