CREATE TABLE lock (
  ticket  INTEGER NOT NULL PRIMARY KEY REFERENCES ticket(number),
  login   TEXT NOT NULL,
  host    TEXT NOT NULL,
  pid     INTEGER,
  started TEXT,
  since   INTEGER NOT NULL,
  until   INTEGER NOT NULL
) STRICT;
