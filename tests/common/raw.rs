//! HTTP as bytes: as much of it as [`Wire`](super::wire::Wire) needs.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::wire::{Moment, Target};

/// What a service says that took a message.
pub const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 46\r\n\r\n\
    {\"message\":\"SMS message sent successfully\"   }";

/// A request as far as it was read.
#[derive(Default)]
pub struct Request {
    bytes: Vec<u8>,
    /// Where the body begins, once that is known.
    body: usize,
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// The value of a header, in a head.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, v)| v.trim())
}

impl Request {
    /// Reads what there is; 0 at the end.
    pub async fn read_some(&mut self, stream: &mut TcpStream) -> io::Result<usize> {
        stream.read_buf(&mut self.bytes).await
    }

    async fn more(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        if self.read_some(stream).await? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    pub async fn read_head(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        loop {
            if let Some(body) = end_of_head(&self.bytes) {
                self.body = body;
                return Ok(());
            }
            self.more(stream).await?;
        }
    }

    /// Reads until so much of the body is there.
    pub async fn read_body(&mut self, stream: &mut TcpStream, length: usize) -> io::Result<()> {
        while self.bytes.len() < self.body + length {
            self.more(stream).await?;
        }
        Ok(())
    }

    fn head(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.body]).expect("a head is ASCII")
    }

    pub fn body_length(&self) -> usize {
        header(self.head(), "content-length").map_or(0, |length| length.parse().expect("a length"))
    }

    /// What kind of request this is, if it is of a kind that may be broken.
    pub fn target(&self) -> Option<Target> {
        let line = self.head().lines().next().unwrap_or_default();
        match line.strip_prefix("POST ")?.split(' ').next()? {
            path if path.ends_with("/send") => Some(Target::Post),
            path if path.ends_with("/auth/token") => Some(Target::Token),
            _ => None,
        }
    }

    /// The text of a message that is to be sent.
    pub fn message(&self) -> String {
        let body: serde_json::Value = serde_json::from_slice(&self.bytes[self.body..]).expect("a POST of JSON");
        body["message"].as_str().expect("a text").to_owned()
    }
}

/// Asks the service behind, and gives its answer as it would be on a connection that stays.
pub async fn pass_on(upstream: SocketAddr, request: &Request) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(upstream).await?;
    let head = request.head();
    stream.write_all(&head.as_bytes()[..head.len() - 2]).await?;
    stream.write_all(b"connection: close\r\n\r\n").await?;
    stream.write_all(&request.bytes[request.body..]).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(replaced(&answer, "connection: close\r\n", ""))
}

fn replaced(answer: &[u8], from: &str, to: &str) -> Vec<u8> {
    let body = end_of_head(answer).expect("an answer has a head");
    let head = std::str::from_utf8(&answer[..body]).expect("a head is ASCII");
    [head.replace(from, to).as_bytes(), &answer[body..]].concat()
}

/// The same answer in chunks.
pub fn chunked(answer: &[u8]) -> Vec<u8> {
    let body = end_of_head(answer).expect("an answer has a head");
    let (head, body) = answer.split_at(body);
    let head = std::str::from_utf8(head).expect("a head is ASCII");
    let length = header(head, "content-length").expect("its length is told");
    let head = head.replace(&format!("content-length: {length}"), "transfer-encoding: chunked");
    let (one, two) = body.split_at(body.len() / 2);
    let mut bytes = head.into_bytes();
    for chunk in [one, two, b""] {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// How many bytes of an answer are out at that moment.
pub fn cut(answer: &[u8], moment: Moment) -> usize {
    let body = end_of_head(answer).expect("an answer has a head");
    let line = answer.iter().position(|&byte| byte == b'\n').expect("an answer has a first line") + 1;
    match moment {
        Moment::StatusLine => line / 2,
        Moment::HalfHead => line + (body - line) / 2,
        Moment::HalfAnswer | Moment::HalfChunks => body + (answer.len() - body) / 2,
        Moment::Answered => answer.len(),
        _ => 0,
    }
}
