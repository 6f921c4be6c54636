-- Mails that a safety stop holds, of which staff are told.
ALTER TABLE intake ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
CREATE INDEX intake_stopped ON intake(told, id) WHERE state = 'held' AND stopped = 1;
