-- was said by the last word of intake.why, which a stranger can write as well
ALTER TABLE raw ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
UPDATE raw SET erased = 1 WHERE id IN (SELECT raw FROM intake WHERE why LIKE '%(erased)');
CREATE INDEX ticket_closed ON ticket(changed) WHERE state = 'closed';
