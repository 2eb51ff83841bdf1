//! The matrix: for each moment, what happens there and what must become of the message.

use crate::common::wire::{Act, Moment, Target};
use crate::places::Place;

/// One cell.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// What happens.
    pub act: Act,
    /// Whether the account took the message before.
    pub worked: bool,
    /// The state after the send.
    pub then: &'static str,
    /// The state after the next look at the history.
    pub synced: &'static str,
    /// The state once nothing is in the way and the outbox was worked again.
    pub at_last: &'static str,
    /// How many POSTs of it arrive whole until then, of which those that the service says are not for it are no sends.
    pub arrive: usize,
}

/// The cells of one moment.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub place: Place,
    pub target: Target,
    pub moment: Moment,
    /// Whether the text is far larger than what the system keeps in buffers.
    pub large: bool,
    pub cells: &'static [Cell],
}

const QUEUED: &str = "queued";
const FAILED: &str = "failed";
const SENT: &str = "sent";
const UNCONFIRMED: &str = "unconfirmed";

/// Provably not out: it waits, and goes when it can.
const fn waits(act: Act) -> Cell {
    Cell { act, worked: false, then: QUEUED, synced: QUEUED, at_last: SENT, arrive: 1 }
}

/// Refused before anything was posted, or by the service: a person must see it.
const fn fails(act: Act, arrive: usize) -> Cell {
    Cell { act, worked: false, then: FAILED, synced: FAILED, at_last: FAILED, arrive }
}

/// In doubt, and it did not arrive: it stays in doubt.
const fn lost(act: Act, arrive: usize) -> Cell {
    Cell { act, worked: false, then: UNCONFIRMED, synced: UNCONFIRMED, at_last: UNCONFIRMED, arrive }
}

/// In doubt, and it did arrive: history tells.
const fn found(act: Act) -> Cell {
    Cell { act, worked: true, then: UNCONFIRMED, synced: SENT, at_last: SENT, arrive: 1 }
}

/// Taken, and said so.
const fn taken(act: Act) -> Cell {
    Cell { act, worked: true, then: SENT, synced: SENT, at_last: SENT, arrive: 1 }
}

const fn table(name: &'static str, place: Place, target: Target, moment: Moment, cells: &'static [Cell]) -> Table {
    Table { name, place, target, moment, large: false, cells }
}

const fn post(name: &'static str, moment: Moment, cells: &'static [Cell]) -> Table {
    table(name, Place::Wire, Target::Post, moment, cells)
}

/// An answer with nothing in it.
macro_rules! says {
    ($status:literal) => {
        Act::Say(concat!("HTTP/1.1 ", $status, "\r\ncontent-length: 0\r\n\r\n"))
    };
    ($status:literal, $body:literal) => {
        Act::Say(concat!("HTTP/1.1 ", $status, "\r\nconnection: close\r\n\r\n", $body))
    };
}

use Act::{Close, Drip, EndlessHead, Garbage, Hold, Reset};

pub static REFUSED: Table = table("nobody listens", Place::Refused, Target::Post, Moment::Accepted, &[waits(Close)]);
pub static SILENT: Table = table("the host is silent", Place::Silent, Target::Post, Moment::Accepted, &[waits(Hold)]);
pub static NAMELESS: Table =
    table("the name is none", Place::Nameless, Target::Post, Moment::Accepted, &[waits(Close)]);

pub static TLS_ACCEPTED: Table = table(
    "TLS, before the hello",
    Place::WireOverTls,
    Target::Post,
    Moment::Accepted,
    &[waits(Close), waits(Reset), waits(Hold), waits(Garbage)],
);
pub static TLS_HELLO: Table = table(
    "TLS, after the hello",
    Place::WireOverTls,
    Target::Post,
    Moment::Hello,
    &[
        waits(Close),
        waits(Reset),
        waits(Hold),
        waits(Garbage),
        waits(says!("400 Bad Request")),
        // a fatal alert: handshake_failure (RFC 8446, section 6)
        waits(Act::Say("\x15\x03\x03\x00\x02\x02\x28")),
    ],
);
pub static SELF_SIGNED: Table =
    table("TLS, nobody vouches", Place::SelfSigned, Target::Post, Moment::Hello, &[waits(Garbage)]);

pub static TOKEN_ACCEPTED: Table = table(
    "token, before it is read",
    Place::Wire,
    Target::Token,
    Moment::Accepted,
    &[waits(Close), waits(Reset), waits(Hold), waits(Garbage)],
);
pub static TOKEN_ASKED: Table = table(
    "token, before the answer",
    Place::Wire,
    Target::Token,
    Moment::Asked,
    &[
        waits(Close),
        waits(Reset),
        waits(Hold),
        waits(Garbage),
        waits(Drip),
        waits(says!("500 Internal Server Error")),
        waits(says!("503 Service Unavailable")),
        fails(says!("400 Bad Request"), 0),
        fails(says!("401 Unauthorized"), 0),
        fails(says!("200 OK", "<html><title>Sign in</title></html>"), 0),
        // it waits as long as it was told to
        Cell { at_last: QUEUED, arrive: 0, ..waits(says!("429 Too Many Requests")) },
    ],
);
pub static TOKEN_ANSWER: Table = table(
    "token, during the answer",
    Place::Wire,
    Target::Token,
    Moment::HalfAnswer,
    &[waits(Close), waits(Reset), waits(Hold), waits(Drip)],
);

pub static ACCEPTED: Table = post(
    "before anything is read",
    Moment::Accepted,
    &[lost(Close, 0), lost(Reset, 0), lost(Hold, 0), lost(Garbage, 0)],
);
pub static HEAD: Table = post(
    "after the head",
    Moment::Head,
    &[lost(Close, 0), lost(Reset, 0), lost(Hold, 0), lost(Garbage, 0), fails(says!("403 Forbidden"), 0)],
);
pub static PART_OF_BODY: Table = Table {
    large: true,
    ..post(
        "during the body",
        Moment::PartOfBody,
        &[
            lost(Close, 0),
            lost(Reset, 0),
            lost(Hold, 0),
            lost(Garbage, 0),
            fails(says!("413 Content Too Large"), 0),
            lost(says!("503 Service Unavailable"), 0),
        ],
    )
};
pub static ASKED: Table = post(
    "before the answer",
    Moment::Asked,
    &[
        lost(Close, 1),
        lost(Reset, 1),
        lost(Hold, 1),
        lost(Garbage, 1),
        lost(Drip, 1),
        found(Close),
        found(Reset),
        found(Hold),
        found(Garbage),
        found(Drip),
    ],
);
pub static STATUS_LINE: Table = post(
    "during the first line",
    Moment::StatusLine,
    &[lost(Close, 1), found(Close), found(Reset), found(Hold), found(Garbage), found(Drip)],
);
pub static HALF_HEAD: Table = post(
    "during the head",
    Moment::HalfHead,
    &[lost(Close, 1), found(Close), found(Reset), found(Hold), found(Garbage), found(Drip), found(EndlessHead)],
);
pub static HALF_ANSWER: Table = post(
    "during the answer",
    Moment::HalfAnswer,
    &[lost(Close, 1), found(Close), found(Reset), found(Hold), found(Garbage), found(Drip)],
);
pub static HALF_CHUNKS: Table = post(
    "between chunks",
    Moment::HalfChunks,
    &[lost(Close, 1), found(Close), found(Reset), found(Hold), found(Garbage), found(Drip)],
);
pub static ANSWERED: Table =
    post("after the answer", Moment::Answered, &[taken(Close), taken(Reset), taken(Hold), taken(Garbage)]);

pub static YES: Table = post(
    "it says yes",
    Moment::Asked,
    &[
        // an empty answer says yes by its status alone, and only history tells
        found(says!("200 OK")),
        found(says!("201 Created")),
        taken(says!("202 Accepted")),
        taken(Act::Say("HTTP/1.1 204 No Content\r\n\r\n")),
        taken(says!("200 OK", "{\"id\":\"m1\"}")),
        found(Act::Say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")),
        taken(Act::Say(
            "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n",
        )),
        taken(Act::Say("HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{\"messageId\":\"m1\"}")),
        found(Act::Say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n")),
    ],
);
pub static MAYBE: Table = post(
    "it says what nobody can tell",
    Moment::Asked,
    &[
        lost(Act::Say("HTTP/1.1 100 Continue\r\n\r\n"), 1),
        lost(Act::Say("HTTP/1.1 103 Early Hints\r\n\r\n"), 1),
        lost(Act::Say("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n"), 1),
        // an end of the connection is the end of this body, and may be the end of the connection alone
        lost(says!("200 OK", ""), 1),
        found(says!("200 OK", "")),
        found(says!("200 OK", "{\"isSuccess\":tr")),
        found(says!("200 OK", "<html><title>Sign in</title></html>")),
        found(says!("200 OK", "{\"isSuccess\":true,\"errors\":[\"the carrier is slow\"]}")),
        found(says!("303 See Other")),
        found(says!("408 Request Timeout")),
        found(says!("500 Internal Server Error")),
        lost(says!("501 Not Implemented"), 1),
        found(says!("502 Bad Gateway")),
        lost(says!("503 Service Unavailable"), 1),
        found(says!("504 Gateway Timeout")),
        lost(Act::Say("HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"), 1),
        lost(says!("999 No Such Status"), 1),
        lost(Act::Say("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{}"), 1),
        lost(Act::Say("HTTP/1.1 200 OK\r\ncontent-length: some\r\n\r\n{}"), 1),
        lost(Act::Say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"), 1),
        lost(Act::Say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"), 1),
        found(Act::Say("HTTP/2 200\r\n\r\n")),
    ],
);
pub static NO: Table = post(
    "it says no",
    Moment::Asked,
    &[
        fails(says!("200 OK", "{\"isSuccess\":false,\"errors\":[\"no credit\"]}"), 1),
        fails(says!("301 Moved Permanently"), 1),
        fails(Act::Say("HTTP/1.1 302 Found\r\nlocation: /v4/login\r\ncontent-length: 0\r\n\r\n"), 1),
        fails(
            Act::Say("HTTP/1.1 307 Temporary Redirect\r\nlocation: /v4/messages/send\r\ncontent-length: 0\r\n\r\n"),
            1,
        ),
        fails(
            Act::Say("HTTP/1.1 308 Permanent Redirect\r\nlocation: /v4/messages/send\r\ncontent-length: 0\r\n\r\n"),
            1,
        ),
        fails(says!("400 Bad Request"), 1),
        fails(says!("401 Unauthorized"), 1),
        fails(says!("402 Payment Required"), 1),
        fails(says!("403 Forbidden"), 1),
        fails(says!("409 Conflict"), 1),
        fails(says!("413 Content Too Large"), 1),
        fails(says!("422 Unprocessable Content"), 1),
        fails(says!("425 Too Early"), 1),
        // not here: each of the paths is asked once, and none of them took it
        fails(says!("404 Not Found"), 6),
        fails(says!("405 Method Not Allowed"), 6),
        // later: it waits as long as it was told to
        Cell { at_last: QUEUED, ..waits(says!("429 Too Many Requests")) },
        Cell {
            at_last: QUEUED,
            ..waits(Act::Say("HTTP/1.1 429 Too Many Requests\r\nretry-after: 600\r\ncontent-length: 0\r\n\r\n"))
        },
    ],
);

/// All of them.
pub static ALL: [&Table; 21] = [
    &REFUSED,
    &SILENT,
    &NAMELESS,
    &TLS_ACCEPTED,
    &TLS_HELLO,
    &SELF_SIGNED,
    &TOKEN_ACCEPTED,
    &TOKEN_ASKED,
    &TOKEN_ANSWER,
    &ACCEPTED,
    &HEAD,
    &PART_OF_BODY,
    &ASKED,
    &STATUS_LINE,
    &HALF_HEAD,
    &HALF_ANSWER,
    &HALF_CHUNKS,
    &ANSWERED,
    &YES,
    &MAYBE,
    &NO,
];
