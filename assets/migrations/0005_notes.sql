INSERT INTO migrations VALUES (5);

-- What MightyCall's own record says of a message beside the message; each is NULL where no record has said it.
-- `request_guid`: its second id, a GUID as its 16 bytes, any other as its text. `favorite`: 1 where it is starred.
-- `workflow`: see src/store/codes.rs. `remote_read`: whether MightyCall calls it read, which is not whether it is read here.
ALTER TABLE messages ADD COLUMN request_guid ANY;
ALTER TABLE messages ADD COLUMN favorite INTEGER;
ALTER TABLE messages ADD COLUMN comment TEXT;
ALTER TABLE messages ADD COLUMN workflow INTEGER;
ALTER TABLE messages ADD COLUMN remote_read INTEGER;
CREATE INDEX messages_by_request_guid ON messages (thread_id, request_guid) WHERE request_guid IS NOT NULL;

-- How the account sorts a contact, and the time in milliseconds of the record that said so.
ALTER TABLE contacts ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN kind_at INTEGER NOT NULL DEFAULT 0;

-- What MightyCall says of a number, as JSON; NULL where it was never asked.
ALTER TABLE numbers ADD COLUMN traits TEXT;

-- What was fetched of one conversation alone, beside what is known of its number: stretches as in `cursors`, NULL where
-- there is none; `own_whole` where the oldest of them reaches the beginning.
ALTER TABLE threads ADD COLUMN own_spans TEXT;
ALTER TABLE threads ADD COLUMN own_whole INTEGER NOT NULL DEFAULT 0;

-- Whether a question about several numbers shows a number is found out anew: such questions are other ones now.
UPDATE cursors SET account = 0;
