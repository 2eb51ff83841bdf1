INSERT INTO migrations VALUES (9);

-- Texts that the index of words does not make out by itself, as they are entered into it: see src/store/search/spelling.rs.
-- `body`: the words, where they are not what ASCII letters and digits make; `numbers`: digits of phone numbers and the like
-- without their separators. Kept, because what leaves the index has to be named to it as it was entered.
CREATE TABLE spellings (
    id INTEGER PRIMARY KEY,
    body TEXT,
    numbers TEXT
) STRICT;
CREATE VIEW messages_spelled AS
    SELECT m.id AS id, coalesce(s.body, m.body) AS body, s.numbers AS numbers, m.thread_id AS thread_id
    FROM messages m LEFT JOIN spellings s ON s.id = m.id;

-- The index of 0002 in a new form, for the same reasons; it is filled as soon as these statements are through.
DROP TRIGGER messages_text_gone;
DROP TABLE messages_words;
DROP TABLE messages_text;
CREATE VIRTUAL TABLE messages_text USING fts5 (
    body, numbers, thread_id,
    content = 'messages_spelled', content_rowid = 'id', columnsize = 0,
    tokenize = 'ascii', prefix = '1 2 3'
);
-- What is deleted leaves the index at once, and not only when its pieces are merged.
INSERT INTO messages_text (messages_text, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER messages_text_gone AFTER DELETE ON messages BEGIN
    INSERT INTO messages_text (messages_text, rowid, body, numbers, thread_id) VALUES (
        'delete', old.id, coalesce((SELECT body FROM spellings WHERE id = old.id), old.body),
        (SELECT numbers FROM spellings WHERE id = old.id), old.thread_id
    );
    DELETE FROM spellings WHERE id = old.id;
END;
CREATE VIRTUAL TABLE messages_words USING fts5vocab (messages_text, instance);
