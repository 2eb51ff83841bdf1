INSERT INTO migrations VALUES (4);

-- A text to several people that is not sent yet, as it is typed: one for each of our numbers, where it was begun.
-- `sender_id`: the number that it is to go from. `people`: a JSON list of [address, name or null], in the order in which
-- they were chosen. `saved_at` in milliseconds.
CREATE TABLE broadcasts (
    number_id INTEGER PRIMARY KEY REFERENCES numbers (id),
    sender_id INTEGER NOT NULL REFERENCES numbers (id),
    people TEXT NOT NULL,
    body TEXT NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT;
