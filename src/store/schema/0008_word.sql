CREATE VIRTUAL TABLE word USING fts5vocab('search', 'instance');
CREATE VIRTUAL TABLE title_word USING fts5vocab('titles', 'instance');
