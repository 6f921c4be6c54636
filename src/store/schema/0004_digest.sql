CREATE TABLE period_sent (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  kind      TEXT NOT NULL,
  recipient TEXT NOT NULL,
  period    TEXT NOT NULL,
  at        INTEGER NOT NULL,
  upto      INTEGER NOT NULL,
  UNIQUE (kind, recipient, period)
) STRICT;
CREATE INDEX period_sent_last ON period_sent(kind, recipient, id);
CREATE INDEX event_at ON event(at);
CREATE INDEX event_reopened ON event(ticket, seq) WHERE what = 'reopened';
CREATE INDEX ticket_unconfirmed ON ticket(number) WHERE state = 'unconfirmed';
