//! A service that answers one kind of question with as much as one likes, and the others as usual.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufWriter};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The question that is answered so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Journal,
    Token,
    Numbers,
    Send,
}

/// The answer: `head`, `part` so many times, `tail`.
struct Answer {
    place: Place,
    status: u16,
    head: String,
    part: String,
    times: usize,
    tail: String,
    given: AtomicUsize,
}

/// The service. Ends when dropped.
pub struct Flood {
    address: std::net::SocketAddr,
    answer: Arc<Answer>,
    server: JoinHandle<()>,
}

impl Flood {
    pub async fn start(place: Place, status: u16, head: &str, part: &str, times: usize, tail: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (head, part, tail) = (head.to_owned(), part.to_owned(), tail.to_owned());
        let answer = Arc::new(Answer { place, status, head, part, times, tail, given: AtomicUsize::new(0) });
        let server = tokio::spawn(serve(listener, Arc::clone(&answer)));
        Self { address, answer, server }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/v4", self.address)
    }

    /// How often that question was answered.
    pub fn answers(&self) -> usize {
        self.answer.given.load(Ordering::SeqCst)
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, answer: Arc<Answer>) {
    // the connections end with this task
    let mut lines = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let answer = Arc::clone(&answer);
        // who has had enough goes in the middle
        lines.spawn(async move { drop(talk(stream, &answer).await) });
        while lines.try_join_next().is_some() {}
    }
}

async fn talk(mut stream: TcpStream, answer: &Answer) -> std::io::Result<()> {
    let mut request = Vec::new();
    let end = loop {
        if let Some(at) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    while request.len() < end + length.unwrap_or(0) {
        stream.read_buf(&mut request).await?;
    }
    let path = head.split([' ', '?']).nth(1).unwrap_or_default();
    let mut out = BufWriter::with_capacity(256 * 1024, stream);
    let place = match path {
        path if path.ends_with("/auth/token") => Some(Place::Token),
        path if path.ends_with("/phonenumbers") => Some(Place::Numbers),
        path if path.ends_with("/journal/requests") => Some(Place::Journal),
        path if path.ends_with("/send") => Some(Place::Send),
        _ => None,
    };
    if place == Some(answer.place) {
        answer.given.fetch_add(1, Ordering::SeqCst);
        let length = answer.head.len() + answer.part.len() * answer.times + answer.tail.len();
        // in chunks or not, the length is not known before
        let start = format!("HTTP/1.1 {} X\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n", answer.status);
        out.write_all(start.as_bytes()).await?;
        out.write_all(format!("{length:x}\r\n{}", answer.head).as_bytes()).await?;
        for _ in 0..answer.times {
            out.write_all(answer.part.as_bytes()).await?;
        }
        out.write_all(format!("{}\r\n0\r\n\r\n", answer.tail).as_bytes()).await?;
    } else {
        let (status, body) = match (place, path) {
            (Some(Place::Token), _) => (200, r#"{"access_token":"demo-token","expires_in":3600}"#),
            (Some(Place::Send), _) => (200, r#"{"message":"SMS message sent successfully","id":"m1"}"#),
            (Some(Place::Journal), _) => (200, r#"{"currentPage":1,"requests":[]}"#),
            (_, path) if path.ends_with("/ping") => (200, r#"{"data":"3","isSuccess":true}"#),
            _ => (404, "{}"),
        };
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        out.write_all(answer.as_bytes()).await?;
    }
    out.shutdown().await
}
