ALTER TABLE intake ADD COLUMN message_id TEXT;
UPDATE intake SET message_id = seen.message_id FROM seen WHERE seen.intake = intake.id;
CREATE INDEX intake_message ON intake(message_id) WHERE message_id IS NOT NULL;
CREATE INDEX event_intake ON event(intake, seq) WHERE intake IS NOT NULL;
CREATE INDEX outbox_message ON outbox(message_id);
