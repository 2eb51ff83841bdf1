INSERT INTO migrations VALUES (8);

-- Who may post what is in the outbox: at most one process at a time. `holder`: its random name, NULL where nobody is sending.
-- `beat`: moves with each sign of life of the holder, and whenever the lease changes hands. `limit_ms`: how long the holder
-- may give no sign of life. `still_ms`: how long others have watched `beat` stand still, each by its own monotonic clock, so
-- that several of them, one after the other, notice a holder that is stopped. No time of day is in here: setting a clock
-- neither ends a lease nor prolongs it.
CREATE TABLE sender_lease (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    beat INTEGER NOT NULL,
    limit_ms INTEGER NOT NULL,
    still_ms INTEGER NOT NULL,
    holder TEXT
) STRICT;
INSERT INTO sender_lease VALUES (1, 0, 0, 0, NULL);
