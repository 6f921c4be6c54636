CREATE TABLE token (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  hash    BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  login   TEXT NOT NULL,
  host    TEXT NOT NULL,
  user    TEXT,
  made    INTEGER NOT NULL,
  ends    INTEGER,
  seen    INTEGER,
  program TEXT,
  unsent  INTEGER
) STRICT;
CREATE INDEX token_host ON token(host);
