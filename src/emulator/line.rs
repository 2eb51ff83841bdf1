//! The listener and its connections, made so that both can break as real ones do.
//!
//! A connection that is cut ends with a TCP reset (RFC 9293 §3.10.7), never with an HTTP answer; a door that is shut
//! refuses connections as a host does where nothing listens.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

/// Cuts one connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Cutter(Arc<Cut>);

#[derive(Debug, Default)]
struct Cut {
    done: AtomicBool,
    waker: AtomicWaker,
}

impl Cutter {
    /// Ends the connection with a reset. What was not written yet never will be.
    pub(super) fn cut(&self) {
        self.0.done.store(true, Ordering::Release);
        self.0.waker.wake();
    }

    /// Whether it was.
    pub(super) fn is_cut(&self) -> bool {
        self.0.done.load(Ordering::Acquire)
    }
}

/// A connection that can be cut from outside.
#[derive(Debug)]
pub(super) struct Line {
    stream: TcpStream,
    cutter: Cutter,
}

impl Line {
    fn check(&self, cx: &Context<'_>) -> io::Result<()> {
        self.cutter.0.waker.register(cx.waker());
        if self.cutter.is_cut() { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.cutter.is_cut() {
            // closing without lingering is what makes the kernel send a reset; where it will not, a close must do
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Connected<IncomingStream<'_, Door>> for Cutter {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().cutter.clone()
    }
}

/// All connections there are, to cut them together.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines(Arc<Mutex<Vec<Weak<Cut>>>>);

impl Lines {
    fn add(&self, cutter: &Cutter) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|line| line.strong_count() > 0);
        lines.push(Arc::downgrade(&cutter.0));
    }

    /// Ends every connection with a reset.
    pub(super) fn cut(&self) {
        let lines = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for line in lines.iter().filter_map(Weak::upgrade) {
            Cutter(line).cut();
        }
    }
}

/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// The listening side: open, or shut for a while.
#[derive(Debug)]
pub(super) struct Door {
    address: SocketAddr,
    listener: Option<TcpListener>,
    /// While it is shut: keeps the port from being given to others, to whom the clients of this one would come.
    kept: Option<TcpSocket>,
    open: watch::Receiver<bool>,
    /// Says back whether somebody listens just now.
    listening: watch::Sender<bool>,
    lines: Lines,
}

/// What opens and shuts a [`Door`].
#[derive(Debug)]
pub(super) struct Porter {
    open: watch::Sender<bool>,
    listening: watch::Receiver<bool>,
    lines: Lines,
}

impl Porter {
    /// Opens or shuts, and comes back once it is so. Shutting cuts the connections that there are.
    pub(super) async fn set(&self, open: bool) {
        self.open.send_replace(open);
        // an error means that the server is gone, which is as shut as can be
        let _ = self.listening.clone().wait_for(|listening| *listening == open).await;
        if !open {
            // what came in between
            self.lines.cut();
        }
    }

    /// Cuts the connections that there are.
    pub(super) fn cut(&self) {
        self.lines.cut();
    }
}

impl Door {
    /// Listens on that port of the loopback interface; 0 takes any that is free.
    pub(super) async fn new(port: u16) -> io::Result<(Self, Porter)> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let (open_sender, open) = watch::channel(true);
        let (listening, listening_receiver) = watch::channel(true);
        let lines = Lines::default();
        let porter = Porter { open: open_sender, listening: listening_receiver, lines: lines.clone() };
        Ok((Self { address, listener: Some(listener), kept: None, open, listening, lines }, porter))
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes the listener be what was asked for. A port that cannot be had back yet is asked for again.
    async fn follow(&mut self) {
        let open = *self.open.borrow_and_update();
        if open == self.listener.is_some() {
            return;
        }
        self.listener = None;
        loop {
            let socket = self.kept.take().map_or_else(|| self.bound(), Ok);
            match (open, socket) {
                (false, Ok(socket)) => self.kept = Some(socket),
                (true, Ok(socket)) => self.listener = socket.listen(BACKLOG).ok(),
                (_, Err(_)) => {}
            }
            if self.kept.is_some() || self.listener.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        self.listening.send_replace(self.listener.is_some());
    }

    /// A socket that has the port and does not listen.
    fn bound(&self) -> io::Result<TcpSocket> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(self.address)?;
        Ok(socket)
    }
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            let accepted = match &self.listener {
                Some(listener) => tokio::select! {
                    changed = self.open.changed() => changed.map(|()| None),
                    accepted = listener.accept() => Ok(Some(accepted)),
                },
                None => self.open.changed().await.map(|()| None),
            };
            match accepted {
                Ok(Some(Ok((stream, address)))) => {
                    // small answers must not wait for each other; without it they only come later
                    let _ = stream.set_nodelay(true);
                    let cutter = Cutter::default();
                    self.lines.add(&cutter);
                    return (Line { stream, cutter }, address);
                }
                // the peer is gone already, or descriptors ran out: the next may do better
                Ok(Some(Err(_))) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
                Ok(None) => self.follow().await,
                // nobody is left who could open or shut
                Err(_) => std::future::pending().await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
