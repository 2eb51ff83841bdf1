INSERT INTO migrations VALUES (3);

-- Messages that nobody was told of yet. A row is put in with the message, and taken out by the process that tells of it:
-- so none is told of twice, whichever process brought it and however many are open. `noted_at` in milliseconds.
CREATE TABLE news (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    noted_at INTEGER NOT NULL
) STRICT;
