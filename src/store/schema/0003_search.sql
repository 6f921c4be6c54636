CREATE VIEW searched AS
  SELECT e.id AS id, t.title AS title, e.text AS text FROM entry e JOIN ticket t ON t.number = e.ticket;
CREATE VIRTUAL TABLE search USING fts5(title, text, content='searched', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE titles USING fts5(title, content='ticket', content_rowid='number',
  tokenize='unicode61 remove_diacritics 2');
INSERT INTO search (search) VALUES ('rebuild');
INSERT INTO titles (titles) VALUES ('rebuild');
CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN
  INSERT INTO search (rowid, title, text) SELECT new.id, title, new.text FROM ticket WHERE number = new.ticket;
END;
CREATE TRIGGER entry_gone BEFORE DELETE ON entry BEGIN
  INSERT INTO search (search, rowid, title, text)
    SELECT 'delete', old.id, title, old.text FROM ticket WHERE number = old.ticket;
END;
CREATE TRIGGER entry_edited AFTER UPDATE OF text ON entry BEGIN
  INSERT INTO search (search, rowid, title, text)
    SELECT 'delete', old.id, title, old.text FROM ticket WHERE number = old.ticket;
  INSERT INTO search (rowid, title, text) SELECT new.id, title, new.text FROM ticket WHERE number = new.ticket;
END;
CREATE TRIGGER ticket_added AFTER INSERT ON ticket BEGIN
  INSERT INTO titles (rowid, title) VALUES (new.number, new.title);
END;
CREATE TRIGGER ticket_gone BEFORE DELETE ON ticket BEGIN
  INSERT INTO titles (titles, rowid, title) VALUES ('delete', old.number, old.title);
END;
CREATE TRIGGER ticket_renamed AFTER UPDATE OF title ON ticket BEGIN
  INSERT INTO titles (titles, rowid, title) VALUES ('delete', old.number, old.title);
  INSERT INTO titles (rowid, title) VALUES (new.number, new.title);
  INSERT INTO search (search, rowid, title, text)
    SELECT 'delete', id, old.title, text FROM entry WHERE ticket = old.number;
  INSERT INTO search (rowid, title, text) SELECT id, new.title, text FROM entry WHERE ticket = new.number;
END;
