-- Finding messages by their words, and lists of threads by what they need.
INSERT INTO migrations VALUES (2);

-- `muted`: new messages are not told of, because a person wants it so.
ALTER TABLE threads ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX threads_trouble ON threads (activity) WHERE trouble > 0;
CREATE INDEX threads_muted ON threads (activity) WHERE muted = 1;
CREATE INDEX messages_attached ON messages (id) WHERE attachments IS NOT NULL;

-- The words of all messages. The row id is the message's, which is its time: so the newest come first without sorting.
-- The thread's id stands in it as a word of its own, so that a common word with one contact costs what there is of both.
-- The text itself is not in here a second time. New messages are entered by the program, in the order of their ids: the
-- index writes itself out whenever an id is lower than the one before, and records mostly come newest first. Those that
-- are here already are entered as soon as these statements are through (src/store/open.rs).
CREATE VIRTUAL TABLE messages_text USING fts5 (
    body, thread_id,
    content = 'messages', content_rowid = 'id', columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
CREATE TRIGGER messages_text_gone AFTER DELETE ON messages BEGIN
    INSERT INTO messages_text (messages_text, rowid, body, thread_id) VALUES ('delete', old.id, old.body, old.thread_id);
END;

-- Which words there are: the beginning of a long one is looked up here, and then the few words themselves.
CREATE VIRTUAL TABLE messages_words USING fts5vocab (messages_text, instance);
