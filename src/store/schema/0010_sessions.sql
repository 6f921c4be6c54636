CREATE TABLE session (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,
  id      TEXT NOT NULL UNIQUE,
  ticket  INTEGER NOT NULL REFERENCES ticket(number),
  person  INTEGER NOT NULL REFERENCES person(id),
  event   INTEGER NOT NULL,
  host    TEXT NOT NULL,
  login   TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended   INTEGER NOT NULL,
  files   INTEGER NOT NULL,
  size    INTEGER NOT NULL,
  packed  BLOB NOT NULL
) STRICT;
CREATE INDEX session_ticket ON session(ticket, number);
CREATE INDEX session_event ON session(event);
CREATE TABLE session_change (
  session INTEGER NOT NULL REFERENCES session(number),
  place   INTEGER NOT NULL,
  path    BLOB NOT NULL,
  origin  BLOB,
  detail  TEXT NOT NULL,
  PRIMARY KEY (session, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_change_path ON session_change(path, session);
CREATE INDEX session_change_origin ON session_change(origin, session) WHERE origin IS NOT NULL;
CREATE TABLE blob (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 BLOB NOT NULL UNIQUE,
  size   INTEGER NOT NULL,
  packed BLOB NOT NULL
) STRICT;
CREATE TABLE session_content (
  session INTEGER NOT NULL REFERENCES session(number),
  hash    TEXT NOT NULL,
  blob    INTEGER NOT NULL REFERENCES blob(id),
  PRIMARY KEY (session, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_content_blob ON session_content(blob);
CREATE TABLE session_display (
  session INTEGER NOT NULL REFERENCES session(number),
  kind    TEXT NOT NULL CHECK (kind IN ('file','command')),
  place   INTEGER NOT NULL,
  shown   INTEGER NOT NULL,
  PRIMARY KEY (session, kind, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE annotation (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  session INTEGER NOT NULL REFERENCES session(number),
  place   INTEGER NOT NULL,
  side    TEXT NOT NULL CHECK (side IN ('old','new')),
  line    INTEGER NOT NULL,
  quoted  TEXT NOT NULL,
  author  INTEGER NOT NULL REFERENCES person(id),
  at      INTEGER NOT NULL,
  text    TEXT NOT NULL
) STRICT;
CREATE INDEX annotation_session ON annotation(session, place, line);
CREATE VIRTUAL TABLE session_search USING fts5(text, tokenize='unicode61 remove_diacritics 2');
INSERT INTO session_search (session_search, rank) VALUES ('secure-delete', 1);
