//! The shapes of real answers, settings and numbers, from which mutations start. Numbers and keys are fictional.

/// Names of fields, of which some mean something.
pub(super) const NAMES: &[&str] = &[
    "id",
    "guid",
    "messageId",
    "requestGuid",
    "type",
    "direction",
    "origin",
    "created",
    "timestamp",
    "date",
    "businessNumber",
    "client",
    "contact",
    "from",
    "to",
    "agent",
    "users",
    "textModel",
    "text",
    "message",
    "body",
    "status",
    "messageDeliveryStatus",
    "attachments",
    "media",
    "data",
    "result",
    "requests",
    "messages",
    "items",
    "total",
    "hasMore",
    "currentPage",
    "isSuccess",
    "success",
    "errors",
    "error",
    "error_description",
    "code",
    "number",
    "label",
    "name",
    "isEnabled",
    "extension",
    "access_token",
    "expires_in",
    "refresh_token",
    "pagination",
    "x",
    "",
    "url",
    "address",
    "phone",
];

/// Values, of which some mean something.
pub(super) const WORDS: &[&str] = &[
    "",
    " ",
    "Message",
    "MessageThread",
    "Call",
    "Inbound",
    "outgoing",
    "Delivered",
    "failed",
    "queued",
    "true",
    "false",
    "0",
    "17",
    "+12025550142",
    "(202) 555-0100",
    "+12025550142,+12025550177",
    "MYBANK",
    "72345",
    "2026-01-02T03:04:05Z",
    "2026-01-02",
    "/Date(1767323045000)/",
    "Fri, 02 Jan 2026 03:04:05 GMT",
    "99999-99-99",
    "-1",
    "1e308",
    "NaN",
    "https://host/cat.jpg?x=1",
    "<html><title>502</title></html>",
    "00000000-0000-0000-0000-000000000000",
];

/// Pages of history.
pub(super) const PAGES: &[&str] = &[
    r#"{"currentPage":1,"hasMore":true,"requests":[{"id":"j1","type":"Message","created":"2026-01-02T03:04:05Z","businessNumber":{"number":"+12025550100","label":"Main"},"client":{"address":"+12025550142","type":"Phone","name":"Dana"},"direction":"Inbound","textModel":{"text":"hi"},"messageDeliveryStatus":null,"state":"Connected","isRead":false},{"id":"j2","type":"Message","created":"2026-01-02T03:05:05Z","businessNumber":"2025550100","client":{"address":"202-555-0142"},"direction":"Outbound","textModel":{"text":"hello"},"messageDeliveryStatus":"Delivered","agent":{"name":"Lee","extension":"101"},"mmsAttachments":[{"fileName":"cat.jpg","uri":"https://host/cat.jpg"}]},{"id":"j3","type":"Call","created":"2026-01-02T03:06:05Z"}]}"#,
    r#"{"isSuccess":true,"data":{"messages":[{"messageId":"m1","from":"+12025550142","to":"+12025550100","message":"hi","timestamp":"2026-01-02T03:04:05+00:00","contactName":"Dana"},{"id":"m2","fromNumber":"12025550142","toNumber":["2025550100"],"text":"hi","createdAt":"2026-01-02T03:04:05.000Z","direction":"in"},{"guid":"m3","caller":{"phone":"+12025550142","name":"Dana"},"called":[{"phone":"+12025550100"}],"body":"hi","dateTimeUtc":"2026-01-02T03:04:05"}],"total":3}}"#,
    r#"[{"id":17,"from":{"number":"+12025550142","name":"Dana"},"to":[{"number":"+12025550100"}],"body":"hi","date":1767323045},{"id":18,"from":"+12025550100","to":"+12025550142,+12025550177","text":{"text":"to you both"},"date":"1767323045678","status":"failed","errorMessage":"number not in service"}]"#,
];

/// Lists of numbers and of extensions.
pub(super) const LISTS: &[&str] = &[
    r#"{"isSuccess":true,"data":{"phoneNumbers":[{"objectGuid":"n1","number":"+12025550100","label":"Main","isEnabled":true},{"id":2,"phoneNumber":"(202) 555-0101","name":"Side","disabled":"true"}],"total":2}}"#,
    r#"["+12025550100","2025550101"]"#,
    r#"{"data":[{"id":"e1","extension":101,"name":"Dana"},{"extensionNumber":"102","firstName":"Lee","lastName":"Ray"}]}"#,
];

/// Answers to a message, to a request for a token, and errors.
pub(super) const ANSWERS: &[&str] = &[
    r#"{"message":"SMS message sent successfully","id":"m1","sourcePhoneNumber":"+12025550100"}"#,
    r#"{"isSuccess":true,"data":{"id":17}}"#,
    r#"{"isSuccess":false,"errors":[{"code":12,"message":"Not enabled"}]}"#,
    r#"[{"id":"m1","status":"Failed"}]"#,
    r#"{"access_token":"demo-token","token_type":"bearer","expires_in":86400,"refresh_token":"demo-refresh"}"#,
    r#"{"error":"invalid_client","error_description":"Unknown key demo-secret-in-play"}"#,
    r#"{"title":"Invalid","errors":{"To":["is required","is demo-secret-in-play"]}}"#,
    "<!DOCTYPE html><html><head><title>502 Bad\nGateway demo-secret-in-play</title></head></html>",
    "Too many requests for demo-secret-in-play\u{1b}[31m",
];

/// Files of settings.
pub(super) const SETTINGS: &[&str] = &[
    "# mine\n[account] # here\nbase_url = \"http://127.0.0.1:1/v4\" # local\napi_key = \"demo-api-key\"\nscheme = \"auto\"\n\n# the desk\n[[numbers]]\nphone = \"202-555-0101\" # front\nlabel = \"Main \\\"A\\\"\"\nkey = 'demo-key-1'\ndefault = true\n# the yard\n[[numbers]]\nphone = \"+12025550102\"\n[sync] # slowly\npoll_seconds = 60\nhistory_limit = 50\n[keys]\nsync = \"f6, alt-s\" # mine\n# the end\n",
    "account.base_url = 'http://127.0.0.1:1'\naccount = { user_key = \"demo-user-key\" }\n",
    "numbers = [{phone = '2025550101', label = 'Desk'}, # one\n {phone = '(202) 555-0102', default = true}]\naccount = {api_key = 'demo-api-key'} # inline\n",
    "# only words\n\n\n",
    "sync.daily_requests = 2_000 # less\n[account]\n\"user_key\" = '''demo-user-key'''\n",
];

/// Set-up files.
pub(super) const IMPORTS: &[&str] = &[
    r#"{"numbers":[{"phone_number":"202-555-0101","label":"Main","mighty_call_key":"demo-key-1","is_default":true},{"phone_number":"+12025550102","label":null,"mighty_call_key":""}]}"#,
    r#"{"numbers":[{"phone_number":"+12025550102"}],"more":[1]}"#,
];

/// What phone numbers are written with.
pub(super) const DIGITS: &[&str] = &[
    "2025550101",
    "202",
    "555",
    "0101",
    "1",
    "0",
    "7",
    "44",
    "+",
    "+1",
    "+44",
    "(0)",
    "(",
    ")",
    "-",
    ".",
    "/",
    " ",
    "\u{a0}",
    "\u{2011}",
    "\u{2013}",
    "tel:",
    "sms:",
    "TEL:",
    "011",
    "00",
    "72345",
    "x12",
    "ext. 5",
    ",",
    "#",
    "*",
    "٠١٢",
    "２０２",
    "é",
    "日",
    "MYBANK",
    "\u{202e}",
    "\u{200b}",
    "\0",
    "\n",
    "++",
    "99999999999999999999",
    "+12025550101",
    "442079460000",
];

/// Names of actions and keys.
pub(super) const KEYS: &[&str] = &[
    "sync", "undo", "send", "help", "resend", "quit", "none", "f6", "alt-s", "ctrl-r", "ctrl-", "f99", ",", "G",
    "space", "j", "é", "",
];
