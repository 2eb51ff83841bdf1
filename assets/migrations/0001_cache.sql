-- The cache: what MightyCall told us, and what people wrote here.
-- Codes of directions, deliveries, states and roads: src/store/codes.rs.

-- 'mctu': tells our file from another program's.
PRAGMA application_id = 1835234421;

-- Each migration enters itself first: a second process that runs the same one at the same moment fails on the key.
CREATE TABLE migrations (version INTEGER PRIMARY KEY) STRICT;
INSERT INTO migrations VALUES (1);

-- Our own numbers. `place` is the order in the configuration, NULL where it is not configured (any more); then it is
-- hidden. The counters are kept by the triggers below.
CREATE TABLE numbers (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    label TEXT,
    is_default INTEGER NOT NULL DEFAULT 0,
    place INTEGER,
    hidden INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    unread_threads INTEGER NOT NULL DEFAULT 0,
    threads INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX numbers_by_place ON numbers (place) WHERE place IS NOT NULL;

-- `named_at` is the time in milliseconds of the record the name came from; a `pinned` name was given by a person.
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    name TEXT,
    named_at INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    activity INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX contacts_by_activity ON contacts (activity);

-- A thread carries all that its row in a list shows. `activity` is the id of its newest message, or the time of its
-- draft on the same scale where it has no message, or 0 where it has neither and is not `listed` (a column of its own: a
-- page's query must have no other bound on `activity` than the page's, or SQLite may walk from that one). `local_id` is the
-- highest id that a message written here ever had: a discarded one's is not given again.
CREATE TABLE threads (
    id INTEGER PRIMARY KEY,
    number_id INTEGER NOT NULL REFERENCES numbers (id),
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    hidden INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0,
    activity INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL DEFAULT 0,
    last_id INTEGER,
    snippet TEXT NOT NULL DEFAULT '',
    last_direction INTEGER,
    last_delivery INTEGER,
    last_error TEXT,
    unread INTEGER NOT NULL DEFAULT 0,
    trouble INTEGER NOT NULL DEFAULT 0,
    draft TEXT,
    draft_at INTEGER,
    local_id INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX threads_by_contact ON threads (contact_id, number_id);
CREATE INDEX threads_by_activity ON threads (activity) WHERE listed = 1 AND hidden = 0;
CREATE INDEX threads_by_number ON threads (number_id, activity) WHERE listed = 1;
CREATE INDEX threads_unread ON threads (activity) WHERE unread > 0 AND hidden = 0;
CREATE INDEX threads_unread_by_number ON threads (number_id, activity) WHERE unread > 0;

CREATE TRIGGER threads_count_new AFTER INSERT ON threads
WHEN new.listed OR new.unread > 0 BEGIN
    UPDATE numbers SET
        unread = unread + new.unread,
        unread_threads = unread_threads + (new.unread > 0),
        threads = threads + new.listed
    WHERE id = new.number_id;
END;
CREATE TRIGGER threads_count_change AFTER UPDATE OF unread, listed ON threads
WHEN new.unread <> old.unread OR new.listed <> old.listed BEGIN
    UPDATE numbers SET
        unread = unread + new.unread - old.unread,
        unread_threads = unread_threads + (new.unread > 0) - (old.unread > 0),
        threads = threads + new.listed - old.listed
    WHERE id = new.number_id;
END;

-- The id is the time in milliseconds, shifted left by 16, with a sequence in the low bits: it orders a thread, a page is
-- a range of it, and it can be the rowid of a full-text index. Every index ends with it, as the rowid.
-- `remote_id` was seen on the roads of the bit set `roads`; further ids are in `aliases`. `local`: written here.
-- `posted_at` and `history_at`, in milliseconds, are of messages written here: when it was last taken for posting, and the
-- time that the record has which it was matched with. `accepted`: MightyCall took it or has shown it. `trouble`: failed or
-- unconfirmed, and nobody has dealt with it. `looks`: how often history was looked through for an unconfirmed one in vain.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    thread_id INTEGER NOT NULL REFERENCES threads (id),
    direction INTEGER NOT NULL,
    delivery INTEGER,
    error TEXT,
    unread INTEGER NOT NULL DEFAULT 0,
    trouble INTEGER NOT NULL DEFAULT 0,
    local INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0,
    text_key INTEGER NOT NULL,
    roads INTEGER NOT NULL DEFAULT 0,
    posted_at INTEGER,
    history_at INTEGER,
    remote_id TEXT,
    sender TEXT,
    attachments TEXT,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_thread ON messages (thread_id);
CREATE INDEX messages_by_text ON messages (thread_id, text_key);
CREATE INDEX messages_by_remote_id ON messages (thread_id, remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX messages_unmatched ON messages (thread_id, text_key) WHERE local = 1 AND history_at IS NULL;
CREATE INDEX messages_unread ON messages (thread_id) WHERE unread = 1;
CREATE INDEX messages_trouble ON messages (thread_id) WHERE trouble = 1;

-- Most messages come by one road with one id, and that is in their row. This holds the others.
CREATE TABLE aliases (
    thread_id INTEGER NOT NULL REFERENCES threads (id),
    remote_id TEXT NOT NULL,
    road INTEGER NOT NULL,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (thread_id, remote_id, road)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_message ON aliases (message_id);

-- What is queued or being sent; `place` keeps the order in which people pressed send, whatever the clock did.
-- `told`: MightyCall itself asked to wait until `not_before`.
CREATE TABLE outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    thread_id INTEGER NOT NULL REFERENCES threads (id),
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER,
    told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_by_thread ON outbox (thread_id);

-- How far the history of a number is known. `spans`: the stretches without a gap, as a JSON list of [oldest, newest];
-- `complete` where the oldest reaches the beginning; `owed`: messages that were asked for below them and not fetched yet;
-- `skip`: records read so far of a list that runs from old to new; `checked_at`: the last long look at this number alone;
-- `account`: 1 seen in looks at the whole account, 2 not all of it is. Times are RFC 3339, to the nanosecond, as they came.
CREATE TABLE cursors (
    number_id INTEGER PRIMARY KEY REFERENCES numbers (id),
    spans TEXT NOT NULL,
    complete INTEGER NOT NULL,
    owed INTEGER NOT NULL,
    skip INTEGER,
    synced_at TEXT,
    checked_at TEXT,
    account INTEGER NOT NULL
) STRICT;

-- Which path answers for an operation, per service.
CREATE TABLE routes (
    service TEXT NOT NULL,
    operation TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (service, operation)
) STRICT, WITHOUT ROWID;

-- One row a request, by fingerprint of the key it was made with; `at` in milliseconds.
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX requests_by_key ON requests (key, at);
CREATE INDEX requests_by_time ON requests (at);
