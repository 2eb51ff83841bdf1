//! A server that breaks a request at an exact moment, and passes everything else on to the emulator behind it.
//!
//! The emulator keeps the account and its history; this stands before it and does with bytes and connections what no
//! HTTP library would. Every POST of a message that arrives whole is counted, whatever is done about it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mctui::emulator::Emulator;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::raw::{self, Request};

/// So much of a body is read before the rest of it is not.
const PART: usize = 64 * 1024;

/// How far a request has come when something is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The connection is there and its first bytes have come, and nothing was read from it.
    Accepted,
    /// Some bytes were read, whatever they are: the first of a TLS handshake, for one.
    Hello,
    /// The head of the request is read.
    Head,
    /// The head and the beginning of the body are read.
    PartOfBody,
    /// The whole request is read.
    Asked,
    /// Half of the answer's first line is written.
    StatusLine,
    /// Half of the answer's head is written.
    HalfHead,
    /// The answer's head and half of its body are written; the head tells the length.
    HalfAnswer,
    /// The same in chunks, of which the last is missing.
    HalfChunks,
    /// The whole answer is written.
    Answered,
}

/// What is done then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The connection ends.
    Close,
    /// It ends with a TCP reset.
    Reset,
    /// Nothing more happens on it until [`Wire::release`]; then it goes on as if nothing had been, and the end of an
    /// answer that was held counts as reached once more.
    Hold,
    /// Something comes that is no HTTP, and the connection ends.
    Garbage,
    /// What is left to say comes so slowly that nobody waits for the end.
    Drip,
    /// Header lines without end.
    EndlessHead,
    /// These bytes are the answer, and the connection ends.
    Say(&'static str),
}

/// Which requests are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// POSTs of messages.
    Post,
    /// Requests for a token.
    Token,
}

/// One way to break requests.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    pub target: Target,
    pub moment: Moment,
    pub act: Act,
    /// Whether the account behind has the request before the act. From [`Moment::Asked`] on.
    pub worked: bool,
}

#[derive(Default)]
struct Seen {
    posts: Vec<String>,
    connections: usize,
    /// Of each POST, how many requests came on its connection before it.
    before: Vec<usize>,
    /// POSTs that are being worked now, and the most of them at once.
    at_work: usize,
    most_at_work: usize,
}

struct Shared {
    upstream: SocketAddr,
    script: Mutex<Option<Script>>,
    seen: Mutex<Seen>,
    /// How often the script's moment was reached.
    reached: watch::Sender<usize>,
    released: watch::Sender<bool>,
    /// Connections that are over.
    over: watch::Sender<usize>,
}

/// The server. Ends when dropped.
pub struct Wire {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Wire {
    /// Stands before this emulator.
    pub fn before(emulator: &Emulator) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // small, so that a large request does not vanish into buffers
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let listener = socket.listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            upstream: emulator.address(),
            script: Mutex::default(),
            seen: Mutex::default(),
            reached: watch::Sender::new(0),
            released: watch::Sender::new(false),
            over: watch::Sender::new(0),
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self { address, shared, server }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/v4", self.address)
    }

    /// The same place with TLS asked of it, which it does not speak.
    pub fn tls_url(&self) -> String {
        format!("https://{}/v4", self.address)
    }

    /// From here on the target's requests are broken.
    pub fn arm(&self, script: Script) {
        self.shared.released.send_replace(false);
        *self.shared.script.lock().unwrap() = Some(script);
    }

    /// Nothing more is broken. What is held stays held.
    pub fn disarm(&self) {
        *self.shared.script.lock().unwrap() = None;
    }

    /// What is held goes on.
    pub fn release(&self) {
        self.shared.released.send_replace(true);
    }

    /// Waits until the script's moment was reached, once more than `times` before.
    pub async fn reached(&self, times: usize) {
        let mut reached = self.shared.reached.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(60), reached.wait_for(|count| *count > times));
        waited.await.expect("the moment is reached").unwrap();
    }

    /// Waits until no connection is open.
    pub async fn settled(&self) {
        let mut over = self.shared.over.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(60), over.wait_for(|over| *over == self.connections()));
        waited.await.expect("every connection ends").unwrap();
    }

    /// How often the script's moment was reached.
    pub fn times_reached(&self) -> usize {
        *self.shared.reached.borrow()
    }

    /// The texts of the messages whose POST arrived whole, in order.
    pub fn posts(&self) -> Vec<String> {
        self.shared.seen.lock().unwrap().posts.clone()
    }

    /// Of each of these POSTs, how many requests came on its connection before it.
    pub fn requests_before(&self) -> Vec<usize> {
        self.shared.seen.lock().unwrap().before.clone()
    }

    /// The most POSTs that were at work at once.
    pub fn most_at_once(&self) -> usize {
        self.shared.seen.lock().unwrap().most_at_work
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.shared.seen.lock().unwrap().connections
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    // the connections end with this task
    let mut lines = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        shared.seen.lock().unwrap().connections += 1;
        lines.spawn(Line { stream, shared: Arc::clone(&shared), requests: 0 }.talk());
        while lines.try_join_next().is_some() {}
    }
}

/// What is to become of a connection.
enum Next {
    Goes,
    Ends,
}

struct Line {
    stream: TcpStream,
    shared: Arc<Shared>,
    requests: usize,
}

impl Line {
    async fn talk(mut self) {
        // whatever happens to the other side, this side has seen what it came to see
        while let Ok(Next::Goes) = self.one().await {
            self.requests += 1;
        }
        self.shared.over.send_modify(|over| *over += 1);
    }

    /// The script, if it is about this moment. A connection does not tell yet what it is for.
    fn now(&self, moment: Moment, target: Option<Target>) -> Option<Script> {
        let script = (*self.shared.script.lock().unwrap())?;
        (script.moment == moment && target.is_none_or(|target| target == script.target)).then_some(script)
    }

    async fn one(&mut self) -> std::io::Result<Next> {
        if self.requests == 0
            && let Some(script) = self.now(Moment::Accepted, None)
        {
            // what ends before that may end while the other side still connects, which is another moment
            self.stream.peek(&mut [0]).await?;
            if let Next::Ends = self.act(script.act, b"").await? {
                return Ok(Next::Ends);
            }
        }
        let mut request = Request::default();
        if request.read_some(&mut self.stream).await? == 0 {
            return Ok(Next::Ends);
        }
        if let Some(script) = self.now(Moment::Hello, None)
            && let Next::Ends = self.act(script.act, b"").await?
        {
            return Ok(Next::Ends);
        }
        request.read_head(&mut self.stream).await?;
        let target = request.target();
        for (moment, part) in [(Moment::Head, 0), (Moment::PartOfBody, PART.min(request.body_length() / 2))] {
            if let Some(script) = target.and_then(|target| self.now(moment, Some(target))) {
                request.read_body(&mut self.stream, part).await?;
                if let Next::Ends = self.act(script.act, b"").await? {
                    return Ok(Next::Ends);
                }
            }
        }
        request.read_body(&mut self.stream, request.body_length()).await?;
        if target == Some(Target::Post) {
            let mut seen = self.shared.seen.lock().unwrap();
            seen.posts.push(request.message());
            seen.before.push(self.requests);
            seen.at_work += 1;
            seen.most_at_work = seen.most_at_work.max(seen.at_work);
        }
        let done = self.answer(target, &request).await;
        if target == Some(Target::Post) {
            self.shared.seen.lock().unwrap().at_work -= 1;
        }
        done
    }

    async fn answer(&mut self, target: Option<Target>, request: &Request) -> std::io::Result<Next> {
        let script = (*self.shared.script.lock().unwrap())
            .filter(|script| Some(script.target) == target && script.moment as u8 >= Moment::Asked as u8);
        if let Some(script) = script {
            return self.break_off(script, request).await;
        }
        let answer = raw::pass_on(self.shared.upstream, request).await?;
        self.stream.write_all(&answer).await?;
        Ok(Next::Goes)
    }

    async fn break_off(&mut self, script: Script, request: &Request) -> std::io::Result<Next> {
        let answer = if script.worked {
            raw::pass_on(self.shared.upstream, request).await?
        } else {
            raw::ANSWER.as_bytes().to_vec()
        };
        let answer = if script.moment == Moment::HalfChunks { raw::chunked(&answer) } else { answer };
        let cut = raw::cut(&answer, script.moment);
        self.stream.write_all(&answer[..cut]).await?;
        self.stream.flush().await?;
        match self.act(script.act, &answer[cut..]).await? {
            Next::Goes => {
                self.stream.write_all(&answer[cut..]).await?;
                self.shared.reached.send_modify(|count| *count += 1);
                Ok(Next::Goes)
            }
            Next::Ends => Ok(Next::Ends),
        }
    }

    /// Does it, with what was left to say.
    async fn act(&mut self, act: Act, left: &[u8]) -> std::io::Result<Next> {
        self.shared.reached.send_modify(|count| *count += 1);
        match act {
            Act::Close => {}
            Act::Reset => self.stream.set_zero_linger()?,
            Act::Hold => {
                let _ = self.shared.released.subscribe().wait_for(|released| *released).await;
                return Ok(Next::Goes);
            }
            Act::Garbage => self.stream.write_all(b"\x00\x01\xfe\xff nothing that anybody speaks\r\n\r\n").await?,
            Act::Drip => {
                for byte in left.iter().chain(std::iter::repeat(&b' ')) {
                    self.stream.write_all(&[*byte]).await?;
                    tokio::time::sleep(Duration::from_millis(40)).await;
                }
            }
            Act::EndlessHead => loop {
                self.stream.write_all(b"x-and: so on, and so on, and so on\r\n").await?;
            },
            Act::Say(answer) => {
                self.stream.write_all(answer.as_bytes()).await?;
                self.stream.shutdown().await?;
                // the other side has to have read it before this side may go
                let mut rest = [0; 1024];
                while self.stream.read(&mut rest).await? > 0 {}
            }
        }
        Ok(Next::Ends)
    }
}
