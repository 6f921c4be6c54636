-- Letters that nobody may send before a sysadmin has said so: those that a restored backup still owed.
ALTER TABLE outbox RENAME TO outbox_before;
CREATE TABLE outbox (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  event         INTEGER NOT NULL,
  kind          TEXT NOT NULL,
  recipient     TEXT NOT NULL,
  envelope_from TEXT,
  message_id    TEXT NOT NULL,
  packed        BLOB NOT NULL,
  state         TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','sending','sent','failed','bounced','held')),
  queued        INTEGER NOT NULL,
  due           INTEGER NOT NULL,
  tries         INTEGER NOT NULL DEFAULT 0,
  lease         INTEGER NOT NULL DEFAULT 0,
  ended         INTEGER,
  said          TEXT NOT NULL DEFAULT '',
  UNIQUE (event, kind, recipient)
) STRICT;
INSERT INTO outbox (id, event, kind, recipient, envelope_from, message_id, packed, state, queued, due, tries, lease, ended, said)
  SELECT id, event, kind, recipient, envelope_from, message_id, packed, state, queued, due, tries, lease, ended, said
  FROM outbox_before;
DROP TABLE outbox_before;
CREATE INDEX outbox_due ON outbox(due, id) WHERE state = 'waiting';
CREATE INDEX outbox_sending ON outbox(lease) WHERE state = 'sending';
CREATE INDEX outbox_message ON outbox(message_id);
CREATE INDEX outbox_held ON outbox(id) WHERE state = 'held';
