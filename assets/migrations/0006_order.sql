INSERT INTO migrations VALUES (6);

-- Of a message written here that MightyCall's history shows in pieces: how many characters of its text were shown so far,
-- blanks not counted. NULL where all of it was shown, or nothing.
ALTER TABLE messages ADD COLUMN shown INTEGER;
CREATE INDEX messages_in_pieces ON messages (thread_id) WHERE shown IS NOT NULL;

-- Of an unconfirmed message: one in MightyCall's history that says nearly the same and may be it.
ALTER TABLE messages ADD COLUMN like_id INTEGER;

-- A message has another id once it stands at another time. Scripts go on knowing it by the first that it had; whoever
-- still has an old one finds the message here. An id in here is not given to another message.
ALTER TABLE messages ADD COLUMN first_id INTEGER;
CREATE TABLE moved (
    old_id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL
) STRICT;
CREATE INDEX moved_by_new ON moved (new_id);
