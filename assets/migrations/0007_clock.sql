INSERT INTO migrations VALUES (7);

-- When our clock said that a message was last taken for posting. What is put back after that waits from about then on: a
-- wait that seems to have begun in the future was counted by a clock that was wrong.
ALTER TABLE outbox ADD COLUMN claimed_at INTEGER;

-- Whether all clocks agreed on the time at which a request was entered. One that was entered without that counts from when
-- the time is next known. Those of before this version are believed.
ALTER TABLE requests ADD COLUMN proven INTEGER NOT NULL DEFAULT 1;

-- What is known of a service's clock. `proven`: the last time, in milliseconds, that it is known to have told; so late it
-- is at least. `ahead`: how far it was ahead of our clock then.
CREATE TABLE service_clocks (
    service TEXT PRIMARY KEY,
    proven INTEGER NOT NULL,
    ahead INTEGER NOT NULL
) STRICT;
