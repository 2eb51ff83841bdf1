-- The requests made with one key, by all homes of a person on this machine. 'mctl'
PRAGMA application_id = 1835234412;
PRAGMA user_version = 1;

-- One row a request; `at` in milliseconds. `proven`: whether all clocks agreed on that time. A request that was entered
-- without that counts from when the time is next known.
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    proven INTEGER NOT NULL
) STRICT;
CREATE INDEX requests_by_time ON requests (at);

-- What is known of a service's clock. `proven`: the last time, in milliseconds, that it is known to have told; so late it
-- is at least. `ahead`: how far it was ahead of our clock then.
CREATE TABLE service_clocks (
    service TEXT PRIMARY KEY,
    proven INTEGER NOT NULL,
    ahead INTEGER NOT NULL
) STRICT;

-- Requests that came from the table of that name in a cache, by their row and time there: none is counted twice, also
-- where the process that moved them died before it took them out of the cache, or where a cache was copied.
CREATE TABLE moved (
    row INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (row, at)
) STRICT, WITHOUT ROWID;
