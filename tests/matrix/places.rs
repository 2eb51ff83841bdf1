//! Places where there is no service: what a connection meets before a byte of a request can leave.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Where a message is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The breaking server, in the clear.
    Wire,
    /// The breaking server, which speaks no TLS and is asked for it.
    WireOverTls,
    /// A port where nobody listens.
    Refused,
    /// A host that does not answer.
    Silent,
    /// A name that is none. So long that the resolver refuses it without asking the network.
    Nameless,
    /// A server with TLS, and a certificate that nobody has vouched for.
    SelfSigned,
}

/// What must be kept for as long as the place is to be as it is.
pub enum Kept {
    Nothing,
    Port { _socket: TcpSocket },
    Full { _listener: TcpListener, _waiting: Vec<TcpStream> },
    Tls(SelfSigned),
}

/// A port that is ours and where nobody listens.
pub fn refused() -> (String, Kept) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    (base("http", socket.local_addr().unwrap()), Kept::Port { _socket: socket })
}

/// A listener that accepts nobody and whose queue is full: the system drops what would open a connection.
pub async fn silent() -> (String, Kept) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = tokio::time::timeout(Duration::from_millis(150), TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
        assert!(waiting.len() < 64, "a queue of one never fills");
    }
    (base("http", address), Kept::Full { _listener: listener, _waiting: waiting })
}

/// A label of 64 letters is no name (RFC 1035, section 2.3.4).
pub fn nameless() -> (String, Kept) {
    (format!("https://{}.invalid/v4", "a".repeat(64)), Kept::Nothing)
}

fn base(scheme: &str, address: SocketAddr) -> String {
    format!("{scheme}://{address}/v4")
}

/// A server that shakes hands with a certificate of its own making, and notes what it is told after that.
pub struct SelfSigned {
    address: SocketAddr,
    heard: Arc<std::sync::Mutex<Vec<u8>>>,
}

impl SelfSigned {
    pub fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard: Arc<std::sync::Mutex<Vec<u8>>> = Arc::default();
        let hears = Arc::clone(&heard);
        // ends with the process of the test
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut tls = rustls::StreamOwned::new(session, stream);
                let mut bytes = [0; 4096];
                while let Ok(count @ 1..) = tls.read(&mut bytes) {
                    hears.lock().unwrap().extend_from_slice(&bytes[..count]);
                    let _ = tls.write_all(crate::common::raw::ANSWER.as_bytes());
                }
            }
        });
        Self { address, heard }
    }

    pub fn base_url(&self) -> String {
        base("https", self.address)
    }

    /// What came through the encryption.
    pub fn heard(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}
